//! What the gateway lets through, and what it refuses, over the wire.

use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;

use crate::client::{Call, LIMIT, USER, signature};
use crate::process::{API_KEY, SECRET, Sandbox};
use crate::wire::{End, exchange_and_stop_sending};

fn create() -> Call {
    Call::ingo("create", &json!({ "user_id": USER, "card_type": "virtual" }))
}

fn refused(sandbox: &Sandbox, call: &Call, status: u16, why: &str) {
    let answer = call.send(sandbox);
    let seen = sandbox.last_request();
    assert_eq!((answer.status, &seen["refusal"]), (status, &json!(why)), "{}", answer.body);
    assert_eq!((&seen["accepted"], &seen["status"]), (&json!(false), &json!(status)));
    assert!(answer.json()["message"].is_string());
}

#[test]
fn a_right_request_passes_with_either_version_and_with_the_key_in_either_place() {
    let sandbox = Sandbox::start();
    assert_eq!(create().sign().send(&sandbox).status, 200);
    let body = json!({ "user_id": USER, "card_type": "virtual", "api_key": API_KEY }).to_string();
    let v3 = Call::raw("POST /api/v3/user/routable-cards/create HTTP/1.1", body.as_bytes()).without("api_key");
    assert_eq!(v3.sign().send(&sandbox).status, 200);
    assert_eq!(sandbox.cards_made(), 2);
}

#[test]
fn a_wrong_signature_is_answered_by_something_that_is_not_the_api() {
    let sandbox = Sandbox::start();
    let hex: String = "00".repeat(64);
    let over_hex = create().sign();
    let good = over_hex.headers.iter().find(|(name, _)| name == "authorization").unwrap().1.clone();
    let (head, _) = good.split_once("signature=").unwrap();
    let over_hex =
        over_hex.clone().with("authorization", &format!("{head}signature=\"{}\"", BASE64_STANDARD.encode(hex)));
    let mut other_path = create().sign();
    other_path.line = other_path.line.replace("v4", "v3");
    for call in [create().sign_with("another-secret"), over_hex, other_path] {
        let answer = call.send(&sandbox);
        assert_eq!(answer.status, 401);
        assert!(answer.headers["content-type"].starts_with("text/html"));
        assert!(serde_json::from_str::<serde_json::Value>(&answer.body).is_err());
        assert_eq!(sandbox.last_request()["refusal"], "signature_wrong");
    }
    assert_eq!(sandbox.cards_made(), 0);
}

#[test]
fn each_wrong_part_is_refused_with_its_reason() {
    let sandbox = Sandbox::start();
    let at = |time| httpdate::fmt_http_date(time);
    let early = at(SystemTime::now() - Duration::from_secs(301));
    let late = at(SystemTime::now() + Duration::from_secs(310));
    let other_body = Call { body: br#"{"user_id":"user-1","card_type":"virtual"}"#.to_vec(), ..create() };
    let other_body = other_body.with("content-length", "42").sign();
    let refusals = [
        (create().with("api_key", "api-key-other").sign(), 403, "api_key_wrong"),
        (create().without("api_key").sign(), 401, "api_key_missing"),
        (create(), 401, "authorization_missing"),
        (create().with("authorization", "Bearer token"), 401, "authorization_malformed"),
        (create().with("x-date", &early).sign(), 401, "x_date_skewed"),
        (create().with("x-date", &late).sign(), 401, "x_date_skewed"),
        (create().with("x-date", "now").sign(), 401, "x_date_malformed"),
        (create().without("x-date").sign(), 401, "signed_header_missing"),
        (create().without("content-sha512").sign(), 401, "signed_header_missing"),
        (create().without("content-type").sign(), 401, "signed_header_missing"),
        (other_body, 401, "content_sha512_wrong"),
        (create().with("content-type", "text/plain").sign(), 415, "content_type_wrong"),
    ];
    for (call, status, why) in &refusals {
        refused(&sandbox, call, *status, why);
    }
    assert_eq!(sandbox.cards_made(), 0);
}

#[test]
fn only_post_over_http_1_1_to_a_known_path_is_served() {
    let sandbox = Sandbox::start();
    let lines = [
        ("PUT /api/v4/user/routable-cards/create HTTP/1.1", 405, "method_not_allowed"),
        ("POST /api/v4/user/routable-cards/create HTTP/1.0", 401, "http_version"),
        ("POST /api/v4/user/routable-cards/create?x HTTP/1.1", 404, "no_route"),
        ("POST /api/v1/cards/create HTTP/1.1", 404, "no_route"),
    ];
    for (line, status, why) in lines {
        let call = Call { line: line.to_owned(), ..create() };
        refused(&sandbox, &call.sign(), status, why);
        assert_eq!(sandbox.last_request()["request_line"], line);
    }
}

#[test]
fn a_wrong_length_is_refused() {
    let sandbox = Sandbox::start();
    let length = create().body.len();
    let too_short = create().with("content-length", &(length - 1).to_string()).sign();
    refused(&sandbox, &too_short, 401, "content_sha512_wrong");

    let too_long = create().with("content-length", &(length + 1).to_string()).sign();
    let exchange = exchange_and_stop_sending(sandbox.address, &too_long.bytes(), LIMIT);
    assert_eq!(exchange.end, End::Closed);
    assert!(!exchange.bytes.starts_with(b"HTTP/1.1 200"));
    assert_eq!(sandbox.last_request()["refusal"], "body_incomplete");

    let mut chunked = create().without("content-length").with("transfer-encoding", "chunked").sign();
    let chunk = String::from_utf8(chunked.body.clone()).unwrap();
    chunked.body = format!("{:x}\r\n{chunk}\r\n0\r\n\r\n", chunk.len()).into_bytes();
    refused(&sandbox, &chunked, 401, "signed_header_missing");
}

#[test]
fn a_large_body_is_refused() {
    let sandbox = Sandbox::start();
    let body = vec![b' '; 64 * 1024 + 1];
    let mut call = Call::raw("POST /api/v4/user/routable-cards/create HTTP/1.1", &body).sign();
    // The refusal comes from the declared length alone.
    call.body.clear();
    refused(&sandbox, &call, 413, "body_too_large");
}

#[test]
fn a_signature_can_be_verified_from_the_ledger_alone() {
    let sandbox = Sandbox::start();
    create().sign().send(&sandbox);
    let seen = sandbox.last_request();
    let header = |name: &str| seen["headers"][name].as_str().unwrap().to_owned();
    let mut signed = seen["request_line"].as_str().unwrap().to_owned();
    for name in ["x-date", "content-type", "content-sha512", "content-length"] {
        signed.push_str(&format!("\n{name}: {}", header(name)));
    }
    assert!(header("authorization").contains(&signature(SECRET, &signed)));
    assert_eq!(BASE64_STANDARD.decode(seen["body_base64"].as_str().unwrap()).unwrap(), create().body);
}
