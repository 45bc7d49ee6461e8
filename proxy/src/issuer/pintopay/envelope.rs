//! The envelope around a sealed message: `{"encrypted":"..."}`. An answer may also come without one: errors do where the
//! issuer does not know whose secret to take.

use bytes::Bytes;
use cardwright::input::{ANSWER_LIMITS, Value, read_json};

use super::seal::Seal;

const FIELD: &str = "encrypted";

/// Puts a sealed message into its envelope.
pub(super) fn wrap(sealed: &str) -> String {
    // Base64 has nothing that JSON escapes.
    format!(r#"{{"{FIELD}":"{sealed}"}}"#)
}

/// Takes a message out of its envelope and opens it; what has no envelope is the message itself.
pub(super) fn open(seal: &Seal, body: Bytes) -> Result<Bytes, &'static str> {
    match read_json(&body, ANSWER_LIMITS).as_ref().ok().and_then(|body| body.get(FIELD)).and_then(Value::text) {
        Some(sealed) => seal.open(sealed).map(Bytes::from),
        None => Ok(body),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(body: impl Into<Bytes>) -> Option<Bytes> {
        open(&Seal::new("secret-1"), body.into()).ok()
    }

    #[test]
    fn what_was_wrapped_is_opened() {
        let sealed = Seal::new("secret-1").seal(b"{}").unwrap();
        assert_eq!(opened(wrap(&sealed)).unwrap(), "{}");
        let by_another = Seal::new("secret-2").seal(b"{}").unwrap();
        assert_eq!(opened(wrap(&by_another)), None);
        assert_eq!(opened(wrap("zebra")), None);
    }

    #[test]
    fn what_has_no_envelope_is_taken_as_it_is() {
        for plain in [r#"{"success":false}"#, r#"{"encrypted":7}"#, "<html>", "[]", ""] {
            assert_eq!(opened(plain).unwrap(), plain);
        }
    }
}
