//! Unfreeze a card. Source: named in the heading of Ingo's page on managing cards (v3), which shows no path for it: the path
//! is inferred from its siblings, the body from freeze.

use crate::host_text::HostText;
use crate::ingo::{CHANGE_FIELDS, card};
use crate::operation::{Method, Operation, Safety, Upstream};

/// Unfreeze a card.
pub static UNFREEZE_CARD: Operation = Operation {
    name: "ingo.unfreezeCard",
    summary: HostText::new("Makes a frozen card active again."),
    method: Method::Post,
    path: "/ingo/cards/unfreeze",
    upstream: Some(Upstream::at("v4", "/user/routable-cards/unfreeze")),
    safety: Safety::Convergent,
    urgent: false,
    fields: CHANGE_FIELDS,
    one_of: &[],
    advice: &[],
    answer: card::ENVELOPE,
};
