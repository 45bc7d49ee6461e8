//! The state of a US address: 50 states, the District of Columbia, territories, and the military's three areas.
//!
//! Source: "ISO 3166-2 two-letter state code", Ingo's page on managing cards. The military areas (AA, AE, AP) are the
//! postal service's, not ISO's; cards are mailed, so they are taken too.

use crate::field::{Proven, upper};
use crate::issue::{IssueCode, Refusal};
use std::borrow::Cow;

/// Every code taken, in alphabetical order within its group.
pub const ALL: &[&str] = &[
    "AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DE", "FL", "GA", "HI", "ID", "IL", "IN", "IA", "KS", "KY", "LA", "ME",
    "MD", "MA", "MI", "MN", "MS", "MO", "MT", "NE", "NV", "NH", "NJ", "NM", "NY", "NC", "ND", "OH", "OK", "OR", "PA",
    "RI", "SC", "SD", "TN", "TX", "UT", "VT", "VA", "WA", "WV", "WI", "WY", "DC", "AS", "GU", "MP", "PR", "VI", "AA",
    "AE", "AP",
];

pub(super) fn prove<'a>(text: Cow<'a, str>) -> Result<Proven<'a>, Refusal> {
    let text = upper(text);
    if ALL.contains(&text.as_ref()) { Ok(Proven::Text(text)) } else { Err(Refusal::plain(IssueCode::StateUnknown)) }
}

pub(super) fn continues(text: &str) -> bool {
    let text = upper(text.into());
    ALL.iter().any(|code| code.starts_with(text.as_ref()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fifty_states_and_nine_more() {
        assert_eq!(ALL.len(), 50 + 1 + 5 + 3);
        assert!(prove("tx".into()) == Ok(Proven::Text("TX".into())));
    }

    #[test]
    fn names_and_foreign_codes_are_refused() {
        for bad in ["Texas", "ON", "FM", "U", ""] {
            assert!(prove(bad.into()).is_err(), "{bad}");
        }
    }
}
