//! The states of orders, of their sub-status and of cards, and the documented transitions as data.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Where an order stands; it alone says when an order has ended.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum OrderStatus {
    New,
    /// Revio only.
    Paid,
    Activating,
    Processing,
    Completed,
    Failed,
    /// A word outside the documented set, so that clients can be seen to live with one.
    #[serde(rename = "under_review")]
    Undocumented,
}

/// How far the making of a card has come.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum IssueStatus {
    CardCreatePending,
    CardCreateError,
    CardCreateDone,
    InitialTopupSkipped,
    InitialTopupPending,
    InitialTopupError,
    InitialTopupInProgress,
    InitialTopupDone,
    InitialTopupVerifyError,
    Completed,
}

/// What a card can be used for; the documented statuses that an order leads to.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum CardStatus {
    PendingActivation,
    WaitForTopupActivationByUser,
    Active,
}

/// Whither each sub-status leads: nowhere from a final one.
pub(super) const ISSUE_TRANSITIONS: [(IssueStatus, &[IssueStatus]); 10] = {
    use IssueStatus::*;
    [
        (CardCreatePending, &[CardCreateDone, CardCreateError]),
        (CardCreateError, &[CardCreatePending, CardCreateDone]),
        (CardCreateDone, &[InitialTopupPending, InitialTopupSkipped]),
        (InitialTopupSkipped, &[]),
        (InitialTopupPending, &[InitialTopupInProgress, InitialTopupError]),
        (InitialTopupError, &[InitialTopupPending, InitialTopupInProgress]),
        (InitialTopupInProgress, &[InitialTopupDone, InitialTopupError]),
        (InitialTopupDone, &[Completed, InitialTopupVerifyError]),
        (InitialTopupVerifyError, &[InitialTopupDone, Completed]),
        (Completed, &[]),
    ]
};

impl IssueStatus {
    /// The sub-status of a name.
    pub(super) fn named(name: &str) -> Option<Self> {
        serde_json::from_value(Value::from(name)).ok()
    }

    /// Whether the making of the card is over.
    pub(super) fn is_final(self) -> bool {
        ISSUE_TRANSITIONS.iter().any(|&(from, to)| from == self && to.is_empty())
    }

    /// What an error interrupts and, once it is over, goes on with; nothing if it is no error. Inferred: of the
    /// documented ways in and out, one each.
    pub(super) fn interrupted(self) -> Option<Self> {
        match self {
            Self::CardCreateError => Some(Self::CardCreatePending),
            Self::InitialTopupError => Some(Self::InitialTopupInProgress),
            Self::InitialTopupVerifyError => Some(Self::InitialTopupDone),
            _ => None,
        }
    }

    /// Whether there is a card already.
    pub(super) fn is_issued(self) -> bool {
        !matches!(self, Self::CardCreatePending | Self::CardCreateError)
    }
}
