//! How endings and hashes are written in a store.

use std::fmt::Write;

use cardwright::envelope::{UnknownFields, rebuild};
use cardwright::input::{ANSWER_LIMITS, Value, read_json};
use cardwright::{ErrorCode, Outcome, Safety, operation};
use serde_json::json;

use crate::ending::{Answer, Ending, Failure, Word};

/// What Ingo's documents show in every success. Source: the samples on its card pages.
const MESSAGE: &str = "operation completed";

/// What is kept of an ending: of an answer, its known fields without the issuer's sentences, which can hold anything.
pub(super) fn kept(operation: &str, ending: &Ending) -> Ending {
    let Ok(answer) = ending else { return ending.clone() };
    let kept = operation::find(operation).and_then(|operation| {
        let mut value = read_json(answer.0.as_bytes(), ANSWER_LIMITS).ok()?;
        without_sentences(&mut value);
        Some(Answer(rebuild(operation.answer, &value, UnknownFields::Drop).ok()?.json.into()))
    });
    kept.ok_or_else(|| Failure::lost(Safety::Once))
}

fn without_sentences(value: &mut Value<'_>) {
    let Value::Object(members) = value else { return };
    members.retain(|(name, _)| name != "last_error");
    for (name, value) in members {
        if name == "message" {
            *value = Value::Text(MESSAGE.into());
        }
        without_sentences(value);
    }
}

/// An ending as a line: `ok` and the masked answer, or `no` and the failure as JSON.
pub(in crate::claims) fn write(ending: &Ending) -> String {
    match ending {
        Ok(answer) => format!("ok {}", answer.0),
        Err(failure) => {
            let word = |word: &Option<Word>| word.as_ref().map(|word| word.as_str().to_owned());
            let (code, outcome) = (failure.code.as_str(), failure.outcome.as_str());
            let failure =
                json!({ "code": code, "outcome": outcome, "slug": word(&failure.slug), "field": word(&failure.field) });
            format!("no {failure}")
        }
    }
}

/// Reads such a line.
pub(super) fn read(text: &str) -> Option<Ending> {
    if let Some(answer) = text.strip_prefix("ok ") {
        return Some(Ok(Answer(answer.into())));
    }
    let value = read_json(text.strip_prefix("no ")?.as_bytes(), ANSWER_LIMITS).ok()?;
    let word = |name| value.get(name).and_then(Value::text);
    Some(Err(Failure {
        code: ErrorCode::ALL.iter().copied().find(|code| Some(code.as_str()) == word("code"))?,
        outcome: Outcome::parse(word("outcome")?)?,
        slug: word("slug").and_then(Word::parse),
        field: word("field").and_then(Word::parse),
    }))
}

/// Bytes as lower-case hex.
pub(crate) fn hex(bytes: &[u8; 32]) -> String {
    let mut text = String::with_capacity(64);
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// The bytes of such a text.
pub(super) fn bytes(hex: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(hex.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    (hex.len() == 64).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_issuers_sentences_and_what_nobody_documented_are_not_kept() {
        let kept = |operation, text: &str| match kept(operation, &Ok(Answer(text.into()))) {
            Ok(answer) => answer.0.to_string(),
            Err(failure) => failure.code.as_str().to_owned(),
        };
        let told = r#"{"status":"success","message":"card of Jane Doe","data":{"items":[]},"holder":"Jane"}"#;
        let plain = r#"{"status":"success","message":"operation completed","data":{"items":[]}}"#;
        assert_eq!(kept("ingo.issueCard", told), plain);
        let order = r#"{"success":true,"order":{"order_id":"o","order_type":"t","status":"failed","last_error":"Jane","data":{"name":"Jane"},"created_at":"t"}}"#;
        let plain = r#"{"success":true,"order":{"order_id":"o","order_type":"t","status":"failed","data":{},"created_at":"t"}}"#;
        assert_eq!(kept("pintopay.createCard", order), plain);
        assert_eq!(kept("ingo.issueCard", "{"), "internal_error", "an answer that was rebuilt can be read");
    }

    #[test]
    fn what_is_written_is_read_again() {
        let slug = Failure::rejected(Word::parse("kyc_not_verified"), Word::parse("user_id"));
        for ending in [
            Ok(Answer(r#"{"status":"success","message":"no \"thing\""}"#.into())),
            Err(slug),
            Err(Failure::new(ErrorCode::IssuerTimeout, Safety::Once)),
            Err(Failure::lost(Safety::Convergent)),
        ] {
            assert_eq!(read(&write(&ending)).as_ref(), Some(&ending));
        }
        for strange in ["", "ok", "no {}", r#"no {"code":"later","outcome":"unknown"}"#] {
            assert_eq!(read(strange), None, "{strange}");
        }
        let hash = std::array::from_fn(|at| at as u8 * 7);
        assert_eq!(bytes(&hex(&hash)), Some(hash));
        assert_eq!((bytes("00"), bytes(&"zz".repeat(32))), (None, None));
    }
}
