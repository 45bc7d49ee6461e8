//! A five-digit US ZIP code, as text: leading zeros count.
//!
//! Source: "5-digit US ZIP", Ingo's page on managing cards.

use crate::field::Proven;
use crate::issue::{IssueCode, Refusal};
use std::borrow::Cow;

pub(super) fn prove<'a>(text: Cow<'a, str>) -> Result<Proven<'a>, Refusal> {
    if text.len() == 5 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(Proven::Text(text))
    } else {
        Err(Refusal::plain(IssueCode::PostalCodeFormat))
    }
}

pub(super) fn continues(text: &str) -> bool {
    text.len() < 5 && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::prove;

    #[test]
    fn five_ascii_digits() {
        assert!(prove("02134".into()).is_ok());
        for bad in ["2134", "021345", "02134-1000", "0213a", "٠٢١٣٤"] {
            assert!(prove(bad.into()).is_err(), "{bad}");
        }
    }
}
