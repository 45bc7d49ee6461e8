//! The state of a US address: 50 states, the District of Columbia, territories, and the military's three areas.
//!
//! Source: "ISO 3166-2 two-letter state code", Ingo's page on managing cards. The military areas (AA, AE, AP) are the
//! postal service's, not ISO's; cards are mailed, so they are taken too.

use crate::field::upper;
use crate::issue::IssueCode;

/// Every code taken, in alphabetical order within its group.
pub const ALL: &[&str] = &[
    "AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DE", "FL", "GA", "HI", "ID", "IL", "IN", "IA", "KS", "KY", "LA", "ME",
    "MD", "MA", "MI", "MN", "MS", "MO", "MT", "NE", "NV", "NH", "NJ", "NM", "NY", "NC", "ND", "OH", "OK", "OR", "PA",
    "RI", "SC", "SD", "TN", "TX", "UT", "VT", "VA", "WA", "WV", "WI", "WY", "DC", "AS", "GU", "MP", "PR", "VI", "AA",
    "AE", "AP",
];

/// A bit for each pair of capital letters, in a word for each first letter: a file of addresses asks often.
const KNOWN: [u32; 26] = {
    let mut known = [0; 26];
    let mut rest = ALL;
    while let [code, tail @ ..] = rest {
        if let [first, second] = code.as_bytes() {
            let mut letter = 0;
            while letter < 26 {
                let (_, from) = known.split_at_mut(letter);
                if let ([bits, ..], true) = (from, *first == b'A' + letter as u8) {
                    *bits |= 1 << (*second - b'A');
                }
                letter += 1;
            }
        }
        rest = tail;
    }
    known
};

#[inline(always)]
pub(super) fn take(text: &str) -> Result<(), IssueCode> {
    let is_code = match text.as_bytes() {
        [first, second @ b'A'..=b'Z'] => begun_by(*first) & (1 << (second - b'A')) != 0,
        _ => false,
    };
    if is_code { Ok(()) } else { Err(IssueCode::StateUnknown) }
}

/// A bit for each second letter that a first one may have.
#[inline(always)]
fn begun_by(first: u8) -> u32 {
    KNOWN.get(usize::from(first.wrapping_sub(b'A'))).copied().unwrap_or(0)
}

pub(super) fn continues(text: &str) -> bool {
    let text = upper(text.into());
    match text.as_bytes() {
        [] => true,
        [first] => begun_by(*first) != 0,
        _ => take(&text).is_ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fifty_states_and_nine_more() {
        assert_eq!(ALL.len(), 50 + 1 + 5 + 3);
        let pairs = (b'A'..=b'Z').flat_map(|first| (b'A'..=b'Z').map(move |second| [first, second]));
        let taken = pairs.filter(|pair| take(std::str::from_utf8(pair).unwrap()).is_ok()).count();
        assert_eq!(taken, ALL.len());
        assert!(ALL.iter().all(|code| take(code).is_ok()));
    }

    #[test]
    fn names_and_foreign_codes_are_refused() {
        for bad in ["Texas", "ON", "FM", "U", "", "tx", "T{", "@L"] {
            assert!(take(bad).is_err(), "{bad}");
        }
    }
}
