//! Every product's way, step by step, against the documented tables.

use std::time::Duration;

use super::*;
use crate::pintopay::behaviour::{State, snapshot};
use crate::pintopay::inferred::{SLOWNESS, STEP};
use crate::pintopay::status::{CardStatus, ISSUE_TRANSITIONS};

const LONG: Duration = Duration::from_secs(3_600);
const DIALECTS: [Dialect; 2] = [Dialect::Pintopay, Dialect::Revio];

/// The documented transitions of an order. Inferred: those of Revio's `paid`.
const ORDER_TRANSITIONS: [(OrderStatus, &[OrderStatus]); 6] = {
    use OrderStatus::*;
    [
        (New, &[Paid, Activating, Processing, Failed]),
        (Paid, &[Activating, Processing, Failed]),
        (Activating, &[Completed, Failed]),
        (Processing, &[Completed, Failed]),
        (Completed, &[]),
        (Failed, &[]),
    ]
};

/// Every product that leads to an order, each in the dialects that have it.
fn orders() -> Vec<(String, Dialect, Behaviour)> {
    let mut products: Vec<_> =
        ["plain", "any-other", "slow", "skip-topup", "topup-fails", "unknown-status", "stuck-new"]
            .map(str::to_owned)
            .to_vec();
    products.extend(ISSUE_SLUGS.map(|slug| format!("fail-later-{}", slug.name)));
    for (issue, _) in ISSUE_TRANSITIONS {
        let name = serde_json::to_value(issue).unwrap();
        let name = name.as_str().unwrap();
        products.extend(issue.interrupted().map(|_| format!("retry-{name}")));
        products.extend((!issue.is_final()).then(|| format!("stuck-{name}")));
    }
    assert_eq!(products.len(), 7 + 9 + 3 + 8);
    let cases = products.into_iter().flat_map(|product| DIALECTS.map(|dialect| (product.clone(), dialect)));
    cases
        .filter(|(product, dialect)| product != "skip-topup" || *dialect != Dialect::Revio)
        .map(|(product, dialect)| {
            let behaviour = behaviour(&product, dialect).unwrap();
            (product, dialect, behaviour)
        })
        .collect()
}

/// The states as a clock would show them, each once.
fn states(behaviour: &Behaviour, step: Duration) -> Vec<State> {
    let mut states: Vec<_> = (0..40).map(|count| snapshot(behaviour, step * count)).collect();
    states.dedup();
    states
}

fn step_of(product: &str) -> Duration {
    if product == "slow" { STEP * SLOWNESS } else { STEP }
}

#[test]
fn every_step_is_a_documented_transition() {
    for (product, dialect, behaviour) in orders() {
        let mut states = states(&behaviour, step_of(&product));
        assert_eq!((states[0].order, states[0].issue), (OrderStatus::New, None), "{product}");
        // The word outside the set is in no table; what surrounds it must fit without it.
        states.retain(|state| state.order != OrderStatus::Undocumented);
        for pair in states.windows(2) {
            let (from, to) = (pair[0], pair[1]);
            let (_, orders) = ORDER_TRANSITIONS.into_iter().find(|&(status, _)| status == from.order).unwrap();
            assert!(from.order == to.order || orders.contains(&to.order), "{product}: {from:?} -> {to:?}");
            let issues = match from.issue {
                None => &[IssueStatus::CardCreatePending][..],
                Some(issue) => ISSUE_TRANSITIONS.into_iter().find(|&(status, _)| status == issue).unwrap().1,
            };
            let is_legal = to.issue.is_some_and(|issue| issues.contains(&issue));
            assert!(from.issue == to.issue || is_legal, "{product}: {from:?} -> {to:?}");
            assert_ne!((from.order, from.issue), (to.order, to.issue), "{product}");
            assert!(dialect == Dialect::Revio || to.order != OrderStatus::Paid);
        }
    }
}

#[test]
fn every_order_ends_as_its_product_says() {
    for (product, dialect, behaviour) in orders() {
        let last = snapshot(&behaviour, LONG);
        let expected = match (product.as_str(), product.strip_prefix("stuck-")) {
            (_, Some("new")) => OrderStatus::New,
            (_, Some(_)) => OrderStatus::Processing,
            ("topup-fails", _) => OrderStatus::Failed,
            (product, _) if product.starts_with("fail-later-") => OrderStatus::Failed,
            _ => OrderStatus::Completed,
        };
        assert_eq!(last.order, expected, "{product}");
        assert_eq!(last.error.is_some(), expected == OrderStatus::Failed, "{product}");
        let error = product.strip_prefix("fail-later-").and_then(slug);
        assert!(error.is_none() || last.error == error, "{product}");
        let stuck = product.strip_prefix("stuck-").and_then(IssueStatus::named);
        assert!(stuck.is_none() || last.issue == stuck, "{product}");
        let visits = |issue| states(&behaviour, STEP).iter().filter(|state| state.issue == Some(issue)).count();
        let retried = product.strip_prefix("retry-").and_then(IssueStatus::named);
        assert!(retried.is_none_or(|error| visits(error) == 1), "{product}");
        let paid = behaviour.since(LONG, |state| state.order == OrderStatus::Paid);
        let is_paid = dialect == Dialect::Revio && product != "stuck-new";
        assert_eq!(paid, is_paid.then_some(step_of(&product)), "{product}");
    }
}

#[test]
fn a_plain_order_takes_its_documented_way_in_seven_steps() {
    let behaviour = behaviour("plain", Dialect::Pintopay).unwrap();
    let shown = |second| {
        let state = snapshot(&behaviour, STEP * second + STEP / 2);
        (state.order, state.issue, state.is_issued(), state.card())
    };
    use OrderStatus::{New, Processing};
    let pending = Some(CardStatus::PendingActivation);
    assert_eq!(shown(0), (New, None, false, None));
    assert_eq!(shown(1), (Processing, Some(IssueStatus::CardCreatePending), false, None));
    assert_eq!(shown(2), (Processing, Some(IssueStatus::CardCreateDone), true, pending));
    assert_eq!(shown(3), (Processing, Some(IssueStatus::InitialTopupPending), true, pending));
    assert_eq!(shown(4), (Processing, Some(IssueStatus::InitialTopupInProgress), true, pending));
    assert_eq!(shown(5), (Processing, Some(IssueStatus::InitialTopupDone), true, pending));
    assert_eq!(shown(6), (Processing, Some(Completed), true, Some(CardStatus::Active)));
    for second in [7, 8, 3_600] {
        assert_eq!(shown(second), (OrderStatus::Completed, Some(Completed), true, Some(CardStatus::Active)));
    }
    let completed = |elapsed| behaviour.since(elapsed, |state| state.order == OrderStatus::Completed);
    assert_eq!(completed(STEP * 7 - Duration::from_nanos(1)), None);
    assert_eq!(completed(STEP * 7), Some(STEP * 7));
    assert_eq!((behaviour.last_change(STEP / 2), behaviour.last_change(LONG)), (Duration::ZERO, STEP * 7));
}

#[test]
fn a_slow_order_takes_twenty_times_as_long() {
    let behaviour = behaviour("slow", Dialect::Pintopay).unwrap();
    let completed = behaviour.since(LONG, |state| state.order == OrderStatus::Completed);
    assert_eq!(completed, Some(20 * 7 * STEP));
}

#[test]
fn a_skipped_top_up_and_a_failed_one_leave_a_card_that_is_not_active() {
    let last = |product| snapshot(&behaviour(product, Dialect::Pintopay).unwrap(), LONG);
    let skipped = last("skip-topup");
    assert_eq!((skipped.issue, skipped.error), (Some(InitialTopupSkipped), None));
    assert_eq!((skipped.card(), skipped.is_topped_up()), (Some(CardStatus::WaitForTopupActivationByUser), false));
    let failed = last("topup-fails");
    assert_eq!((failed.issue, failed.error), (Some(InitialTopupError), Some(TOPUP_FAILED)));
    assert_eq!((failed.card(), failed.is_topped_up()), (Some(CardStatus::PendingActivation), false));
}

#[test]
fn some_products_cannot_be_ordered() {
    for dialect in DIALECTS {
        for slug in ISSUE_SLUGS {
            assert_eq!(behaviour(&format!("fail-now-{}", slug.name), dialect).unwrap_err(), slug);
        }
        for slip in [
            "fail-now-",
            "fail-now-no_such_reason",
            "fail-later-no_such_reason",
            "retry-card_create_done",
            "retry-no_such_status",
            "stuck-completed",
            "stuck-initial_topup_skipped",
            "stuck-no_such_status",
        ] {
            assert_eq!(behaviour(slip, dialect).unwrap_err(), PRODUCT_NOT_FOUND, "{slip}");
        }
    }
    assert_eq!(behaviour("skip-topup", Dialect::Revio).unwrap_err(), PRODUCT_NOT_FOUND);
}
