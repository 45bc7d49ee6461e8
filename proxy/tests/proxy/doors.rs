//! What never reaches the issuer.

use serde_json::{Value, json};

use crate::client::{Answer, CARD, Call, KEY, USER};
use crate::rig::rig;
use crate::scripted::Act;

/// Sends a call that must stop at a door.
async fn stopped(call: Call) -> Answer {
    let (proxy, issuer) = rig([Act::card(CARD, "active")]).await;
    let answer = call.send(proxy.address).await;
    assert!(issuer.seen().is_empty(), "nothing was sent");
    answer
}

async fn problem(call: Call) -> Value {
    stopped(call).await.problem()
}

fn plain(status: u16, code: &str, title: &str) -> Value {
    json!({ "type": "about:blank", "title": title, "status": status, "code": code, "outcome": "not_sent" })
}

#[tokio::test]
async fn another_host() {
    let expected = plain(403, "host_not_allowed", "The server does not answer for this address.");
    for host in ["evil.example", "127.0.0.1", "127.0.0.1:1"] {
        assert_eq!(problem(Call::issue().with("host", host)).await, expected, "{host}");
    }
}

#[tokio::test]
async fn another_contract() {
    let title = "This page and its server do not fit together. Please reload the page.";
    let expected = plain(400, "contract_mismatch", title);
    assert_eq!(problem(Call::issue().without("cardwright-contract")).await, expected);
    assert_eq!(problem(Call::issue().with("cardwright-contract", "2")).await, expected);
    assert_eq!(problem(Call::get("/api/me").without("cardwright-contract")).await, expected);
}

#[tokio::test]
async fn another_route_or_method() {
    let unknown = plain(404, "not_found", "The server does not know this request.");
    for path in ["/api/ingo/cards/terminate", "/api", "/api/", "/elsewhere", "/api/ingo/cards/issue/"] {
        assert_eq!(problem(Call::post(path, &json!({}))).await, unknown, "{path}");
    }
    let method = plain(405, "method_not_allowed", "The server does not know this request.");
    for word in ["GET", "PUT", "DELETE", "OPTIONS", "ODD"] {
        let answer = stopped(Call::issue().method(word)).await;
        assert_eq!(answer.problem(), method, "{word}");
        assert_eq!(answer.header("allow"), Some("POST"));
    }
}

#[tokio::test]
async fn another_content_type() {
    let expected = plain(415, "not_json_type", "The request was not sent as JSON.");
    for kind in ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x"] {
        assert_eq!(problem(Call::issue().with("content-type", kind)).await, expected, "{kind}");
    }
    assert_eq!(problem(Call::issue().without("content-type")).await, expected);
}

#[tokio::test]
async fn a_body_that_is_too_large() {
    let expected = plain(413, "request_too_large", "The request is too large.");
    for bytes in [16 * 1024 + 1, 60_000] {
        let body = format!("{{\"user_id\":\"{}\"}}", "x".repeat(bytes));
        assert_eq!(problem(Call::issue().body(&body)).await, expected);
    }
}

#[tokio::test]
async fn a_body_that_cannot_be_read() {
    let not_json = problem(Call::issue().body("user_id=1")).await;
    let issue = json!([{
        "path": [],
        "code": "not_json",
        "message": "The form could not be read. Please reload the page and try again.",
        "params": { "expected": "a value" },
    }]);
    let mut expected = plain(400, "not_json", "The request could not be read.");
    expected["issues"] = issue;
    assert_eq!(not_json, expected);
    let deep = problem(Call::issue().body(&"[".repeat(40))).await;
    assert_eq!((&deep["code"], &deep["issues"][0]["code"]), (&json!("invalid_request"), &json!("input_too_deep")));
}

#[tokio::test]
async fn a_write_without_a_key() {
    let expected = plain(400, "key_missing", "The request carries no key.");
    for call in [Call::issue(), Call::freeze(), Call::reissue()] {
        assert_eq!(problem(call.without("idempotency-key")).await, expected);
    }
    let inside = json!({ "user_id": USER, "card_type": "virtual", "idempotent_key": KEY }).to_string();
    assert_eq!(problem(Call::issue().without("idempotency-key").body(&inside)).await, expected);
}

#[tokio::test]
async fn keys_that_are_none_or_differ() {
    let inside = json!({ "user_id": USER, "card_type": "virtual", "idempotent_key": "another-key-0123" }).to_string();
    for (call, code) in [
        (Call::issue().key("short"), "key_format"),
        (Call::issue().key("0123456789abcdef, 0123456789abcdef"), "key_format"),
        (Call::issue().body(&inside), "key_conflict"),
    ] {
        let problem = problem(call).await;
        assert_eq!((&problem["code"], &problem["issues"][0]["code"]), (&json!("invalid_request"), &json!(code)));
    }
}

#[tokio::test]
async fn broken_rules_come_all_at_once() {
    let body = json!({ "user_id": "rcrd-1", "api_key": "x", "card_typ": "virtual" }).to_string();
    let answer = stopped(Call::issue().body(&body)).await;
    let mut expected = plain(422, "invalid_request", "Some fields need another look.");
    expected["issues"] = json!([
        { "path": ["user_id"], "code": "id_prefix", "message": "The user id starts with user-.", "params": { "prefix": "user-" } },
        { "path": ["card_type"], "code": "required", "message": "Choose a card type.", "params": {} },
        {
            "path": ["card_typ"],
            "code": "unknown_field",
            "message": "This form has a field that is not expected here.",
            "params": { "nearest": "card_type" },
        },
        {
            "path": ["api_key"],
            "code": "secret_in_browser",
            "message": "This form contains a credential. Nothing was sent.",
            "params": {},
        },
    ]);
    assert_eq!(answer.problem(), expected);
}

#[tokio::test]
async fn ids_are_checked_as_configured() {
    let issuer = crate::scripted::Issuer::start([Act::card(CARD, "active")]).await;
    let proxy = crate::rig::Proxy::start(&issuer.url, &["--ids=prefix"]).await;
    let body = json!({ "user_id": "user-1", "id": "rcrd-1" }).to_string();
    assert_eq!(Call::freeze().body(&body).send(proxy.address).await.status, 200);
}

#[tokio::test]
async fn what_was_not_confirmed() {
    let answer = stopped(Call::reissue().without("accept-notices")).await;
    let mut expected = plain(422, "confirmation_required", "Please confirm before this is sent.");
    expected["notices"] = json!([{
        "path": ["reuse_pan"],
        "code": "old_card_ends",
        "confirm": true,
        "message": "The old card stops working when its number is replaced.",
    }]);
    assert_eq!(answer.problem(), expected);
}

#[tokio::test]
async fn who_am_i_and_are_you_well() {
    let (proxy, _issuer) = rig([Act::card(CARD, "active")]).await;
    let me = Call::get("/api/me").send(proxy.address).await;
    assert_eq!((me.status, me.header("cardwright-contract")), (200, Some("1")));
    let me = me.json();
    assert_eq!((&me["tenant"], &me["user"]), (&json!("local"), &json!("local")));
    assert!(me["scopes"].as_array().unwrap().contains(&json!("ingo.freezeCard")));
    let probe = Call::get("/health").without("cardwright-contract").with("host", "10.0.0.7");
    let health = probe.send(proxy.address).await;
    assert_eq!((health.status, health.json()), (200, json!({ "status": "ok" })));
}
