//! Each fault, seen from a bare connection.

use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::client::{Call, LIMIT, USER};
use crate::process::Sandbox;
use crate::wire::{End, Exchange};

/// Sends one create after asking for a fault.
fn create(sandbox: &Sandbox, fault: Value, limit: Duration) -> Exchange {
    sandbox.fault(fault);
    call().exchange(sandbox, limit)
}

fn call() -> Call {
    Call::ingo("create", &json!({ "user_id": USER, "card_type": "virtual" })).sign()
}

/// Whether the operation took effect, as the ledger tells it, and the status it tells.
fn settled(sandbox: &Sandbox, fault: &str) -> (bool, Option<u64>) {
    let seen = sandbox.last_request();
    assert_eq!(seen["fault"], fault);
    let accepted = seen["accepted"].as_bool().unwrap();
    assert_eq!(sandbox.cards_made(), usize::from(accepted));
    (accepted, seen["status"].as_u64())
}

#[test]
fn close_gives_no_answer_whether_or_not_the_card_was_made() {
    for after in [false, true] {
        let sandbox = Sandbox::start();
        let exchange = create(&sandbox, json!({ "fault": "close", "after": after }), LIMIT);
        assert_eq!((exchange.bytes.len(), exchange.end), (0, End::Closed));
        assert_eq!(settled(&sandbox, "close"), (after, None));
    }
}

#[test]
fn hang_keeps_the_connection_and_says_nothing() {
    for after in [false, true] {
        let sandbox = Sandbox::start();
        let exchange = create(&sandbox, json!({ "fault": "hang", "after": after }), Duration::from_millis(700));
        assert_eq!((exchange.bytes.len(), exchange.end), (0, End::Open));
        assert_eq!(settled(&sandbox, "hang"), (after, None));
    }
}

#[test]
fn half_body_promises_more_than_it_sends() {
    for (after, status) in [(false, 500), (true, 200)] {
        let sandbox = Sandbox::start();
        let exchange = create(&sandbox, json!({ "fault": "half_body", "after": after }), LIMIT);
        let answer = exchange.answer();
        assert_eq!((answer.status, exchange.end), (status, End::Closed));
        assert!(!answer.body.is_empty() && answer.body.len() < answer.promised_length());
        assert_eq!(settled(&sandbox, "half_body"), (after, Some(status.into())));
    }
}

#[test]
fn html_comes_with_status_200_unless_asked_otherwise() {
    for (fault, after, status) in [
        (json!({ "fault": "html" }), false, 200),
        (json!({ "fault": "html", "status": 502, "after": true }), true, 502),
    ] {
        let sandbox = Sandbox::start();
        let answer = create(&sandbox, fault, LIMIT).answer();
        assert_eq!(answer.status, status);
        assert!(answer.headers["content-type"].starts_with("text/html"));
        assert!(answer.body.starts_with("<html>"));
        assert_eq!(settled(&sandbox, "html"), (after, Some(status.into())));
    }
}

#[test]
fn redirect_leads_to_a_path_that_the_ledger_notes_or_where_asked() {
    let sandbox = Sandbox::start();
    let answer = create(&sandbox, json!({ "fault": "redirect" }), LIMIT).answer();
    assert_eq!(answer.status, 302);
    assert_eq!(answer.headers["location"], format!("http://{}/redirected", sandbox.address));
    assert_eq!(settled(&sandbox, "redirect"), (false, Some(302)));
    let followed = Call::raw("GET /redirected HTTP/1.1", b"").send(&sandbox);
    assert_eq!(followed.status, 404);
    assert_eq!(sandbox.last_request()["path"], "/redirected");

    let asked = json!({ "fault": "redirect", "status": 307, "location": "http://127.0.0.1:9/x" });
    let answer = create(&sandbox, asked, LIMIT).answer();
    assert_eq!((answer.status, answer.headers["location"].as_str()), (307, "http://127.0.0.1:9/x"));
}

#[test]
fn status_is_an_error_of_the_api() {
    for (fault, after, status) in [
        (json!({ "fault": "status" }), false, 500),
        (json!({ "fault": "status", "status": 503, "after": true }), true, 503),
    ] {
        let sandbox = Sandbox::start();
        let answer = create(&sandbox, fault, LIMIT).answer();
        assert_eq!((answer.status, &answer.json()["error"]["slug"]), (status, &json!("internal_error")));
        assert_eq!(settled(&sandbox, "status"), (after, Some(status.into())));
    }
}

#[test]
fn delay_is_a_right_answer_late() {
    for after in [false, true] {
        let sandbox = Sandbox::start();
        let fault = json!({ "fault": "delay", "delay_ms": 400, "after": after });
        let exchange = create(&sandbox, fault, LIMIT);
        assert!(exchange.took >= Duration::from_millis(400));
        assert_eq!(exchange.answer().status, 200);
        assert_eq!(settled(&sandbox, "delay"), (true, Some(200)));
    }
}

#[test]
fn a_late_effect_comes_even_when_the_client_has_gone() {
    let sandbox = Sandbox::start();
    sandbox.fault(json!({ "fault": "delay", "delay_ms": 400 }));
    let mut stream = TcpStream::connect(sandbox.address).unwrap();
    std::io::Write::write_all(&mut stream, &call().bytes()).unwrap();
    std::thread::sleep(Duration::from_millis(150));
    drop(stream);
    let start = Instant::now();
    assert_eq!((&sandbox.last_request()["status"], sandbox.cards_made()), (&json!(null), 0));
    while sandbox.cards_made() == 0 {
        assert!(start.elapsed() < LIMIT, "expected a card, found none");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn garbage_json_says_it_is_json() {
    let sandbox = Sandbox::start();
    let answer = create(&sandbox, json!({ "fault": "garbage_json", "after": true }), LIMIT).answer();
    assert_eq!((answer.status, answer.headers["content-type"].as_str()), (200, "application/json"));
    assert!(serde_json::from_str::<Value>(&answer.body).is_err());
    assert_eq!(settled(&sandbox, "garbage_json"), (true, Some(200)));
}

#[test]
fn slow_body_comes_whole_in_the_end() {
    let sandbox = Sandbox::start();
    let fault = json!({ "fault": "slow_body", "delay_ms": 600, "after": true });
    let early = create(&sandbox, fault.clone(), Duration::from_millis(300));
    assert_eq!(early.end, End::Open);
    assert!(!early.answer().body.is_empty() && early.answer().body.len() < early.answer().promised_length());
    assert_eq!(settled(&sandbox, "slow_body"), (true, Some(200)));

    let whole = create(&sandbox, fault, LIMIT);
    assert!(whole.took >= Duration::from_millis(600));
    assert_eq!(whole.answer().json()["status"], "success");
}

#[test]
fn card_data_stands_in_known_and_unknown_places() {
    let sandbox = Sandbox::start();
    let answer = create(&sandbox, json!({ "fault": "card_data" }), LIMIT).answer().json();
    assert_eq!(answer["status"], "success");
    let card = &answer["data"]["items"][0];
    let pan = card["pan"].as_str().unwrap();
    assert!(pan.len() == 16 && pan.ends_with(card["last_four"].as_str().unwrap()));
    assert_eq!(card["number"], pan);
    assert!(["cvv", "expiry", "pin"].iter().all(|name| card[name].is_string()));
    assert!(answer["message"].as_str().unwrap().contains(pan));
    assert!(answer["trace"].to_string().contains(pan));
    assert!(!sandbox.ledger().to_string().contains(pan));
    assert_eq!(settled(&sandbox, "card_data"), (true, Some(200)));
}

#[test]
fn extra_fields_and_an_unknown_status_leave_the_rest_as_documented() {
    let sandbox = Sandbox::start();
    let answer = create(&sandbox, json!({ "fault": "extra_fields" }), LIMIT).answer().json();
    assert!(answer["request_id"].is_string() && answer["data"]["meta"].is_object());
    assert_eq!(answer["data"]["items"][0]["brand"], "mastercard");
    assert_eq!(answer["data"]["items"][0]["status"], "active");

    let answer = create(&sandbox, json!({ "fault": "unknown_status" }), LIMIT).answer().json();
    assert_eq!(answer["data"]["items"][0]["status"], "reissue");
    assert_eq!(sandbox.ledger()["cards"][1]["status"], "active");
}

#[test]
fn a_spoiled_first_answer_is_repeated_unspoiled() {
    let sandbox = Sandbox::start();
    let body = json!({ "user_id": USER, "card_type": "virtual", "idempotent_key": "key-1" });
    sandbox.fault(json!({ "fault": "close", "after": true }));
    assert!(Call::ingo("create", &body).sign().exchange(&sandbox, LIMIT).bytes.is_empty());
    let card = sandbox.card("create", &body);
    assert_eq!(card["id"], sandbox.ledger()["cards"][0]["id"]);
    assert_eq!(sandbox.cards_made(), 1);
}

#[test]
fn a_request_that_the_gateway_refuses_uses_up_no_fault() {
    let sandbox = Sandbox::start();
    sandbox.fault(json!({ "fault": "status" }));
    assert_eq!(call().with("api_key", "wrong").exchange(&sandbox, LIMIT).answer().status, 403);
    assert_eq!(call().exchange(&sandbox, LIMIT).answer().status, 500);
    assert_eq!(call().exchange(&sandbox, LIMIT).answer().status, 200);
}
