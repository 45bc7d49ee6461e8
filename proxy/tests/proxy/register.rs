//! The cards the proxy has seen.

use cardwright::{envelope, ingo};
use serde_json::{Value, json};

use crate::client::{CARD, Call, USER};
use crate::rig::rig;
use crate::scripted::{Act, envelope as answer};

const NEW: &str = "rcrd-417b1398-8eff-4db4-a810-1ffa3dc24c4a";

async fn listed(proxy: &crate::rig::Proxy, query: &str) -> Value {
    let list = Call::get(&format!("/api/ingo/cards{query}")).send(proxy.address).await;
    assert_eq!(list.status, 200);
    assert!(envelope::read(ingo::LIST_CARDS.answer, &list.body).is_ok(), "the shape the SDK reads");
    list.json()
}

#[tokio::test]
async fn an_answers_cards_are_listed_with_the_time() {
    let (proxy, _issuer) = rig([Act::json(200, &answer(CARD, "active", r#","pan":"4242424242424242""#))]).await;
    let empty = json!({
        "status": "success",
        "message": "last seen, not live",
        "data": { "items": [], "pagination": { "page": 1, "per_page": 25, "total": 0, "sort": "created_at:desc" } },
    });
    assert_eq!(listed(&proxy, "").await, empty);
    Call::issue().send(proxy.address).await;
    let mut list = listed(&proxy, &format!("?user_id={USER}&page=1")).await;
    let card = &mut list["data"]["items"][0];
    let observed_at = card.as_object_mut().unwrap().remove("observed_at").unwrap();
    assert!(observed_at.as_str().unwrap().ends_with('Z'));
    let known: Value = serde_json::from_str(&answer(CARD, "active", "")).unwrap();
    assert_eq!(*card, known["data"]["items"][0]);
    assert_eq!(list["data"]["pagination"]["total"], 1);
    assert_eq!(listed(&proxy, "?page=2").await["data"]["items"], json!([]));
    let other = "?user_id=user-00000000-0000-0000-0000-000000000000";
    assert_eq!(listed(&proxy, other).await["data"]["pagination"]["total"], 0);
}

#[tokio::test]
async fn a_replaced_card_is_marked_as_ended() {
    let (proxy, _issuer) = rig([Act::card(CARD, "active"), Act::card(NEW, "unactivated")]).await;
    Call::issue().send(proxy.address).await;
    Call::reissue().send(proxy.address).await;
    let list = listed(&proxy, "").await;
    let statuses: Vec<_> =
        list["data"]["items"].as_array().unwrap().iter().map(|card| (&card["id"], &card["status"])).collect();
    assert_eq!(statuses, [(&json!(NEW), &json!("unactivated")), (&json!(CARD), &json!("terminated"))]);
}

#[tokio::test]
async fn a_kept_number_ends_no_card() {
    let (proxy, _issuer) = rig([Act::card(CARD, "active"), Act::card(NEW, "active")]).await;
    Call::issue().send(proxy.address).await;
    let body = json!({ "user_id": USER, "id": CARD, "reuse_pan": true }).to_string();
    Call::reissue().body(&body).send(proxy.address).await;
    assert_eq!(listed(&proxy, "").await["data"]["items"][1]["status"], "active");
}

#[tokio::test]
async fn a_query_is_checked_like_any_input() {
    let (proxy, _issuer) = rig([Act::card(CARD, "active")]).await;
    for (query, code) in [
        ("?page=0", "page_format"),
        ("?user=1", "unknown_field"),
        ("?user_id=rcrd-1", "id_prefix"),
        ("?page=1&page=2", "duplicate_field"),
        ("?api_key=1", "secret_in_browser"),
    ] {
        let problem = Call::get(&format!("/api/ingo/cards{query}")).send(proxy.address).await.problem();
        assert_eq!((&problem["status"], &problem["issues"][0]["code"]), (&json!(422), &json!(code)), "{query}");
    }
}
