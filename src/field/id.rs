//! An issuer's id: `user-8f3a2b1c-0e44-4f2d-9a11-7b23cc90d1ef`.
//!
//! Source: the prefixes are documented on Ingo's card pages; the 8-4-4-4-12 hex digits are read off the samples, which are
//! not all valid UUID versions (`rcrd-9a117b23-cc90-d1ef-...`), so the version is not looked at.

use crate::field::ID_MAX;
#[cfg(not(target_feature = "simd128"))]
use crate::input::scan::are_hex_digits;
use crate::input::scan::same;
use crate::issue::IssueCode;

/// How much of an id is looked at; page and proxy relax it together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IdForm {
    /// The prefix and 8-4-4-4-12 hex digits.
    #[default]
    Hex,
    /// The prefix, and something behind it.
    PrefixOnly,
}

impl IdForm {
    /// The form with this word in options and configuration.
    pub fn parse(word: &str) -> Option<IdForm> {
        match word {
            "hex" => Some(IdForm::Hex),
            "prefix" => Some(IdForm::PrefixOnly),
            _ => None,
        }
    }
}

/// How long the five groups behind the prefix are together, with a hyphen between two.
pub(super) const HEX_LENGTH: usize = 36;

/// Where the hyphens stand.
const HYPHENS: [usize; 4] = [8, 13, 18, 23];

#[inline(always)]
pub(super) fn take(text: &[u8], prefix: &str, form: IdForm) -> Result<(), IssueCode> {
    let prefix = prefix.as_bytes();
    let Some((head, tail)) = text.split_at_checked(prefix.len()) else { return Err(IssueCode::IdPrefix) };
    if !same(prefix, head) {
        return Err(IssueCode::IdPrefix);
    }
    let taken = match form {
        IdForm::Hex => is_grouped_hex(tail),
        IdForm::PrefixOnly => !tail.is_empty(),
    };
    if taken { Ok(()) } else { Err(IssueCode::IdFormat) }
}

pub(super) fn continues(text: &str, prefix: &str, form: IdForm) -> bool {
    match (text.strip_prefix(prefix), form) {
        (None, _) => prefix.starts_with(text),
        (Some(tail), IdForm::Hex) => begins_grouped_hex(tail),
        // Blanks alone are cut off; with one more letter they would stand inside.
        (Some(_), IdForm::PrefixOnly) => text.chars().count() < ID_MAX as usize && !text.chars().any(char::is_control),
    }
}

/// Whether text in groups of 8-4-4-4-12 hex digits can begin like this.
#[cfg_attr(small, inline(never))]
fn begins_grouped_hex(text: &str) -> bool {
    let fits = |(at, byte): (usize, u8)| if HYPHENS.contains(&at) { byte == b'-' } else { byte.is_ascii_hexdigit() };
    text.len() <= HEX_LENGTH && text.bytes().enumerate().all(fits)
}

/// Whether the text is hex digits in groups of 8-4-4-4-12: sixteen letters are looked at together.
#[cfg(target_feature = "simd128")]
pub(crate) fn is_grouped_hex(text: &[u8]) -> bool {
    use crate::input::block::Block;
    let Some((text, [])) = text.split_first_chunk::<HEX_LENGTH>() else { return false };
    let fits = |at: usize, hyphens: u32| {
        let block = text.get(at..).and_then(<[u8]>::first_chunk).map(Block::of);
        block.is_some_and(|block| block.equal(b'-') == hyphens && block.hex_digits() == 0xffff ^ hyphens)
    };
    fits(0, 1 << 8 | 1 << 13) && fits(16, 1 << 2 | 1 << 7) && fits(20, 1 << 3)
}

/// Whether the text is hex digits in groups of 8-4-4-4-12: eight digits are looked at together.
#[cfg(not(target_feature = "simd128"))]
#[cfg_attr(hot, optimize(speed))]
pub(crate) fn is_grouped_hex(text: &[u8]) -> bool {
    let Some((text, [])) = text.split_first_chunk::<HEX_LENGTH>() else { return false };
    let four = |at: usize| text.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |four| u32::from_le_bytes(*four));
    let eight = |at, next| u64::from(four(at)) | u64::from(four(next)) << 32;
    let is_hyphen = |at: usize| text.get(at) == Some(&b'-');
    let are_digits = |at, next| are_hex_digits(eight(at, next));
    (are_digits(0, 4) & are_digits(9, 14) & are_digits(19, 24) & are_digits(28, 32))
        && (is_hyphen(8) & is_hyphen(13) & is_hyphen(18) & is_hyphen(23))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str, form: IdForm) -> Option<IssueCode> {
        take(text.as_bytes(), "user-", form).err()
    }

    #[test]
    fn any_uuid_version_will_do() {
        assert_eq!(code("user-9a117b23-cc90-d1ef-8f3a-2b1c0e444f2d", IdForm::Hex), None);
        assert_eq!(code("user-9A117B23-CC90-D1EF-8F3A-2B1C0E444F2D", IdForm::Hex), None);
    }

    #[test]
    fn every_letter_counts_wherever_it_stands() {
        let right = *b"9a117b23-cc90-d1ef-8f3a-2B1C0E444F2D";
        for at in 0..right.len() {
            for byte in 0..0x80 {
                let mut text = right;
                text[at] = byte;
                let expected = if matches!(at, 8 | 13 | 18 | 23) { byte == b'-' } else { byte.is_ascii_hexdigit() };
                assert_eq!(is_grouped_hex(&text), expected, "{at} {byte}");
            }
        }
    }

    #[test]
    fn prefix_and_digits_have_a_code_each() {
        assert_eq!(code("rcrd-9a117b23-cc90-d1ef-8f3a-2b1c0e444f2d", IdForm::Hex), Some(IssueCode::IdPrefix));
        assert_eq!(code("user-9a117b23-cc90-d1ef-8f3a-2b1c0e444f2", IdForm::Hex), Some(IssueCode::IdFormat));
        assert_eq!(code("user-9a117b23-cc90-d1ef-8f3a-2b1c0e444f2d-", IdForm::Hex), Some(IssueCode::IdFormat));
        assert_eq!(code("user-ga117b23-cc90-d1ef-8f3a-2b1c0e444f2d", IdForm::Hex), Some(IssueCode::IdFormat));
        assert_eq!(code("user-", IdForm::Hex), Some(IssueCode::IdFormat));
    }

    #[test]
    fn prefix_only_takes_any_tail() {
        assert_eq!(code("user-1", IdForm::PrefixOnly), None);
        assert_eq!(code("user-", IdForm::PrefixOnly), Some(IssueCode::IdFormat));
    }
}
