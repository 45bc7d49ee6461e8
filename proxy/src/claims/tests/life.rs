//! A claim's life, step by step.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use cardwright::{ErrorCode, Operation, Outcome, Safety, ingo};
use clap::Parser;
use tokio::time::Instant;

use super::intent;
use crate::claims::record::{Address, Audit, Snapshot, State};
use crate::claims::{Acquired, ClaimStore, Claims, Permit, RETENTION};
use crate::clock::{Clock, Moment};
use crate::config::Config;
use crate::ending::{Answer, Ending, Failure};
use crate::intent::Intent;
use crate::memory::MemoryClaims;

/// Claims whose time is set by hand.
struct Rig {
    claims: Claims,
    store: Arc<MemoryClaims>,
    now: Arc<AtomicI64>,
}

const LEASE: Duration = Duration::from_secs(60);

fn rig(more: &[&str]) -> Rig {
    let args = ["", "--ingo-api-key=k", "--ingo-username=u", "--ingo-secret=s"];
    let options = Config::try_parse_from([&args[..], more].concat()).unwrap().claims;
    let now = Arc::new(AtomicI64::new(1_000_000));
    let clock = Arc::clone(&now);
    let store = Arc::new(MemoryClaims::new(100));
    let over: Arc<dyn ClaimStore> = store.clone();
    let claims = Claims::new(over, &options, Clock::new(move || Moment(clock.load(Ordering::SeqCst))));
    Rig { claims, store, now }
}

impl Rig {
    fn pass(&self, time: Duration) {
        self.now.fetch_add(time.as_millis() as i64, Ordering::SeqCst);
    }

    /// Asks, and waits for nobody.
    async fn ask(&self, intent: &Intent) -> Acquired {
        self.claims.acquire(intent, true, Instant::now()).await.unwrap()
    }

    async fn permit(&self, intent: &Intent) -> Permit {
        match self.ask(intent).await {
            Acquired::Yours(permit) => permit,
            other => panic!("expected a permit, found {}", word(&other)),
        }
    }

    async fn told(&self, intent: &Intent) -> String {
        word(&self.ask(intent).await)
    }

    async fn end(&self, permit: &Permit, ending: Ending) {
        drop(self.ended(permit, ending).await);
    }

    /// Records how sending ended, and what its copy is told.
    async fn ended(&self, permit: &Permit, ending: Ending) -> Ending {
        let (told, recorded) = self.claims.end(permit, ending).await;
        recorded.unwrap();
        told
    }

    async fn seen(&self, intent: &Intent) -> Snapshot {
        self.store.load(&intent.address()).await.unwrap()
    }

    async fn state(&self, intent: &Intent) -> Option<State> {
        self.seen(intent).await.record.map(|record| record.state)
    }
}

fn word(acquired: &Acquired) -> String {
    match acquired {
        Acquired::Yours(_) => "yours".into(),
        Acquired::Ended(Ok(_)) => "done".into(),
        Acquired::Ended(Err(failure)) => format!("{} {}", failure.code.as_str(), failure.outcome.as_str()),
        Acquired::Refused(failure) => format!("refused {} {}", failure.code.as_str(), failure.outcome.as_str()),
        Acquired::InProgress => "in progress".into(),
        Acquired::Unasked => "unasked".into(),
    }
}

fn done() -> Ending {
    Ok(Answer(r#"{"status":"success","message":"operation completed"}"#.into()))
}

fn failed(code: ErrorCode, operation: &Operation) -> Ending {
    Err(Failure::new(code, operation.safety))
}

fn create(key: &str) -> Intent {
    intent(&ingo::ISSUE_CARD, key, None)
}

fn on_card(operation: &'static Operation, key: &str) -> Intent {
    intent(operation, key, Some("card"))
}

#[tokio::test]
async fn the_first_copy_sends_and_the_others_learn_how_it_ended() {
    let rig = rig(&[]);
    let permit = rig.permit(&create("k")).await;
    assert_eq!(rig.told(&create("k")).await, "in progress");
    let waiting = tokio::spawn({
        let claims = rig.claims.clone();
        async move { claims.acquire(&create("k"), true, Instant::now() + Duration::from_secs(5)).await.unwrap() }
    });
    rig.end(&permit, done()).await;
    assert_eq!(word(&waiting.await.unwrap()), "done");
    assert_eq!(rig.told(&create("k")).await, "done");
}

#[tokio::test]
async fn of_many_at_once_one_sends() {
    let rig = rig(&[]);
    let copies: Vec<_> = (0..32)
        .map(|_| {
            let claims = rig.claims.clone();
            tokio::spawn(async move { word(&claims.acquire(&create("k"), true, Instant::now()).await.unwrap()) })
        })
        .collect();
    let mut sent = 0;
    for copy in copies {
        sent += usize::from(copy.await.unwrap() == "yours");
    }
    assert_eq!(sent, 1);
}

#[tokio::test]
async fn a_key_belongs_to_one_request_until_it_is_given_back() {
    let rig = rig(&[]);
    let other = Intent { fingerprint: [2; 32], ..create("k") };
    let permit = rig.permit(&create("k")).await;
    assert_eq!(rig.told(&other).await, "refused key_reused not_sent");
    let waiting = tokio::spawn({
        let claims = rig.claims.clone();
        async move { claims.acquire(&create("k"), true, Instant::now() + Duration::from_secs(5)).await.unwrap() }
    });
    tokio::time::sleep(Duration::from_millis(30)).await;
    rig.end(&permit, failed(ErrorCode::IssuerUnreachable, &ingo::ISSUE_CARD)).await;
    assert_eq!(word(&waiting.await.unwrap()), "issuer_unreachable not_sent", "who waited is told, and does not send");
    assert_eq!(rig.told(&other).await, "yours");
}

#[tokio::test]
async fn what_has_ended_is_never_overwritten() {
    let rig = rig(&[]);
    let late = rig.permit(&create("k")).await;
    rig.end(&late, done()).await;
    for code in [ErrorCode::IssuerUnreachable, ErrorCode::IssuerTimeout, ErrorCode::IssuerRejected] {
        rig.end(&late, failed(code, &ingo::ISSUE_CARD)).await;
        assert_eq!(rig.told(&create("k")).await, "done");
    }
}

#[tokio::test]
async fn a_claim_that_was_abandoned_before_sending_is_taken_over_and_its_owner_may_not_send() {
    let rig = rig(&[]);
    // As `acquire` leaves it between its two steps.
    let (change, first) = crate::claims::step::claim(
        &Snapshot::default(),
        &create("k").scope,
        &create("k").subject,
        [1; 32],
        false,
        rig.claims.now(),
        LEASE,
    );
    assert!(rig.store.swap(&create("k").address(), &Snapshot::default(), &change).await.unwrap());
    rig.pass(LEASE);
    let seen = rig.seen(&create("k")).await;
    let woken = crate::claims::step::start(&seen, first, true, rig.claims.now(), LEASE);
    assert_eq!(woken.unwrap_err(), crate::claims::step::NotNow::Lost);
    let taken = rig.permit(&create("k")).await;
    let seen = rig.seen(&create("k")).await;
    let woken = crate::claims::step::start(&seen, first, true, rig.claims.now(), LEASE);
    assert_eq!(woken.unwrap_err(), crate::claims::step::NotNow::Lost);
    assert!(crate::claims::step::end(&seen, first, &done(), rig.claims.now()).is_none(), "its token is too old");
    rig.end(&taken, done()).await;
}

#[tokio::test]
async fn an_abandoned_send_ends_unknown_and_is_not_sent_again_without_a_key_at_the_issuer() {
    for (operation, more) in [
        (&ingo::REISSUE_CARD, &["--issuer-honours-keys=ingo"][..]),
        (&ingo::ISSUE_CARD, &[]),
        (&ingo::ISSUE_CARD, &["--issuer-honours-keys=pintopay"]),
    ] {
        let rig = rig(more);
        let intent = intent(operation, "k", None);
        let permit = rig.permit(&intent).await;
        rig.pass(LEASE);
        assert!(!permit.lease.holds());
        for _ in 0..3 {
            assert_eq!(rig.told(&intent).await, "issuer_timeout unknown");
            rig.pass(Duration::from_secs(5));
        }
        // It was alive after all, and nobody knows better.
        rig.end(&permit, done()).await;
        assert_eq!(rig.told(&intent).await, "done");
    }
}

#[tokio::test]
async fn a_keyed_write_is_sent_again_where_the_issuer_honours_keys() {
    let rig = rig(&["--issuer-honours-keys=ingo"]);
    let first = rig.permit(&create("k")).await;
    rig.end(&first, failed(ErrorCode::IssuerFailed, &ingo::ISSUE_CARD)).await;
    assert_eq!(rig.told(&create("k")).await, "issuer_failed unknown", "not within three seconds");
    rig.pass(Duration::from_secs(3));
    let second = rig.permit(&create("k")).await;
    assert_eq!(rig.told(&create("k")).await, "in progress");
    for not_a_yes in [ErrorCode::IssuerRejected, ErrorCode::IssuerUnreachable] {
        let told = rig.ended(&second, failed(not_a_yes, &ingo::ISSUE_CARD)).await;
        assert_eq!(told.unwrap_err().code, ErrorCode::IssuerFailed, "only a yes says something about the first");
    }
    assert_eq!(rig.state(&create("k")).await, Some(State::Unknown));
    let third = rig.permit(&create("k")).await;
    rig.end(&first, done()).await;
    assert_eq!(rig.state(&create("k")).await, Some(State::Sending), "an older token is not listened to");
    rig.end(&third, done()).await;
    assert_eq!(rig.told(&create("k")).await, "done");
}

#[tokio::test]
async fn after_half_a_day_nothing_is_sent_again() {
    let rig = rig(&["--issuer-honours-keys=ingo"]);
    for intent in [create("k"), on_card(&ingo::FREEZE_CARD, "k")] {
        let permit = rig.permit(&intent).await;
        rig.end(&permit, failed(ErrorCode::IssuerFailed, intent.operation)).await;
        rig.pass(Duration::from_secs(12 * 60 * 60 + 1));
        assert_eq!(rig.told(&intent).await, "issuer_failed unknown");
    }
}

#[tokio::test]
async fn writes_to_one_card_go_one_after_the_other_and_a_freeze_waits_a_little_only() {
    let rig = rig(&["--urgent-wait-ms=1"]);
    let reissue = rig.permit(&on_card(&ingo::REISSUE_CARD, "a")).await;
    assert_eq!(rig.told(&on_card(&ingo::ACTIVATE_CARD, "b")).await, "in progress");
    assert_eq!(rig.told(&intent(&ingo::ACTIVATE_CARD, "c", Some("another"))).await, "yours");
    let soon = Instant::now() + Duration::from_secs(5);
    let freeze = rig.claims.acquire(&on_card(&ingo::FREEZE_CARD, "d"), true, soon).await.unwrap();
    assert_eq!(word(&freeze), "yours");
    let Acquired::Yours(freeze) = freeze else { return };
    rig.end(&freeze, done()).await;
    assert_eq!(rig.told(&on_card(&ingo::UNFREEZE_CARD, "e")).await, "in progress", "the reissue still runs");
    rig.end(&reissue, done()).await;
    assert_eq!(rig.told(&on_card(&ingo::UNFREEZE_CARD, "e")).await, "yours");
}

#[tokio::test]
async fn a_freeze_is_not_applied_again_after_the_card_was_unfrozen() {
    let rig = rig(&[]);
    // Its answer was lost, or it sent nothing: either way something newer went out since.
    for (number, code, told) in [
        (1, ErrorCode::IssuerTimeout, "refused superseded unknown"),
        (2, ErrorCode::IssuerUnreachable, "refused superseded not_sent"),
    ] {
        let freeze = on_card(&ingo::FREEZE_CARD, &format!("freeze-{number}"));
        let permit = rig.permit(&freeze).await;
        rig.end(&permit, failed(code, freeze.operation)).await;
        let unfreeze = rig.permit(&on_card(&ingo::UNFREEZE_CARD, &format!("unfreeze-{number}"))).await;
        rig.end(&unfreeze, done()).await;
        assert_eq!(rig.told(&freeze).await, told);
    }
    let again = on_card(&ingo::FREEZE_CARD, "a new intent");
    let permit = rig.permit(&again).await;
    rig.end(&permit, failed(ErrorCode::IssuerTimeout, again.operation)).await;
    assert_eq!(rig.told(&again).await, "yours", "nothing newer: doing it twice ends in the same state");
}

#[tokio::test]
async fn a_key_that_was_given_back_goes_over_to_the_card_it_comes_again_for() {
    let rig = rig(&[]);
    for (key, first, then) in [("freeze", &ingo::FREEZE_CARD, "used-a-lot"), ("reissue", &ingo::REISSUE_CARD, "new")] {
        for number in 0..3 {
            let write = rig.permit(&intent(&ingo::UNFREEZE_CARD, &format!("{key}-{number}"), Some("used-a-lot"))).await;
            rig.end(&write, done()).await;
        }
        let permit = rig.permit(&on_card(first, key)).await;
        rig.end(&permit, failed(ErrorCode::IssuerUnreachable, first)).await;
        let again = Intent { fingerprint: [2; 32], ..intent(first, key, Some(then)) };
        let permit = rig.permit(&again).await;
        let beside = |key: &str, card| intent(&ingo::ACTIVATE_CARD, key, Some(card));
        assert_eq!(rig.told(&beside(&format!("{key} b"), then)).await, "in progress", "the card it is about now");
        let another = rig.permit(&beside(&format!("{key} c"), "card")).await;
        rig.end(&another, done()).await;
        rig.end(&permit, done()).await;
        assert_eq!(rig.told(&again).await, "done");
    }
}

#[tokio::test]
async fn a_question_closes_a_key_under_which_nothing_was_sent() {
    let rig = rig(&[]);
    let look = async |intent: &Intent| {
        let record = rig.claims.look(&intent.scope, &intent.address()).await.unwrap();
        record.map(|record| record.state)
    };
    assert_eq!(look(&create("absent")).await, None);
    assert_eq!(rig.told(&create("absent")).await, "refused key_closed not_sent");
    let permit = rig.permit(&create("k")).await;
    assert_eq!(look(&create("k")).await, Some(State::Sending));
    rig.end(&permit, failed(ErrorCode::IssuerUnreachable, &ingo::ISSUE_CARD)).await;
    assert_eq!(look(&create("k")).await, None, "given back, and now closed");
    assert_eq!(rig.told(&create("k")).await, "refused key_closed not_sent");
    let permit = rig.permit(&create("l")).await;
    rig.pass(LEASE);
    assert_eq!(look(&create("l")).await, Some(State::Unknown));
    rig.end(&permit, done()).await;
    assert_eq!(look(&create("l")).await, Some(State::Done));
}

#[tokio::test]
async fn only_what_is_unknown_is_settled_and_it_is_written_down() {
    let rig = rig(&[]);
    let audit = Audit {
        at: rig.claims.now(),
        by_tenant: "t".into(),
        by_user: "person".into(),
        verdict: "rejected",
        card_id: None,
    };
    let rejected: Ending = Err(Failure::rejected(None, None));
    let settle =
        async |intent: &Intent| rig.claims.settle(&intent.address(), 1, &rejected, Some(&audit)).await.unwrap();
    let intent = create("k");
    assert!(!settle(&intent).await);
    let permit = rig.permit(&intent).await;
    assert!(!settle(&intent).await);
    rig.end(&permit, failed(ErrorCode::IssuerTimeout, intent.operation)).await;
    assert!(settle(&intent).await && !settle(&intent).await);
    assert_eq!(rig.told(&intent).await, "issuer_rejected rejected");
    rig.end(&permit, done()).await;
    assert_eq!(rig.told(&intent).await, "issuer_rejected rejected", "a late ending changes nothing");
    assert_eq!(rig.store.audit(), [audit]);
}

#[tokio::test]
async fn what_is_due_is_given_to_one_and_later_again() {
    let rig = rig(&[]);
    let permit = rig.permit(&create("k")).await;
    assert!(rig.claims.due(10).await.unwrap().is_empty());
    rig.pass(LEASE);
    let due: Vec<Address> = rig.claims.due(10).await.unwrap().into_iter().map(|(address, _)| address).collect();
    assert_eq!(due, [create("k").address()]);
    assert_eq!(rig.state(&create("k")).await, Some(State::Unknown));
    assert!(rig.claims.due(10).await.unwrap().is_empty(), "somebody is at it");
    rig.pass(LEASE);
    assert_eq!(rig.claims.due(10).await.unwrap().len(), 1);
    drop(permit);
}

#[tokio::test]
async fn only_what_has_ended_is_forgotten_and_only_after_31_days() {
    let rig = rig(&[]);
    for (key, ending) in [
        ("done", Some(done())),
        ("given back", Some(failed(ErrorCode::IssuerUnreachable, &ingo::ISSUE_CARD))),
        ("unknown", Some(failed(ErrorCode::IssuerTimeout, &ingo::ISSUE_CARD))),
        ("sending", None),
    ] {
        let permit = rig.permit(&create(key)).await;
        if let Some(ending) = ending {
            rig.end(&permit, ending).await;
        }
    }
    rig.pass(RETENTION);
    assert_eq!(rig.claims.reap().await.unwrap(), 0);
    rig.pass(Duration::from_millis(1));
    assert_eq!(rig.claims.reap().await.unwrap(), 2);
    assert_eq!(rig.state(&create("unknown")).await, Some(State::Unknown));
    assert_eq!(rig.state(&create("sending")).await, Some(State::Sending));
    assert_eq!(rig.state(&create("done")).await, None);
}

#[tokio::test]
async fn room_is_made_by_what_has_ended_and_by_nothing_else() {
    let rig = rig(&[]);
    let claims = rig.claims.over(MemoryClaims::new(3));
    let ask = async |key: &str| claims.acquire(&create(key), true, Instant::now()).await;
    for (key, ending) in [
        ("done", Some(done())),
        ("unknown", Some(Err(Failure::new(ErrorCode::IssuerTimeout, Safety::Keyed)))),
        ("runs", None),
    ] {
        let Ok(Acquired::Yours(permit)) = ask(key).await else { panic!("expected a permit") };
        if let Some(ending) = ending {
            assert_eq!(
                ending.as_ref().err().map(|failure| failure.outcome),
                (key == "unknown").then_some(Outcome::Unknown)
            );
            claims.end(&permit, ending).await.1.unwrap();
        }
    }
    assert_eq!(word(&ask("next").await.unwrap()), "yours");
    assert!(ask("one more").await.is_err());
    assert_eq!(word(&ask("unknown").await.unwrap()), "issuer_timeout unknown");
    assert_eq!(word(&ask("runs").await.unwrap()), "in progress");
}
