//! What is let through, and what is refused before anything is done, over the wire.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::client::{API_KEY, call, create, now, opened, order, raw, seal, sealed, start};
use crate::client::Call;
use crate::process::Sandbox;

/// A request is refused for a reason, in plain JSON or encrypted.
fn refused(sandbox: &Sandbox, call: &Call, status: u16, slug: &str, is_plain: bool) {
    let answer = call.send(sandbox);
    let body = if is_plain { answer.json() } else { opened(&answer) };
    assert_eq!((answer.status, &body["error_slug"]), (status, &json!(slug)), "{body}");
    assert_eq!((&body["success"], body["error"].is_string()), (&json!(false), true));
    let seen = sandbox.last_request();
    assert_eq!((&seen["refusal"], &seen["accepted"]), (&json!(slug), &json!(false)));
    assert_eq!(seen["status"], status);
}

#[test]
fn either_version_is_served() {
    let sandbox = start(&[]);
    for version in ["v1", "v2"] {
        let mut call = create(version, order("plain"));
        call.line = call.line.replace("v1", version);
        assert_eq!(sandbox.ordered(&call)["status"], "new");
        assert_eq!(sandbox.last_request()["operation"], "createOrder");
    }
}

#[test]
fn it_is_not_there_without_its_credentials() {
    let sandbox = Sandbox::start();
    let answer = create("key-1", order("plain")).send(&sandbox);
    assert_eq!((answer.status, answer.json()["message"].is_string()), (404, true));
    let seen = sandbox.last_request();
    assert_eq!((&seen["refusal"], &seen["operation"]), (&json!("no_route"), &json!(null)));
    let ledger = sandbox.ledger();
    assert_eq!(ledger.as_object().unwrap().keys().collect::<Vec<_>>(), ["cards", "requests"]);
}

#[test]
fn the_api_key_must_be_there_and_right() {
    let sandbox = start(&[]);
    let call = || create("key-1", order("plain"));
    refused(&sandbox, &call().without("api-key"), 401, "api_key_not_found", true);
    refused(&sandbox, &call().without("api-key").with("api_key", API_KEY), 401, "api_key_not_found", true);
    for wrong in ["", "project-key-other", "PROJECT-KEY-PUFFIN"] {
        refused(&sandbox, &call().with("api-key", wrong), 403, "api_key_invalid", true);
    }
    let mut twice = call();
    twice.headers.push(("api-key".to_owned(), API_KEY.to_owned()));
    refused(&sandbox, &twice, 403, "api_key_invalid", true);
    assert_eq!(sandbox.orders_and_balance(), (0, "1000.00".to_owned()));
}

#[test]
fn only_a_post_of_json_is_read() {
    let sandbox = start(&[]);
    let mut put = create("key-1", order("plain"));
    put.line = put.line.replace("POST", "PUT");
    refused(&sandbox, &put, 405, "method_not_allowed", true);
    let text = create("key-1", order("plain")).with("content-type", "text/plain");
    refused(&sandbox, &text, 415, "content_type_wrong", true);
    let large = raw("cards/create", "").with("content-length", "65537");
    refused(&sandbox, &large, 413, "body_too_large", true);
}

#[test]
fn a_body_that_does_not_open_is_refused() {
    let sandbox = start(&[]);
    let payload = |timestamp: u64| json!({ "order_id": "order_1", "request_timestamp": timestamp }).to_string();
    let bytes = || BASE64_STANDARD.decode(seal(payload(now()).as_bytes())).unwrap();
    let envelope = |bytes: &[u8]| json!({ "encrypted": BASE64_STANDARD.encode(bytes) });
    let changed = |place: usize| {
        let mut bytes = bytes();
        bytes[place] ^= 1;
        envelope(&bytes)
    };
    let bodies: [Value; 14] = [
        json!({}),
        json!([]),
        json!("encrypted"),
        json!({ "encrypted": null }),
        json!({ "encrypted": "" }),
        json!({ "encrypted": "not base64" }),
        json!({ "encrypted": seal(payload(now()).as_bytes()), "data": {} }),
        json!({ "order_id": "order_1", "request_timestamp": now() }),
        // The version, the nonce, the tag and the text.
        changed(0),
        changed(1),
        changed(25),
        changed(41),
        envelope(&bytes()[..40]),
        envelope(&bytes()[..bytes().len() - 1]),
    ];
    for body in bodies {
        refused(&sandbox, &raw("orders/check", &body.to_string()), 400, "decryption_failed", true);
    }
    refused(&sandbox, &raw("orders/check", "{"), 400, "decryption_failed", true);
    assert!(sandbox.last_request().get("payload").is_none());
    for plaintext in ["", "[]", "null", "{", "text"] {
        refused(&sandbox, &sealed("orders/check", plaintext.as_bytes()), 400, "invalid_request", false);
        assert!(sandbox.last_request()["nonce_base64"].is_string());
    }
}

#[test]
fn a_timestamp_must_be_there_and_near() {
    let sandbox = start(&[]);
    let at = |timestamp: Value| {
        let mut payload = order("plain");
        payload["request_timestamp"] = timestamp;
        sealed("cards/create", payload.to_string().as_bytes()).with("idempotency-key", "key-1")
    };
    for wrong in [json!(null), json!("now"), json!(1.7e15), json!(true), json!("")] {
        refused(&sandbox, &at(wrong), 400, "timestamp_invalid", false);
    }
    refused(&sandbox, &sealed("cards/create", b"{}"), 400, "timestamp_invalid", false);
    for wrong in [now() - 31_000_000, now() + 31_000_000, now() / 1_000, now() / 1_000_000] {
        refused(&sandbox, &at(json!(wrong)), 400, "timestamp_out_of_range", false);
    }
    assert_eq!(sandbox.orders_and_balance().0, 0);
    for right in [json!(now() - 25_000_000), json!(now() + 25_000_000), json!(now().to_string())] {
        sandbox.ordered(&at(right));
    }
    assert_eq!(sandbox.orders_and_balance().0, 1);
}

#[test]
fn a_copy_of_a_request_is_refused_and_so_is_its_timestamp() {
    let sandbox = start(&[]);
    let first = create("key-1", order("plain"));
    let made = sandbox.ordered(&first);
    refused(&sandbox, &first, 400, "timestamp_replayed", false);

    let timestamp = sandbox.ledger()["requests"][0]["payload"]["request_timestamp"].clone();
    let payload = json!({ "order_id": made["order_id"], "request_timestamp": timestamp.to_string() });
    refused(&sandbox, &sealed("orders/check", payload.to_string().as_bytes()), 400, "timestamp_replayed", false);

    // A refused request has used its timestamp up too.
    let unknown = call("orders/check", json!({ "order_id": "order_1" }));
    refused(&sandbox, &unknown, 404, "order_not_found", false);
    refused(&sandbox, &unknown, 400, "timestamp_replayed", false);
    assert_eq!(sandbox.orders_and_balance().0, 1);
}

#[test]
fn errors_can_be_plain() {
    let sandbox = start(&["--pintopay-plain-errors"]);
    refused(&sandbox, &call("orders/check", json!({ "order_id": "order_1" })), 404, "order_not_found", true);
    refused(&sandbox, &sealed("orders/check", b"{}"), 400, "timestamp_invalid", true);
    refused(&sandbox, &create("key-1", order("fail-now-insufficient_funds")), 400, "insufficient_funds", true);
    sandbox.fault(json!({ "fault": "status", "status": 503 }));
    let answer = create("key-1", order("plain")).send(&sandbox);
    assert_eq!((answer.status, &answer.json()["error_slug"]), (503, &json!("internal_error")));
    sandbox.ordered(&create("key-1", order("plain")));
}
