//! Which operations are legal on a card now, and why the others are not.
//!
//! Advice: the issuer decides. Source: the status enum and "reissuing with reuse_pan: false auto-terminates the existing
//! card" are documented on Ingo's page on managing cards; the start states are inferred from the names.

use crate::code::codes;
use crate::operation::Operation;

codes! {
    /// Why an action is not legal, or what to know where it is.
    Reason {
        /// Only an unactivated card can be activated.
        AlreadyActivated "already_activated" "This card has been activated before.";
        /// The card waits for its activation.
        NotActivated "not_activated" "Activate this card first.";
        /// A frozen card is frozen already.
        AlreadyFrozen "already_frozen" "This card is frozen already.";
        /// Only a frozen card can be unfrozen.
        NotFrozen "not_frozen" "This card is not frozen.";
        /// A terminated card has come to its end.
        Terminated "terminated" "This card has ended and cannot be used again.";
        /// The issuer has limited the card; no operation is documented to change that.
        Limited "limited" "The issuer has limited this card. Please contact support.";
        /// The caller lacks the scope of the action.
        ScopeMissing "scope_missing" "You are not allowed to do this.";
        /// The status is none we know, so every action is offered.
        StatusUnrecognized "status_unrecognized" "This card has a status we do not know. The issuer will decide.";
    }
}

/// Whether one operation is legal on a card now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Action {
    /// The operation.
    pub operation: &'static Operation,
    /// Whether it is legal.
    pub allowed: bool,
    /// Why not, or what to know; `None` where there is nothing to say.
    pub reason: Option<Reason>,
}

/// The operations that change a card, in the order a dashboard offers them.
static ACTIONS: [&Operation; 4] =
    [&super::ACTIVATE_CARD, &super::FREEZE_CARD, &super::UNFREEZE_CARD, &super::REISSUE_CARD];

/// What stands against activate, freeze, unfreeze and reissue in each documented status; `None` is legal.
const TABLE: [(&str, [Option<Reason>; 4]); 5] = {
    use Reason::{AlreadyActivated, AlreadyFrozen, Limited, NotActivated, NotFrozen, Terminated};
    [
        ("unactivated", [None, Some(NotActivated), Some(NotFrozen), Some(NotActivated)]),
        ("active", [Some(AlreadyActivated), None, Some(NotFrozen), None]),
        ("suspended", [Some(AlreadyActivated), Some(AlreadyFrozen), None, None]),
        ("terminated", [Some(Terminated), Some(Terminated), Some(Terminated), Some(Terminated)]),
        // Freezing is the one thing that is always safe to try.
        ("limited", [Some(Limited), None, Some(Limited), Some(Limited)]),
    ]
};

/// What is legal for a card in this status, for a caller with these scopes (`None`: scopes are not looked at).
pub fn allowed_actions(status: &str, scopes: Option<&[&str]>) -> [Action; 4] {
    let row = TABLE.iter().find(|(known, _)| *known == status).map(|(_, row)| row);
    let mut reasons = row.copied().unwrap_or([Some(Reason::StatusUnrecognized); 4]).into_iter();
    ACTIONS.map(|operation| {
        let reason = reasons.next().flatten();
        let in_scope = scopes.is_none_or(|scopes| scopes.contains(&operation.name));
        let legal = row.is_none() || reason.is_none();
        let reason = if in_scope { reason } else { reason.filter(|_| !legal).or(Some(Reason::ScopeMissing)) };
        Action { operation, allowed: legal && in_scope, reason }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(status: &str, scopes: Option<&[&str]>) -> Vec<(bool, Option<&'static str>)> {
        allowed_actions(status, scopes)
            .iter()
            .map(|action| (action.allowed, action.reason.map(Reason::as_str)))
            .collect()
    }

    #[test]
    fn every_documented_status_has_its_row() {
        assert_eq!(TABLE.map(|(status, _)| status), crate::ingo::card::STATUSES);
    }

    #[test]
    fn the_table() {
        let not = |reason| (false, Some(reason));
        let yes = (true, None);
        assert_eq!(row("unactivated", None), [yes, not("not_activated"), not("not_frozen"), not("not_activated")]);
        assert_eq!(row("active", None), [not("already_activated"), yes, not("not_frozen"), yes]);
        assert_eq!(row("suspended", None), [not("already_activated"), not("already_frozen"), yes, yes]);
        assert_eq!(row("terminated", None), [not("terminated"); 4]);
        assert_eq!(row("limited", None), [not("limited"), yes, not("limited"), not("limited")]);
    }

    #[test]
    fn an_unrecognized_status_allows_all_and_says_so() {
        assert_eq!(row("reissue", None), [(true, Some("status_unrecognized")); 4]);
    }

    #[test]
    fn a_missing_scope_closes_what_the_status_would_allow() {
        let scopes = ["ingo.freezeCard"];
        let not = |reason| (false, Some(reason));
        assert_eq!(
            row("active", Some(&scopes)),
            [not("already_activated"), (true, None), not("not_frozen"), not("scope_missing")]
        );
        assert_eq!(row("reissue", Some(&[])), [not("scope_missing"); 4]);
    }
}
