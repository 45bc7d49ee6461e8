//! A country code of ISO 3166-1 alpha-2, of which one is served.
//!
//! Source: "ISO 3166-1 alpha-2 country code" and "5-digit US ZIP" stand side by side on Ingo's page on managing cards.

use crate::field::upper;
use crate::issue::IssueCode;

/// The country cards are sent to.
pub const SERVED: &str = "US";

/// The 249 codes of ISO 3166-1 alpha-2.
pub const ALL: &[&str] = &[
    "AD", "AE", "AF", "AG", "AI", "AL", "AM", "AO", "AQ", "AR", "AS", "AT", "AU", "AW", "AX", "AZ", "BA", "BB", "BD",
    "BE", "BF", "BG", "BH", "BI", "BJ", "BL", "BM", "BN", "BO", "BQ", "BR", "BS", "BT", "BV", "BW", "BY", "BZ", "CA",
    "CC", "CD", "CF", "CG", "CH", "CI", "CK", "CL", "CM", "CN", "CO", "CR", "CU", "CV", "CW", "CX", "CY", "CZ", "DE",
    "DJ", "DK", "DM", "DO", "DZ", "EC", "EE", "EG", "EH", "ER", "ES", "ET", "FI", "FJ", "FK", "FM", "FO", "FR", "GA",
    "GB", "GD", "GE", "GF", "GG", "GH", "GI", "GL", "GM", "GN", "GP", "GQ", "GR", "GS", "GT", "GU", "GW", "GY", "HK",
    "HM", "HN", "HR", "HT", "HU", "ID", "IE", "IL", "IM", "IN", "IO", "IQ", "IR", "IS", "IT", "JE", "JM", "JO", "JP",
    "KE", "KG", "KH", "KI", "KM", "KN", "KP", "KR", "KW", "KY", "KZ", "LA", "LB", "LC", "LI", "LK", "LR", "LS", "LT",
    "LU", "LV", "LY", "MA", "MC", "MD", "ME", "MF", "MG", "MH", "MK", "ML", "MM", "MN", "MO", "MP", "MQ", "MR", "MS",
    "MT", "MU", "MV", "MW", "MX", "MY", "MZ", "NA", "NC", "NE", "NF", "NG", "NI", "NL", "NO", "NP", "NR", "NU", "NZ",
    "OM", "PA", "PE", "PF", "PG", "PH", "PK", "PL", "PM", "PN", "PR", "PS", "PT", "PW", "PY", "QA", "RE", "RO", "RS",
    "RU", "RW", "SA", "SB", "SC", "SD", "SE", "SG", "SH", "SI", "SJ", "SK", "SL", "SM", "SN", "SO", "SR", "SS", "ST",
    "SV", "SX", "SY", "SZ", "TC", "TD", "TF", "TG", "TH", "TJ", "TK", "TL", "TM", "TN", "TO", "TR", "TT", "TV", "TW",
    "TZ", "UA", "UG", "UM", "US", "UY", "UZ", "VA", "VC", "VE", "VG", "VI", "VN", "VU", "WF", "WS", "YE", "YT", "ZA",
    "ZM", "ZW",
];

#[inline(always)]
pub(super) fn take(text: &str) -> Result<(), IssueCode> {
    if text == SERVED { Ok(()) } else { Err(other(text)) }
}

#[cold]
fn other(text: &str) -> IssueCode {
    if ALL.contains(&text) { IssueCode::CountryNotSupported } else { IssueCode::CountryUnknown }
}

pub(super) fn continues(text: &str) -> bool {
    SERVED.starts_with(upper(text.into()).as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> Option<IssueCode> {
        take(text).err()
    }

    #[test]
    fn one_country_is_served_and_the_others_are_known() {
        assert_eq!(ALL.len(), 249);
        assert_eq!(code("US"), None);
        assert_eq!(code("DE"), Some(IssueCode::CountryNotSupported));
        assert_eq!(code("XX"), Some(IssueCode::CountryUnknown));
        assert_eq!(code("USA"), Some(IssueCode::CountryUnknown));
    }
}
