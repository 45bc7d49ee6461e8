//! A five-digit US ZIP code, as text: leading zeros count.
//!
//! Source: "5-digit US ZIP", Ingo's page on managing cards.

use crate::issue::IssueCode;

#[inline(always)]
pub(super) fn take(text: &[u8]) -> Result<(), IssueCode> {
    let is_code = text.len() == 5 && text.iter().all(u8::is_ascii_digit);
    if is_code { Ok(()) } else { Err(IssueCode::PostalCodeFormat) }
}

pub(super) fn continues(text: &str) -> bool {
    text.len() < 5 && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::take;

    #[test]
    fn five_ascii_digits() {
        assert!(take(b"02134").is_ok());
        for bad in ["2134", "021345", "02134-1000", "0213a", "٠٢١٣٤"] {
            assert!(take(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
