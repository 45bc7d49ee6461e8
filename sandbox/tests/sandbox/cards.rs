//! The life of a card.

use serde_json::{Value, json};

use crate::client::{USER, address};
use crate::process::Sandbox;

const OTHER_USER: &str = "user-00000000-0000-4000-8000-000000000001";

fn rejected(sandbox: &Sandbox, operation: &str, body: &Value, status: u16, slug: &str, field: Option<&str>) {
    let answer = sandbox.ingo(operation, body);
    let error = answer.json();
    assert_eq!((answer.status, &error["error"]["slug"]), (status, &json!(slug)), "{operation} {body}: {error}");
    assert_eq!(error["error"].get("field"), field.map(Value::from).as_ref(), "{operation} {body}: {error}");
    assert_eq!(error["status"], "error");
    assert_eq!(sandbox.last_request()["refusal"], slug);
}

fn target(card: &Value) -> Value {
    json!({ "user_id": USER, "id": card["id"] })
}

fn with(mut body: Value, name: &str, value: Value) -> Value {
    body[name] = value;
    body
}

#[test]
fn the_answer_is_the_documented_envelope() {
    let sandbox = Sandbox::start();
    let answer = sandbox.ingo("create", &json!({ "user_id": USER, "card_type": "virtual" })).json();
    assert_eq!((&answer["status"], &answer["message"]), (&json!("success"), &json!("operation completed")));
    let pagination = json!({ "page": 1, "per_page": 25, "total": 1, "sort": "created_at:desc" });
    assert_eq!(answer["data"]["pagination"], pagination);
    let card = answer["data"]["items"][0].as_object().unwrap();
    let names: Vec<_> = card.keys().collect();
    assert_eq!(names, ["business_id", "card_type", "created_at", "id", "last_four", "status", "user_id"]);
    assert!(card["id"].as_str().unwrap().starts_with("rcrd-"));
    assert!(card["business_id"].as_str().unwrap().starts_with("buss-"));
    assert_eq!(card["last_four"].as_str().unwrap().len(), 4);
    let created_at = card["created_at"].as_str().unwrap();
    assert!(created_at.len() == "2026-04-16T12:34:56.000Z".len() && created_at.ends_with('Z'));
}

#[test]
fn a_physical_card_lives_through_all_its_states() {
    let sandbox = Sandbox::start();
    let body = json!({ "user_id": USER, "card_type": "physical", "shipping_address": address() });
    let card = sandbox.card("create", &body);
    assert_eq!((&card["status"], &card["card_type"]), (&json!("unactivated"), &json!("physical")));
    let target = target(&card);
    for early in ["freeze", "unfreeze"] {
        rejected(&sandbox, early, &target, 409, "card_state_conflict", None);
    }
    let reissue = with(with(target.clone(), "reuse_pan", json!(false)), "shipping_address", address());
    rejected(&sandbox, "reissue", &reissue, 409, "card_state_conflict", None);

    for (operation, status) in [("activate", "active"), ("freeze", "suspended"), ("unfreeze", "active")] {
        for _ in 0..2 {
            let body = with(with(target.clone(), "reason_code", json!("101")), "reason", json!("asked"));
            assert_eq!(sandbox.card(operation, &body)["status"], status);
        }
    }
    assert_eq!(sandbox.card("freeze", &target)["status"], "suspended");
    rejected(&sandbox, "activate", &target, 409, "card_state_conflict", None);

    let new = sandbox.card("reissue", &reissue);
    assert_ne!(new["id"], card["id"]);
    assert_ne!(new["last_four"], card["last_four"]);
    assert_eq!((&new["status"], &new["card_type"]), (&json!("unactivated"), &json!("physical")));
    for operation in ["activate", "freeze", "unfreeze"] {
        rejected(&sandbox, operation, &target, 409, "card_state_conflict", None);
    }
    rejected(&sandbox, "reissue", &reissue, 409, "card_state_conflict", None);

    let cards = sandbox.ledger()["cards"].clone();
    let life: Vec<_> = cards[0]["history"].as_array().unwrap().iter().map(|e| e["operation"].clone()).collect();
    let expected = ["create", "activate", "activate", "freeze", "freeze", "unfreeze", "unfreeze", "freeze", "reissue"];
    assert_eq!(life, expected);
    assert_eq!((&cards[0]["status"], &cards[1]["made_by_operation"]), (&json!("terminated"), &json!("reissue")));
}

#[test]
fn a_reissue_may_keep_the_number_and_change_the_form() {
    let sandbox = Sandbox::start();
    let card = sandbox.virtual_card();
    let kept = sandbox.card("reissue", &with(target(&card), "reuse_pan", json!(true)));
    assert_eq!(kept["last_four"], card["last_four"]);
    assert_ne!(kept["id"], card["id"]);
    assert_eq!((&kept["status"], &kept["card_type"]), (&json!("active"), &json!("virtual")));
    assert_eq!(sandbox.ledger()["cards"][0]["status"], "terminated");

    let mut body = with(target(&kept), "reuse_pan", json!(false));
    body["card_type"] = json!("physical");
    body["terminate_old_card"] = json!(false);
    rejected(&sandbox, "reissue", &body, 400, "invalid_field", Some("shipping_address"));
    body["shipping_address"] = address();
    let physical = sandbox.card("reissue", &body);
    assert_eq!((&physical["status"], &physical["card_type"]), (&json!("unactivated"), &json!("physical")));
    assert_eq!(sandbox.ledger()["cards"][1]["status"], "terminated");

    sandbox.card("activate", &target(&physical));
    let body = with(target(&physical), "reuse_pan", json!(true));
    rejected(&sandbox, "reissue", &body, 400, "invalid_field", Some("shipping_address"));
    assert_eq!(sandbox.ledger()["cards"][2]["status"], "active");
}

#[test]
fn a_virtual_card_may_become_a_physical_one() {
    let sandbox = Sandbox::start();
    let card = sandbox.virtual_card();
    let mut body = json!({ "user_id": USER, "card_type": "physical", "shipping_address": address() });
    body["virtual_card_id"] = card["id"].clone();
    let physical = sandbox.card("create", &body);
    assert_eq!(physical["last_four"], card["last_four"]);
    assert_eq!(sandbox.ledger()["cards"][0]["status"], "active");

    rejected(&sandbox, "create", &with(body.clone(), "user_id", json!(OTHER_USER)), 404, "card_not_found", None);
    let wrong = with(body, "virtual_card_id", physical["id"].clone());
    rejected(&sandbox, "create", &wrong, 400, "invalid_field", Some("virtual_card_id"));
}

#[test]
fn a_key_gives_the_first_response_again() {
    let sandbox = Sandbox::start();
    let body = json!({ "user_id": USER, "card_type": "virtual", "idempotent_key": "key-1" });
    let first = sandbox.ingo("create", &body);
    let card = &first.json()["data"]["items"][0];
    sandbox.card("freeze", &target(card));
    assert_eq!(sandbox.ingo("create", &body).body, first.body);
    let other = with(body.clone(), "user_id", json!(OTHER_USER));
    assert_eq!(sandbox.ingo("create", &other).body, first.body);
    assert_eq!(sandbox.cards_made(), 1);
    assert_eq!(sandbox.ledger()["cards"][0]["idempotent_key"], "key-1");

    sandbox.card("create", &with(body, "idempotent_key", json!("key-2")));
    assert_eq!(sandbox.cards_made(), 2);
}

#[test]
fn another_users_card_is_not_found() {
    let sandbox = Sandbox::start();
    let card = sandbox.virtual_card();
    let body = json!({ "user_id": OTHER_USER, "id": card["id"] });
    for operation in ["activate", "freeze", "unfreeze"] {
        rejected(&sandbox, operation, &body, 404, "card_not_found", None);
    }
    rejected(&sandbox, "reissue", &with(body, "reuse_pan", json!(false)), 404, "card_not_found", None);
    let unknown = json!({ "user_id": USER, "id": "rcrd-9a117b23-cc90-d1ef-8f3a-2b1c0e444f2d" });
    rejected(&sandbox, "freeze", &unknown, 404, "card_not_found", None);
}

#[test]
fn some_users_always_hear_no() {
    let sandbox = Sandbox::start();
    for (end, status, slug) in
        [("403", 403, "user_not_allowed"), ("404", 404, "user_not_found"), ("422", 422, "kyc_not_verified")]
    {
        let user_id = format!("user-00000000-0000-4000-8000-000000000{end}");
        let create = json!({ "user_id": user_id, "card_type": "virtual", "idempotent_key": "key-1" });
        rejected(&sandbox, "create", &create, status, slug, None);
        rejected(&sandbox, "freeze", &json!({ "user_id": user_id, "id": "rcrd-1" }), status, slug, None);
    }
    assert_eq!(sandbox.cards_made(), 0);
}

#[test]
fn a_body_that_is_not_exactly_right_is_rejected() {
    let sandbox = Sandbox::start();
    for body in [json!([]), json!("text"), json!(null)] {
        rejected(&sandbox, "create", &body, 400, "invalid_body", None);
    }
    let create = json!({ "user_id": USER, "card_type": "virtual" });
    let physical = json!({ "user_id": USER, "card_type": "physical", "shipping_address": address() });
    let change = json!({ "user_id": USER, "id": "rcrd-1" });
    let in_address = |name: &str, value| with(physical.clone(), "shipping_address", with(address(), name, value));
    let wrong = [
        ("create", json!({ "card_type": "virtual" }), "user_id"),
        ("create", with(create.clone(), "user_id", json!("buss-1")), "user_id"),
        ("create", with(create.clone(), "user_id", json!("user-")), "user_id"),
        ("create", with(create.clone(), "user_id", json!(null)), "user_id"),
        ("create", json!({ "user_id": USER }), "card_type"),
        ("create", with(create.clone(), "card_type", json!("Virtual")), "card_type"),
        ("create", with(create.clone(), "idempotent_key", json!(7)), "idempotent_key"),
        ("create", with(create.clone(), "virtual_card_id", json!("rcrd-1")), "virtual_card_id"),
        ("create", with(create.clone(), "shipping_address", address()), "shipping_address"),
        ("create", with(create, "tenant", json!("t")), "tenant"),
        ("create", json!({ "user_id": USER, "card_type": "physical" }), "shipping_address"),
        ("create", with(physical.clone(), "shipping_address", json!("x")), "shipping_address"),
        ("create", in_address("state", json!("tx")), "shipping_address.state"),
        ("create", in_address("postal_code", json!(30044)), "shipping_address.postal_code"),
        ("create", in_address("postal_code", json!("3004")), "shipping_address.postal_code"),
        ("create", in_address("country", json!("USA")), "shipping_address.country"),
        ("create", in_address("city", json!("")), "shipping_address.city"),
        ("create", in_address("name", json!("x")), "shipping_address.name"),
        ("freeze", json!({ "user_id": USER }), "id"),
        ("freeze", with(change.clone(), "id", json!("user-1")), "id"),
        ("freeze", with(change.clone(), "reason_code", json!(101)), "reason_code"),
        ("freeze", with(change.clone(), "reuse_pan", json!(true)), "reuse_pan"),
        ("freeze", with(change.clone(), "idempotent_key", json!("k")), "idempotent_key"),
        ("reissue", change.clone(), "reuse_pan"),
        ("reissue", with(change, "reuse_pan", json!("true")), "reuse_pan"),
    ];
    for (operation, body, field) in &wrong {
        rejected(&sandbox, operation, body, 400, "invalid_field", Some(field));
    }
    assert_eq!(sandbox.cards_made(), 0);
}
