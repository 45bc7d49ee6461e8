//! An intent is lost, time passes, and an issuer lists what a test says.

use std::pin::Pin;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use cardwright::{ErrorCode, Request, Settings, check, ingo};
use clap::Parser;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::*;
use crate::claims::record::Audit;
use crate::claims::{Acquired, Claims, Lease, Permit};
use crate::clock::{Clock, Moment};
use crate::config::Config;
use crate::intent::Intent;
use crate::issuer::{Dispatch, Issuer};
use crate::memory::MemoryClaims;
use crate::store::Store;

const USER: &str = "user-8F3A2B1C-0e44-4f2d-9a11-7b23cc90d1ef";
const OLD: &str = "rcrd-9a117b23-cc90-d1ef-8f3a-2b1c0e444f2d";
const START: i64 = 1_700_000_000_000;

type Meanwhile = Pin<Box<dyn Future<Output = ()> + Send>>;

/// An issuer that lists what it is told, after something else has happened.
#[derive(Default)]
struct Lists {
    body: Mutex<String>,
    meanwhile: Mutex<Option<Meanwhile>>,
}

#[async_trait]
impl Issuer for Lists {
    fn compose(&self, request: &Request<'_>, _: Option<&str>) -> Dispatch {
        Dispatch { operation: request.operation(), body: String::new(), key: None }
    }

    async fn send(&self, _: &Dispatch, _: &Lease) -> Result<Bytes, Failure> {
        Err(Failure::lost(cardwright::Safety::Once))
    }

    async fn cards_of(&self, _: &str) -> Option<Result<Bytes, Failure>> {
        let body = self.body.lock().unwrap().clone();
        let meanwhile = self.meanwhile.lock().unwrap().take();
        if let Some(meanwhile) = meanwhile {
            meanwhile.await;
        }
        Some(Ok(body.into()))
    }
}

struct Rig {
    app: App,
    issuer: Arc<Lists>,
    now: Arc<AtomicI64>,
}

fn rig() -> Rig {
    let args = ["", "--ingo-api-key=k", "--ingo-username=u", "--ingo-secret=s", "--issuer-honours-keys=ingo"];
    let config = Config::try_parse_from(args).unwrap();
    let mut app = App::new(&config, 1, &Store::Memory).unwrap();
    let now = Arc::new(AtomicI64::new(START));
    let time = Arc::clone(&now);
    let clock = Clock::new(move || Moment(time.load(Ordering::SeqCst)));
    app.claims = Claims::new(Arc::new(MemoryClaims::new(100)), &config.claims, clock);
    let issuer = Arc::new(Lists::default());
    app.issuers.insert("ingo", issuer.clone());
    Rig { app, issuer, now }
}

/// What an issuer answers that lists these cards as all there are.
fn listed(cards: &[Value]) -> Value {
    json!({
        "status": "success", "message": "m",
        "data": { "items": cards, "pagination": { "page": 1, "per_page": 25, "total": cards.len() } },
    })
}

/// A card that the issuer's clock says was made so many seconds after the start.
fn card(id: &str, status: &str, seconds: i64) -> Value {
    json!({
        "id": id, "card_type": "virtual", "last_four": "4242", "status": status, "user_id": USER,
        "created_at": Moment(START + 1_000 * seconds).iso(),
    })
}

/// The same, as the register has it.
fn seen(card: &Value) -> SeenCard {
    let text = |name: &str| card[name].as_str().unwrap().to_owned();
    SeenCard {
        id: text("id"),
        card_type: text("card_type"),
        last_four: text("last_four"),
        status: text("status"),
        user_id: text("user_id"),
        business_id: None,
        created_at: text("created_at"),
        observed_at: text("created_at"),
        owner: "u".into(),
    }
}

/// The intent of a caller who gives these values.
fn meant(operation: &'static Operation, key: &str, values: &Value) -> Intent {
    let text = values.to_string();
    let input = read_json(text.as_bytes(), ANSWER_LIMITS).unwrap();
    let accepted = check(operation, &input, &Settings::default()).unwrap();
    Intent::new(&Principal::local(), operation, key, &accepted.request)
}

fn issue(key: &str) -> Intent {
    meant(&ingo::ISSUE_CARD, key, &json!({ "user_id": USER, "card_type": "virtual" }))
}

async fn permit(claims: &Claims, intent: &Intent) -> Permit {
    match claims.acquire(intent, true, Instant::now()).await.unwrap() {
        Acquired::Yours(permit) => permit,
        _ => panic!("expected a permit"),
    }
}

/// Sends an intent, whose answer is lost.
async fn lose(claims: &Claims, intent: &Intent) {
    let permit = permit(claims, intent).await;
    let lost = Err(Failure::new(ErrorCode::IssuerTimeout, intent.operation.safety));
    claims.end(&permit, lost).await.1.unwrap();
}

impl Rig {
    fn pass(&self, seconds: i64) {
        self.now.fetch_add(1_000 * seconds, Ordering::SeqCst);
    }

    /// What is known of an intent once the issuer has answered this: the card's id, why there is none, or that it is open.
    async fn read(&self, intent: &Intent, body: &Value) -> String {
        *self.issuer.body.lock().unwrap() = body.to_string();
        let address = intent.address();
        let seen = self.app.claims.take_up(&address).await.unwrap().expect("an intent that may be read");
        let settled = reconcile(&self.app, &address, &seen).await.unwrap();
        let record = self.app.claims.peek(&address).await.unwrap().unwrap();
        match record.ending {
            _ if !settled => "open".into(),
            Some(Ok(answer)) => {
                let answer: Value = serde_json::from_str(&answer.0).unwrap();
                answer["data"]["items"][0]["id"].as_str().unwrap().to_owned()
            }
            ended => ended.unwrap().unwrap_err().slug.unwrap().as_str().to_owned(),
        }
    }
}

/// Longer than until absence is believed.
const LATE: i64 = 2 * 60 + 1;

#[tokio::test]
async fn absence_is_read_from_a_list_that_is_whole_and_of_this_user_alone() {
    let nothing = listed(&[]);
    let old = listed(&[card(OLD, "active", -9_000)]);
    for whole in [&nothing, &old] {
        let rig = rig();
        lose(&rig.app.claims, &issue("k")).await;
        rig.pass(LATE);
        assert_eq!(rig.read(&issue("k"), whole).await, "not_done", "{whole}");
    }
    let with = |at: &str, value: Value| {
        let mut body = old.clone();
        *body.pointer_mut(at).unwrap() = value;
        body
    };
    let in_lower_case = with("/data/items/0/user_id", USER.to_lowercase().into());
    for (body, told) in [
        (in_lower_case, "not_done"),
        (json!({ "status": "success", "message": "m" }), "open"),
        (json!({ "status": "success", "message": "m", "data": null }), "open"),
        (json!({ "status": "success", "message": "m", "data": { "cards": [] } }), "open"),
        (with("/data/items", Value::Null), "open"),
        (with("/data/pagination", Value::Null), "open"),
        (with("/data/pagination/total", 2.into()), "open"),
        (with("/data/items/0/user_id", "user-somebody-else".into()), "open"),
    ] {
        let rig = rig();
        lose(&rig.app.claims, &issue("k")).await;
        rig.pass(LATE);
        assert_eq!(rig.read(&issue("k"), &body).await, told, "{body}");
    }
}

#[tokio::test]
async fn a_card_is_the_users_in_whichever_case_his_id_is_written() {
    let rig = rig();
    lose(&rig.app.claims, &issue("k")).await;
    rig.pass(LATE);
    let mut new = card("new", "active", 1);
    new["user_id"] = USER.to_lowercase().into();
    let seen = SeenCard { user_id: USER.to_lowercase(), ..seen(&card("seen", "active", 0)) };
    rig.app.register.record("local", Sighting { cards: vec![seen], ..Sighting::default() }).await.unwrap();
    assert_eq!(
        rig.read(
            &issue("k"),
            &listed(&[{
                let mut seen = new.clone();
                seen["id"] = "seen".into();
                seen
            }])
        )
        .await,
        "open",
        "whose it is was seen in an answer"
    );
    rig.pass(3_600);
    assert_eq!(rig.read(&issue("k"), &listed(&[new])).await, "new");
}

#[tokio::test]
async fn a_card_is_new_whatever_the_issuers_clock_says_as_long_as_it_takes_our_signature() {
    for (seconds, told) in [(-300, "new"), (-61, "new"), (300, "new"), (-600, "not_done")] {
        let rig = rig();
        lose(&rig.app.claims, &issue("k")).await;
        rig.pass(LATE);
        assert_eq!(rig.read(&issue("k"), &listed(&[card("new", "active", seconds)])).await, told, "{seconds} s");
    }
}

#[tokio::test]
async fn two_intents_for_one_user_are_two_in_whichever_case_his_id_was_written() {
    let rig = rig();
    let lower = meant(&ingo::ISSUE_CARD, "b", &json!({ "user_id": USER.to_lowercase(), "card_type": "virtual" }));
    lose(&rig.app.claims, &issue("a")).await;
    lose(&rig.app.claims, &lower).await;
    rig.pass(LATE);
    for intent in [issue("a"), lower] {
        assert_eq!(rig.read(&intent, &listed(&[card("new", "active", 1)])).await, "open", "whose is it");
    }
}

fn freeze(key: &str) -> Intent {
    meant(&ingo::FREEZE_CARD, key, &json!({ "user_id": USER, "id": OLD }))
}

#[tokio::test]
async fn absence_is_believed_late_after_the_last_send() {
    for (intent, untouched) in [(issue("k"), listed(&[])), (freeze("k"), listed(&[card(OLD, "active", -9_000)]))] {
        let rig = rig();
        lose(&rig.app.claims, &intent).await;
        rig.pass(95);
        let second = permit(&rig.app.claims, &intent).await;
        rig.pass(30);
        let lost = Err(Failure::new(ErrorCode::IssuerTimeout, intent.operation.safety));
        rig.app.claims.end(&second, lost).await.1.unwrap();
        rig.pass(2);
        assert_eq!(rig.read(&intent, &untouched).await, "open", "the issuer may be at work on the second");
        rig.pass(LATE - 10);
        assert_eq!(rig.read(&intent, &untouched).await, "open", "also when it was looked at in between");
        rig.pass(LATE);
        assert_eq!(rig.read(&intent, &untouched).await, "not_done");
    }
}

#[tokio::test]
async fn a_list_that_is_older_than_the_last_send_settles_nothing() {
    let rig = rig();
    lose(&rig.app.claims, &issue("k")).await;
    rig.pass(LATE);
    let claims = rig.app.claims.clone();
    *rig.issuer.meanwhile.lock().unwrap() = Some(Box::pin(async move { lose(&claims, &issue("k")).await }));
    assert_eq!(rig.read(&issue("k"), &listed(&[])).await, "open");
    rig.pass(LATE);
    assert_eq!(rig.read(&issue("k"), &listed(&[card("new", "active", LATE)])).await, "new");
}

#[tokio::test]
async fn absence_tells_nothing_of_what_may_leave_no_trace_in_the_list() {
    let address =
        json!({ "address_one": "1 Main St", "city": "Reno", "state": "NV", "postal_code": "89501", "country": "US" });
    let physical = json!({ "user_id": USER, "card_type": "physical", "shipping_address": address });
    let mut materialised = physical.clone();
    materialised["virtual_card_id"] = OLD.into();
    let reissue = |reuse_pan: bool| json!({ "user_id": USER, "id": OLD, "reuse_pan": reuse_pan });
    let untouched = listed(&[card(OLD, "active", -9_000)]);
    for (operation, values, told) in [
        (&ingo::ISSUE_CARD, physical, "not_done"),
        (&ingo::ISSUE_CARD, materialised, "open"),
        (&ingo::REISSUE_CARD, reissue(false), "not_done"),
        (&ingo::REISSUE_CARD, reissue(true), "open"),
    ] {
        let rig = rig();
        let intent = meant(operation, "k", &values);
        lose(&rig.app.claims, &intent).await;
        rig.pass(LATE);
        assert_eq!(rig.read(&intent, &untouched).await, told, "{values}");
    }
}

/// A person says that an intent is done, and which card it made.
async fn say_done(rig: &Rig, intent: &Intent, card_id: Option<&str>) {
    let audit = Audit {
        at: Moment(START),
        by_tenant: "local".into(),
        by_user: "clerk".into(),
        verdict: "done",
        card_id: card_id.map(str::to_owned),
    };
    let plain = Ok(Answer(r#"{"status":"success","message":"settled"}"#.into()));
    assert!(rig.app.claims.settle(&intent.address(), 1, &plain, Some(&audit)).await.unwrap());
}

#[tokio::test]
async fn a_card_that_a_person_named_is_not_also_anothers() {
    for user_id in [USER.to_owned(), USER.to_lowercase()] {
        for (named, told) in [(Some("rcrd-X"), "not_done"), (None, "open")] {
            let rig = rig();
            let first = meant(&ingo::ISSUE_CARD, "a", &json!({ "user_id": user_id, "card_type": "virtual" }));
            lose(&rig.app.claims, &first).await;
            lose(&rig.app.claims, &issue("b")).await;
            rig.pass(LATE);
            say_done(&rig, &first, named).await;
            let list = listed(&[card("rcrd-x", "active", 1)]);
            assert_eq!(rig.read(&issue("b"), &list).await, told, "{user_id} {named:?}");
            rig.pass(32 * 24 * 60 * 60);
            rig.app.claims.reap().await.unwrap();
            let known = rig.app.claims.peek(&issue("b").address()).await.unwrap();
            assert_eq!(known.is_some(), named.is_none(), "what is open is kept");
            if named.is_none() {
                assert_eq!(rig.read(&issue("b"), &list).await, "open", "a month later as well");
            }
        }
    }
}

#[tokio::test]
async fn what_a_newer_intent_has_changed_says_nothing_of_an_older_one() {
    for (operation, then, status) in [
        (&ingo::ACTIVATE_CARD, &ingo::FREEZE_CARD, "suspended"),
        (&ingo::UNFREEZE_CARD, &ingo::FREEZE_CARD, "suspended"),
        (&ingo::FREEZE_CARD, &ingo::UNFREEZE_CARD, "active"),
    ] {
        let of_card = |operation, key: &str, id: &str| meant(operation, key, &json!({ "user_id": USER, "id": id }));
        let rig = rig();
        let older = of_card(operation, "older", OLD);
        lose(&rig.app.claims, &older).await;
        rig.pass(LATE);
        let claims = rig.app.claims.clone();
        // After the older one was taken up to be read, and before the list is.
        *rig.issuer.meanwhile.lock().unwrap() = Some(Box::pin(async move {
            let permit = permit(&claims, &of_card(then, "newer", &OLD.to_uppercase().replace("RCRD", "rcrd"))).await;
            let yes = r#"{"status":"success","message":"m"}"#;
            claims.end(&permit, Ok(Answer(yes.into()))).await.1.unwrap();
        }));
        let shown = listed(&[card(OLD, status, -9_000)]);
        assert_eq!(rig.read(&older, &shown).await, "open", "{}", operation.name);
    }
}

#[tokio::test]
async fn a_card_is_the_one_that_was_meant_in_whichever_case_its_id_was_written() {
    let upper = OLD.to_uppercase().replace("RCRD", "rcrd");
    let rig = rig();
    let frozen = meant(&ingo::FREEZE_CARD, "k", &json!({ "user_id": USER, "id": upper }));
    lose(&rig.app.claims, &frozen).await;
    rig.pass(LATE);
    assert_eq!(rig.read(&frozen, &listed(&[card(OLD, "suspended", -9_000)])).await, OLD);

    let reissued = meant(&ingo::REISSUE_CARD, "r", &json!({ "user_id": USER, "id": upper, "reuse_pan": false }));
    let before = SeenCard { user_id: USER.to_lowercase(), ..seen(&card(OLD, "active", -9_000)) };
    rig.app.register.record("local", Sighting { cards: vec![before], ..Sighting::default() }).await.unwrap();
    lose(&rig.app.claims, &reissued).await;
    rig.pass(LATE);
    let list = listed(&[card(OLD, "terminated", -9_000), card("new", "active", LATE + 1)]);
    assert_eq!(rig.read(&reissued, &list).await, "new");
    let known = rig.app.register.cards("local", Some(&[USER]), 1).await.unwrap().items;
    let status = |id: &str| known.iter().find(|card| card.id == id).map(|card| card.status.clone());
    assert_eq!((status(OLD), status("new")), (Some("terminated".into()), Some("active".into())));
}

#[tokio::test]
async fn who_froze_a_card_has_not_made_it() {
    let shown = json!({ "status": "success", "message": "m", "data": { "items": [card(OLD, "suspended", 1)] } });
    for is_named in [true, false] {
        let rig = rig();
        lose(&rig.app.claims, &issue("k")).await;
        rig.pass(LATE);
        if is_named {
            lose(&rig.app.claims, &freeze("f")).await;
            say_done(&rig, &freeze("f"), Some(OLD)).await;
        } else {
            let permit = permit(&rig.app.claims, &freeze("f")).await;
            rig.app.claims.end(&permit, Ok(Answer(shown.to_string().into()))).await.1.unwrap();
            let seen = cards_in(
                &read_json(shown.to_string().as_bytes(), ANSWER_LIMITS).unwrap(),
                &Principal::local(),
                SystemTime::now(),
            );
            rig.app.register.record("local", Sighting { cards: seen, ..Sighting::default() }).await.unwrap();
        }
        assert_eq!(
            rig.read(&issue("k"), &listed(&[card(OLD, "suspended", 1)])).await,
            "open",
            "it may be the lost one"
        );
    }
}
