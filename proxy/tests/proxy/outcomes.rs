//! The table of the contract, row by row: what the issuer does, and what the page is told.

use std::time::{Duration, Instant};

use serde_json::json;
use tokio::net::TcpListener;

use crate::client::{CARD, Call, USER};
use crate::rig::{Proxy, SHORT, rig};
use crate::scripted::{Act, Issuer, envelope};

const NO: &str =
    r#"{"status":"error","message":"Jane Doe may not","error":{"slug":"kyc_not_verified","field":"user_id"}}"#;

async fn told(act: Act) -> (u16, String, String) {
    let (proxy, issuer) = rig([act]).await;
    let answer = Call::issue().send(proxy.address).await;
    assert_eq!(issuer.seen().len(), 1, "the issuer is asked once");
    answer.told()
}

fn as_told(status: u16, code: &str, outcome: &str) -> (u16, String, String) {
    (status, code.into(), outcome.into())
}

#[tokio::test]
async fn a_yes_is_rebuilt() {
    let extra = r#","pan":"4242424242424242","cvv":"123","note":"4242 4242 4242 4242","color":"red""#;
    let (proxy, issuer) = rig([Act::json(200, &envelope(CARD, "active", extra))]).await;
    let answer = Call::issue().send(proxy.address).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("cardwright-contract"), Some("1"));
    assert!(answer.header("cardwright-request-id").is_some() && !answer.is_replayed());
    assert_eq!(answer.body, envelope(CARD, "active", ""));
    let seen = &issuer.seen()[0];
    assert!(seen.head.starts_with("POST /api/v4/user/routable-cards/create HTTP/1.1\r\n"));
    assert_eq!(seen.header("api_key"), Some("test-api-key"));
    assert_eq!(seen.header("content-type"), Some("application/json"));
    assert!(seen.header("authorization").unwrap().starts_with("hmac username=\"test\", algorithm=\"hmac-sha512\""));
    assert!(seen.header("x-date").is_some() && seen.header("content-sha512").is_some());
    let body: serde_json::Value = serde_json::from_str(&seen.body).unwrap();
    let key = body["idempotent_key"].as_str().unwrap();
    assert!(key.starts_with("cw-") && key.len() == 43, "{key}");
    assert_eq!(body, json!({ "user_id": USER, "card_type": "virtual", "idempotent_key": key }));
}

#[tokio::test]
async fn undocumented_fields_pass_where_configured_and_card_data_never() {
    let issuer =
        crate::scripted::Issuer::start([Act::json(200, &envelope(CARD, "active", r#","pan":"1","color":"red""#))])
            .await;
    let proxy = Proxy::start(&issuer.url, &["--forward-unknown-fields"]).await;
    let answer = Call::issue().send(proxy.address).await;
    assert_eq!(answer.body, envelope(CARD, "active", r#","color":"red""#));
}

#[tokio::test]
async fn only_a_keyed_operation_carries_a_key() {
    let (proxy, issuer) = rig([Act::card(CARD, "suspended")]).await;
    assert_eq!(Call::freeze().send(proxy.address).await.status, 200);
    assert_eq!(Call::reissue().send(proxy.address).await.status, 200);
    for seen in issuer.seen() {
        assert!(!seen.body.contains("idempotent_key"), "{seen:?}");
    }
}

#[tokio::test]
async fn paths_and_version_are_configuration() {
    let issuer = crate::scripted::Issuer::start([Act::card(CARD, "active")]).await;
    let proxy = Proxy::start(&issuer.url, &["--ingo-version=v5", "--upstream=ingo.freezeCard=/other/freeze"]).await;
    Call::freeze().send(proxy.address).await;
    Call::reissue().send(proxy.address).await;
    let lines: Vec<_> = issuer.seen().iter().map(|seen| seen.head.lines().next().unwrap().to_owned()).collect();
    assert_eq!(lines, ["POST /other/freeze HTTP/1.1", "POST /api/v5/user/routable-cards/reissue HTTP/1.1"]);
}

#[tokio::test]
async fn a_no_passes_its_slug_and_field_and_no_sentence() {
    let (proxy, _issuer) = rig([Act::json(422, NO)]).await;
    let answer = Call::issue().send(proxy.address).await;
    let problem = json!({
        "type": "about:blank",
        "title": "The card issuer did not accept this.",
        "status": 502,
        "code": "issuer_rejected",
        "outcome": "rejected",
        "slug": "kyc_not_verified",
        "field": "user_id",
    });
    assert_eq!(answer.problem(), problem);
}

#[tokio::test]
async fn every_4xx_but_408_is_a_no() {
    for status in [400, 402, 404, 409, 422, 429] {
        assert_eq!(told(Act::json(status, NO)).await, as_told(502, "issuer_rejected", "rejected"), "{status}");
    }
    assert_eq!(told(Act::answer(404, "text/html", "<html>")).await, as_told(502, "issuer_rejected", "rejected"));
}

#[tokio::test]
async fn the_gateways_no_has_a_slug_of_its_own() {
    for act in [Act::json(401, NO), Act::answer(403, "text/html", "<html>")] {
        let (proxy, _issuer) = rig([act]).await;
        let problem = Call::issue().send(proxy.address).await.problem();
        assert_eq!((&problem["code"], &problem["slug"]), (&json!("issuer_rejected"), &json!("gateway_refused")));
        assert_eq!(problem["field"], json!(null));
    }
}

#[tokio::test]
async fn what_the_status_leaves_open_is_unknown() {
    let redirect = "HTTP/1.1 307 S\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n";
    for act in [
        Act::json(408, NO),
        Act::json(500, NO),
        Act::answer(502, "text/html", "<html>"),
        Act::json(503, &envelope(CARD, "active", "")),
        Act::Raw(redirect.into()),
        Act::Raw(Vec::new()),
        Act::Raw("this is not HTTP\r\n\r\n".into()),
    ] {
        assert_eq!(told(act).await, as_told(502, "issuer_failed", "unknown"));
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_unknown() {
    let long = format!(r#"{{"status":"success","message":"{}"}}"#, "m".repeat(256 * 1024));
    let cut = format!("HTTP/1.1 200 S\r\ncontent-length: 9999\r\n\r\n{}", envelope(CARD, "active", ""));
    for act in [
        Act::answer(200, "text/html", "<html>Welcome</html>"),
        Act::json(200, ""),
        Act::json(200, r#"{"status":"success","mess"#),
        Act::json(200, r#"{"status":"error","message":"m"}"#),
        Act::json(200, r#"{"status":"success","message":"m","data":{"items":[{"id":7}]}}"#),
        Act::json(200, &long),
        Act::Raw(cut.into()),
        Act::Raw("HTTP/1.1 400 S\r\ncontent-length: 99\r\n\r\n{".into()),
    ] {
        assert_eq!(told(act).await, as_told(502, "issuer_unreadable", "unknown"));
    }
}

#[tokio::test]
async fn what_does_not_come_in_time_is_unknown() {
    let half = "HTTP/1.1 200 S\r\ncontent-length: 99\r\n\r\n{".to_owned();
    for act in [Act::Stall(String::new()), Act::Stall("HTTP/1.1 200".into()), Act::Stall(half)] {
        let issuer = Issuer::start([act]).await;
        let proxy = Proxy::start(&issuer.url, &["--issuer-limit-ms=700", "--connect-limit-ms=300"]).await;
        let started = Instant::now();
        let answer = Call::issue().send(proxy.address).await;
        assert_eq!(answer.told(), as_told(504, "issuer_timeout", "unknown"));
        assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
    }
}

#[tokio::test]
async fn an_issuer_that_cannot_be_connected_was_not_asked() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/api", listener.local_addr().unwrap());
    drop(listener);
    let proxy = Proxy::start(&url, &[]).await;
    for _ in 0..2 {
        let answer = Call::issue().send(proxy.address).await;
        assert_eq!(answer.told(), as_told(502, "issuer_unreachable", "not_sent"));
        assert!(!answer.is_replayed(), "the key was given back");
    }
}

#[tokio::test]
async fn an_issuer_that_fails_at_tls_was_not_asked() {
    // One that talks no TLS, and one that says nothing at all: the connect limit covers the handshake.
    let (_proxy, issuer) = rig([Act::card(CARD, "active")]).await;
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    for url in [issuer.url.replace("http://", "https://"), format!("https://{}", silent.local_addr().unwrap())] {
        let proxy = Proxy::start(&url, &SHORT).await;
        let answer = Call::issue().send(proxy.address).await;
        assert_eq!(answer.told(), as_told(502, "issuer_unreachable", "not_sent"));
    }
    assert!(issuer.seen().is_empty());
}
