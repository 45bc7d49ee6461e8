//! Every decision that PintoPay's documents leave open, in one place; each says why it was taken.

use std::time::Duration;

use uuid::Uuid;

use super::money::Usdt;
use super::rejection::Slug;
use super::status::CardStatus;

/// Inferred: both versions serve every operation. The workflow pages show v1, the OpenAPI document v2.
pub(super) const VERSIONS: [&str; 2] = ["v1", "v2"];

/// Inferred: what an order costs, whatever becomes of it. "Charged when the order is created" alone is documented, so a
/// failed order is not refunded.
pub(super) const FEE: Usdt = Usdt::cents(500);

/// Inferred: what the initial top-up puts on the card, out of the fee. Neither amount nor payer is documented.
pub(super) const INITIAL_TOPUP: Usdt = Usdt::cents(100);

/// Inferred: how long each state of an order lasts. No time is documented.
pub(super) const STEP: Duration = Duration::from_secs(1);
/// Inferred: how much longer a slow order takes.
pub(super) const SLOWNESS: u32 = 20;

/// Inferred: ids are a word and hexadecimal digits, after the sample `card_abc123`.
pub(super) fn new_id(word: &str) -> String {
    format!("{word}_{}", Uuid::new_v4().simple())
}

/// Inferred: the free text from the provider. Only that there is one is documented.
pub(super) fn provider_status(status: CardStatus) -> &'static str {
    match status {
        CardStatus::PendingActivation => "PENDING",
        CardStatus::WaitForTopupActivationByUser => "INACTIVE",
        CardStatus::Active => "ACTIVE",
    }
}

/// Inferred: the window is closed at both ends. "Within 30 seconds" and "duplicates are refused" are documented, the
/// reasons below are not.
pub(super) const TIMESTAMP_WINDOW: Duration = Duration::from_secs(30);
pub(super) const TIMESTAMP_INVALID: Slug =
    Slug::new("timestamp_invalid", 400, "request_timestamp: expected microseconds, found something else or nothing");
pub(super) const TIMESTAMP_OUT_OF_RANGE: Slug = Slug::new(
    "timestamp_out_of_range",
    400,
    "request_timestamp: expected within 30 seconds of now, found another time",
);
pub(super) const TIMESTAMP_REPLAYED: Slug =
    Slug::new("timestamp_replayed", 400, "request_timestamp: expected one never used before, found one again");

/// Inferred: the header and the field may both carry the key, and must then agree. Documents show one or the other.
pub(super) const IDEMPOTENCY_KEY_CONFLICT: Slug =
    Slug::new("idempotency_key_conflict", 400, "expected one idempotency key, found two");
/// Inferred: a field is missing, unknown or wrong. The name is documented for other endpoints.
pub(super) const INVALID_REQUEST: Slug = Slug::new("invalid_request", 400, "request not accepted");
/// Inferred: no such order.
pub(super) const ORDER_NOT_FOUND: Slug = Slug::new("order_not_found", 404, "Order not found.");
/// Inferred: no such card, or not made yet. The name is documented for other endpoints.
pub(super) const CARD_NOT_FOUND: Slug = Slug::new("card_not_found", 404, "Card not found.");
/// Inferred: why an order fails after its card was made. Revio documents the name for other endpoints, so it also shows
/// that the list of reasons is open.
pub(super) const TOPUP_FAILED: Slug = Slug::new("provider_error", 400, "Provider did not top up the card.");

/// Inferred: what is refused before the API looks at it. No document goes there.
pub(super) const METHOD_NOT_ALLOWED: Slug = Slug::new("method_not_allowed", 405, "expected POST, found another method");
pub(super) const BODY_TOO_LARGE: Slug = Slug::new("body_too_large", 413, "expected a smaller body, found a larger one");
pub(super) const BODY_INCOMPLETE: Slug = Slug::new("body_incomplete", 400, "expected a whole body, found part of one");
pub(super) const CONTENT_TYPE_WRONG: Slug =
    Slug::new("content_type_wrong", 415, "expected application/json, found another content type");
