//! A page number: a whole number from 1, as a number or as the digits a form or a query holds.

use crate::field::Ruling;
use crate::input::Value;
use crate::issue::{IssueCode, Refusal};
use crate::judge::Slot;

/// No register is read further than this page.
pub const LAST_PAGE: u32 = 10_000;

pub(super) fn judge(slot: Slot<'_, '_>) -> Ruling {
    if digits(slot).is_none() {
        return Ruling::Breaks(Refusal::wrong_kind(slot));
    }
    // A number is what it is made into, whatever it was.
    if number(slot).is_some() { Ruling::PassesChanged } else { Ruling::Breaks(Refusal::plain(IssueCode::PageFormat)) }
}

/// The page, if it is one.
pub(super) fn number(slot: Slot<'_, '_>) -> Option<u32> {
    let digits = digits(slot)?;
    let page = digits.parse().ok().filter(|page| (1..=LAST_PAGE).contains(page));
    page.filter(|_| digits.bytes().all(|byte| byte.is_ascii_digit()))
}

fn digits<'v>(slot: Slot<'v, '_>) -> Option<&'v str> {
    match slot {
        Slot::Value(Value::Number(digits)) => Some(digits),
        _ => slot.text().map(str::trim),
    }
}

/// Zeros may stand before a page number.
pub(super) fn continues(text: &str) -> bool {
    text.bytes().all(|byte| byte == b'0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_from_one() {
        for good in ["1", "10000"] {
            assert!(number(Slot::Value(&Value::Number(good))).is_some(), "{good}");
            assert!(number(Slot::Text(good)).is_some(), "{good}");
        }
        for bad in ["0", "10001", "1.0", "1e2", "-1", "+1", "", "99999999999"] {
            assert!(number(Slot::Text(bad)).is_none(), "{bad}");
        }
    }
}
