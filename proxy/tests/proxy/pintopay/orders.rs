//! The orders the proxy has seen.

use cardwright::{envelope, pintopay};
use serde_json::{Value, json};

use super::{check, create, order, rig, rig_with, sealed};
use crate::client::Call;
use crate::rig::Proxy;
use crate::scripted::Act;
use crate::store::holds;

async fn listed(proxy: &Proxy, query: &str) -> Value {
    let list = Call::get(&format!("/api/pintopay/orders{query}")).send(proxy.address).await;
    assert_eq!(list.status, 200, "{list:?}");
    assert!(envelope::read(pintopay::LIST_ORDERS.answer, &list.body).is_ok(), "the shape the SDK reads");
    list.json()
}

#[tokio::test]
async fn an_order_is_listed_with_its_user_and_without_balances() {
    let more = r#","balance_before":"9.00","last_error":"Jane","provider_card_status":"x""#;
    let (proxy, _issuer) = rig([Act::json(200, &sealed(&order("new", more)))]).await;
    let empty = json!({
        "status": "success",
        "message": "last seen, not live",
        "data": { "items": [], "pagination": { "page": 1, "per_page": 25, "total": 0, "sort": "created_at:desc" } },
    });
    assert_eq!(listed(&proxy, "").await, empty);
    create().send(proxy.address).await;
    let mut list = listed(&proxy, "?external_user_id=ext-1&page=1").await;
    let seen = &mut list["data"]["items"][0];
    let observed_at = seen.as_object_mut().unwrap().remove("observed_at").unwrap();
    assert!(observed_at.as_str().unwrap().ends_with('Z'));
    let expected = json!({
        "order_id": "order-1", "order_type": "card_issue", "status": "new", "created_at": "2026-04-16T12:34:56Z",
        "external_user_id": "ext-1",
    });
    assert_eq!(*seen, expected);
    assert_eq!(listed(&proxy, "?external_user_id=ext-2").await["data"]["pagination"]["total"], 0);
    assert_eq!(listed(&proxy, "?page=2").await["data"]["items"], json!([]));
}

#[tokio::test]
async fn what_a_check_shows_is_news_and_a_late_answer_is_not() {
    let processing = order("processing", r#","issue_status":"card_create_done","card_id":"card-1""#);
    let completed = order("completed", r#","completed_at":"2026-04-16T12:35:56Z","is_issued":true"#);
    let acts = [order("new", ""), processing.clone(), completed, processing].map(|text| Act::json(200, &sealed(&text)));
    let (proxy, _issuer) = rig(acts).await;
    create().send(proxy.address).await;
    let mut statuses = Vec::new();
    for _ in 0..3 {
        check().send(proxy.address).await;
        statuses.push(listed(&proxy, "").await["data"]["items"][0]["status"].clone());
    }
    assert_eq!(statuses, ["processing", "completed", "completed"]);
    let list = listed(&proxy, "").await;
    let seen = &list["data"]["items"][0];
    assert_eq!((&seen["card_id"], &seen["external_user_id"]), (&json!("card-1"), &json!("ext-1")));
    assert_eq!((&seen["is_issued"], &seen["completed_at"]), (&json!(true), &json!("2026-04-16T12:35:56Z")));
    assert_eq!(list["data"]["pagination"]["total"], 1);
}

#[tokio::test]
async fn newer_orders_stand_first_and_the_cards_list_apart() {
    let numbered = |number: u32| {
        order("new", "").replace("order-1", &format!("order-{number}")).replace(":56Z", &format!(":5{number}Z"))
    };
    let (proxy, _issuer) = rig([2, 3, 1].map(|number| Act::json(200, &numbered(number)))).await;
    for key in ["key-number-00001", "key-number-00002", "key-number-00003"] {
        create().key(key).send(proxy.address).await;
    }
    let list = listed(&proxy, "").await;
    let ids: Vec<_> = list["data"]["items"].as_array().unwrap().iter().map(|seen| seen["order_id"].clone()).collect();
    assert_eq!(ids, ["order-3", "order-2", "order-1"]);
    let cards = Call::get("/api/ingo/cards").send(proxy.address).await.json();
    assert_eq!(cards["data"]["pagination"]["total"], 0);
}

#[tokio::test]
async fn a_query_is_checked_like_any_input() {
    let (proxy, _issuer) = rig([Act::json(200, &order("new", ""))]).await;
    for (query, code) in
        [("?page=0", "page_format"), ("?user_id=1", "unknown_field"), ("?token=1", "secret_in_browser")]
    {
        let problem = Call::get(&format!("/api/pintopay/orders{query}")).send(proxy.address).await.problem();
        assert_eq!((&problem["status"], &problem["issues"][0]["code"]), (&json!(422), &json!(code)), "{query}");
    }
}

#[tokio::test]
async fn a_cards_number_that_was_typed_for_an_id_is_not_kept() {
    let folder = tempfile::tempdir().unwrap();
    let store = format!("--database-url=sqlite:{}", folder.path().join("a.db").display());
    let (proxy, issuer) = rig_with([Act::json(200, &sealed(&order("new", "")))], &[&store]).await;
    let number = "4242 4242 4242 4242";
    let body = json!({ "product_code": "plain", "external_user_id": number });
    let created = Call::post("/api/pintopay/cards/create", &body).send(proxy.address).await;
    assert_eq!(created.status, 200);
    assert_eq!(super::opened(&issuer.seen()[0]).1["external_user_id"], number, "the issuer is sent what was asked");
    assert_eq!(listed(&proxy, "").await["data"]["items"][0]["external_user_id"], "[withheld]");
    // Stopping waits for what is still to be noted.
    proxy.stop().await;
    assert!(holds(folder.path(), r#"{"external_user_id":"[withheld]"}"#), "the row of the audit");
    assert!(!holds(folder.path(), number));
}
