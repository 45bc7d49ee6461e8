//! The ledger of orders, and what must never stand in it.

use std::collections::BTreeSet;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::client::{API_KEY, SECRET, call, create, order, start};
use crate::client::USER;
use crate::process::{API_KEY as INGO_API_KEY, CONTROL_TOKEN};

#[test]
fn the_ledger_tells_orders_payloads_and_the_balance() {
    let sandbox = start(&[]);
    let empty = json!({ "cards": [], "requests": [], "orders": [], "master_balance": "1000.00" });
    assert_eq!(sandbox.ledger(), empty);
    let request = create("key-1", order("plain"));
    let made = sandbox.ordered(&request);
    let ended = sandbox.ended(&made);
    let ledger = sandbox.ledger();
    let expected = json!({
        "order_id": made["order_id"],
        "external_user_id": "ext-123",
        "cardholder_id": null,
        "product": "plain",
        "idempotency_key": "key-1",
        "card_id": ended["card_id"],
        "status": "completed",
        "issue_status": "completed",
        "is_issued": true,
        "charged": "5.00",
        "balance_before": "1000.00",
        "balance_after": "995.00",
        "created_at": made["created_at"],
    });
    assert_eq!((&ledger["orders"], &ledger["master_balance"]), (&json!([expected]), &json!("995.00")));

    let seen = &ledger["requests"][0];
    assert_eq!((&seen["operation"], &seen["api_key_present"]), (&json!("createOrder"), &json!(true)));
    assert_eq!(seen["headers"]["idempotency-key"], "key-1");
    assert!(seen["headers"].get("api-key").is_none());
    let body = BASE64_STANDARD.decode(seen["body_base64"].as_str().unwrap()).unwrap();
    assert_eq!(body, request.body);
    let encrypted = serde_json::from_slice::<Value>(&body).unwrap()["encrypted"].clone();
    let bytes = BASE64_STANDARD.decode(encrypted.as_str().unwrap()).unwrap();
    assert_eq!(seen["nonce_base64"], BASE64_STANDARD.encode(&bytes[1..25]));
    let payload = seen["payload"].as_object().unwrap();
    assert_eq!(payload.keys().collect::<Vec<_>>(), ["external_user_id", "product_code", "request_timestamp"]);

    assert_eq!(sandbox.control("POST", "/_ledger/reset", "").status, 204);
    assert_eq!(sandbox.ledger(), empty);
    assert_ne!(sandbox.ordered(&create("key-1", order("plain")))["order_id"], made["order_id"]);
}

#[test]
fn the_ledger_proves_that_requests_are_fresh() {
    let sandbox = start(&[]);
    let made = sandbox.ordered(&create("key-1", order("stuck-new")));
    for _ in 0..5 {
        sandbox.checked(&made);
    }
    let requests = sandbox.ledger()["requests"].clone();
    let all = |pointer: &str| -> Vec<String> {
        requests.as_array().unwrap().iter().map(|seen| seen.pointer(pointer).unwrap().to_string()).collect()
    };
    for pointer in ["/nonce_base64", "/payload/request_timestamp"] {
        assert_eq!(all(pointer).into_iter().collect::<BTreeSet<_>>().len(), 6);
    }
    assert!(all("/payload/request_timestamp").is_sorted());
}

#[test]
fn both_issuers_share_a_ledger_and_keep_their_shapes() {
    let sandbox = start(&[]);
    let card = sandbox.card("create", &json!({ "user_id": USER, "card_type": "virtual" }));
    sandbox.ordered(&create("key-1", order("plain")));
    let ledger = sandbox.ledger();
    assert_eq!(ledger["cards"].as_array().unwrap().len(), 1);
    assert_eq!(ledger["cards"][0]["id"], card["id"]);
    let seen = &ledger["requests"][0];
    assert_eq!((&seen["operation"], seen.get("payload"), seen.get("nonce_base64")), (&json!("create"), None, None));
}

#[test]
fn secrets_are_never_shown() {
    let sandbox = start(&[]);
    let mut payload = order("plain");
    payload["note"] = json!({ (SECRET): [API_KEY, format!("Bearer {CONTROL_TOKEN}")] });
    create("key-1", payload).with("x-secret", SECRET).send(&sandbox);
    let mut path = call("orders/check", json!({ "order_id": INGO_API_KEY }));
    path.send(&sandbox);
    path.line = format!("POST /{API_KEY}/{SECRET} HTTP/1.1");
    path.send(&sandbox);
    sandbox.ordered(&create("key-1", order("plain")));

    let ledger = sandbox.ledger();
    let requests = ledger["requests"].as_array().unwrap();
    let masked: Vec<_> = requests.iter().map(|seen| seen["masked"].clone()).collect();
    assert_eq!(masked, [true, true, true, false]);
    let stars = "*".repeat(SECRET.len());
    assert_eq!(requests[0]["payload"]["note"][&stars][0], "*".repeat(API_KEY.len()));
    let mut shown = ledger.to_string();
    for seen in requests {
        let body = BASE64_STANDARD.decode(seen["body_base64"].as_str().unwrap()).unwrap();
        shown.push_str(&String::from_utf8(body).unwrap());
    }
    let (status, log) = sandbox.stop("-TERM");
    assert!(status.success());
    assert!(log.contains("createOrder"));
    for secret in [API_KEY, SECRET, CONTROL_TOKEN, INGO_API_KEY] {
        assert!(!shown.contains(secret) && !log.contains(secret), "{secret}");
    }
    assert!(!log.contains("ext-123") && !log.contains("key-1"));
}
