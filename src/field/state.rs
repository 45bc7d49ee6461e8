//! The state of a US address: 50 states, the District of Columbia, territories, and the military's three areas.
//!
//! Source: "ISO 3166-2 two-letter state code", Ingo's page on managing cards. The military areas (AA, AE, AP) are the
//! postal service's, not ISO's; cards are mailed, so they are taken too.

use crate::field::pairs::Pairs;
use crate::field::upper;
use crate::issue::IssueCode;

/// Every code taken, in alphabetical order within its group.
pub const ALL: &[&str] = &[
    "AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DE", "FL", "GA", "HI", "ID", "IL", "IN", "IA", "KS", "KY", "LA", "ME",
    "MD", "MA", "MI", "MN", "MS", "MO", "MT", "NE", "NV", "NH", "NJ", "NM", "NY", "NC", "ND", "OH", "OK", "OR", "PA",
    "RI", "SC", "SD", "TN", "TX", "UT", "VT", "VA", "WA", "WV", "WI", "WY", "DC", "AS", "GU", "MP", "PR", "VI", "AA",
    "AE", "AP",
];

const CODES: Pairs = Pairs::of(&joined());

/// The codes, one behind the other.
const fn joined() -> [u8; 2 * ALL.len()] {
    let mut joined = [0; 2 * ALL.len()];
    let (mut into, mut rest) = (joined.as_mut_slice(), ALL);
    while let ([code, tail @ ..], Some((pair, behind))) = (rest, into.split_first_chunk_mut()) {
        if let [first, second] = code.as_bytes() {
            *pair = [*first, *second];
        }
        (into, rest) = (behind, tail);
    }
    joined
}

#[inline(always)]
pub(super) fn take(text: &[u8]) -> Result<(), IssueCode> {
    if CODES.contains(text) { Ok(()) } else { Err(IssueCode::StateUnknown) }
}

pub(super) fn continues(text: &str) -> bool {
    CODES.continues(upper(text.into()).as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fifty_states_and_nine_more() {
        assert_eq!(ALL.len(), 50 + 1 + 5 + 3);
        let pairs = (b'A'..=b'Z').flat_map(|first| (b'A'..=b'Z').map(move |second| [first, second]));
        let taken = pairs.filter(|pair| take(pair).is_ok()).count();
        assert_eq!(taken, ALL.len());
        assert!(ALL.iter().all(|code| take(code.as_bytes()).is_ok()));
    }

    #[test]
    fn names_and_foreign_codes_are_refused() {
        for bad in ["Texas", "ON", "FM", "U", "", "tx", "T{", "@L"] {
            assert!(take(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
