//! What became of an intent: asked, read from the issuer, settled by a person.

use std::time::Duration;

use cardwright_test_postgres::Database;
use serde_json::{Value, json};

use crate::client::{Answer, CARD, Call, KEY, USER};
use crate::rig::{Proxy, SHORT, rig};
use crate::sandbox::Sandbox;
use crate::scripted::{Act, Issuer, envelope};

/// The question what became of an intent under the key all calls have.
fn question(operation: &str) -> Call {
    Call::get(&format!("/api/intents/{operation}/{KEY}"))
}

fn settlement(operation: &str, body: &Value) -> Call {
    Call::post(&format!("/api/intents/{operation}/{KEY}/settle"), body).without("idempotency-key")
}

fn unfreeze() -> Call {
    Call::post("/api/ingo/cards/unfreeze", &json!({ "user_id": USER, "id": CARD })).key("another-key-0123")
}

/// The answer without its time, which must be one where `is_sent`.
fn asked(answer: &Answer, is_sent: bool) -> Value {
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/json")), "{answer:?}");
    let mut told = answer.json();
    let sent_at = told.as_object_mut().unwrap().remove("sent_at");
    assert_eq!(sent_at.is_some_and(|at| at.as_str().unwrap().ends_with('Z')), is_sent);
    told
}

#[tokio::test]
async fn each_end_is_told_as_copies_are_told_it() {
    let no = r#"{"status":"error","message":"m","error":{"slug":"kyc_not_verified"}}"#;
    let card: Value = serde_json::from_str(&envelope(CARD, "active", "")).unwrap();
    let problem = |title: &str, code: &str, outcome: &str| json!({ "type": "about:blank", "title": title, "status": 502, "code": code, "outcome": outcome });
    let mut rejected = problem("The card issuer did not accept this.", "issuer_rejected", "rejected");
    rejected["slug"] = "kyc_not_verified".into();
    let failed = "The card issuer failed. It is not known whether this was done.";
    for (act, state, name, told) in [
        (Act::card(CARD, "active"), "done", "answer", card),
        (Act::json(422, no), "done", "problem", rejected),
        (Act::json(500, "{}"), "unknown", "problem", problem(failed, "issuer_failed", "unknown")),
    ] {
        let (proxy, issuer) = rig([act]).await;
        Call::reissue().send(proxy.address).await;
        let answer = question("ingo.reissueCard").send(proxy.address).await;
        assert_eq!(asked(&answer, true), json!({ "operation": "ingo.reissueCard", "state": state, name: told }));
        assert_eq!(issuer.seen().len(), 1);
    }
}

#[tokio::test]
async fn what_runs_is_sending_and_the_question_disturbs_nothing() {
    let (proxy, issuer) = rig([Act::card(CARD, "active").after(400)]).await;
    let address = proxy.address;
    let call = tokio::spawn(async move { Call::issue().send(address).await });
    issuer.has_seen(1).await;
    let answer = question("ingo.issueCard").send(address).await;
    assert_eq!(asked(&answer, true), json!({ "operation": "ingo.issueCard", "state": "sending" }));
    assert_eq!(call.await.unwrap().status, 200);
}

#[tokio::test]
async fn a_key_that_is_absent_is_closed_by_the_question() {
    let (proxy, issuer) = rig([Act::card(CARD, "active")]).await;
    for _ in 0..2 {
        let answer = question("ingo.issueCard").send(proxy.address).await;
        assert_eq!(asked(&answer, false), json!({ "operation": "ingo.issueCard", "state": "absent" }));
    }
    let late = Call::issue().send(proxy.address).await;
    assert_eq!(late.told(), (409, "key_closed".into(), "not_sent".into()));
    assert!(issuer.seen().is_empty());
    assert_eq!(Call::freeze().send(proxy.address).await.status, 200, "the key of another operation is another");
}

#[tokio::test]
async fn only_writes_and_keys_are_asked_about() {
    let (proxy, _issuer) = rig([Act::card(CARD, "active")]).await;
    for name in ["ingo.listCards", "pintopay.checkOrder", "pintopay.createCard", "ingo.noSuch"] {
        let answer = question(name).send(proxy.address).await;
        assert_eq!(answer.told(), (404, "not_found".into(), "not_sent".into()), "{name}");
    }
    for key in ["short", "with%20blank-0123456", &"k".repeat(65)] {
        let answer = Call::get(&format!("/api/intents/ingo.issueCard/{key}")).send(proxy.address).await;
        assert_eq!(answer.told(), (422, "invalid_request".into(), "not_sent".into()), "{key}");
    }
    let no_text = Call::get("/api/intents/ingo.issueCard/%FF0123456789abcdef");
    let nor_settled = settlement("ingo.issueCard%FF", &json!({ "user": "local", "as": "done" }));
    for call in [no_text, nor_settled] {
        assert_eq!(call.send(proxy.address).await.told(), (404, "not_found".into(), "not_sent".into()));
    }
}

#[tokio::test]
async fn a_freeze_whose_answer_was_lost_is_not_applied_after_an_unfreeze() {
    let (proxy, issuer) = rig([Act::json(500, "{}"), Act::card(CARD, "active")]).await;
    Call::freeze().send(proxy.address).await;
    assert_eq!(unfreeze().send(proxy.address).await.status, 200);
    let copy = Call::freeze().send(proxy.address).await;
    assert_eq!(copy.told(), (409, "superseded".into(), "unknown".into()));
    assert_eq!(issuer.seen().len(), 2);
}

#[tokio::test]
async fn a_freeze_whose_answer_was_lost_is_sent_again_if_nothing_is_newer() {
    let (proxy, issuer) = rig([Act::json(500, "{}"), Act::card(CARD, "suspended")]).await;
    assert_eq!(Call::freeze().send(proxy.address).await.status, 502);
    let copy = Call::freeze().send(proxy.address).await;
    assert_eq!((copy.status, copy.is_replayed(), issuer.seen().len()), (200, false, 2));
}

#[tokio::test]
async fn a_freeze_goes_out_beside_a_reissue_that_hangs() {
    let issuer = Issuer::start([Act::card(CARD, "active").after(2_000), Act::card(CARD, "suspended")]).await;
    let proxy = Proxy::start(&issuer.url, &["--urgent-wait-ms=50"]).await;
    let address = proxy.address;
    let reissue = tokio::spawn(async move { Call::reissue().send(address).await });
    issuer.has_seen(1).await;
    assert_eq!(Call::freeze().send(address).await.status, 200);
    assert!(!reissue.is_finished(), "the freeze did not wait for it");
    assert_eq!(unfreeze().send(address).await.status, 200);
    assert!(reissue.is_finished(), "an unfreeze does");
}

#[tokio::test]
async fn a_person_settles_what_cannot_be_read_and_what_has_an_end_keeps_it() {
    for (said, told, name) in [
        (json!({ "user": "local", "as": "rejected" }), "issuer_rejected", "problem"),
        (json!({ "user": "local", "as": "done", "card_id": CARD }), "success", "answer"),
    ] {
        let (proxy, issuer) = rig([Act::json(500, "{}")]).await;
        let settle = settlement("ingo.reissueCard", &said);
        assert_eq!(settle.send(proxy.address).await.told().0, 404, "nothing is known of it");
        Call::reissue().send(proxy.address).await;
        let other = settlement("ingo.reissueCard", &json!({ "user": "somebody", "as": "done" }));
        assert_eq!(other.send(proxy.address).await.told().0, 404, "another's");
        let settled = settle.send(proxy.address).await;
        let word = |answer: &Answer| {
            let told = answer.json();
            assert_eq!(told["state"], "done", "{told}");
            told[name]["code"].as_str().or(told[name]["status"].as_str()).unwrap().to_owned()
        };
        assert_eq!(word(&settled), told);
        let opposite = if name == "answer" { "rejected" } else { "done" };
        let again = settlement("ingo.reissueCard", &json!({ "user": "local", "as": opposite }));
        assert_eq!(word(&again.send(proxy.address).await), told, "the first word counts");
        assert!(Call::reissue().send(proxy.address).await.is_replayed());
        assert_eq!(issuer.seen().len(), 1);
    }
}

#[tokio::test]
async fn what_a_person_says_must_be_understood() {
    let (proxy, _issuer) = rig([Act::json(500, "{}")]).await;
    Call::reissue().send(proxy.address).await;
    for said in [
        json!({}),
        json!({ "user": "local", "as": "perhaps" }),
        json!({ "user": "local", "as": "done", "more": 1 }),
        json!({ "user": "local", "as": "done", "card_id": "4242424242424242" }),
        json!({ "user": "local", "as": "done", "card_id": "" }),
    ] {
        let answer = settlement("ingo.reissueCard", &said).send(proxy.address).await;
        assert_eq!(answer.told(), (422, "invalid_request".into(), "not_sent".into()), "{said}");
    }
    let answer = question("ingo.reissueCard").send(proxy.address).await;
    assert_eq!(answer.json()["state"], "unknown");
}

/// A sandbox with one card, and a proxy before it with short leases; the card's id.
async fn issued(more: &[&str]) -> (Sandbox, Proxy, String) {
    let sandbox = Sandbox::start(&[]).await;
    let more = [&SHORT[..], &["--lease-ms=1600", "--completer-ms=100"], more].concat();
    let proxy = Proxy::start(&format!("{}/api", sandbox.url), &more).await;
    let card = Call::issue().key("the-first-card-01").send(proxy.address).await.json();
    let id = card["data"]["items"][0]["id"].as_str().unwrap().to_owned();
    (sandbox, proxy, id)
}

fn reissue(id: &str) -> Call {
    let body = json!({ "user_id": USER, "id": id, "reuse_pan": false });
    Call::post("/api/ingo/cards/reissue", &body).with("accept-notices", "old_card_ends")
}

const LIST: &str = "--ingo-card-list-path=/api/v4/user/routable-cards/list";

/// Waits until the intent has this state, for at most ten seconds.
async fn becomes(proxy: &Proxy, operation: &str, state: &str) -> Value {
    for _ in 0..200 {
        let told = question(operation).send(proxy.address).await.json();
        if told["state"] == state {
            return told;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("expected {operation} to become {state}");
}

#[tokio::test]
async fn a_reissue_whose_answer_was_lost_is_read_from_the_issuers_list() {
    let (sandbox, proxy, id) = issued(&[LIST]).await;
    sandbox.fault(json!({ "fault": "close", "after": true, "operation": "reissue" })).await;
    let lost = reissue(&id).send(proxy.address).await;
    assert_eq!(lost.told(), (502, "issuer_failed".into(), "unknown".into()));
    let told = becomes(&proxy, "ingo.reissueCard", "done").await;
    let new = told["answer"]["data"]["items"][0]["id"].as_str().unwrap();
    assert_ne!(new, id);
    let copy = reissue(&id).send(proxy.address).await;
    assert_eq!((copy.status, copy.json()["data"]["items"][0]["id"].as_str()), (200, Some(new)));
    let list = Call::get("/api/ingo/cards").send(proxy.address).await.json();
    let status = |id: &str| {
        list["data"]["items"].as_array().unwrap().iter().find(|card| card["id"] == id).unwrap()["status"].clone()
    };
    assert_eq!((status(new), status(&id)), (json!("active"), json!("terminated")));
}

#[tokio::test]
async fn a_reissue_that_never_came_is_read_from_the_issuers_list() {
    let (sandbox, proxy, id) = issued(&[LIST]).await;
    sandbox.fault(json!({ "fault": "close", "operation": "reissue" })).await;
    reissue(&id).send(proxy.address).await;
    let told = becomes(&proxy, "ingo.reissueCard", "done").await;
    assert_eq!((&told["problem"]["code"], &told["problem"]["slug"]), (&json!("issuer_rejected"), &json!("not_done")));
}

#[tokio::test]
async fn without_a_list_a_reissue_stays_unknown() {
    let (sandbox, proxy, id) = issued(&[]).await;
    sandbox.fault(json!({ "fault": "close", "after": true, "operation": "reissue" })).await;
    reissue(&id).send(proxy.address).await;
    // Longer than it takes to be settled where there is a list.
    tokio::time::sleep(Duration::from_millis(1_000)).await;
    becomes(&proxy, "ingo.reissueCard", "unknown").await;
    assert!(reissue(&id).send(proxy.address).await.is_replayed());
}

#[tokio::test]
async fn a_lost_card_is_got_by_its_key_where_the_issuer_honours_keys() {
    let (sandbox, proxy, _) = issued(&["--issuer-honours-keys=ingo"]).await;
    sandbox.fault(json!({ "fault": "close", "after": true, "operation": "create" })).await;
    let issue = Call::issue();
    assert_eq!(issue.send(proxy.address).await.told().1, "issuer_failed");
    assert!(issue.send(proxy.address).await.is_replayed(), "not at once");
    tokio::time::sleep(Duration::from_millis(3_100)).await;
    let copy = issue.send(proxy.address).await;
    assert_eq!((copy.status, copy.is_replayed()), (200, false));
    assert_eq!(sandbox.cards().await, 2, "the first, and this one once");
}

#[tokio::test]
async fn copies_over_replicas_are_one_request() {
    let database = Database::fresh().await.unwrap();
    let issuer = Issuer::start([Act::card(CARD, "active").after(300)]).await;
    let store = format!("--database-url={}", database.url);
    let replicas = [Proxy::start(&issuer.url, &[&store]).await, Proxy::start(&issuer.url, &[&store]).await];
    let copies: Vec<_> = (0..8)
        .map(|copy| {
            let address = replicas[copy % 2].address;
            tokio::spawn(async move { Call::reissue().send(address).await })
        })
        .collect();
    let mut replayed = 0;
    for copy in copies {
        let answer = copy.await.unwrap();
        assert_eq!((answer.status, &answer.body[..]), (200, envelope(CARD, "active", "").as_bytes()));
        replayed += usize::from(answer.is_replayed());
    }
    assert_eq!((replayed, issuer.seen().len()), (7, 1));
    for replica in replicas {
        replica.stop().await;
    }
}
