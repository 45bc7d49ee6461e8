//! PintoPay's no: `{"success":false,"error":"..","error_slug":".."}`, whatever the status. Its list of slugs is open.

use axum::http::StatusCode;
use cardwright::ErrorCode;
use cardwright::input::{ANSWER_LIMITS, Value, read_json};

use crate::ending::{Failure, Word};
use crate::issuer::{Dispatch, gateway};

/// What says that something broke on the way, at the issuer or behind it, and so nothing about the effect.
const OPEN: &[&str] = &["provider_error", "internal_error"];

/// The field of ours that a slug is about, by the slug's beginning.
const FIELDS: &[(&str, &str)] = &[
    ("product_", "product_code"),
    ("external_user_id_", "external_user_id"),
    ("cardholder_", "external_user_id"),
    ("user_not_found", "external_user_id"),
    ("card_not_found", "card_id"),
    ("invalid_card_id", "card_id"),
    // Inferred, after the other two.
    ("order_not_found", "order_id"),
];

/// Whether a body says no, under a status that says yes.
pub(super) fn is_no(body: &[u8]) -> bool {
    read_json(body, ANSWER_LIMITS).is_ok_and(|body| body.get("success") == Some(&Value::Bool(false)))
}

/// What a 4xx means, and a 2xx that is no yes. Only the short words of a body are passed on, never its sentences.
pub(super) fn read(dispatch: &Dispatch, status: StatusCode, body: &[u8]) -> Failure {
    let operation = dispatch.operation;
    let body = read_json(body, ANSWER_LIMITS).unwrap_or(Value::Null);
    let slug = body.get("error_slug").and_then(Value::text).and_then(Word::parse);
    let failure = match (slug.as_ref().map(Word::as_str), status) {
        (Some(slug), _) if OPEN.contains(&slug) => Failure::new(ErrorCode::IssuerFailed, operation.safety),
        (Some(slug), _) if is_about_us(slug) => gateway::refused(),
        (Some(word), _) => Failure::rejected(slug.clone(), field(dispatch, word)),
        (None, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) => gateway::refused(),
        // A 400 is also how provider errors come (release note 1.0.0), so without a slug it is no certain no.
        (None, StatusCode::BAD_REQUEST) => Failure::new(ErrorCode::IssuerUnreadable, operation.safety),
        (None, status) if status.is_success() => Failure::new(ErrorCode::IssuerUnreadable, operation.safety),
        (None, _) => Failure::rejected(None, None),
    };
    gateway::report(operation, status, slug.as_ref(), &failure);
    failure
}

/// Whether a slug is about key, encryption or clock. The names of the last are not documented.
fn is_about_us(slug: &str) -> bool {
    slug == "decryption_failed" || slug.starts_with("api_key_") || slug.contains("timestamp")
}

fn field(dispatch: &Dispatch, slug: &str) -> Option<Word> {
    let (_, field) = FIELDS.iter().find(|(beginning, _)| slug.starts_with(beginning))?;
    let field = given(dispatch, field).unwrap_or(field);
    dispatch.operation.field(&[field]).and_then(|field| Word::parse(field.name))
}

/// Of the fields that stand for this one, which the request gave: the form shows no other.
fn given(dispatch: &Dispatch, field: &str) -> Option<&'static str> {
    let group = dispatch.operation.one_of.iter().find(|group| group.contains(&field))?;
    let request = read_json(dispatch.body.as_bytes(), ANSWER_LIMITS).ok()?;
    group.iter().copied().find(|name| request.get(name).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use cardwright::pintopay::{CHECK_ORDER, CREATE_CARD, GET_CARD, slug};
    use cardwright::{Operation, Outcome};

    fn failure(operation: &'static Operation, status: u16, body: &str) -> Failure {
        failure_of(operation, "{}", status, body)
    }

    fn failure_of(operation: &'static Operation, request: &str, status: u16, body: &str) -> Failure {
        let dispatch = Dispatch { operation, body: request.into(), key: None };
        read(&dispatch, StatusCode::from_u16(status).unwrap(), body.as_bytes())
    }

    fn told(operation: &'static Operation, status: u16, slug: &str) -> (Outcome, Option<String>, Option<String>) {
        let body = format!(r#"{{"success":false,"error":"Jane Doe may not","error_slug":"{slug}"}}"#);
        let failure = failure(operation, status, &body);
        let text = |word: Option<Word>| word.map(|word| word.as_str().to_owned());
        (failure.outcome, text(failure.slug), text(failure.field))
    }

    #[test]
    fn every_known_slug_is_passed_on_with_its_field() {
        let fields = [
            ("product_not_found", "product_code"),
            ("product_not_active", "product_code"),
            ("external_user_id_required", "external_user_id"),
            ("external_user_id_exists", "external_user_id"),
            ("cardholder_not_found", "external_user_id"),
            ("cardholder_not_ready", "external_user_id"),
            ("user_not_found", "external_user_id"),
        ];
        for word in slug::WORDS.iter().filter(|word| !OPEN.contains(word) && !is_about_us(word)) {
            let field = fields.iter().find(|(slug, _)| slug == word).map(|(_, field)| (*field).to_owned());
            for status in [200, 400, 401, 403, 404, 422] {
                let expected = (Outcome::Rejected, Some((*word).to_owned()), field.clone());
                assert_eq!(told(&CREATE_CARD, status, word), expected, "{status}");
            }
        }
        assert_eq!(told(&CREATE_CARD, 400, "brand_new").1.as_deref(), Some("brand_new"));
    }

    #[test]
    fn a_field_is_one_of_the_operations() {
        assert_eq!(told(&GET_CARD, 404, "card_not_found").2.as_deref(), Some("card_id"));
        assert_eq!(told(&GET_CARD, 404, "invalid_card_id").2.as_deref(), Some("card_id"));
        assert_eq!(told(&CHECK_ORDER, 404, "order_not_found").2.as_deref(), Some("order_id"));
        assert_eq!(told(&CHECK_ORDER, 404, "product_not_found").2, None);
        assert_eq!(told(&CREATE_CARD, 404, "card_product_limits_invalid").2, None);
    }

    #[test]
    fn of_fields_that_stand_for_each_other_the_one_that_was_given_is_named() {
        let no = r#"{"success":false,"error_slug":"product_not_found"}"#;
        for name in ["product_code", "product_id"] {
            let request = format!(r#"{{"{name}":"p","external_user_id":"u","idempotency_key":"k"}}"#);
            let field = failure_of(&CREATE_CARD, &request, 404, no).field;
            assert_eq!(field.as_ref().map(Word::as_str), Some(name));
        }
    }

    #[test]
    fn what_broke_at_the_issuer_is_open() {
        for word in OPEN {
            for status in [200, 400, 404] {
                assert_eq!(told(&CREATE_CARD, status, word), (Outcome::Unknown, None, None), "{status} {word}");
                assert_eq!(told(&CHECK_ORDER, status, word), (Outcome::NotSent, None, None), "{status} {word}");
            }
        }
    }

    #[test]
    fn key_encryption_and_clock_are_about_us() {
        let refused = (Outcome::Rejected, Some("gateway_refused".to_owned()), None);
        for word in
            ["decryption_failed", "api_key_not_found", "api_key_invalid", "timestamp_replayed", "request_timestamp_old"]
        {
            assert_eq!(told(&CREATE_CARD, 400, word), refused, "{word}");
        }
        for status in [401, 403] {
            for body in ["", "<html>", r#"{"error_slug":"Jane Doe"}"#] {
                assert_eq!(failure(&CREATE_CARD, status, body), gateway::refused());
            }
        }
    }

    #[test]
    fn without_a_slug_a_400_and_a_2xx_are_no_certain_no() {
        for body in ["", "<html>", "{}", r#"{"success":false}"#, r#"{"success":false,"error_slug":"4242424242424242"}"#]
        {
            for status in [200, 400] {
                let failure = failure(&CREATE_CARD, status, body);
                assert_eq!((failure.code, failure.outcome), (ErrorCode::IssuerUnreadable, Outcome::Unknown), "{body}");
            }
            for status in [404, 409, 429] {
                assert_eq!(failure(&CREATE_CARD, status, body), Failure::rejected(None, None), "{body}");
            }
        }
    }

    #[test]
    fn only_success_false_is_a_no() {
        assert!(is_no(br#"{"success":false}"#));
        for body in [r#"{"success":true}"#, "{}", "[false]", r#"{"success":"false"}"#, "<html>"] {
            assert!(!is_no(body.as_bytes()), "{body}");
        }
    }
}
