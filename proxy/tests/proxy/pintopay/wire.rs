//! What goes out, and what of an answer gets through.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::{check, create, get_card, opened, order, rig, rig_with, sealed};
use crate::scripted::Act;

fn micros() -> u64 {
    u64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros()).unwrap()
}

#[tokio::test]
async fn a_write_is_sealed_with_its_key_and_its_moment() {
    let (proxy, issuer) = rig([Act::json(200, &sealed(&order("new", "")))]).await;
    let before = micros();
    let answer = create().send(proxy.address).await;
    assert_eq!((answer.status, &answer.body[..]), (200, order("new", "").as_bytes()));
    let seen = &issuer.seen()[0];
    assert!(seen.head.starts_with("POST /api/v1/cards/create HTTP/1.1\r\n"), "{}", seen.head);
    assert_eq!(seen.header("api-key"), Some("project-key"));
    assert_eq!(seen.header("content-type"), Some("application/json"));
    assert_eq!(seen.header("content-length"), Some(seen.body.len().to_string().as_str()));
    assert!(seen.header("host").unwrap().starts_with("127.0.0.1:"));
    let (_, payload) = opened(seen);
    let key = payload["idempotency_key"].as_str().unwrap();
    assert!(key.starts_with("cw-") && key.len() == 43, "{key}");
    assert_eq!(seen.header("idempotency-key"), Some(key));
    let moment = payload["request_timestamp"].as_u64().unwrap();
    assert!((before..=micros()).contains(&moment));
    let expected = json!({
        "product_code": "plain", "external_user_id": "ext-1", "idempotency_key": key, "request_timestamp": moment,
    });
    assert_eq!(payload, expected);
}

#[tokio::test]
async fn a_read_needs_no_key_and_each_send_is_sealed_anew() {
    let (proxy, issuer) = rig([Act::json(200, &sealed(&order("new", "")))]).await;
    for _ in 0..3 {
        let answer = check().send(proxy.address).await;
        assert_eq!((answer.status, answer.is_replayed()), (200, false));
    }
    let seen = issuer.seen();
    assert_eq!(seen.len(), 3);
    let sent: Vec<_> = seen.iter().map(opened).collect();
    for (seen, (_, payload)) in seen.iter().zip(&sent) {
        assert!(seen.head.starts_with("POST /api/v1/orders/check HTTP/1.1\r\n"));
        assert_eq!(seen.header("idempotency-key"), None);
        assert_eq!(payload.as_object().unwrap().keys().collect::<Vec<_>>(), ["order_id", "request_timestamp"]);
    }
    for (earlier, later) in sent.iter().zip(&sent[1..]) {
        assert_ne!(earlier.0, later.0, "nonces differ");
        assert!(earlier.1["request_timestamp"].as_u64() < later.1["request_timestamp"].as_u64());
    }
}

#[tokio::test]
async fn copies_are_sent_once_and_answered_alike() {
    let (proxy, issuer) = rig([Act::json(200, &sealed(&order("new", ""))).after(100)]).await;
    let address = proxy.address;
    let copies: Vec<_> = (0..4).map(|_| tokio::spawn(async move { create().send(address).await })).collect();
    let mut replayed = 0;
    for copy in copies {
        let answer = copy.await.unwrap();
        assert_eq!(answer.body, order("new", ""));
        replayed += usize::from(answer.is_replayed());
    }
    assert!(create().send(address).await.is_replayed());
    assert_eq!((replayed, issuer.seen().len()), (3, 1));
}

/// What goes out for a product, and under which options.
async fn words(body: Value, more: &[&str]) -> Value {
    let (proxy, issuer) = rig_with([Act::json(200, &order("new", ""))], more).await;
    assert_eq!(create().body(&body.to_string()).send(proxy.address).await.status, 200);
    let (_, mut payload) = opened(&issuer.seen()[0]);
    for name in ["idempotency_key", "request_timestamp"] {
        payload.as_object_mut().unwrap().remove(name).unwrap();
    }
    payload
}

#[tokio::test]
async fn a_dialect_has_other_words_for_the_same_request() {
    let (revio, cardholder) = ("--pintopay-dialect=revio", "--pintopay-user-field=cardholder_id");
    for name in ["product_code", "product_id"] {
        let given = json!({ name: "p", "external_user_id": "u" });
        assert_eq!(words(given.clone(), &[]).await, given);
        assert_eq!(words(given.clone(), &[revio]).await, json!({ "product_id": "p", "external_user_id": "u" }));
        assert_eq!(words(given, &[revio, cardholder]).await, json!({ "product_id": "p", "cardholder_id": "u" }));
    }
}

#[tokio::test]
async fn paths_and_version_are_configuration() {
    let more = ["--pintopay-version=v2", "--upstream=pintopay.checkOrder=/other/check"];
    let (proxy, issuer) = rig_with([Act::json(200, &order("new", ""))], &more).await;
    create().send(proxy.address).await;
    check().send(proxy.address).await;
    let lines: Vec<_> = issuer.seen().iter().map(|seen| seen.head.lines().next().unwrap().to_owned()).collect();
    assert_eq!(lines, ["POST /api/v2/cards/create HTTP/1.1", "POST /other/check HTTP/1.1"]);
}

#[tokio::test]
async fn a_bare_order_is_the_same_answer() {
    let bare = r#"{"order_id":"order-1","order_type":"card_issue","status":"new","created_at":"2026-04-16T12:34:56Z"}"#;
    for body in [bare.to_owned(), sealed(bare)] {
        let (proxy, _issuer) = rig([Act::json(200, &body)]).await;
        assert_eq!(create().send(proxy.address).await.body, order("new", ""));
    }
}

const PAN: &str = "4242424242424242";

#[tokio::test]
async fn card_data_passes_in_no_field_and_in_no_dress() {
    let details = format!(
        r#""number":"{PAN}","cvv":"123","expiry_month":"12","expiry_year":"2031","details":{{"card_number":"{PAN}","cvv":"123"}},"note":"is {PAN}""#
    );
    let texts = |names: &[&str]| {
        names.iter().map(|name| format!(r#""{name}":"of 4242 4242 4242 4242""#)).collect::<Vec<_>>().join(",")
    };
    let in_order = texts(&[
        "order_id",
        "order_type",
        "status",
        "card_id",
        "balance_before",
        "balance_after",
        "last_error",
        "last_error_slug",
        "created_at",
        "updated_at",
        "completed_at",
        "failed_at",
        "issue_status",
        "provider_card_status",
    ]);
    let order = format!(r#"{{"success":true,{details},"order":{{{in_order},"data":{{{details}}},{details}}}}}"#);
    let in_card = texts(&[
        "card_id",
        "status",
        "external_user_id",
        "product_code",
        "balance",
        "label",
        "issued_at",
        "activated_at",
        "frozen_at",
        "closed_at",
    ]);
    let card = format!(r#"{{"success":true,{details},"card":{{{in_card},{details}}}}}"#);
    for (call, text, id) in
        [(create(), &order, "order_id"), (check(), &order, "order_id"), (get_card(), &card, "card_id")]
    {
        let with_id = text.replacen(&texts(&[id]), &format!(r#""{id}":"known""#), 1);
        for (body, status) in [(&with_id, 200), (&sealed(&with_id), 200), (text, 502), (&sealed(text), 502)] {
            for more in [&[][..], &["--forward-unknown-fields"]] {
                let (proxy, _issuer) = rig_with([Act::json(200, body)], more).await;
                let answer = call.send(proxy.address).await;
                assert_eq!(answer.status, status, "{answer:?}");
                let list = crate::client::Call::get("/api/pintopay/orders").send(proxy.address).await;
                for shown in [answer.body, list.body] {
                    let shown = String::from_utf8(shown.to_vec()).unwrap();
                    for withheld in [PAN, "4242 4242", "123", "2031", "cvv", "expiry", "card_number"] {
                        assert!(!shown.contains(withheld), "{withheld} in {shown}");
                    }
                }
            }
        }
    }
}
