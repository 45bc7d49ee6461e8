//! A card as the issuer answers it. Source: the sample and the field list on all four of Ingo's card pages.

use crate::envelope::{AnswerField, AnswerKind, Shape};
use crate::host_text::HostText;
use crate::register::PAGINATION;

/// The two form factors.
pub const TYPES: &[&str] = &["virtual", "physical"];

/// The states a card is documented to have; an answer may hold others, and they are kept.
pub const STATUSES: &[&str] = &["unactivated", "active", "suspended", "terminated", "limited"];

const ID: AnswerField =
    AnswerField::required("id", AnswerKind::text(AnswerKind::Id), "The card's id: `rcrd-` and 32 hex digits.");
const CARD_TYPE: AnswerField =
    AnswerField::required("card_type", AnswerKind::word("CardType", TYPES), "Whether the card is printed and mailed.");
const LAST_FOUR: AnswerField =
    AnswerField::required("last_four", AnswerKind::LastFour, "The last four digits of the card's number.");
const STATUS: AnswerField =
    AnswerField::required("status", AnswerKind::word("CardStatus", STATUSES), "Where the card is in its life.");
const USER_ID: AnswerField = AnswerField::required("user_id", AnswerKind::Text, "The user the card belongs to.");
const BUSINESS_ID: AnswerField =
    AnswerField::optional("business_id", AnswerKind::Text, "The business the card is issued under.");
const CREATED_AT: AnswerField =
    AnswerField::required("created_at", AnswerKind::Text, "When it was made, ISO 8601 in UTC.");
const OBSERVED_AT: AnswerField =
    AnswerField::required("observed_at", AnswerKind::Text, "When the proxy last saw it in an answer, ISO 8601 in UTC.");

/// The known fields of a card.
pub const FIELDS: &[AnswerField] = &[ID, CARD_TYPE, LAST_FOUR, STATUS, USER_ID, BUSINESS_ID, CREATED_AT];

/// The known fields of a card in the proxy's register.
const SEEN_FIELDS: &[AnswerField] = &[ID, CARD_TYPE, LAST_FOUR, STATUS, USER_ID, BUSINESS_ID, CREATED_AT, OBSERVED_AT];

const MESSAGE: AnswerField = AnswerField::required("message", AnswerKind::Text, "The issuer's word on it.");
const SUCCESS: AnswerField = AnswerField::required("status", AnswerKind::Exactly("success"), "Always `success`.");
const PAGES: AnswerField = AnswerField::optional(
    "pagination",
    AnswerKind::object("Pagination", PAGINATION),
    "How the list is cut into pages.",
);

/// The answer of every card operation.
pub const ENVELOPE: &Shape = &Shape {
    name: HostText::new("CardEnvelope"),
    fields: &[SUCCESS, MESSAGE, AnswerField::optional("data", AnswerKind::object("CardData", CARD_DATA), "The cards.")],
};

const CARD_DATA: &[AnswerField] =
    &[AnswerField::optional("items", AnswerKind::list("Card", FIELDS), "The cards."), PAGES];

/// The answer of the register.
pub const LIST: &Shape = &Shape {
    name: HostText::new("SeenCardEnvelope"),
    fields: &[
        SUCCESS,
        MESSAGE,
        AnswerField::optional("data", AnswerKind::object("SeenCardData", SEEN_CARD_DATA), "The cards."),
    ],
};

const SEEN_CARD_DATA: &[AnswerField] =
    &[AnswerField::optional("items", AnswerKind::list("SeenCard", SEEN_FIELDS), "The cards."), PAGES];
