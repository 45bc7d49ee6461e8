//! The documented envelope of a success, and the ways in which a fault may change it.

use serde_json::{Value, json};

use super::cards::Card;
use super::inferred::BUSINESS_ID;
use crate::faults::Kind;

/// The answer to an operation that took effect.
pub(super) fn success(card: &Card, fault: Option<Kind>) -> Value {
    let mut envelope = documented(card);
    match fault {
        Some(Kind::CardData) => add_card_data(&mut envelope, &card.pan),
        Some(Kind::ExtraFields) => add_extra_fields(&mut envelope),
        // A word that Ingo's webhooks use and the documented set does not hold.
        Some(Kind::UnknownStatus) => envelope["data"]["items"][0]["status"] = json!("reissue"),
        _ => {}
    }
    envelope
}

fn documented(card: &Card) -> Value {
    json!({
        "status": "success",
        "message": "operation completed",
        "data": {
            "items": [{
                "id": card.id,
                "card_type": card.card_type,
                "last_four": card.last_four(),
                "status": card.status,
                "user_id": card.user_id,
                "business_id": BUSINESS_ID,
                "created_at": card.created_at,
            }],
            "pagination": { "page": 1, "per_page": 25, "total": 1, "sort": "created_at:desc" },
        },
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
