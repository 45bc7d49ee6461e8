//! What the program logs of PintoPay: whose fault it is, and nothing of anybody's.

use super::{check, create, no, order};
use crate::process::{address, log_of, start};
use crate::scripted::{Act, Issuer};

#[tokio::test]
async fn a_gateways_no_is_an_error_and_nothing_personal_is_logged() {
    let acts = [
        Act::json(200, &order("new", r#","last_error":"striped","number":"4242424242424242""#)),
        Act::json(401, &no("api_key_invalid")),
        Act::json(200, r#"{"encrypted":"striped"}"#),
    ];
    let issuer = Issuer::start(acts).await;
    let base_url = format!("--pintopay-base-url={}", issuer.url.trim_end_matches("/api"));
    let mut proxy = start("http://127.0.0.1:9", &[&base_url]);
    let address = address(&mut proxy).await;
    let mut statuses = Vec::new();
    for call in [create(), check(), check()] {
        statuses.push(call.send(address).await.status);
    }
    assert_eq!(statuses, [200, 502, 502]);

    let events = log_of(proxy).await;
    let refused: Vec<_> = events.iter().filter(|event| event["level"] == "ERROR").collect();
    assert_eq!(refused.len(), 1, "{events:?}");
    assert_eq!(refused[0]["message"], "gateway refused us");
    assert_eq!((&refused[0]["said"], &refused[0]["status"]), (&"api_key_invalid".into(), &401.into()));
    assert!(events.iter().any(|event| event["message"] == "answer could not be opened"));
    let log = serde_json::Value::from(events).to_string();
    for secret in ["zebra", "striped", "Jane", "4242", "order-1", "ext-1", "0123456789abcdef", "cw-"] {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
}
