//! How far an order is, for a timeline: a step of so many, and whether the issuer is trying again.

use crate::code::codes;
use crate::pintopay::order::{Facts, is_final};

codes! {
    /// Where an order is, as people follow it.
    Stage {
        /// The order is taken.
        Ordered "ordered" "The order is taken.";
        /// The card is being made.
        MakingCard "making_card" "The card is being made.";
        /// Making the card failed once; the issuer tries again.
        RetryingCard "retrying_card" "Making the card did not work at once. The issuer is trying again.";
        /// The card is made.
        CardMade "card_made" "The card is made.";
        /// The first top-up is under way.
        ToppingUp "topping_up" "Money is being put on the card.";
        /// The first top-up failed once; the issuer tries again.
        RetryingTopUp "retrying_topup" "The first top-up did not work at once. The issuer is trying again.";
        /// The first top-up is done and is being checked.
        CheckingTopUp "checking_topup" "The first top-up is being checked.";
        /// The order ended well.
        Completed "completed" "The order is complete.";
        /// The order ended badly.
        Failed "failed" "The order did not work.";
        /// The order is in a state we do not know.
        Unrecognized "unrecognized" "The issuer is working on the order.";
    }
}

/// How far an order is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The step, from 1.
    pub step: u8,
    /// Of how many.
    pub of: u8,
    /// The same in percent; 100 only for an order that completed.
    pub percent: u8,
    /// Where it is, as a code with a sentence.
    pub stage: Stage,
    /// Whether something failed and the issuer tries again by itself.
    pub retrying: bool,
}

/// Ordered, making, made, topping up, done.
const STEPS: u8 = 5;

/// How far an order is.
pub fn progress(facts: &Facts<'_>) -> Progress {
    let (step, stage) = match (facts.status, facts.issue_status) {
        ("completed", _) => (STEPS, Stage::Completed),
        ("failed", issue_status) => (making(issue_status).map_or(1, |(step, _)| step), Stage::Failed),
        (_, Some(issue_status)) => making(Some(issue_status)).unwrap_or((2, Stage::Unrecognized)),
        ("new" | "paid", None) => (1, Stage::Ordered),
        ("activating" | "processing", None) => (2, Stage::MakingCard),
        (_, None) => (1, Stage::Unrecognized),
    };
    let retrying = !is_final(facts.status) && facts.issue_status.is_some_and(|status| status.ends_with("_error"));
    let percent = if stage == Stage::Completed { 100 } else { (2 * step - 1) * (50 / STEPS) };
    Progress { step, of: STEPS, percent, stage, retrying }
}

fn making(issue_status: Option<&str>) -> Option<(u8, Stage)> {
    Some(match issue_status? {
        "card_create_pending" => (2, Stage::MakingCard),
        "card_create_error" => (2, Stage::RetryingCard),
        "card_create_done" => (3, Stage::CardMade),
        "initial_topup_pending" | "initial_topup_in_progress" => (4, Stage::ToppingUp),
        "initial_topup_error" => (4, Stage::RetryingTopUp),
        "initial_topup_done" => (4, Stage::CheckingTopUp),
        "initial_topup_verify_error" => (4, Stage::RetryingTopUp),
        "initial_topup_skipped" | "completed" => (STEPS, Stage::CardMade),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pintopay::order::{ISSUE_STATUSES, STATUSES};

    fn at(status: &str, issue_status: Option<&str>) -> (u8, u8, &'static str, bool) {
        let progress = progress(&Facts { status, issue_status, ..Facts::default() });
        (progress.step, progress.percent, progress.stage.as_str(), progress.retrying)
    }

    #[test]
    fn an_order_as_a_timeline_shows_it() {
        assert_eq!(at("new", None), (1, 10, "ordered", false));
        assert_eq!(at("processing", Some("card_create_pending")), (2, 30, "making_card", false));
        assert_eq!(at("processing", Some("card_create_error")), (2, 30, "retrying_card", true));
        assert_eq!(at("processing", Some("card_create_done")), (3, 50, "card_made", false));
        assert_eq!(at("processing", Some("initial_topup_in_progress")), (4, 70, "topping_up", false));
        assert_eq!(at("processing", Some("initial_topup_verify_error")), (4, 70, "retrying_topup", true));
        assert_eq!(at("processing", Some("completed")), (5, 90, "card_made", false), "the order itself still runs");
        assert_eq!(at("completed", Some("completed")), (5, 100, "completed", false));
        assert_eq!(at("failed", Some("initial_topup_error")), (4, 70, "failed", false), "an end retries nothing");
        assert_eq!(at("brand_new", Some("brand_new")), (2, 30, "unrecognized", false));
    }

    #[test]
    fn only_a_completed_order_is_at_100_percent() {
        for status in STATUSES.iter().chain(&["brand_new"]) {
            for issue_status in ISSUE_STATUSES.iter().copied().map(Some).chain([None, Some("brand_new")]) {
                let (step, percent, _, _) = at(status, issue_status);
                assert!((1..=STEPS).contains(&step));
                assert_eq!(percent == 100, *status == "completed", "{status} {issue_status:?}");
            }
        }
    }
}
