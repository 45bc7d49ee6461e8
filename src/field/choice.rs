//! One word of a closed list, spelled exactly as the issuer spells it.

use crate::input::scan::same;
use crate::issue::IssueCode;

#[inline(always)]
pub(super) fn take(text: &[u8], words: &[&str]) -> Result<(), IssueCode> {
    if words.iter().any(|word| same(word.as_bytes(), text)) { Ok(()) } else { Err(IssueCode::NotAChoice) }
}

pub(super) fn continues(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| word.starts_with(text))
}
