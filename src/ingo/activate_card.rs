//! Activate a card. Source: Ingo, "Activate a user card" (v3).

use crate::ingo::{CHANGE_FIELDS, card};
use crate::operation::{Method, Operation, Safety, Upstream, host_text};

/// Activate a card.
pub static ACTIVATE_CARD: Operation = Operation {
    name: "ingo.activateCard",
    summary: host_text("Activates a card that arrived or was just made."),
    method: Method::Post,
    path: "/ingo/cards/activate",
    upstream: Some(Upstream::at("v3", "/user/routable-cards/activate")),
    safety: Safety::Convergent,
    urgent: false,
    fields: CHANGE_FIELDS,
    one_of: &[],
    advice: &[],
    answer: card::ENVELOPE,
};
