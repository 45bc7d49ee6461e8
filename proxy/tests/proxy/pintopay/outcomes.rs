//! The table of the contract for a card that is ordered, each row with a plain answer and with a sealed one.

use serde_json::json;
use tokio::net::TcpListener;

use super::{check, create, no, order, proxy, rig, rig_with, sealed};
use crate::client::Call;
use crate::scripted::Act;

type Told = (u16, String, String);

fn as_told(status: u16, code: &str, outcome: &str) -> Told {
    (status, code.into(), outcome.into())
}

async fn told(call: Call, act: Act) -> Told {
    let (proxy, issuer) = rig([act]).await;
    let answer = call.send(proxy.address).await;
    assert_eq!(issuer.seen().len(), 1, "the issuer is asked once");
    answer.told()
}

/// A body as it is, and in its envelope.
fn dressed(body: &str) -> [String; 2] {
    [body.to_owned(), sealed(body)]
}

#[tokio::test]
async fn a_yes_is_rebuilt_and_its_balances_are_shown_to_the_local_caller() {
    let known = r#","card_id":"card-1","issue_status":"brand_new","is_issued":false"#;
    for status in [200, 201] {
        for body in dressed(&order("on_hold", &format!(r#"{known},"balance_before":"9.00","color":"red""#))) {
            let (proxy, _issuer) = rig([Act::json(status, &body)]).await;
            let answer = create().send(proxy.address).await;
            let expected = json!({
                "order_id": "order-1", "order_type": "card_issue", "status": "on_hold", "card_id": "card-1",
                "balance_before": "9.00", "data": {}, "created_at": "2026-04-16T12:34:56Z",
                "issue_status": "brand_new", "is_issued": false,
            });
            assert_eq!((answer.status, answer.json()), (200, json!({ "success": true, "order": expected })));
        }
    }
}

#[tokio::test]
async fn a_no_passes_its_slug_and_field_and_no_sentence() {
    for status in [200, 400, 402, 404, 409, 422, 429] {
        for body in dressed(&no("product_not_active")) {
            let (proxy, _issuer) = rig([Act::json(status, &body)]).await;
            let problem = json!({
                "type": "about:blank",
                "title": "The card issuer did not accept this.",
                "status": 502,
                "code": "issuer_rejected",
                "outcome": "rejected",
                "slug": "product_not_active",
                "field": "product_code",
            });
            assert_eq!(create().send(proxy.address).await.problem(), problem, "{status}");
        }
    }
}

#[tokio::test]
async fn a_no_is_about_the_field_that_was_given_whatever_it_goes_out_as() {
    for (name, dialect) in [("product_id", "pintopay"), ("product_code", "revio"), ("product_id", "revio")] {
        let acts = [Act::json(404, &sealed(&no("product_not_found")))];
        let (proxy, _issuer) = rig_with(acts, &[&format!("--pintopay-dialect={dialect}")]).await;
        let call = Call::post("/api/pintopay/cards/create", &json!({ name: "p", "external_user_id": "ext-1" }));
        assert_eq!(call.send(proxy.address).await.problem()["field"], name, "{dialect}");
    }
}

#[tokio::test]
async fn a_no_about_us_has_a_slug_of_its_own() {
    let mut acts = vec![Act::json(401, "{}"), Act::answer(403, "text/html", "<html>")];
    for (status, slug) in [(400, "decryption_failed"), (401, "api_key_not_found"), (400, "timestamp_replayed")] {
        acts.extend(dressed(&no(slug)).map(|body| Act::json(status, &body)));
    }
    for act in acts {
        let (proxy, _issuer) = rig([act]).await;
        let problem = create().send(proxy.address).await.problem();
        assert_eq!((&problem["code"], &problem["slug"]), (&json!("issuer_rejected"), &json!("gateway_refused")));
        assert_eq!((&problem["outcome"], &problem["field"]), (&json!("rejected"), &json!(null)));
    }
}

#[tokio::test]
async fn what_broke_at_the_issuer_is_unknown_whatever_the_status() {
    let mut acts = Vec::new();
    for slug in ["provider_error", "internal_error"] {
        for status in [200, 400, 404, 500] {
            acts.extend(dressed(&no(slug)).map(|body| Act::json(status, &body)));
        }
    }
    for status in [408, 500, 502, 503] {
        acts.extend(dressed(&no("product_not_found")).map(|body| Act::json(status, &body)));
        acts.extend(dressed(&order("new", "")).map(|body| Act::json(status, &body)));
    }
    let redirect = "HTTP/1.1 307 S\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n";
    acts.extend([redirect, "", "this is not HTTP\r\n\r\n"].map(|text| Act::Raw(text.into())));
    for act in acts {
        assert_eq!(told(create(), act).await, as_told(502, "issuer_failed", "unknown"));
    }
}

#[tokio::test]
async fn what_cannot_be_opened_or_read_is_unknown() {
    let mut bodies = vec![
        String::new(),
        r#"{"encrypted":"AgAB"}"#.into(),
        r#"{"encrypted":"zebra!"}"#.into(),
        // Sealed, and then changed on its way.
        sealed(&order("new", "")).replace("AgcH", "AgcI"),
        format!(r#"{{"success":true,"message":"{}"}}"#, "m".repeat(256 * 1024)),
    ];
    for body in [
        "<html>Welcome</html>",
        "[]",
        "{}",
        r#"{"success":true}"#,
        r#"{"success":false}"#,
        r#"{"success":true,"ord"#,
        r#"{"success":true,"order":{"order_id":7}}"#,
        // An id that is withheld cannot be asked about.
        &order("new", "").replace("order-1", "4242424242424242"),
    ] {
        bodies.extend(dressed(body));
    }
    for body in bodies {
        let short = body.get(..40).unwrap_or(&body).to_owned();
        assert_eq!(
            told(create(), Act::json(200, &body)).await,
            as_told(502, "issuer_unreadable", "unknown"),
            "{short}"
        );
    }
    let cut = format!("HTTP/1.1 200 S\r\ncontent-length: 9999\r\n\r\n{}", sealed(&order("new", "")));
    assert_eq!(told(create(), Act::Raw(cut.into())).await, as_told(502, "issuer_unreadable", "unknown"));
}

#[tokio::test]
async fn a_400_that_does_not_say_why_is_no_certain_no() {
    for body in ["<html>", "{}", r#"{"encrypted":"AgAB"}"#, r#"{"success":false,"error_slug":"Jane Doe"}"#] {
        assert_eq!(told(create(), Act::json(400, body)).await, as_told(502, "issuer_unreadable", "unknown"), "{body}");
        assert_eq!(told(create(), Act::json(404, body)).await, as_told(502, "issuer_rejected", "rejected"), "{body}");
    }
}

#[tokio::test]
async fn what_does_not_come_in_time_is_unknown() {
    let half = "HTTP/1.1 200 S\r\ncontent-length: 99\r\n\r\n{".to_owned();
    for act in [Act::Stall(String::new()), Act::Stall(half)] {
        assert_eq!(told(create(), act).await, as_told(504, "issuer_timeout", "unknown"));
    }
}

#[tokio::test]
async fn an_issuer_that_cannot_be_connected_was_not_asked() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let proxy = proxy(&url, &[]).await;
    for _ in 0..2 {
        let answer = create().send(proxy.address).await;
        assert_eq!(answer.told(), as_told(502, "issuer_unreachable", "not_sent"));
        assert!(!answer.is_replayed(), "the key was given back");
    }
}

#[tokio::test]
async fn a_read_leaves_nothing_open() {
    for (act, expected) in [
        (Act::json(500, "{}"), as_told(502, "issuer_failed", "not_sent")),
        (Act::json(400, &no("provider_error")), as_told(502, "issuer_failed", "not_sent")),
        (Act::json(200, "<html>"), as_told(502, "issuer_unreadable", "not_sent")),
        (Act::Stall(String::new()), as_told(504, "issuer_timeout", "not_sent")),
        (Act::json(404, &no("order_not_found")), as_told(502, "issuer_rejected", "rejected")),
    ] {
        assert_eq!(told(check(), act).await, expected);
    }
}

#[tokio::test]
async fn a_write_without_a_key_and_a_broken_rule_are_stopped() {
    let (proxy, issuer) = rig([Act::json(200, &order("new", ""))]).await;
    let keyless = create().without("idempotency-key").send(proxy.address).await;
    assert_eq!(keyless.told(), as_told(400, "key_missing", "not_sent"));
    let both = json!({ "product_code": "p", "product_id": "p", "external_user_id": "u" });
    let problem = create().body(&both.to_string()).send(proxy.address).await.problem();
    assert_eq!((&problem["code"], &problem["issues"][0]["code"]), (&json!("invalid_request"), &json!("exactly_one")));
    assert!(issuer.seen().is_empty());
}

#[tokio::test]
async fn without_pintopay_its_operations_are_not_there() {
    let proxy = crate::rig::Proxy::start("http://127.0.0.1:9", &[]).await;
    for call in [create(), check(), Call::get("/api/pintopay/orders")] {
        assert_eq!(call.send(proxy.address).await.told(), as_told(404, "not_found", "not_sent"));
    }
}
