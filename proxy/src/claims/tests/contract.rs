//! Every store behaves like the one in memory, and lets one of many go first.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use cardwright::{ErrorCode, Safety, ingo};
use cardwright_test_postgres::Database;
use clap::Parser;
use sqlx::{Connection, PgConnection};
use tempfile::TempDir;
use tokio::time::Instant;

use super::{intent, record};
use crate::claims::record::{Address, Audit, Change, Done, Named, Record, Snapshot, State, Subject};
use crate::claims::{Acquired, ClaimStore, Claims, in_store};
use crate::clock::{Clock, Moment};
use crate::config::Config;
use crate::ending::{Answer, Failure, Word};
use crate::memory::MemoryClaims;
use crate::store::Store;

/// A store, and what it stands on.
struct Open {
    store: Arc<dyn ClaimStore>,
    _folder: Option<TempDir>,
    _database: Option<Database>,
}

async fn sqlite() -> Open {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("claims.db").display());
    let store = in_store(&Store::open(&url.into()).await.unwrap());
    Open { store, _folder: Some(folder), _database: None }
}

async fn postgres() -> Open {
    let database = Database::fresh().await.unwrap();
    let store = in_store(&Store::open(&database.url.clone().into()).await.unwrap());
    Open { store, _folder: None, _database: Some(database) }
}

/// Draws that are the same every time (xorshift64*).
pub(super) struct Draws(pub(super) u64);

impl Draws {
    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % end
    }

    pub(super) fn is(&mut self, one_in: u64) -> bool {
        self.below(one_in) == 0
    }
}

fn drawn(draws: &mut Draws) -> Record {
    let endings = [
        None,
        Some(Ok(Answer(r#"{"status":"success","message":"é \" \\"}"#.into()))),
        Some(Err(Failure::rejected(Word::parse("kyc_not_verified"), Word::parse("user_id")))),
        Some(Err(Failure::new(ErrorCode::IssuerTimeout, Safety::Once))),
    ];
    let word = |draws: &mut Draws| (!draws.is(3)).then(|| format!("id-{}", draws.below(3)));
    Record {
        tenant: format!("t{}", draws.below(2)),
        operation: ["ingo.issueCard", "ingo.freezeCard"][draws.below(2) as usize],
        subject: Subject {
            user_id: word(draws).map(|id| if draws.is(3) { id.to_uppercase() } else { id }),
            card_id: word(draws),
            card_type: word(draws),
            absence_tells: draws.is(2),
        },
        fingerprint: (!draws.is(3)).then(|| [draws.below(256) as u8; 32]),
        fence: draws.below(9) as i64,
        due_at: if draws.is(4) { Moment::NEVER } else { Moment(draws.below(50) as i64) },
        sent_at: (!draws.is(3)).then(|| Moment(draws.below(50) as i64)),
        sends: draws.below(4) as i64,
        place: draws.below(4) as i64,
        ending: endings[draws.below(4) as usize].clone(),
        changed_at: Moment(draws.below(100) as i64),
        ..record(State::ALL[draws.below(5) as usize])
    }
}

/// Does the same to both, with snapshots that are often stale, and compares everything that can be seen.
async fn behaves_like_memory(store: &dyn ClaimStore, seed: u64, steps: u32) {
    let memory = MemoryClaims::new(usize::MAX);
    let mut draws = Draws(seed);
    let lane = |draws: &mut Draws| (!draws.is(3)).then(|| format!("lane-{}", draws.below(3)).into());
    let mut addresses: Vec<_> =
        (0..9_u64).map(|at| Address { claim: format!("claim-{at}").into(), lane: lane(&mut draws) }).collect();
    let mut seen: Vec<Snapshot> = vec![Snapshot::default(); addresses.len()];
    for step in 0..steps {
        let at = draws.below(9) as usize;
        match draws.below(12) {
            0..6 => {
                if !draws.is(4) {
                    if draws.is(4) {
                        addresses[at].lane = lane(&mut draws);
                    }
                    seen[at] = store.load(&addresses[at]).await.unwrap();
                    assert_eq!(seen[at], memory.load(&addresses[at]).await.unwrap(), "seed {seed}, step {step}");
                }
                let lane = addresses[at].lane.as_ref().filter(|_| !draws.is(2));
                let audit = Audit {
                    at: Moment(1),
                    by_tenant: format!("t{}", draws.below(2)),
                    by_user: "u".into(),
                    verdict: ["done", "rejected"][draws.below(2) as usize],
                    card_id: (!draws.is(3)).then(|| format!("card-{step}")),
                };
                let change = Change {
                    record: drawn(&mut draws),
                    lane: lane.map(|_| (draws.below(5) as i64, draws.below(5) as i64)),
                    audit: draws.is(5).then_some(audit),
                };
                let (found, expected) = (
                    store.swap(&addresses[at], &seen[at], &change).await.unwrap(),
                    memory.swap(&addresses[at], &seen[at], &change).await.unwrap(),
                );
                assert_eq!(found, expected, "seed {seed}, step {step}");
            }
            6..8 => {
                let now = Moment(draws.below(50) as i64);
                let sorted = |mut due: Vec<Address>| {
                    due.sort_by(|a, b| a.claim.cmp(&b.claim));
                    due
                };
                let (found, expected) = (store.due(now, 100).await.unwrap(), memory.due(now, 100).await.unwrap());
                assert_eq!(sorted(found), sorted(expected), "seed {seed}, step {step}");
                assert!(store.due(now, 1).await.unwrap().len() <= 1);
            }
            8..10 => {
                let (tenant, user) = (format!("t{}", draws.below(2)), format!("id-{}", draws.below(3)));
                let user = if draws.is(2) { user.to_uppercase() } else { user };
                let found = store.open_for(&tenant, &user).await.unwrap();
                assert_eq!(found, memory.open_for(&tenant, &user).await.unwrap(), "seed {seed}, step {step}");
                let sorted = |mut done: Vec<Done>| {
                    done.sort_by(|a, b| a.claim.cmp(&b.claim));
                    done
                };
                let found = sorted(store.done_for(&tenant, &user).await.unwrap());
                let expected = sorted(memory.done_for(&tenant, &user).await.unwrap());
                assert_eq!(found, expected, "seed {seed}, step {step}");
                let sorted = |mut named: Vec<Named>| {
                    named.sort();
                    named
                };
                let found = sorted(store.named(&tenant).await.unwrap());
                assert_eq!(found, sorted(memory.named(&tenant).await.unwrap()), "seed {seed}, step {step}");
            }
            10 => {
                let before = Moment(draws.below(30) as i64);
                let found = store.reap(before).await.unwrap();
                assert_eq!(found, memory.reap(before).await.unwrap(), "seed {seed}, step {step}");
            }
            _ => {
                let found = store.load(&addresses[at]).await.unwrap();
                assert_eq!(found, memory.load(&addresses[at]).await.unwrap(), "seed {seed}, step {step}");
            }
        }
    }
}

/// Many copies over three replicas, again and again: of each intent one is sent, and on a card one write at a time.
async fn lets_one_go_first(store: Arc<dyn ClaimStore>) {
    let args = ["", "--ingo-api-key=k", "--ingo-username=u", "--ingo-secret=s"];
    let options = Config::try_parse_from(args).unwrap().claims;
    let replicas: Vec<_> = (0..3).map(|_| Claims::new(Arc::clone(&store), &options, Clock::of_the_machine())).collect();
    let (sent, under_way) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let mut copies = Vec::new();
    for copy in 0..24 {
        let (claims, sent, under_way) = (replicas[copy % 3].clone(), Arc::clone(&sent), Arc::clone(&under_way));
        copies.push(tokio::spawn(async move {
            let intent = intent(&ingo::REISSUE_CARD, &format!("key-{}", copy % 4), Some("card"));
            match claims.acquire(&intent, true, Instant::now() + Duration::from_secs(60)).await.unwrap() {
                Acquired::Yours(permit) => {
                    assert_eq!(under_way.fetch_add(1, Ordering::SeqCst), 0, "one write to a card at a time");
                    sent.fetch_add(1, Ordering::SeqCst);
                    tokio::time::sleep(Duration::from_millis(5)).await;
                    under_way.fetch_sub(1, Ordering::SeqCst);
                    claims
                        .end(&permit, Ok(Answer(r#"{"status":"success","message":"operation completed"}"#.into())))
                        .await
                        .1
                        .unwrap();
                }
                // A copy that was slower than a newer intent.
                Acquired::Refused(failure) => assert_eq!(failure.code, ErrorCode::Superseded),
                Acquired::Ended(ending) => assert!(ending.is_ok()),
                Acquired::InProgress => panic!("expected an end within a minute"),
                Acquired::Unasked => panic!("expected that whoever was asked about may claim"),
            }
        }));
    }
    for copy in copies {
        copy.await.unwrap();
    }
    assert!((1..=4).contains(&sent.load(Ordering::SeqCst)));
}

#[tokio::test]
async fn sqlite_behaves_like_memory() {
    for seed in 1..=3 {
        behaves_like_memory(&*sqlite().await.store, seed, 150).await;
    }
}

#[tokio::test]
async fn postgres_behaves_like_memory() {
    for seed in 1..=3 {
        behaves_like_memory(&*postgres().await.store, seed, 150).await;
    }
}

#[tokio::test]
async fn a_column_that_a_newer_version_adds_is_none_of_an_older_ones_business() {
    let open = postgres().await;
    let at = Address { claim: "claim".into(), lane: Some("lane".into()) };
    let (seen, change) = (open.store.load(&at).await.unwrap(), Change::of(record(State::Unknown)));
    assert!(open.store.swap(&at, &seen, &change).await.unwrap());
    // By then the statement is prepared, in whichever sessions there are.
    let load = async || {
        for _ in 0..20 {
            assert_eq!(open.store.load(&at).await.unwrap().record.as_ref(), Some(&change.record));
        }
    };
    load().await;
    let mut newer = PgConnection::connect(&open._database.as_ref().unwrap().url).await.unwrap();
    sqlx::raw_sql("ALTER TABLE claims ADD COLUMN of_tomorrow TEXT").execute(&mut newer).await.unwrap();
    load().await;
}

/// What is done tells whose a card is, as long as it is not known of another intent for the same user what became of it.
#[tokio::test]
async fn what_is_done_is_kept_while_another_intent_for_the_same_user_is_open() {
    let of = |tenant: &str, user_id: &str, state: State| {
        let subject = Subject { user_id: Some(user_id.into()), ..record(state).subject };
        Record { tenant: tenant.into(), subject, changed_at: Moment(1), ..record(state) }
    };
    let (file, server) = (sqlite().await, postgres().await);
    let memory: Arc<dyn ClaimStore> = Arc::new(MemoryClaims::new(100));
    for store in [memory, Arc::clone(&file.store), Arc::clone(&server.store)] {
        let at = |claim: &str| Address { claim: claim.into(), lane: None };
        let put = async |claim: &str, record: Record| {
            let seen = store.load(&at(claim)).await.unwrap();
            assert!(store.swap(&at(claim), &seen, &Change::of(record)).await.unwrap());
        };
        put("done", of("t", "User-A", State::Done)).await;
        put("given back", of("t", "user-a", State::Claimed)).await;
        put("another tenant's", of("tt", "user-a", State::Done)).await;
        put("another user's", of("t", "user-b", State::Done)).await;
        put("open", of("t", "user-a", State::Unknown)).await;
        assert_eq!(store.reap(Moment(2)).await.unwrap(), 3);
        assert!(store.load(&at("done")).await.unwrap().record.is_some());
        put("open", of("t", "user-a", State::Done)).await;
        assert_eq!(store.reap(Moment(2)).await.unwrap(), 2);
    }
}

#[tokio::test]
async fn of_many_copies_over_replicas_one_is_sent() {
    lets_one_go_first(Arc::new(MemoryClaims::new(100))).await;
    let open = sqlite().await;
    lets_one_go_first(Arc::clone(&open.store)).await;
    let open = postgres().await;
    lets_one_go_first(Arc::clone(&open.store)).await;
}
