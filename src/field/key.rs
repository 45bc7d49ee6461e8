//! An idempotency key: what makes every copy of one intent the same intent.

use crate::issue::IssueCode;

/// Long enough for 96 random bits, short enough for every issuer that publishes a limit (Adyen and Enfuce: 64).
const LENGTH: std::ops::RangeInclusive<usize> = 16..=64;

pub(super) fn take(text: &[u8]) -> Result<(), IssueCode> {
    if LENGTH.contains(&text.len()) && has_alphabet(text) { Ok(()) } else { Err(IssueCode::KeyFormat) }
}

pub(super) fn continues(text: &str) -> bool {
    text.len() < *LENGTH.start() && has_alphabet(text.as_bytes())
}

/// Whether a text is an idempotency key.
pub(crate) fn is_key(text: &str) -> bool {
    take(text.as_bytes()).is_ok()
}

fn has_alphabet(text: &[u8]) -> bool {
    text.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

#[cfg(test)]
mod tests {
    use super::is_key;

    #[test]
    fn length_and_alphabet() {
        assert!(is_key("idp-9f1a2b3c-4d5e-6f70-8192-a3b4c5d6e7f8"), "the sample of Ingo's pages");
        assert!(is_key(&"a".repeat(16)) && is_key(&"_".repeat(64)));
        assert!(!is_key(&"a".repeat(15)) && !is_key(&"a".repeat(65)));
        assert!(!is_key("aaaaaaaaaaaaaaaa\u{e9}") && !is_key("aaaaaaaaaaaaaaa a"));
    }
}
