//! Many copies of one intent are one request to the issuer.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::client::{CARD, Call, KEY, USER};
use crate::rig::{Proxy, rig};
use crate::scripted::{Act, Issuer, envelope};

#[tokio::test]
async fn copies_at_once_are_sent_once_and_answered_alike() {
    let (proxy, issuer) = rig([Act::card(CARD, "active").after(200)]).await;
    let address = proxy.address;
    let copies: Vec<_> = (0..8).map(|_| tokio::spawn(async move { Call::issue().send(address).await })).collect();
    let mut replayed = 0;
    for copy in copies {
        let answer = copy.await.unwrap();
        assert_eq!((answer.status, &answer.body[..]), (200, envelope(CARD, "active", "").as_bytes()));
        replayed += usize::from(answer.is_replayed());
    }
    assert_eq!((replayed, issuer.seen().len()), (7, 1));
}

#[tokio::test]
async fn every_ending_that_was_sent_is_replayed() {
    for act in [Act::card(CARD, "active"), Act::json(422, "{}"), Act::json(500, "{}"), Act::Stall(String::new())] {
        let (proxy, issuer) = rig([act]).await;
        let first = Call::reissue().send(proxy.address).await;
        let again = Call::reissue().send(proxy.address).await;
        assert!(!first.is_replayed() && again.is_replayed());
        assert_eq!(first.status, again.status);
        if first.status == 200 {
            assert_eq!(first.body, again.body);
        } else {
            assert_eq!(first.problem(), again.problem());
        }
        assert_eq!(issuer.seen().len(), 1);
    }
}

#[tokio::test]
async fn a_quoted_key_is_the_same_key() {
    let (proxy, issuer) = rig([Act::card(CARD, "active")]).await;
    Call::issue().send(proxy.address).await;
    assert!(Call::issue().key(&format!("\"{KEY}\"")).send(proxy.address).await.is_replayed());
    let inside = json!({ "card_type": " virtual ", "user_id": USER, "idempotent_key": KEY }).to_string();
    assert!(Call::issue().body(&inside).send(proxy.address).await.is_replayed(), "the same request in normal form");
    assert_eq!(issuer.seen().len(), 1);
}

#[tokio::test]
async fn another_key_or_operation_is_another_intent() {
    let (proxy, issuer) = rig([Act::card(CARD, "active")]).await;
    for call in [Call::issue(), Call::issue().key("another-key-0123"), Call::freeze(), Call::reissue()] {
        assert!(!call.send(proxy.address).await.is_replayed());
    }
    assert_eq!(issuer.seen().len(), 4);
    let keys: Vec<_> = issuer.seen().iter().take(2).map(|seen| seen.body.clone()).collect();
    assert_ne!(keys[0], keys[1], "each has a key of its own upstream");
}

#[tokio::test]
async fn a_key_is_not_for_another_request() {
    let (proxy, issuer) = rig([Act::card(CARD, "active")]).await;
    Call::freeze().send(proxy.address).await;
    let other = json!({ "user_id": USER, "id": CARD, "reason": "lost" }).to_string();
    let answer = Call::freeze().body(&other).send(proxy.address).await;
    let problem = json!({
        "type": "about:blank",
        "title": "This was sent before with other values. Please start again.",
        "status": 422,
        "code": "key_reused",
        "outcome": "not_sent",
    });
    assert_eq!(answer.problem(), problem);
    assert_eq!(issuer.seen().len(), 1);
}

/// Sends the head of a call to issue a card, and returns what is still to be sent.
async fn send_head(address: SocketAddr) -> (TcpStream, String) {
    let body = json!({ "user_id": USER, "card_type": "virtual" }).to_string();
    let length = body.len();
    let head = format!(
        "POST /api/ingo/cards/issue HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncardwright-contract: 1\r\n\
         sec-fetch-site: same-origin\r\ncontent-type: application/json\r\nidempotency-key: {KEY}\r\ncontent-length: {length}\r\n\r\n"
    );
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    (stream, body)
}

#[tokio::test]
async fn a_client_that_goes_away_loses_neither_the_send_nor_the_record() {
    let (proxy, issuer) = rig([Act::card(CARD, "active").after(300)]).await;
    let (mut stream, body) = send_head(proxy.address).await;
    stream.write_all(body.as_bytes()).await.unwrap();
    issuer.has_seen(1).await;
    drop(stream);
    tokio::time::sleep(Duration::from_millis(50)).await;
    let answer = Call::issue().send(proxy.address).await;
    assert_eq!((answer.status, answer.is_replayed()), (200, true));
    assert_eq!(issuer.seen().len(), 1);
}

#[tokio::test]
async fn who_has_waited_long_enough_is_told_to_ask_again() {
    let issuer = Issuer::start([Act::card(CARD, "active").after(4_000)]).await;
    let proxy =
        Proxy::start(&issuer.url, &["--proxy-limit-ms=5000", "--issuer-limit-ms=4900", "--connect-limit-ms=4800"])
            .await;
    let (mut stream, body) = send_head(proxy.address).await;
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    stream.write_all(body.as_bytes()).await.unwrap();
    let mut text = String::new();
    let read = stream.read_to_string(&mut text);
    tokio::time::timeout(Duration::from_secs(20), read).await.unwrap().unwrap();
    let (head, problem) = text.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 409 ") && head.contains("\r\nretry-after: 1\r\n"), "{head}");
    let mut problem: serde_json::Value = serde_json::from_str(problem).unwrap();
    problem.as_object_mut().unwrap().remove("request_id").unwrap();
    let expected = json!({
        "type": "about:blank",
        "title": "This is already being processed.",
        "status": 409,
        "code": "in_progress",
        "outcome": "unknown",
        "retry_after_ms": 1000,
    });
    assert_eq!(problem, expected);
    let again = Call::issue().send(proxy.address).await;
    assert_eq!((again.status, again.is_replayed()), (200, true));
    assert_eq!(issuer.seen().len(), 1);
}

#[tokio::test]
async fn stopping_lets_what_is_under_way_end() {
    let (proxy, issuer) = rig([Act::card(CARD, "active").after(300)]).await;
    let address = proxy.address;
    let call = tokio::spawn(async move { Call::issue().send(address).await });
    issuer.has_seen(1).await;
    proxy.stop().await;
    assert_eq!(call.await.unwrap().status, 200);
    assert!(TcpStream::connect(address).await.is_err());
}
