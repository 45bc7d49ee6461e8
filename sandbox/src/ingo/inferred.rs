//! Every decision that Ingo's documents leave open, in one place; each says why it was taken.

use std::collections::HashMap;

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::Operation;
use super::cards::{Card, CardType, Status};
use super::request::Create;
use crate::reply::Reply;

/// Inferred: both versions serve every operation. The documents show v3 for some and v4 for others, with equal path tails.
pub(super) const VERSIONS: [&str; 2] = ["v3", "v4"];

/// Inferred: that there is a list at all, its path `list`, and that it takes a `user_id` and answers all of the user's cards in the
/// documented envelope, newest first. No document has one; without it nobody could find out what became of a lost answer.
pub(super) const LIST: Operation = Operation::List;

/// Inferred: one business for the whole program. The samples carry a business id even where the request names none.
pub(super) const BUSINESS_ID: &str = "buss-2ef94c60-5a11-4d72-a3c1-5be7fab0123e";

/// Inferred: an id is its documented prefix and anything after it. The samples are not all valid UUIDs.
pub(super) fn is_id(text: &str, prefix: &str) -> bool {
    text.strip_prefix(prefix).is_some_and(|rest| !rest.is_empty())
}

/// Inferred: the children of `shipping_address` are named as in Ingo's other addresses, whose names alone are documented.
pub(super) const ADDRESS_LINES: [&str; 2] = ["address_one", "city"];

/// Inferred: whether a card needs an address, and otherwise may not have one. Needing it is documented; refusing it with a
/// card that is not shipped is stricter than the documents, so that no personal data is sent without need.
pub(super) fn is_shipped(card_type: CardType) -> bool {
    card_type == CardType::Physical
}

/// Inferred: the answer to a key seen before is the first response even if the rest of the body is another; keys are the
/// whole program's, are kept for good, and are used up by success only. "Returns the first response" alone is documented.
pub(super) fn first_response<'a>(create: &Create, responses: &'a HashMap<String, Card>) -> Option<&'a Card> {
    responses.get(create.idempotent_key.as_ref()?)
}

/// Inferred: a physical card made from a virtual one carries its number, and the virtual one lives on.
pub(super) fn materialised_pan(virtual_card: &Card) -> String {
    virtual_card.pan.clone()
}

/// Inferred: a reissued card is a new record with an id of its own, even if it keeps the number.
pub(super) fn reissued_pan(old: &Card, reuse_pan: bool) -> Option<String> {
    reuse_pan.then(|| old.pan.clone())
}

/// Inferred: a physical card waits to be activated, as in the samples; a virtual one has nothing to wait for.
pub(super) fn first_status(card_type: CardType) -> Status {
    match card_type {
        CardType::Physical => Status::Unactivated,
        CardType::Virtual => Status::Active,
    }
}

/// Inferred: where an operation leads from each status, nowhere if nothing. Only the names of the states are documented.
/// Doing it twice succeeds, since the state that was wanted is there. No operation leads to the documented `limited`.
pub(super) fn next_status(operation: Operation, status: Status) -> Option<Status> {
    match (operation, status) {
        (Operation::Activate, Status::Unactivated | Status::Active) => Some(Status::Active),
        (Operation::Freeze, Status::Active | Status::Suspended) => Some(Status::Suspended),
        (Operation::Unfreeze, Status::Suspended | Status::Active) => Some(Status::Active),
        // A reissue ends the replaced card whatever `terminate_old_card` says: for a new number that is documented
        // ("auto-terminates"); with the same number, two live cards could not be told apart.
        (Operation::Reissue, Status::Active | Status::Suspended) => Some(Status::Terminated),
        _ => None,
    }
}

/// Users for whom the issuer says no, by the end of their id. Inferred: such answers exist, but none is documented.
pub(super) const MAGIC_USERS: [(&str, Slug); 3] = [
    ("000000000403", Slug { name: "user_not_allowed", status: 403, message: "user may not hold cards" }),
    ("000000000404", Slug { name: "user_not_found", status: 404, message: "user not found" }),
    ("000000000422", Slug { name: "kyc_not_verified", status: 422, message: "user is not verified" }),
];

/// Inferred: the body is not a JSON object.
pub(super) const INVALID_BODY: Slug = Slug { name: "invalid_body", status: 400, message: "expected a JSON object" };
/// Inferred: a field is missing, unknown or wrong.
pub(super) const INVALID_FIELD: Slug = Slug { name: "invalid_field", status: 400, message: "field not accepted" };
/// Inferred: no such card, or another user's, which must not be told apart.
pub(super) const CARD_NOT_FOUND: Slug = Slug { name: "card_not_found", status: 404, message: "card not found" };
/// Inferred: the operation does not lead anywhere from the card's status.
pub(super) const CARD_STATE_CONFLICT: Slug =
    Slug { name: "card_state_conflict", status: 409, message: "card status does not allow this" };

/// A reason for saying no, as programs read it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slug {
    name: &'static str,
    status: u16,
    message: &'static str,
}

/// What the API answers when it says no.
#[derive(Debug)]
pub(super) struct Rejection {
    slug: Slug,
    message: Option<String>,
    field: Option<String>,
}

impl From<Slug> for Rejection {
    fn from(slug: Slug) -> Self {
        Self { slug, message: None, field: None }
    }
}

impl Rejection {
    /// A field is wrong, for a reason that never repeats its value.
    pub(super) fn field(field: String, message: String) -> Self {
        Self { slug: INVALID_FIELD, message: Some(message), field: Some(field) }
    }

    /// The API failed.
    pub(super) fn failure(status: StatusCode) -> Self {
        Slug { name: "internal_error", status: status.as_u16(), message: "operation failed" }.into()
    }

    /// The reason as programs read it.
    pub(super) fn slug(&self) -> &'static str {
        self.slug.name
    }

    /// Inferred: the shape of an error, the documented envelope with another status and the reason beside it.
    pub(super) fn reply(&self) -> Reply {
        let mut error = Map::from_iter([("slug".to_owned(), Value::from(self.slug.name))]);
        if let Some(field) = &self.field {
            error.insert("field".to_owned(), Value::from(field.as_str()));
        }
        let message = self.message.as_deref().unwrap_or(self.slug.message);
        let status = StatusCode::from_u16(self.slug.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Reply::json(status, &json!({ "status": "error", "message": message, "error": error }))
    }
}

/// What the gateway answers when it lets a request not through.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Refusal {
    /// The reason as the ledger tells it; the client learns less.
    pub(super) why: &'static str,
    status: u16,
    message: Option<&'static str>,
}

impl Refusal {
    const fn json(why: &'static str, status: u16, message: &'static str) -> Self {
        Self { why, status, message: Some(message) }
    }

    /// Inferred: a gateway answers in its own shape, not the API's, and for a wrong signature not even in JSON.
    pub(super) fn reply(self) -> Reply {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::UNAUTHORIZED);
        match self.message {
            Some(message) => Reply::json(status, &json!({ "message": message })),
            None => Reply::html(status, "401 Authorization Required"),
        }
    }
}

/// Inferred: the gateway is Kong with its `hmac-auth` plugin, whose header grammar the documents show; these are its words
/// or close to them. Only "401 for a wrong signature" is documented.
pub(super) mod refusal {
    use super::Refusal;

    const UNVERIFIED: &str = "HMAC signature cannot be verified";

    pub(in super::super) const METHOD: Refusal = Refusal::json("method_not_allowed", 405, "Method not allowed");
    pub(in super::super) const BODY_TOO_LARGE: Refusal =
        Refusal::json("body_too_large", 413, "Request size limit exceeded");
    pub(in super::super) const BODY_INCOMPLETE: Refusal = Refusal::json("body_incomplete", 400, "Bad request");
    pub(in super::super) const API_KEY_MISSING: Refusal =
        Refusal::json("api_key_missing", 401, "No API key found in request");
    pub(in super::super) const API_KEY_WRONG: Refusal =
        Refusal::json("api_key_wrong", 403, "Invalid authentication credentials");
    pub(in super::super) const AUTHORIZATION_MISSING: Refusal =
        Refusal::json("authorization_missing", 401, "Unauthorized");
    pub(in super::super) const AUTHORIZATION_MALFORMED: Refusal =
        Refusal::json("authorization_malformed", 401, UNVERIFIED);
    pub(in super::super) const ALGORITHM: Refusal = Refusal::json("algorithm_not_supported", 401, UNVERIFIED);
    pub(in super::super) const HEADERS_NOT_COVERED: Refusal = Refusal::json("headers_not_covered", 401, UNVERIFIED);
    pub(in super::super) const USERNAME: Refusal =
        Refusal::json("username_unknown", 403, "Invalid authentication credentials");
    pub(in super::super) const SIGNED_HEADER_MISSING: Refusal = Refusal::json("signed_header_missing", 401, UNVERIFIED);
    pub(in super::super) const DATE_MALFORMED: Refusal = Refusal::json("x_date_malformed", 401, UNVERIFIED);
    pub(in super::super) const DATE_SKEWED: Refusal = Refusal::json(
        "x_date_skewed",
        401,
        "HMAC signature cannot be verified, a valid date or x-date header is required for HMAC Authentication",
    );
    pub(in super::super) const DIGEST: Refusal =
        Refusal::json("content_sha512_wrong", 401, "HMAC signature does not match");
    pub(in super::super) const LENGTH: Refusal = Refusal::json("content_length_wrong", 401, UNVERIFIED);
    pub(in super::super) const HTTP_VERSION: Refusal = Refusal::json("http_version", 401, UNVERIFIED);
    pub(in super::super) const SIGNATURE: Refusal = Refusal { why: "signature_wrong", status: 401, message: None };
    pub(in super::super) const CONTENT_TYPE: Refusal =
        Refusal::json("content_type_wrong", 415, "Unsupported media type");
}
