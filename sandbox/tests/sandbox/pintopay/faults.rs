//! Each fault, with PintoPay's operations.

use std::time::Duration;

use serde_json::{Value, json};

use super::client::{call, create, opened, order, start};
use crate::client::{Call, LIMIT};
use crate::process::Sandbox;
use crate::wire::{End, Exchange};

/// Sends one order after asking for a fault.
fn spoiled(sandbox: &Sandbox, fault: Value) -> Exchange {
    let limit = if fault["fault"] == "hang" { Duration::from_millis(700) } else { LIMIT };
    sandbox.fault(fault);
    ordering().exchange(sandbox, limit)
}

fn ordering() -> Call {
    create("key-1", order("plain"))
}

/// Whether the order was made, as the ledger tells it, and the status it tells; charged accordingly.
fn settled(sandbox: &Sandbox, fault: &str) -> (bool, Option<u64>) {
    let seen = sandbox.last_request();
    assert_eq!(seen["fault"], fault);
    let accepted = seen["accepted"].as_bool().unwrap();
    let (orders, balance) = if accepted { (1, "995.00") } else { (0, "1000.00") };
    assert_eq!(sandbox.orders_and_balance(), (orders, balance.to_owned()));
    (accepted, seen["status"].as_u64())
}

#[test]
fn an_answer_can_stay_away_whether_or_not_the_order_was_made() {
    for (fault, end) in [("close", End::Closed), ("hang", End::Open)] {
        for after in [false, true] {
            let sandbox = start(&[]);
            let exchange = spoiled(&sandbox, json!({ "fault": fault, "after": after, "operation": "createOrder" }));
            assert_eq!((exchange.bytes.len(), exchange.end), (0, end));
            assert_eq!(settled(&sandbox, fault), (after, None));
            // The key finds the order, if there is one, and makes it, if there is none.
            let found = sandbox.ordered(&ordering());
            assert_eq!(sandbox.orders_and_balance(), (1, "995.00".to_owned()));
            assert_eq!(found["order_id"], sandbox.ledger()["orders"][0]["order_id"]);
        }
    }
}

#[test]
fn an_answer_can_be_something_else() {
    for (fault, status, content_type) in [
        ("html", 200, "text/html; charset=utf-8"),
        ("redirect", 302, "text/html; charset=utf-8"),
        ("garbage_json", 200, "application/json"),
    ] {
        for after in [false, true] {
            let sandbox = start(&[]);
            let answer = spoiled(&sandbox, json!({ "fault": fault, "after": after })).answer();
            assert_eq!((answer.status, answer.headers["content-type"].as_str()), (status, content_type));
            assert!(serde_json::from_str::<Value>(&answer.body).is_err());
            assert_eq!(settled(&sandbox, fault), (after, Some(status.into())));
        }
    }
}

#[test]
fn status_is_an_error_of_the_api() {
    for (after, status) in [(false, 500), (true, 503)] {
        let sandbox = start(&[]);
        let fault = json!({ "fault": "status", "after": after, "status": status });
        let answer = spoiled(&sandbox, fault).answer();
        assert_eq!((answer.status, &opened(&answer)["error_slug"]), (status, &json!("internal_error")));
        assert_eq!(settled(&sandbox, "status"), (after, Some(status.into())));
    }
}

#[test]
fn an_answer_can_come_in_part_or_slowly_or_late() {
    for (after, status) in [(false, 500), (true, 200)] {
        let sandbox = start(&[]);
        let exchange = spoiled(&sandbox, json!({ "fault": "half_body", "after": after }));
        let answer = exchange.answer();
        assert_eq!((answer.status, exchange.end), (status, End::Closed));
        assert!(!answer.body.is_empty() && answer.body.len() < answer.promised_length());
        assert_eq!(settled(&sandbox, "half_body"), (after, Some(status.into())));
    }
    for fault in ["slow_body", "delay"] {
        let sandbox = start(&[]);
        let exchange = spoiled(&sandbox, json!({ "fault": fault, "delay_ms": 300, "after": true }));
        assert!(exchange.took >= Duration::from_millis(300));
        assert_eq!(opened(&exchange.answer())["success"], true);
        assert_eq!(settled(&sandbox, fault), (true, Some(200)));
    }
}

#[test]
fn card_data_stands_in_known_and_unknown_places_of_every_answer() {
    let sandbox = start(&[]);
    let ended = sandbox.ended(&sandbox.ordered(&ordering()));
    let calls = [
        ("order", ordering()),
        ("order", call("orders/check", json!({ "order_id": ended["order_id"] }))),
        ("card", call("cards/get", json!({ "card_id": ended["card_id"] }))),
    ];
    for (name, call) in calls {
        sandbox.fault(json!({ "fault": "card_data" }));
        let answer = opened(&call.exchange(&sandbox, LIMIT).answer());
        let object = &answer[name];
        let pan = object["card_number"].as_str().unwrap();
        assert_eq!((pan.len(), &answer["success"]), (16, &json!(true)));
        for known in ["cvv", "expiry_month", "expiry_year"] {
            assert!(object[known].is_string() && object["details"][known].is_string());
        }
        for text in [&object["provider_card_status"], &object["label"], &answer["message"]] {
            assert!(text.as_str().unwrap().contains(pan));
        }
        assert!(answer["trace"].to_string().contains(pan));
        assert!(!sandbox.ledger().to_string().contains(pan));
        assert_eq!(settled(&sandbox, "card_data"), (true, Some(200)));
    }
    for quiet in [sandbox.checked(&ended), sandbox.card_of(&ended)] {
        assert!(!quiet.to_string().contains("411111"));
    }
}

#[test]
fn extra_fields_and_an_unknown_status_leave_the_rest_as_it_is() {
    let sandbox = start(&[]);
    let ended = sandbox.ended(&sandbox.ordered(&ordering()));
    let check = || call("orders/check", json!({ "order_id": ended["order_id"] }));
    sandbox.fault(json!({ "fault": "extra_fields", "operation": "checkOrder" }));
    let answer = opened(&check().send(&sandbox));
    assert!(answer["request_id"].is_string() && answer["order"]["limits"].is_object());
    assert_eq!(answer["order"]["status"], "completed");

    sandbox.fault(json!({ "fault": "unknown_status", "operation": "getCard" }));
    sandbox.fault(json!({ "fault": "unknown_status", "operation": "checkOrder" }));
    assert_eq!(opened(&check().send(&sandbox))["order"]["status"], "on_hold");
    assert_eq!(sandbox.card_of(&ended)["status"], "on_hold");
    assert_eq!(
        (&sandbox.checked(&ended)["status"], &sandbox.card_of(&ended)["status"]),
        (&json!("completed"), &json!("active"))
    );
}

#[test]
fn a_fault_meets_its_own_issuer_and_no_refused_request() {
    let sandbox = start(&[]);
    sandbox.fault(json!({ "fault": "status", "operation": "create" }));
    sandbox.fault(json!({ "fault": "status", "status": 502 }));
    assert_eq!(ordering().with("api-key", "wrong").send(&sandbox).status, 403);
    let first = ordering();
    assert_eq!(first.send(&sandbox).status, 502);
    // The server has seen that one, even if it did nothing about it.
    assert_eq!(opened(&first.send(&sandbox))["error_slug"], "timestamp_replayed");
    assert_eq!(ordering().send(&sandbox).status, 200);
    assert_eq!(sandbox.control("GET", "/_faults", "").json()["pending"][0]["operation"], "create");
}
