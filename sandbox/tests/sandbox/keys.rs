//! What idempotency keys are worth, in each mode and at both issuers; and the ledger in short.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::client::{Call, LIMIT, USER};
use crate::pintopay::client::{create, order, start};
use crate::process::Sandbox;

const COPIES: usize = 8;

fn keyed(key: &str) -> Call {
    Call::ingo("create", &json!({ "user_id": USER, "card_type": "virtual", "idempotent_key": key })).sign()
}

fn set(sandbox: &Sandbox, keys: &str) {
    let answer = sandbox.control("PUT", "/_keys", &json!({ "keys": keys }).to_string());
    assert_eq!((answer.status, answer.json()), (200, json!({ "keys": keys })));
}

/// Sends copies at once, and says how many cards or orders they made.
fn burst(sandbox: &Sandbox, kind: &str, copy: impl Fn() -> Call + Sync) -> usize {
    let made = || sandbox.ledger()[kind].as_array().unwrap().len();
    let before = made();
    std::thread::scope(|scope| {
        for _ in 0..COPIES {
            scope.spawn(|| assert_eq!(copy().send(sandbox).status, 200));
        }
    });
    made() - before
}

#[test]
fn copies_make_one_card_unless_keys_are_worth_less() {
    let sandbox = start(&["--keys", "idempotent"]);
    let bursts = |name: &str| {
        let ingo = burst(&sandbox, "cards", || keyed(&format!("ingo-{name}")));
        let pintopay = burst(&sandbox, "orders", || create(&format!("pintopay-{name}"), order("plain")));
        (ingo, pintopay)
    };
    assert_eq!(bursts("idempotent"), (1, 1));
    set(&sandbox, "none");
    assert_eq!(bursts("none"), (COPIES, COPIES));
    assert_eq!(bursts("none"), (COPIES, COPIES), "a key that was used is worth nothing either");
    set(&sandbox, "idempotent");
    assert_eq!(bursts("idempotent-again"), (1, 1));
}

#[test]
fn a_race_is_lost_within_the_window_and_never_after_it() {
    let sandbox = start(&["--keys", "racy"]);
    let start = Instant::now();
    let mut most = (0, 0);
    // A busy machine can keep the copies of one burst apart for longer than the window.
    for round in 0.. {
        most.0 = most.0.max(burst(&sandbox, "cards", || keyed(&format!("ingo-{round}"))));
        most.1 = most.1.max(burst(&sandbox, "orders", || create(&format!("pintopay-{round}"), order("plain"))));
        if most.0 > 1 && most.1 > 1 {
            break;
        }
        assert!(start.elapsed() < LIMIT, "no race was lost");
    }
    std::thread::sleep(Duration::from_millis(60));
    assert_eq!(burst(&sandbox, "cards", || keyed("ingo-0")), 0);
    assert_eq!(burst(&sandbox, "orders", || create("pintopay-0", order("plain"))), 0);
}

#[test]
fn a_key_that_is_worth_nothing_is_still_required() {
    let sandbox = start(&["--keys", "none"]);
    assert_eq!(create("", order("plain")).send(&sandbox).status, 400);
}

#[test]
fn the_mode_is_shown_and_only_a_known_one_is_taken() {
    let sandbox = Sandbox::start();
    let shown = || sandbox.control("GET", "/_keys", "").json();
    assert_eq!(shown(), json!({ "keys": "idempotent" }));
    set(&sandbox, "racy");
    for wrong in ["", "{}", r#"{"keys":"some"}"#, r#"{"keys":"none","since":1}"#] {
        assert_eq!(sandbox.control("PUT", "/_keys", wrong).status, 400, "{wrong}");
    }
    sandbox.control("POST", "/_ledger/reset", "");
    assert_eq!(shown(), json!({ "keys": "racy" }), "a reset forgets what was done, not how it is done");
}

#[test]
fn the_short_ledger_counts_what_took_effect_and_what_was_asked() {
    let sandbox = start(&[]);
    let effects = || sandbox.control("GET", "/_ledger/effects", "").json();
    assert_eq!(effects(), json!({ "effects": [], "receipts": [] }));
    keyed("key-1").send(&sandbox);
    sandbox.fault(json!({ "fault": "close", "operation": "create" }));
    keyed("key-1").exchange(&sandbox, LIMIT);
    let card = sandbox.ledger()["cards"][0]["id"].clone();
    let target = json!({ "user_id": USER, "id": card });
    sandbox.ingo("freeze", &target);
    sandbox.ingo("freeze", &json!({ "user_id": USER, "id": "rcrd-unknown" }));
    let new = sandbox.card("reissue", &json!({ "user_id": USER, "id": card, "reuse_pan": true }))["id"].clone();
    let order = sandbox.ordered(&create("key-2", order("plain")))["order_id"].clone();

    let mut found = effects();
    for effect in found["effects"].as_array_mut().unwrap() {
        assert!(effect.as_object_mut().unwrap().remove("at").unwrap().as_str().unwrap().ends_with('Z'));
    }
    let effect = |operation: &str, id: &Value, made: bool, status: &str, key: Value| {
        let user = if operation == "createOrder" { "ext-123" } else { USER };
        json!({ "operation": operation, "user": user, "id": id, "made": made, "status": status, "key": key })
    };
    let expected = json!([
        effect("create", &card, true, "active", json!("key-1")),
        effect("freeze", &card, false, "suspended", Value::Null),
        effect("reissue", &card, false, "terminated", Value::Null),
        effect("reissue", &new, true, "active", Value::Null),
        effect("createOrder", &order, true, "new", json!("key-2")),
    ]);
    assert_eq!(found["effects"], expected);
    let receipt = |operation: &str, of: &Value, times: u32| json!({ "operation": operation, "of": of, "times": times });
    let expected = json!([
        receipt("create", &json!("key-1"), 2),
        receipt("createOrder", &json!("key-2"), 1),
        receipt("freeze", &card, 1),
        receipt("freeze", &json!("rcrd-unknown"), 1),
        receipt("reissue", &card, 1),
    ]);
    let mut receipts = found["receipts"].as_array().unwrap().clone();
    receipts.sort_by_key(|receipt| (receipt["operation"].to_string(), receipt["of"] == "rcrd-unknown"));
    assert_eq!(Value::from(receipts), expected);
}
