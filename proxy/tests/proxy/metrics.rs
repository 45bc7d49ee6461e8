//! What a monitor reads, of a program that runs.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use serde_json::Value;

use crate::client::{Answer, CARD, Call, USER};
use crate::process::{log_of, said, start};
use crate::scripted::{Act, Issuer, envelope};

fn address(url: &Value, path: &str) -> SocketAddr {
    url.as_str().unwrap().strip_prefix("http://").unwrap().strip_suffix(path).unwrap().parse().unwrap()
}

/// The values by name and labels.
fn values(answer: &Answer) -> BTreeMap<String, f64> {
    let text = std::str::from_utf8(&answer.body).unwrap();
    assert!(text.ends_with("# EOF\n"), "{text}");
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| line.rsplit_once(' ').unwrap())
        .map(|(name, value)| (name.into(), value.parse().unwrap()))
        .collect()
}

#[tokio::test]
async fn a_monitor_reads_how_often_and_nothing_of_whom() {
    let acts = [
        Act::json(200, &envelope(CARD, "active", r#","pan":"4111110000000013""#)),
        Act::json(500, "zebra"),
        Act::json(422, r#"{"error":{"slug":"zebra_slug"}}"#),
    ];
    let issuer = Issuer::start(acts).await;
    let mut proxy = start(&issuer.url, &["--metrics-listen=127.0.0.1:0"]);
    let ready = said(&mut proxy).await;
    let (proxy_at, monitor_at) = (address(&ready["listening"], ""), address(&ready["metrics"], "/metrics"));
    let calls = [
        Call::issue(),
        Call::issue(),
        Call::issue().key("second-key-000000000"),
        Call::issue().key("third-key-0000000000"),
        Call::issue().body("{"),
        Call::get("/api/zebra"),
        Call::get(&format!("/api/ingo/cards?user_id={USER}")),
    ];
    for call in calls {
        call.send(proxy_at).await;
    }

    let answer = Call::get("/metrics").send(monitor_at).await;
    assert_eq!(answer.header("content-type"), Some("application/openmetrics-text; version=1.0.0; charset=utf-8"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let values = values(&answer);
    let issue = |status, code, outcome| {
        format!(
            r#"cardwright_requests_total{{operation="ingo.issueCard",status="{status}",code="{code}",outcome="{outcome}"}}"#
        )
    };
    let exchange = |code, outcome| {
        format!(r#"cardwright_issuer_exchanges_total{{issuer="ingo",code="{code}",outcome="{outcome}"}}"#)
    };
    let step = |from, to| format!(r#"cardwright_claim_steps_total{{from="{from}",to="{to}"}}"#);
    for (name, expected) in [
        (issue(200, "ok", "done"), 2.0),
        (issue(502, "issuer_failed", "unknown"), 1.0),
        (issue(502, "issuer_rejected", "rejected"), 1.0),
        (issue(400, "not_json", "not_sent"), 1.0),
        (r#"cardwright_requests_total{operation="none",status="404",code="not_found",outcome="not_sent"}"#.into(), 1.0),
        (r#"cardwright_requests_total{operation="ingo.listCards",status="200",code="ok",outcome="done"}"#.into(), 1.0),
        (r#"cardwright_request_seconds_count{operation="ingo.issueCard"}"#.into(), 5.0),
        (r#"cardwright_request_seconds_bucket{le="+Inf",operation="ingo.issueCard"}"#.into(), 5.0),
        ("cardwright_requests_in_flight".into(), 0.0),
        (exchange("ok", "done"), 1.0),
        (exchange("issuer_failed", "unknown"), 1.0),
        (exchange("issuer_rejected", "rejected"), 1.0),
        (r#"cardwright_issuer_exchange_seconds_count{issuer="ingo"}"#.into(), 3.0),
        (step("none", "claimed"), 3.0),
        (step("claimed", "sending"), 3.0),
        (step("sending", "done"), 2.0),
        (step("sending", "unknown"), 1.0),
        ("cardwright_store_errors_total".into(), 0.0),
        ("cardwright_unknown_intents".into(), 1.0),
    ] {
        assert_eq!(values.get(&name), Some(&expected), "{name} in {values:#?}");
    }
    let text = String::from_utf8(answer.body.to_vec()).unwrap();
    for personal in ["zebra", "user-8f3a", "rcrd-", "4111", "0123456789abcdef", "127.0.0.1", "local"] {
        assert!(!text.contains(personal), "{personal} in {text}");
    }
    // Nothing of the proxy is served there, and nothing of the monitor's at the proxy.
    assert_eq!(Call::issue().send(monitor_at).await.status, 404);
    assert_eq!(Call::get("/metrics").send(proxy_at).await.status, 404);
    log_of(proxy).await;
}

#[tokio::test]
async fn it_is_off_unless_it_is_asked_for() {
    let mut proxy = start("http://127.0.0.1:9", &[]);
    let ready = said(&mut proxy).await;
    assert_eq!(ready.as_object().unwrap().keys().collect::<Vec<_>>(), ["listening"]);
}
