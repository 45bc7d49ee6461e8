//! Ingo's no. The shape of its error bodies is not documented; `{"status":"error","error":{"slug":"..","field":".."}}` is
//! inferred, so everything about it may be missing.

use cardwright::input::{ANSWER_LIMITS, Value, read_json};
use hyper::StatusCode;

use crate::ending::{Failure, Word};
use crate::issuer::gateway;

/// What a 4xx means. Only short words of it are passed on, never its sentences.
pub(super) fn read(status: StatusCode, body: &[u8]) -> Failure {
    let body = read_json(body, ANSWER_LIMITS).unwrap_or(Value::Null);
    let word = |name| Word::parse(body.get("error")?.get(name)?.text()?);
    match (status, word("slug")) {
        // A wrong key or signature is refused before the API, which alone has slugs; a 401 is documented to be that.
        (StatusCode::UNAUTHORIZED, _) | (StatusCode::FORBIDDEN, None) => gateway::refused(),
        (_, slug) => Failure::rejected(slug, word("field")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slug_and_field(status: u16, body: &str) -> (Option<String>, Option<String>) {
        let failure = read(StatusCode::from_u16(status).unwrap(), body.as_bytes());
        let text = |word: Option<Word>| word.map(|word| word.as_str().to_owned());
        (text(failure.slug), text(failure.field))
    }

    const NAMED: &str = r#"{"status":"error","message":"no","error":{"slug":"invalid_field","field":"user_id"}}"#;

    #[test]
    fn slug_and_field_are_passed_on() {
        assert_eq!(slug_and_field(422, NAMED), (Some("invalid_field".into()), Some("user_id".into())));
        assert_eq!(slug_and_field(403, NAMED).0.as_deref(), Some("invalid_field"));
    }

    #[test]
    fn sentences_and_strange_bodies_are_not() {
        for body in [
            "<html>",
            "",
            "[]",
            "null",
            r#"{"error":"text"}"#,
            r#"{"error":{"slug":7}}"#,
            r#"{"error":{"slug":"Jane Doe is not verified"}}"#,
            r#"{"error":{"slug":"4242424242424242"}}"#,
        ] {
            assert_eq!(slug_and_field(422, body), (None, None), "{body}");
        }
    }

    #[test]
    fn the_gateways_no_is_about_us() {
        for (status, body) in [(401, NAMED), (401, ""), (403, "<html>")] {
            assert_eq!(slug_and_field(status, body), (Some("gateway_refused".into()), None), "{status}");
        }
    }
}
