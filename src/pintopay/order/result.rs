//! How an order ended. One table; "issued with a problem" never offers a second create.

use crate::pintopay::order::Facts;

/// How an order ended, or that it has not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The card is issued.
    Issued,
    /// The card exists and something behind it failed; creating another one would make two.
    IssuedWithProblem,
    /// There is no card.
    Failed,
    /// The order has not ended.
    StillRunning,
}

impl Ending {
    /// Every ending.
    pub const ALL: [Ending; 4] = [Ending::Issued, Ending::IssuedWithProblem, Ending::Failed, Ending::StillRunning];

    /// The ending's word in TypeScript.
    pub const fn as_str(self) -> &'static str {
        match self {
            Ending::Issued => "issued",
            Ending::IssuedWithProblem => "issued_with_problem",
            Ending::Failed => "failed",
            Ending::StillRunning => "still_running",
        }
    }
}

/// How an order ended, and whether its card can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderResult {
    /// How it ended.
    pub ending: Ending,
    /// Whether the card can pay; a card whose first top-up was skipped cannot until somebody tops it up.
    pub usable: bool,
}

/// How an order ended.
pub fn result(facts: &Facts<'_>) -> OrderResult {
    let ended = |ending, usable| OrderResult { ending, usable };
    match facts.status {
        "completed" => match (facts.is_issued, facts.issue_status) {
            // The order says yes and its card says no: a person has to look.
            (Some(false), _) => ended(Ending::IssuedWithProblem, false),
            (_, None | Some("completed" | "initial_topup_done")) => ended(Ending::Issued, true),
            (_, Some("initial_topup_skipped")) => ended(Ending::Issued, false),
            (_, Some(_)) => ended(Ending::IssuedWithProblem, false),
        },
        "failed" if may_have_card(facts) => ended(Ending::IssuedWithProblem, false),
        "failed" => ended(Ending::Failed, false),
        _ => ended(Ending::StillRunning, false),
    }
}

/// Whether a failed order may have left a card behind. What is not known counts as yes: a second card costs more than a look.
fn may_have_card(facts: &Facts<'_>) -> bool {
    let never_made = matches!(facts.issue_status, None | Some("card_create_pending" | "card_create_error"));
    facts.has_card || facts.is_issued == Some(true) || !never_made
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pintopay::order::{ISSUE_STATUSES, STATUSES};

    /// What the table says, written out by hand: a row for each `issue_status`, a column for `is_issued` false and true.
    /// `+` issued, `-` issued and not usable, `!` issued with a problem, `x` failed.
    const COMPLETED: [(&str, &str); 12] = [
        ("card_create_pending", "!!"),
        ("card_create_error", "!!"),
        ("card_create_done", "!!"),
        ("initial_topup_pending", "!!"),
        ("initial_topup_error", "!!"),
        ("initial_topup_in_progress", "!!"),
        ("initial_topup_done", "!+"),
        ("initial_topup_verify_error", "!!"),
        ("initial_topup_skipped", "!-"),
        ("completed", "!+"),
        ("", "!+"),
        ("brand_new", "!!"),
    ];
    const FAILED: [(&str, &str); 12] = [
        ("card_create_pending", "x!"),
        ("card_create_error", "x!"),
        ("card_create_done", "!!"),
        ("initial_topup_pending", "!!"),
        ("initial_topup_error", "!!"),
        ("initial_topup_in_progress", "!!"),
        ("initial_topup_done", "!!"),
        ("initial_topup_verify_error", "!!"),
        ("initial_topup_skipped", "!!"),
        ("completed", "!!"),
        ("", "x!"),
        ("brand_new", "!!"),
    ];

    fn sign(status: &str, issue_status: &str, is_issued: Option<bool>, has_card: bool) -> char {
        let issue_status = Some(issue_status).filter(|status| !status.is_empty());
        let result = result(&Facts { status, issue_status, is_issued, has_card });
        match (result.ending, result.usable) {
            (Ending::Issued, true) => '+',
            (Ending::Issued, false) => '-',
            (Ending::IssuedWithProblem, false) => '!',
            (Ending::Failed, false) => 'x',
            (Ending::StillRunning, false) => '.',
            (_, true) => '?',
        }
    }

    #[test]
    fn every_combination_is_decided() {
        assert!(ISSUE_STATUSES.iter().all(|status| COMPLETED.iter().any(|(row, _)| row == status)));
        for (status, table) in [("completed", COMPLETED), ("failed", FAILED)] {
            for (issue_status, signs) in table {
                for (is_issued, expected) in [false, true].into_iter().zip(signs.chars()) {
                    assert_eq!(
                        sign(status, issue_status, Some(is_issued), false),
                        expected,
                        "{status} {issue_status} {is_issued}"
                    );
                }
            }
        }
        for status in
            STATUSES.iter().filter(|status| !matches!(**status, "completed" | "failed")).chain(&["brand_new", ""])
        {
            for (issue_status, _) in COMPLETED {
                for is_issued in [None, Some(false), Some(true)] {
                    assert_eq!(
                        sign(status, issue_status, is_issued, true),
                        '.',
                        "{status} {issue_status} {is_issued:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn an_absent_is_issued_is_read_from_the_rest() {
        assert_eq!(sign("completed", "completed", None, true), '+');
        assert_eq!(sign("completed", "initial_topup_skipped", None, true), '-');
        assert_eq!(sign("failed", "card_create_error", None, false), 'x');
        assert_eq!(sign("failed", "card_create_error", None, true), '!', "there is a card");
        assert_eq!(sign("failed", "initial_topup_error", None, false), '!');
    }
}
