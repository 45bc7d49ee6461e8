//! Every product that forces something, over the wire, to its end.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::client::{SEEN_BY_POLLING, create, opened, order, start};
use crate::process::Sandbox;

const SLUGS: [(&str, u16); 9] = [
    ("idempotency_key_required", 400),
    ("external_user_id_required", 400),
    ("product_not_found", 404),
    ("product_not_active", 400),
    ("cardholder_not_found", 404),
    ("cardholder_not_ready", 400),
    ("insufficient_funds", 400),
    ("invalid_pricing", 400),
    ("card_product_limits_invalid", 400),
];

fn made(sandbox: &Sandbox, product: &str) -> Value {
    sandbox.ordered(&create(product, order(product)))
}

#[test]
fn an_order_can_fail_at_once_for_each_reason() {
    let sandbox = start(&[]);
    for (slug, status) in SLUGS {
        let answer = create("key-1", order(&format!("fail-now-{slug}"))).send(&sandbox);
        assert_eq!((answer.status, &opened(&answer)["error_slug"]), (status, &json!(slug)));
    }
    let slip = create("key-1", order("fail-now-no_such_reason")).send(&sandbox);
    assert_eq!((slip.status, &opened(&slip)["error_slug"]), (404, &json!("product_not_found")));
    assert_eq!(sandbox.orders_and_balance(), (0, "1000.00".to_owned()));
}

#[test]
fn an_order_can_fail_later_for_each_reason() {
    let sandbox = start(&[]);
    let orders = SLUGS.map(|(slug, _)| (slug, made(&sandbox, &format!("fail-later-{slug}"))));
    for (slug, order) in orders {
        assert_eq!(order["status"], "new");
        let ended = sandbox.ended(&order);
        assert_eq!((&ended["status"], &ended["last_error_slug"]), (&json!("failed"), &json!(slug)));
        assert_eq!((&ended["is_issued"], ended.get("card_id")), (&json!(false), None));
        assert!(ended["last_error"].is_string() && ended["failed_at"].is_string());
        assert!(ended.get("completed_at").is_none());
    }
    // What failed was charged all the same, and once.
    assert_eq!(sandbox.orders_and_balance(), (9, "955.00".to_owned()));
}

#[test]
fn an_error_on_the_way_is_not_the_end() {
    let sandbox = start(&["--pintopay-speed", SEEN_BY_POLLING]);
    let retried = |error: &str| {
        let order = made(&sandbox, &format!("retry-{error}"));
        let (ended, seen) = sandbox.awaited(&order, |order| order["status"] == "completed");
        assert!(seen.contains(&json!(["processing", error])), "{seen:?}");
        assert_eq!((&ended["issue_status"], ended.get("last_error_slug")), (&json!("completed"), None));
        assert_eq!(sandbox.card_of(&ended)["status"], "active");
    };
    std::thread::scope(|scope| {
        for error in ["card_create_error", "initial_topup_error", "initial_topup_verify_error"] {
            scope.spawn(|| retried(error));
        }
    });
}

#[test]
fn an_order_can_stay_where_it_is() {
    let sandbox = start(&["--pintopay-speed", "10000"]);
    let statuses = [
        "card_create_pending",
        "card_create_done",
        "card_create_error",
        "initial_topup_pending",
        "initial_topup_in_progress",
        "initial_topup_error",
        "initial_topup_done",
        "initial_topup_verify_error",
    ];
    let orders = statuses.map(|status| (status, made(&sandbox, &format!("stuck-{status}"))));
    let new = made(&sandbox, "stuck-new");
    for (status, order) in orders {
        sandbox.awaited(&order, |order| order["issue_status"] == status);
        // A hundred thousand seconds of its life.
        std::thread::sleep(Duration::from_millis(10));
        let later = sandbox.checked(&order);
        assert_eq!((&later["status"], &later["issue_status"]), (&json!("processing"), &json!(status)));
    }
    let new = sandbox.checked(&new);
    assert_eq!((&new["status"], new.get("issue_status")), (&json!("new"), None));
}

#[test]
fn a_skipped_top_up_completes_the_order_but_not_the_card() {
    let sandbox = start(&["--pintopay-speed", SEEN_BY_POLLING]);
    let order = made(&sandbox, "skip-topup");
    let (ended, seen) = sandbox.awaited(&order, |order| order["status"] == "completed");
    assert!(seen.contains(&json!(["activating", "initial_topup_skipped"])), "{seen:?}");
    assert_eq!((&ended["issue_status"], &ended["is_issued"]), (&json!("initial_topup_skipped"), &json!(true)));
    let card = sandbox.card_of(&ended);
    assert_eq!(card["status"], "wait_for_topup_activation_by_user");
    assert_eq!((&card["balance"], card.get("activated_at")), (&json!("0.00"), None));
}

#[test]
fn a_failed_top_up_leaves_a_card_behind() {
    let sandbox = start(&[]);
    let ended = sandbox.ended(&made(&sandbox, "topup-fails"));
    assert_eq!((&ended["status"], &ended["issue_status"]), (&json!("failed"), &json!("initial_topup_error")));
    assert_eq!((&ended["is_issued"], &ended["last_error_slug"]), (&json!(true), &json!("provider_error")));
    assert_eq!(sandbox.card_of(&ended)["status"], "pending_activation");
    let row = &sandbox.ledger()["orders"][0];
    assert_eq!((&row["card_id"], &row["status"]), (&ended["card_id"], &json!("failed")));
}

#[test]
fn a_status_that_nobody_knows_passes() {
    let sandbox = start(&["--pintopay-speed", SEEN_BY_POLLING]);
    let order = made(&sandbox, "unknown-status");
    let (ended, seen) = sandbox.awaited(&order, |order| order["status"] == "completed");
    assert!(seen.contains(&json!(["under_review", null])), "{seen:?}");
    assert_eq!(sandbox.card_of(&ended)["status"], "active");
}

#[test]
fn a_slow_order_completes_in_the_end() {
    let sandbox = start(&[]);
    let start = Instant::now();
    let slow = made(&sandbox, "slow");
    let plain = sandbox.ended(&made(&sandbox, "plain"));
    assert_eq!(plain["status"], "completed");
    assert_ne!(sandbox.checked(&slow)["status"], "completed");
    assert_eq!(sandbox.ended(&slow)["status"], "completed");
    // 140 s of its life.
    assert!(start.elapsed() >= Duration::from_millis(1_400));
}
