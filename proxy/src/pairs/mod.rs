//! Pairs of requests under one key, generated from a seed: what is another request, another spelling, another person.
//!
//! `PAIRS` and `SEED` in the environment change how many and which.

mod written;

use std::sync::Arc;
use std::sync::Mutex;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header;
use bytes::Bytes;
use cardwright::call::{ACCEPT_HEADER, KEY_HEADER, REPLAYED_HEADER};
use cardwright::{ErrorCode, Operation, ingo, pintopay};
use clap::Parser;
use http_body_util::BodyExt;

use crate::app::App;
use crate::claims::Lease;
use crate::config::Config;
use crate::ending::Failure;
use crate::issuer::{Dispatch, Issuer};
use crate::operate::operate;
use crate::principal::Principal;
use crate::store::Store;
use written::{Written, key};

const WRITES: [&Operation; 6] = [
    &ingo::ISSUE_CARD,
    &ingo::ACTIVATE_CARD,
    &ingo::FREEZE_CARD,
    &ingo::UNFREEZE_CARD,
    &ingo::REISSUE_CARD,
    &pintopay::CREATE_CARD,
];
/// These take the same input, so that only the operation tells their requests apart.
const ALIKE: [&Operation; 3] = [&ingo::ACTIVATE_CARD, &ingo::FREEZE_CARD, &ingo::UNFREEZE_CARD];

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |value| value.parse().unwrap())
}

/// How many pairs, and the chance they are made of.
fn pairs() -> (u64, fastrand::Rng) {
    let seed = setting("SEED", 5);
    println!("SEED={seed}");
    (setting("PAIRS", 500), fastrand::Rng::with_seed(seed))
}

/// Notes the upstream key of all it is sent, and says yes with an answer of its own for each.
#[derive(Default)]
struct Counting {
    sent: Mutex<Vec<Option<String>>>,
}

#[async_trait::async_trait]
impl Issuer for Counting {
    fn compose(&self, request: &cardwright::Request<'_>, key: Option<&str>) -> Dispatch {
        Dispatch { operation: request.operation(), body: String::new(), key: key.map(str::to_owned) }
    }

    async fn send(&self, dispatch: &Dispatch, _lease: &Lease) -> Result<Bytes, Failure> {
        let mut sent = self.sent.lock().unwrap();
        sent.push(dispatch.key.clone());
        let nth = sent.len();
        Ok(match dispatch.operation.issuer() {
            "ingo" => answer_with_card(nth).into(),
            _ => format!(r#"{{"success":true,"order":{{"order_id":"{nth}","order_type":"card_issue","status":"new","data":{{}},"created_at":"t"}}}}"#).into(),
        })
    }
}

/// A card that no other answer shows.
fn answer_with_card(nth: usize) -> String {
    let card = serde_json::json!({
        "id": format!("rcrd-00000000-0000-0000-0000-{nth:012}"),
        "card_type": "virtual",
        "last_four": "4242",
        "status": "active",
        "user_id": "user-8f3a2b1c-0e44-4f2d-9a11-7b23cc90d1ef",
        "created_at": "2026-03-01T00:00:00Z",
    });
    serde_json::json!({ "status": "success", "message": "operation completed", "data": { "items": [card] } })
        .to_string()
}

/// A proxy whose caller a test chooses.
struct Rig {
    app: Arc<App>,
    issuer: Arc<Counting>,
}

/// What a copy was told: an answer and whether it was given before, or a problem.
type Told = Result<(Bytes, bool), ErrorCode>;

impl Rig {
    fn new() -> Rig {
        let args = ["", "--ingo-api-key=k", "--ingo-username=u", "--ingo-secret=s"];
        let app = App::new(&Config::try_parse_from(args).unwrap(), 1, &Store::Memory).unwrap();
        Rig { app: Arc::new(app), issuer: Arc::default() }
    }

    /// How many requests have reached the issuer.
    fn sent(&self) -> u64 {
        self.issuer.sent.lock().unwrap().len() as u64
    }

    /// The upstream keys of the two that reached it last.
    fn last_keys(&self) -> [Option<String>; 2] {
        let sent = self.issuer.sent.lock().unwrap();
        [sent[sent.len() - 2].clone(), sent[sent.len() - 1].clone()]
    }

    async fn ask(&self, (tenant, user): (&str, &str), operation: &'static Operation, key: &str, body: String) -> Told {
        let local = Principal::local();
        let principal = Principal { tenant: tenant.into(), user: user.into(), ..Principal::clone(&local) };
        let request = Request::post("/")
            .header(header::CONTENT_TYPE, "application/json")
            .header(KEY_HEADER, key)
            .header(ACCEPT_HEADER, "old_card_ends")
            .body(Body::from(body))
            .unwrap();
        let issuer = Arc::clone(&self.issuer) as Arc<dyn Issuer>;
        let answer = operate(Arc::clone(&self.app), issuer, operation, Arc::new(principal), request).await;
        let (parts, body) = answer.map_err(|problem| problem.code)?.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        assert!(parts.status.is_success(), "{}", String::from_utf8_lossy(&body));
        Ok((body, parts.headers.contains_key(REPLAYED_HEADER)))
    }
}

const WHO: (&str, &str) = ("tenant-a", "user-a");

#[tokio::test]
async fn a_changed_request_under_the_same_key_is_refused() {
    let (count, mut chance) = pairs();
    let rig = Rig::new();
    for nth in 1..=count {
        let operation = WRITES[chance.usize(..WRITES.len())];
        let (key, written) = (key(&mut chance), Written::new(operation, &mut chance));
        let changed = written.changed(&mut chance);
        assert!(rig.ask(WHO, operation, &key, written.plain()).await.is_ok_and(|(_, replayed)| !replayed));
        let told = rig.ask(WHO, operation, &key, changed.plain()).await;
        assert_eq!(told, Err(ErrorCode::KeyReused), "{}: {} {}", operation.name, written.plain(), changed.plain());
        assert_eq!(rig.sent(), nth, "nothing more reaches the issuer");
    }
}

#[tokio::test]
async fn the_same_request_in_another_spelling_is_the_same() {
    let (count, mut chance) = pairs();
    let rig = Rig::new();
    for nth in 1..=count {
        let operation = WRITES[chance.usize(..WRITES.len())];
        let (key, written) = (key(&mut chance), Written::new(operation, &mut chance));
        let (first, _) = rig.ask(WHO, operation, &key, written.plain()).await.unwrap();
        let spelled = written.respelled(&key, &mut chance);
        let told = rig.ask(WHO, operation, &key, spelled.clone()).await;
        assert_eq!(told, Ok((first, true)), "{}: {} {spelled}", operation.name, written.plain());
        assert_eq!(rig.sent(), nth, "nothing more reaches the issuer");
    }
}

#[tokio::test]
async fn a_key_of_somebody_or_something_else_never_replays() {
    let (count, mut chance) = pairs();
    let rig = Rig::new();
    for nth in 1..=count {
        let kind = chance.usize(..3);
        let all = if kind == 2 { &ALIKE[..] } else { &WRITES };
        let operation = all[chance.usize(..all.len())];
        let others: Vec<_> = ALIKE.into_iter().filter(|other| other.name != operation.name).collect();
        let (who, other) = match kind {
            0 => (("tenant-b", "user-a"), operation),
            1 => (("tenant-a", "user-b"), operation),
            _ => (WHO, others[chance.usize(..others.len())]),
        };
        let (key, written) = (key(&mut chance), Written::new(operation, &mut chance));
        let first = rig.ask(WHO, operation, &key, written.plain()).await.unwrap();
        let told = rig.ask(who, other, &key, written.plain()).await.unwrap();
        assert!(!first.1 && !told.1 && first.0 != told.0, "{} {who:?} {}", operation.name, other.name);
        assert_eq!(rig.sent(), 2 * nth, "each is sent");
        if let [Some(one), Some(two)] = rig.last_keys() {
            assert_ne!(one, two, "and has a key of its own upstream");
        }
        // Each replays to its owner.
        assert_eq!(rig.ask(WHO, operation, &key, written.plain()).await, Ok((first.0, true)));
        assert_eq!(rig.ask(who, other, &key, written.plain()).await, Ok((told.0, true)));
        assert_eq!(rig.sent(), 2 * nth);
    }
}
