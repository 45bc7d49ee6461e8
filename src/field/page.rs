//! A page number: a whole number from 1, as a number or as the digits a form or a query holds.

use crate::field::{Proven, wrong_kind};
use crate::input::Value;
use crate::issue::{IssueCode, Param, Refusal};

/// No register is read further than this page.
pub const LAST_PAGE: u32 = 10_000;

pub(super) fn prove<'a>(value: &Value<'a>) -> Result<Proven<'a>, Refusal> {
    let digits = match value {
        Value::Number(digits) => digits,
        Value::Text(text) => text.trim(),
        other => return Err(wrong_kind("number", other)),
    };
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    match digits.parse() {
        Ok(page @ 1..=LAST_PAGE) if plain => Ok(Proven::Count(page)),
        _ => Err(Refusal::with(IssueCode::PageFormat, "max", Param::Count(LAST_PAGE))),
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
            assert!(prove(&Value::Number(good)).is_ok(), "{good}");
            assert!(prove(&Value::Text(good.into())).is_ok(), "{good}");
        }
        for bad in ["0", "10001", "1.0", "1e2", "-1", "+1", "", "99999999999"] {
            assert!(prove(&Value::Text(bad.into())).is_err(), "{bad}");
        }
    }
}
