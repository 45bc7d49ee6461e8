//! A card as the issuer answers it. Source: PintoPay, "Card Status Change" (statuses) and release note 1.0.0 (fields). The
//! wrapper is inferred from that of orders. Number, security code and expiry belong to another call, which we do not make.

use crate::envelope::{AnswerField, AnswerKind, Shape};
use crate::host_text::HostText;

/// The states a card is documented to have; an answer may hold others, and they are kept.
const STATUSES: &[&str] =
    &["pending_order", "paid", "pending_activation", "wait_for_topup_activation_by_user", "active", "frozen", "closed"];

const FIELDS: &[AnswerField] = &[
    AnswerField::required("card_id", AnswerKind::text(AnswerKind::Id), "The card's id."),
    AnswerField::required("status", AnswerKind::word("PintopayCardStatus", STATUSES), "Where the card is in its life."),
    AnswerField::optional("external_user_id", AnswerKind::Text, "Your own id for the user the card is for."),
    AnswerField::optional("product_code", AnswerKind::Text, "The product the card is made of."),
    AnswerField::optional(
        "balance",
        AnswerKind::text(AnswerKind::Decimal),
        "What is on the card, as a decimal string.",
    ),
    AnswerField::optional("label", AnswerKind::Text, "A name for the card."),
    AnswerField::optional("issued_at", AnswerKind::Text, "When it was issued, ISO 8601."),
    AnswerField::optional("activated_at", AnswerKind::Text, "When it was activated, ISO 8601."),
    AnswerField::optional("frozen_at", AnswerKind::Text, "When it was frozen, ISO 8601."),
    AnswerField::optional("closed_at", AnswerKind::Text, "When it was closed, ISO 8601."),
];

/// The answer of reading a card.
pub(super) const ENVELOPE: &Shape = &Shape {
    name: HostText::new("PintopayCardEnvelope"),
    fields: &[
        AnswerField::required("success", AnswerKind::Bool, "Always true."),
        AnswerField::required("card", AnswerKind::object("PintopayCard", FIELDS), "The card."),
    ],
};
