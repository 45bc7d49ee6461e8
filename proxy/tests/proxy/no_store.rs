//! What no cache may keep: every answer below the base, whoever made it.

use cardwright::OPERATIONS;
use cardwright::operation::Method;

use crate::client::{CARD, Call, KEY};
use crate::rig::rig;
use crate::scripted::Act;

#[tokio::test]
async fn every_answer_below_the_base_is_not_to_be_stored() {
    let (proxy, _issuer) = rig([Act::card(CARD, "active")]).await;
    let mut calls = vec![
        Call::issue(),
        Call::issue(),
        Call::issue().key("short"),
        Call::issue().without("idempotency-key"),
        Call::issue().without("cardwright-contract"),
        Call::issue().with("host", "evil.example"),
        Call::issue().with("sec-fetch-site", "cross-site"),
        Call::issue().with("content-type", "text/plain"),
        Call::issue().body("{"),
        Call::issue().body(&" ".repeat(100_000)),
        Call::issue().method("PUT"),
        Call::get("/api/me"),
        Call::get("/api/me").method("HEAD"),
        Call::get("/api/me").method("OPTIONS"),
        Call::get("/api/none"),
        Call::get("/api/ingo/cards?page=x"),
        Call::get(&format!("/api/intents/ingo.issueCard/{KEY}")),
        Call::get("/api/intents/ingo.issueCard/none"),
        Call::get("/api/intents/ingo.issueCard/none/settle").method("POST"),
        Call::get("/health"),
    ];
    for operation in OPERATIONS {
        let path = format!("/api{}", operation.path);
        calls.push(Call::get(&path));
        if operation.method == Method::Post {
            calls.push(Call::post(&path, &serde_json::json!({})));
        }
    }
    let mut statuses = std::collections::BTreeSet::new();
    for call in calls {
        let answer = call.send(proxy.address).await;
        let what = format!("{} {}: {}", call.method, call.path, answer.status);
        let told: Vec<_> = answer.headers.get_all("cache-control").iter().collect();
        assert_eq!(told, ["no-store"], "{what}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{what}");
        statuses.insert(answer.status);
    }
    assert!(statuses.contains(&200) && statuses.len() > 7, "{statuses:?}");
}
