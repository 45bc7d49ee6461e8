//! The states of an order as data, and which of two answers is the later one.
//!
//! Source: PintoPay, "Status Models". `paid` is the sibling deployment's, between `new` and the rest (inferred).

use crate::pintopay::order::Facts;

/// The documented words of `status`.
pub const STATUSES: &[&str] = &["new", "paid", "activating", "processing", "completed", "failed"];

/// The documented words of `issue_status`.
pub const ISSUE_STATUSES: &[&str] = &[
    "card_create_pending",
    "card_create_error",
    "card_create_done",
    "initial_topup_pending",
    "initial_topup_error",
    "initial_topup_in_progress",
    "initial_topup_done",
    "initial_topup_verify_error",
    "initial_topup_skipped",
    "completed",
];

/// From where an order may go where.
pub const TRANSITIONS: &[(&str, &[&str])] = &[
    ("new", &["paid", "activating", "processing", "failed"]),
    ("paid", &["activating", "processing", "failed"]),
    ("activating", &["completed", "failed"]),
    ("processing", &["completed", "failed"]),
    ("completed", &[]),
    ("failed", &[]),
];

/// From where the making of a card may go where. An error is no end: the issuer tries again.
pub const ISSUE_TRANSITIONS: &[(&str, &[&str])] = &[
    ("card_create_pending", &["card_create_done", "card_create_error"]),
    ("card_create_error", &["card_create_pending", "card_create_done"]),
    ("card_create_done", &["initial_topup_pending", "initial_topup_skipped"]),
    ("initial_topup_pending", &["initial_topup_in_progress", "initial_topup_error"]),
    ("initial_topup_error", &["initial_topup_pending", "initial_topup_in_progress"]),
    ("initial_topup_in_progress", &["initial_topup_done", "initial_topup_error"]),
    ("initial_topup_done", &["completed", "initial_topup_verify_error"]),
    ("initial_topup_verify_error", &["initial_topup_done", "completed"]),
    ("initial_topup_skipped", &[]),
    ("completed", &[]),
];

/// Whether the order as a whole has ended. Sub-statuses never end it.
pub fn is_final(status: &str) -> bool {
    matches!(status, "completed" | "failed")
}

/// Whether `next` may follow `seen`: an answer that arrives late must not take an order back.
///
/// States that the issuer moves between in both directions (an error and its retry) count as one place.
pub fn advances(seen: &Facts<'_>, next: &Facts<'_>) -> bool {
    if is_final(seen.status) {
        return next.status == seen.status && place(next) >= place(seen);
    }
    is_final(next.status) || place(next) >= place(seen)
}

/// How far an order is: the order's own place, whether the card exists, and the place of its making.
fn place(facts: &Facts<'_>) -> (u8, u8, bool) {
    let status = match facts.status {
        "new" => 0,
        "paid" => 1,
        "completed" | "failed" => 3,
        // Also a word we do not know: it is no end, and nothing documented precedes it for certain.
        _ => 2,
    };
    (status, made(facts.issue_status), facts.is_issued == Some(true))
}

/// How far the making of the card is.
fn made(issue_status: Option<&str>) -> u8 {
    match issue_status {
        Some("card_create_pending" | "card_create_error") => 1,
        Some("card_create_done") => 2,
        Some("initial_topup_pending" | "initial_topup_error" | "initial_topup_in_progress") => 3,
        Some("initial_topup_done" | "initial_topup_verify_error") => 4,
        Some("initial_topup_skipped" | "completed") => 5,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts<'a>(status: &'a str, issue_status: Option<&'a str>) -> Facts<'a> {
        Facts { status, issue_status, ..Facts::default() }
    }

    #[test]
    fn each_state_has_its_row() {
        let rows = |table: &'static [(&str, &[&str])]| table.iter().map(|(from, _)| *from).collect::<Vec<_>>();
        assert_eq!(rows(TRANSITIONS), STATUSES);
        let mut issue = rows(ISSUE_TRANSITIONS);
        issue.sort_unstable();
        let mut known = ISSUE_STATUSES.to_vec();
        known.sort_unstable();
        assert_eq!(issue, known);
    }

    #[test]
    fn every_documented_transition_advances() {
        for (from, tos) in TRANSITIONS {
            for to in *tos {
                assert!(advances(&facts(from, None), &facts(to, None)), "{from} -> {to}");
            }
        }
        for (from, tos) in ISSUE_TRANSITIONS {
            for to in *tos {
                let (seen, next) = (facts("processing", Some(from)), facts("processing", Some(to)));
                assert!(advances(&seen, &next), "{from} -> {to}");
            }
        }
    }

    #[test]
    fn a_late_answer_does_not_take_an_order_back() {
        assert!(!advances(&facts("completed", None), &facts("processing", None)));
        assert!(!advances(&facts("failed", None), &facts("completed", None)), "an end is an end");
        assert!(!advances(&facts("processing", None), &facts("new", None)));
        let making = |issue| facts("processing", Some(issue));
        assert!(!advances(&making("initial_topup_done"), &making("initial_topup_in_progress")));
        assert!(!advances(&making("card_create_done"), &making("card_create_pending")));
        assert!(
            advances(&making("initial_topup_done"), &facts("failed", Some("initial_topup_error"))),
            "an end always counts"
        );
    }

    #[test]
    fn an_unrecognized_word_is_no_end() {
        assert!(!is_final("brand_new_word"));
        assert!(advances(&facts("new", None), &facts("brand_new_word", None)));
        assert!(advances(&facts("brand_new_word", None), &facts("processing", None)));
    }
}
