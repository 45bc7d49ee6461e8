//! Activate a card. Source: Ingo, "Activate a user card" (v3).

use crate::host_text::HostText;
use crate::ingo::{CHANGE_FIELDS, card};
use crate::operation::{Method, Operation, Safety, Upstream};

/// Activate a card.
pub static ACTIVATE_CARD: Operation = Operation {
    name: "ingo.activateCard",
    summary: HostText::new("Activates a card that arrived or was just made."),
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
