//! An order: what an answer says of it, the states it goes through, how far it is, and how it ended.
//!
//! Source: PintoPay, "Card Issue" (fields and enums) and "Status Models" (transitions).

mod progress;
mod result;
mod states;

pub use progress::{Progress, Stage, progress};
pub use result::{Ending, OrderResult, result};
pub use states::{ISSUE_STATUSES, ISSUE_TRANSITIONS, STATUSES, TRANSITIONS, advances, is_final};

use crate::envelope::{AnswerField, AnswerKind, Shape};
use crate::host_text::HostText;
use crate::input::Value;
use crate::pintopay::slug;

const ORDER_ID: AnswerField = AnswerField::required("order_id", AnswerKind::text(AnswerKind::Id), "The order's id.");
const ORDER_TYPE: AnswerField =
    AnswerField::required("order_type", AnswerKind::Text, "What is ordered: `card_issue`, `card_topup` and others.");
const STATUS: AnswerField =
    AnswerField::required("status", AnswerKind::word("OrderStatus", STATUSES), "The order as a whole.");
const CARD_ID: AnswerField = AnswerField::optional("card_id", AnswerKind::Text, "The card, once there is one.");
const LAST_ERROR: AnswerField =
    AnswerField::optional("last_error", AnswerKind::Text, "The issuer's last error, in its words.");
const LAST_ERROR_SLUG: AnswerField =
    AnswerField::optional("last_error_slug", AnswerKind::word("Slug", slug::WORDS), "The same, as a code.");
const CREATED_AT: AnswerField =
    AnswerField::required("created_at", AnswerKind::Text, "When the order was created, ISO 8601.");
const COMPLETED_AT: AnswerField =
    AnswerField::optional("completed_at", AnswerKind::Text, "When it was completed, ISO 8601.");
const FAILED_AT: AnswerField = AnswerField::optional("failed_at", AnswerKind::Text, "When it failed, ISO 8601.");
const ISSUE_STATUS: AnswerField = AnswerField::optional(
    "issue_status",
    AnswerKind::word("IssueStatus", ISSUE_STATUSES),
    "Where the making of the card is.",
);
const IS_ISSUED: AnswerField =
    AnswerField::optional("is_issued", AnswerKind::Bool, "Whether the card is issued successfully.");

/// The answer's fields that tell a project's balance; they pass only to callers with the scope for it.
pub const BALANCES: &[&str] = &["balance_before", "balance_after"];

const FIELDS: &[AnswerField] = &[
    ORDER_ID,
    ORDER_TYPE,
    STATUS,
    CARD_ID,
    AnswerField::optional(
        "balance_before",
        AnswerKind::text(AnswerKind::Decimal),
        "The project's balance before, a decimal string.",
    ),
    AnswerField::optional(
        "balance_after",
        AnswerKind::text(AnswerKind::Decimal),
        "The project's balance after, a decimal string.",
    ),
    LAST_ERROR,
    LAST_ERROR_SLUG,
    // What it holds is not documented, so nothing of it is known, and only a proxy told to forwards it.
    AnswerField::required("data", AnswerKind::object("OrderData", &[]), "What belongs to this kind of order."),
    CREATED_AT,
    AnswerField::optional(
        "updated_at",
        AnswerKind::Text,
        "When it last changed, ISO 8601; the sibling deployment has it.",
    ),
    COMPLETED_AT,
    FAILED_AT,
    ISSUE_STATUS,
    IS_ISSUED,
    AnswerField::optional("provider_card_status", AnswerKind::Text, "The provider's own word for the card's state."),
];

/// What the register keeps of an order: no balance, no text.
const SEEN_FIELDS: &[AnswerField] = &[
    ORDER_ID,
    ORDER_TYPE,
    STATUS,
    CARD_ID,
    LAST_ERROR_SLUG,
    CREATED_AT,
    COMPLETED_AT,
    FAILED_AT,
    ISSUE_STATUS,
    IS_ISSUED,
    AnswerField::optional("external_user_id", AnswerKind::Text, "Your own id for the user, where the proxy saw it."),
    AnswerField::required("observed_at", AnswerKind::Text, "When the proxy last saw it in an answer, ISO 8601 in UTC."),
];

/// The answer of creating and of reading an order. The wrapper is inferred: the page speaks of `order.status`.
pub const ENVELOPE: &Shape = &Shape {
    name: HostText::new("OrderEnvelope"),
    fields: &[
        AnswerField::required("success", AnswerKind::Bool, "Always true."),
        AnswerField::required("order", AnswerKind::object("CardIssueOrder", FIELDS), "The order."),
    ],
};

/// The answer of the register.
pub const LIST: &Shape = &Shape {
    name: HostText::new("SeenOrderEnvelope"),
    fields: &[
        AnswerField::required("status", AnswerKind::Exactly("success"), "Always `success`."),
        AnswerField::required("message", AnswerKind::Text, "What kind of list this is."),
        AnswerField::optional("data", AnswerKind::object("SeenOrderData", SEEN_ORDER_DATA), "The orders."),
    ],
};

const SEEN_ORDER_DATA: &[AnswerField] = &[
    AnswerField::optional("items", AnswerKind::list("SeenOrder", SEEN_FIELDS), "The orders."),
    AnswerField::optional(
        "pagination",
        AnswerKind::object("Pagination", crate::register::PAGINATION),
        "How the list is cut into pages.",
    ),
];

/// What decides about an order: the four facts of an answer that the tables look at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts<'a> {
    /// `status`; any word.
    pub status: &'a str,
    /// `issue_status`; any word, or absent.
    pub issue_status: Option<&'a str>,
    /// `is_issued`, or absent.
    pub is_issued: Option<bool>,
    /// Whether there is a `card_id`.
    pub has_card: bool,
}

impl<'a> Facts<'a> {
    /// The facts of an order as an answer holds it.
    pub fn of(order: &'a Value<'_>) -> Facts<'a> {
        let text = |name| order.get(name).and_then(Value::text).filter(|text| !text.is_empty());
        let is_issued = match order.get("is_issued") {
            Some(Value::Bool(value)) => Some(*value),
            _ => None,
        };
        Facts {
            status: text("status").unwrap_or_default(),
            issue_status: text("issue_status"),
            is_issued,
            has_card: text("card_id").is_some(),
        }
    }
}
