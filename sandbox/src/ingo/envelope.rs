//! The documented envelope of a success, and the ways in which a fault may change it.

use serde_json::{Value, json};

use super::cards::Card;
use super::inferred::BUSINESS_ID;
use crate::faults::Kind;

/// The answer to an operation that took effect.
pub(super) fn success(cards: &[Card], fault: Option<Kind>) -> Value {
    let mut envelope = documented(cards);
    // What spoils a card needs one.
    match (cards.first(), fault) {
        (Some(card), Some(Kind::CardData)) => add_card_data(&mut envelope, &card.pan),
        (Some(_), Some(Kind::ExtraFields)) => add_extra_fields(&mut envelope),
        // A word that Ingo's webhooks use and the documented set does not hold.
        (Some(_), Some(Kind::UnknownStatus)) => envelope["data"]["items"][0]["status"] = json!("reissue"),
        _ => {}
    }
    envelope
}

fn documented(cards: &[Card]) -> Value {
    let items: Vec<_> = cards.iter().map(item).collect();
    let pagination = json!({ "page": 1, "per_page": 25, "total": items.len(), "sort": "created_at:desc" });
    json!({
        "status": "success",
        "message": "operation completed",
        "data": { "items": items, "pagination": pagination },
    })
}

fn item(card: &Card) -> Value {
    json!({
        "id": card.id,
        "card_type": card.card_type,
        "last_four": card.last_four(),
        "status": card.status,
        "user_id": card.user_id,
        "business_id": BUSINESS_ID,
        "created_at": card.created_at,
    })
}

fn add_card_data(envelope: &mut Value, pan: &str) {
    envelope["message"] = json!(format!("operation completed for {pan}"));
    envelope["trace"] = json!({ "steps": [{ "note": format!("card {pan} embossed") }] });
    let card = &mut envelope["data"]["items"][0];
    card["number"] = json!(pan);
    card["pan"] = json!(pan);
    card["cvv"] = json!("123");
    card["expiry"] = json!("12/31");
    card["pin"] = json!("1234");
}

fn add_extra_fields(envelope: &mut Value) {
    envelope["request_id"] = json!("req-1");
    envelope["data"]["meta"] = json!({ "region": "east", "tags": ["a", "b"], "shard": 7 });
    let card = &mut envelope["data"]["items"][0];
    card["brand"] = json!("mastercard");
    card["limits"] = json!({ "daily": null, "contactless": true });
}
