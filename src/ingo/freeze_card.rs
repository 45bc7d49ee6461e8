//! Freeze a card. Source: Ingo, "Freeze a user card" (v4).

use crate::host_text::HostText;
use crate::ingo::{CHANGE_FIELDS, card};
use crate::operation::{Method, Operation, Safety, Upstream};

/// Freeze a card.
pub static FREEZE_CARD: Operation = Operation {
    name: "ingo.freezeCard",
    summary: HostText::new("Freezes an active card; the issuer calls it suspended."),
    method: Method::Post,
    path: "/ingo/cards/freeze",
    upstream: Some(Upstream::at("v4", "/user/routable-cards/freeze")),
    safety: Safety::Convergent,
    urgent: true,
    fields: CHANGE_FIELDS,
    one_of: &[],
    advice: &[],
    answer: card::ENVELOPE,
};
