//! Saying no: the documented reasons and their documented shape.

use axum::http::StatusCode;
use serde_json::{Value, json};

/// A reason for saying no, as programs read it, with the HTTP status and the text that go with it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Slug {
    pub(super) name: &'static str,
    pub(super) status: u16,
    pub(super) text: &'static str,
}

impl Slug {
    pub(super) const fn new(name: &'static str, status: u16, text: &'static str) -> Self {
        Self { name, status, text }
    }
}

/// The documented reasons why no card is issued. Inferred: their HTTP statuses.
pub(super) const ISSUE_SLUGS: [Slug; 9] = [
    IDEMPOTENCY_KEY_REQUIRED,
    EXTERNAL_USER_ID_REQUIRED,
    PRODUCT_NOT_FOUND,
    Slug::new("product_not_active", 400, "Card product is not active."),
    Slug::new("cardholder_not_found", 404, "Cardholder not found."),
    Slug::new("cardholder_not_ready", 400, "Cardholder is not ready for issuance."),
    INSUFFICIENT_FUNDS,
    Slug::new("invalid_pricing", 400, "Pricing rules are misconfigured."),
    Slug::new("card_product_limits_invalid", 400, "Card product limits are invalid."),
];
pub(super) const IDEMPOTENCY_KEY_REQUIRED: Slug =
    Slug::new("idempotency_key_required", 400, "Missing Idempotency-Key header.");
pub(super) const EXTERNAL_USER_ID_REQUIRED: Slug =
    Slug::new("external_user_id_required", 400, "external_user_id is required.");
pub(super) const PRODUCT_NOT_FOUND: Slug = Slug::new("product_not_found", 404, "Card product not found.");
pub(super) const INSUFFICIENT_FUNDS: Slug =
    Slug::new("insufficient_funds", 400, "Master balance is too low for issue fees.");

/// The documented reasons of the whole API.
pub(super) const API_KEY_NOT_FOUND: Slug = Slug::new("api_key_not_found", 401, "API-KEY header not found");
pub(super) const API_KEY_INVALID: Slug = Slug::new("api_key_invalid", 403, "API-KEY is not valid");
pub(super) const DECRYPTION_FAILED: Slug = Slug::new("decryption_failed", 400, "payload could not be decrypted");
pub(super) const INTERNAL_ERROR: Slug = Slug::new("internal_error", 500, "operation failed");

/// A no, with what to tell beyond its reason.
#[derive(Debug, PartialEq)]
pub(super) struct Rejection {
    slug: Slug,
    text: Option<String>,
}

impl From<Slug> for Rejection {
    fn from(slug: Slug) -> Self {
        Self { slug, text: None }
    }
}

impl Rejection {
    /// A reason with a text of its own, which never repeats a value.
    pub(super) fn because(slug: Slug, text: impl Into<String>) -> Self {
        Self { slug, text: Some(text.into()) }
    }

    /// The API failed.
    pub(super) fn failure(status: StatusCode) -> Self {
        Slug { status: status.as_u16(), ..INTERNAL_ERROR }.into()
    }

    /// The reason as programs read it.
    pub(super) fn slug(&self) -> &'static str {
        self.slug.name
    }

    /// The HTTP status of the answer.
    pub(super) fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.slug.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The documented error object.
    pub(super) fn body(&self) -> Value {
        let text = self.text.as_deref().unwrap_or(self.slug.text);
        json!({ "success": false, "error": text, "error_slug": self.slug.name })
    }
}
