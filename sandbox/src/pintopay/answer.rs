//! The answers of success, and the ways in which a fault may change them.

use std::time::SystemTime;

use serde_json::{Value, json};

use super::inferred::{INITIAL_TOPUP, provider_status};
use super::money::Usdt;
use super::options::Dialect;
use super::orders::{Found, Order};
use super::request::Product;
use super::status::{CardStatus, OrderStatus};
use crate::faults::Kind;
use crate::ledger::timestamp;

/// The answer to an operation that took effect. Inferred: an object beside `success`, since the documents speak of
/// `order.status`.
pub(super) fn success(found: &Found, dialect: Dialect, now: SystemTime, fault: Option<Kind>) -> Value {
    let (name, object, pan) = match found {
        Found::Order(made) => ("order", order(made, dialect, now), &made.pan),
        Found::Card(made) => ("card", card(made, now), &made.pan),
    };
    let mut answer = json!({ "success": true, name: object });
    match fault {
        Some(Kind::CardData) => add_card_data(&mut answer, name, pan),
        Some(Kind::ExtraFields) => add_extra_fields(&mut answer, name),
        Some(Kind::UnknownStatus) => answer[name]["status"] = json!("on_hold"),
        _ => {}
    }
    answer
}

fn order(order: &Order, dialect: Dialect, now: SystemTime) -> Value {
    let state = order.state(now);
    let at = |status| order.since(now, |state| state.order == status).map(timestamp);
    present(json!({
        "order_id": order.id,
        "order_type": "card_issue",
        "status": state.order,
        "card_id": state.is_issued().then_some(&order.card_id),
        "balance_before": order.balance_before.to_string(),
        "balance_after": order.balance_after.to_string(),
        "last_error": state.error.map(|error| error.text),
        "last_error_slug": state.error.map(|error| error.name),
        // Inferred: what was ordered, and for whom. That there is an object is documented.
        "data": present(requested(order)),
        "created_at": timestamp(order.created_at),
        "updated_at": (dialect == Dialect::Revio).then(|| timestamp(order.last_change(now))),
        "completed_at": at(OrderStatus::Completed),
        "failed_at": at(OrderStatus::Failed),
        "issue_status": state.issue,
        "is_issued": state.is_issued(),
        "provider_card_status": state.card().map(provider_status),
    }))
}

fn card(order: &Order, now: SystemTime) -> Value {
    let state = order.state(now);
    let balance = if state.is_topped_up() { INITIAL_TOPUP } else { Usdt::default() };
    let mut card = requested(order);
    card["card_id"] = json!(order.card_id);
    card["status"] = json!(state.card());
    card["balance"] = json!(balance.to_string());
    card["issued_at"] = json!(order.since(now, |state| state.is_issued()).map(timestamp));
    card["activated_at"] = json!(order.since(now, |state| state.card() == Some(CardStatus::Active)).map(timestamp));
    present(card)
}

/// The product and the owner, in the words of the request.
fn requested(order: &Order) -> Value {
    let (code, id) = match &order.asked.product {
        Product::Code(code) => (Some(code), None),
        Product::Id(id) => (None, Some(id)),
    };
    json!({
        "product_code": code,
        "product_id": id,
        "external_user_id": order.asked.external_user_id,
        "cardholder_id": order.asked.cardholder_id,
    })
}

/// The fields that have a value.
fn present(mut fields: Value) -> Value {
    if let Some(object) = fields.as_object_mut() {
        object.retain(|_, value| !value.is_null());
    }
    fields
}

fn add_card_data(answer: &mut Value, name: &str, pan: &str) {
    answer["message"] = json!(format!("operation completed for {pan}"));
    answer["trace"] = json!({ "steps": [{ "note": format!("card {pan} made") }] });
    let object = &mut answer[name];
    // The names of the endpoint that may tell them, and Ingo's.
    for details in ["card_number", "number", "pan"] {
        object[details] = json!(pan);
    }
    object["cvv"] = json!("123");
    object["expiry_month"] = json!("12");
    object["expiry_year"] = json!("2031");
    object["details"] = json!({ "card_number": pan, "cvv": "123", "expiry_month": "12", "expiry_year": "2031" });
    // Known fields of free text.
    object["label"] = json!(format!("card {pan}"));
    object["provider_card_status"] = json!(format!("ACTIVE {pan}"));
}

fn add_extra_fields(answer: &mut Value, name: &str) {
    answer["request_id"] = json!("req-1");
    answer["meta"] = json!({ "region": "east", "tags": ["a", "b"], "shard": 7 });
    let object = &mut answer[name];
    object["priority"] = json!("normal");
    object["limits"] = json!({ "daily": null, "contactless": true });
}
