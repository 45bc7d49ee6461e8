//! One word of a closed list, spelled exactly as the issuer spells it.

use crate::field::Proven;
use crate::issue::{IssueCode, Param, Refusal};
use std::borrow::Cow;

pub(super) fn prove<'a>(text: Cow<'a, str>, words: &'static [&'static str]) -> Result<Proven<'a>, Refusal> {
    if words.contains(&text.as_ref()) {
        Ok(Proven::Text(text))
    } else {
        Err(Refusal::with(IssueCode::NotAChoice, "choices", Param::Words(words)))
    }
}

pub(super) fn continues(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| word.starts_with(text))
}
