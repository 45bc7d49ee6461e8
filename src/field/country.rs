//! A country code of ISO 3166-1 alpha-2, of which one is served.
//!
//! Source: "ISO 3166-1 alpha-2 country code" and "5-digit US ZIP" stand side by side on Ingo's page on managing cards.

use crate::field::pairs::Pairs;
use crate::field::upper;
use crate::issue::IssueCode;

/// The country cards are sent to.
pub const SERVED: &str = "US";

/// The 249 codes of ISO 3166-1 alpha-2, one behind the other.
const ALL: &str = "\
    ADAEAFAGAIALAMAOAQARASATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBVBWBYBZCACCCDCFCGCHCICKCLCMCNCOCR\
    CUCVCWCXCYCZDEDJDKDMDODZECEEEGEHERESETFIFJFKFMFOFRGAGBGDGEGFGGGHGIGLGMGNGPGQGRGSGTGUGWGYHKHMHNHRHTHU\
    IDIEILIMINIOIQIRISITJEJMJOJPKEKGKHKIKMKNKPKRKWKYKZLALBLCLILKLRLSLTLULVLYMAMCMDMEMFMGMHMKMLMMMNMOMPMQ\
    MRMSMTMUMVMWMXMYMZNANCNENFNGNINLNONPNRNUNZOMPAPEPFPGPHPKPLPMPNPRPSPTPWPYQARERORSRURWSASBSCSDSESGSHSI\
    SJSKSLSMSNSOSRSSSTSVSXSYSZTCTDTFTGTHTJTKTLTMTNTOTRTTTVTWTZUAUGUMUSUYUZVAVCVEVGVIVNVUWFWSYEYTZAZMZW";

const CODES: Pairs = Pairs::of(ALL.as_bytes());

/// Every code.
pub fn all() -> impl Iterator<Item = &'static str> {
    ALL.as_bytes().as_chunks::<2>().0.iter().filter_map(|code| str::from_utf8(code).ok())
}

#[inline(always)]
pub(super) fn take(text: &[u8]) -> Result<(), IssueCode> {
    if text == SERVED.as_bytes() { Ok(()) } else { Err(other(text)) }
}

#[cold]
fn other(text: &[u8]) -> IssueCode {
    if CODES.contains(text) { IssueCode::CountryNotSupported } else { IssueCode::CountryUnknown }
}

pub(super) fn continues(text: &str) -> bool {
    SERVED.starts_with(upper(text.into()).as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> Option<IssueCode> {
        take(text.as_bytes()).err()
    }

    #[test]
    fn one_country_is_served_and_the_others_are_known() {
        assert_eq!(all().count(), 249);
        assert!(
            all().filter(|known| *known != SERVED).all(|known| code(known) == Some(IssueCode::CountryNotSupported))
        );
        assert_eq!(code("US"), None);
        assert_eq!(code("DE"), Some(IssueCode::CountryNotSupported));
        assert_eq!(code("XX"), Some(IssueCode::CountryUnknown));
        assert_eq!(code("USA"), Some(IssueCode::CountryUnknown));
    }
}
