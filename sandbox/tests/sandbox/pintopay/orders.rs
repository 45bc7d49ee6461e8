//! Orders: what they are made from, what they cost, and what is told of them.

use serde_json::{Value, json};

use super::client::{SEEN_BY_POLLING, call, create, opened, order, start};
use crate::client::Call;
use crate::process::Sandbox;

fn rejected(sandbox: &Sandbox, call: &Call, status: u16, slug: &str) -> String {
    let answer = call.send(sandbox);
    let body = opened(&answer);
    assert_eq!((answer.status, &body["error_slug"]), (status, &json!(slug)), "{body}");
    assert_eq!(sandbox.last_request()["refusal"], slug);
    body["error"].as_str().unwrap().to_owned()
}

fn names(object: &Value) -> Vec<&str> {
    object.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn an_order_and_its_card_have_the_documented_fields() {
    let sandbox = start(&["--pintopay-balance", "12.50"]);
    let made = sandbox.ordered(&create("key-1", order("plain")));
    let at_first =
        ["balance_after", "balance_before", "created_at", "data", "is_issued", "order_id", "order_type", "status"];
    assert_eq!(names(&made), at_first);
    assert_eq!((&made["order_type"], &made["status"]), (&json!("card_issue"), &json!("new")));
    assert_eq!((&made["balance_before"], &made["balance_after"]), (&json!("12.50"), &json!("7.50")));
    assert_eq!(made["data"], json!({ "product_code": "plain", "external_user_id": "ext-123" }));

    let ended = sandbox.ended(&made);
    let mut at_last = at_first.to_vec();
    at_last.extend(["card_id", "completed_at", "issue_status", "provider_card_status"]);
    at_last.sort_unstable();
    assert_eq!(names(&ended), at_last);
    assert_eq!((&ended["issue_status"], &ended["is_issued"]), (&json!("completed"), &json!(true)));
    for name in ["order_id", "created_at", "balance_before", "balance_after"] {
        assert_eq!(ended[name], made[name]);
    }
    assert!(ended["completed_at"].as_str().unwrap() > ended["created_at"].as_str().unwrap());
    assert_eq!(ended["completed_at"].as_str().unwrap().len(), "2026-04-16T12:34:56.000Z".len());

    let card = sandbox.card_of(&ended);
    let expected = ["activated_at", "balance", "card_id", "external_user_id", "issued_at", "product_code", "status"];
    assert_eq!(names(&card), expected);
    assert_eq!((&card["status"], &card["balance"]), (&json!("active"), &json!("1.00")));
    assert_eq!((&card["card_id"], &card["external_user_id"]), (&ended["card_id"], &json!("ext-123")));
    assert!(card["activated_at"].as_str().unwrap() > card["issued_at"].as_str().unwrap());
}

#[test]
fn a_card_is_there_from_its_making_on() {
    let sandbox = start(&["--pintopay-speed", "10000"]);
    let before = sandbox.ordered(&create("key-1", order("stuck-card_create_pending")));
    let (before, _) = sandbox.awaited(&before, |order| order["issue_status"] == "card_create_pending");
    assert_eq!((before.get("card_id"), &before["is_issued"]), (None, &json!(false)));
    let after = sandbox.ordered(&create("key-2", order("stuck-card_create_done")));
    let (after, _) = sandbox.awaited(&after, |order| order["issue_status"] == "card_create_done");
    assert_eq!((after["card_id"].is_string(), &after["is_issued"]), (true, &json!(true)));
    let card = sandbox.card_of(&after);
    assert_eq!((&card["status"], &card["balance"]), (&json!("pending_activation"), &json!("0.00")));
    assert!(card.get("activated_at").is_none());
}

#[test]
fn a_key_makes_one_order_and_one_charge() {
    let sandbox = start(&[]);
    let first = sandbox.ordered(&create("key-1", order("plain")));
    let mut in_body = order("plain");
    in_body["idempotency_key"] = json!("key-1");
    for again in [
        create("key-1", order("plain")),
        call("cards/create", in_body.clone()),
        create("key-1", in_body),
        create("key-1", json!({ "product_id": "slow", "external_user_id": "ext-456" })),
        create("key-1", order("fail-now-insufficient_funds")),
    ] {
        let again = sandbox.ordered(&again);
        for name in ["order_id", "created_at", "balance_before", "balance_after", "data"] {
            assert_eq!(again[name], first[name]);
        }
    }
    assert_eq!(sandbox.orders_and_balance(), (1, "995.00".to_owned()));
    assert_ne!(sandbox.ordered(&create("key-2", order("plain")))["order_id"], first["order_id"]);
    assert_eq!(sandbox.orders_and_balance(), (2, "990.00".to_owned()));
    // A rejected order uses up no key.
    rejected(&sandbox, &create("key-3", order("fail-now-product_not_active")), 400, "product_not_active");
    sandbox.ordered(&create("key-3", order("plain")));
    assert_eq!(sandbox.orders_and_balance(), (3, "985.00".to_owned()));
}

#[test]
fn orders_can_be_made_at_once_without_being_charged_twice() {
    let sandbox = start(&[]);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| sandbox.ordered(&create("key-1", order("plain"))));
        }
    });
    assert_eq!(sandbox.orders_and_balance(), (1, "995.00".to_owned()));
}

#[test]
fn the_master_balance_runs_out() {
    let sandbox = start(&["--pintopay-balance", "14.99"]);
    for (key, after) in [("key-1", "9.99"), ("key-2", "4.99")] {
        assert_eq!(sandbox.ordered(&create(key, order("topup-fails")))["balance_after"], after);
    }
    rejected(&sandbox, &create("key-3", order("plain")), 400, "insufficient_funds");
    sandbox.ordered(&create("key-1", order("plain")));
    assert_eq!(sandbox.orders_and_balance(), (2, "4.99".to_owned()));
}

#[test]
fn a_key_is_required_and_only_one() {
    let sandbox = start(&[]);
    let with_key = |key: Value| {
        let mut payload = order("plain");
        payload["idempotency_key"] = key;
        payload
    };
    rejected(&sandbox, &call("cards/create", order("plain")), 400, "idempotency_key_required");
    rejected(&sandbox, &create("", order("plain")), 400, "idempotency_key_required");
    rejected(&sandbox, &create("key-1", with_key(json!("key-2"))), 400, "idempotency_key_conflict");
    rejected(&sandbox, &create("key-1", with_key(json!(7))), 400, "invalid_request");
    rejected(&sandbox, &create("key-1", with_key(json!(""))), 400, "invalid_request");
    let mut twice = create("key-1", order("plain"));
    twice.headers.push(("idempotency-key".to_owned(), "key-1".to_owned()));
    rejected(&sandbox, &twice, 400, "invalid_request");
    assert_eq!(sandbox.orders_and_balance().0, 0);
}

#[test]
fn a_payload_that_is_not_exactly_right_is_rejected() {
    let sandbox = start(&[]);
    rejected(&sandbox, &create("key-1", json!({ "product_code": "plain" })), 400, "external_user_id_required");
    let user = "ext-123";
    for (payload, field) in [
        (json!({ "external_user_id": user }), "product_id"),
        (json!({ "product_code": "plain", "product_id": "plain", "external_user_id": user }), "product_id"),
        (json!({ "product_code": 7, "external_user_id": user }), "product_code"),
        (json!({ "product_code": "", "external_user_id": user }), "product_code"),
        (json!({ "product_code": null, "product_id": "plain", "external_user_id": user }), "product_code"),
        (json!({ "product_code": "plain", "external_user_id": 7 }), "external_user_id"),
        (json!({ "product_code": "plain", "external_user_id": user, "cardholder_id": "ch-1" }), "cardholder_id"),
        (json!({ "product_code": "plain", "external_user_id": user, "amount": "1.00" }), "amount"),
        (json!({ "data": order("plain") }), "product_id"),
    ] {
        let error = rejected(&sandbox, &create("key-1", payload), 400, "invalid_request");
        assert!(error.starts_with(&format!("{field}: expected ")), "{error}");
    }
    for (path, payload, field) in [
        ("orders/check", json!({}), "order_id"),
        ("orders/check", json!({ "order_id": 7 }), "order_id"),
        ("orders/check", json!({ "order_id": "order_1", "card_id": "card_1" }), "card_id"),
        ("cards/get", json!({ "order_id": "order_1" }), "card_id"),
        ("cards/get", json!({ "card_id": "card_1", "external_user_id": user }), "external_user_id"),
    ] {
        let error = rejected(&sandbox, &call(path, payload), 400, "invalid_request");
        assert!(error.starts_with(&format!("{field}: expected ")), "{error}");
    }
    rejected(&sandbox, &call("orders/check", json!({ "order_id": "order_1" })), 404, "order_not_found");
    rejected(&sandbox, &call("cards/get", json!({ "card_id": "card_1" })), 404, "card_not_found");
    assert_eq!(sandbox.orders_and_balance().0, 0);
}

#[test]
fn revio_names_products_by_id_and_knows_cardholders_and_one_more_status() {
    let sandbox = start(&["--pintopay-dialect", "revio", "--pintopay-speed", SEEN_BY_POLLING]);
    let by_holder = json!({ "product_id": "plain", "cardholder_id": "ch-1" });
    let made = sandbox.ordered(&create("key-1", by_holder));
    let (_, seen) = sandbox.awaited(&made, |order| order["status"] == "completed");
    assert!(seen.contains(&json!(["paid", null])), "{seen:?}");
    let ended = sandbox.checked(&made);
    assert_eq!(ended["updated_at"], ended["completed_at"]);
    assert_eq!(sandbox.card_of(&ended)["cardholder_id"], "ch-1");
    sandbox.ordered(&create("key-2", json!({ "product_id": "plain", "external_user_id": "ext-123" })));
    rejected(&sandbox, &create("key-3", json!({ "product_id": "plain" })), 400, "external_user_id_required");
    rejected(&sandbox, &create("key-3", order("plain")), 400, "invalid_request");
    let skipped = json!({ "product_id": "skip-topup", "cardholder_id": "ch-1" });
    rejected(&sandbox, &create("key-3", skipped), 404, "product_not_found");
}
