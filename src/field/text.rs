//! One line of text: trimmed, counted in characters, free of control characters.

use crate::input::scan::is_printable;
use crate::issue::{IssueCode, Refusal};

/// The trimmed text, at most `max` Unicode scalar values long.
pub(super) fn line(text: &str, max: u32) -> Result<&str, Refusal> {
    let text = if is_trimmed(text.as_bytes()) { text } else { text.trim() };
    if text.len() <= max as usize && is_printable(text.as_bytes()) {
        return Ok(text);
    }
    // By bytes, because no character has to be decoded for it: one begins wherever a byte continues none, and the control
    // characters are ASCII's and the 32 that begin with 0xc2.
    let (mut before, mut length, mut has_control) = (0, 0_u32, false);
    for &byte in text.as_bytes() {
        has_control |= byte < b' ' || byte == 0x7f || (before == 0xc2 && byte < 0xa0);
        length += u32::from(byte & 0xc0 != 0x80);
        before = byte;
    }
    if has_control {
        Err(Refusal::plain(IssueCode::ControlCharacter))
    } else if length > max {
        Err(Refusal { code: IssueCode::TooLong, number: length })
    } else {
        Ok(text)
    }
}

/// Whether text is certainly a line that passes as it is, as nearly all that is given does: a character is a byte or more.
#[inline]
pub(super) fn is_plain(text: &[u8], max: u32, is_known_printable: bool) -> bool {
    is_trimmed(text) && text.len() <= max as usize && (is_known_printable || is_printable(text))
}

/// Whether the first and the last character are visible ones of ASCII, or of two bytes that do not begin with 0xc2.
#[inline(always)]
fn is_trimmed(text: &[u8]) -> bool {
    matches!(text, [b'!'..=b'~' | 0xc3..=0xdf, ..]) && matches!(text, [.., b'!'..=b'~'] | [.., 0xc3..=0xdf, _])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<&str, IssueCode> {
        line(text, 5).map_err(|refusal| refusal.code)
    }

    #[test]
    fn trims_unicode_white_space_and_nothing_else() {
        assert_eq!(read("\u{3000} ab \n"), Ok("ab"));
        assert_eq!(read("\u{200b}ab"), Ok("\u{200b}ab"), "a zero-width space is no White_Space");
    }

    #[test]
    fn what_is_plain_is_a_line_as_it_stands() {
        let mut plain = 0;
        for letter in '\0'..='\u{ffff}' {
            for text in
                [format!("{letter}"), format!("{letter}a"), format!("a{letter}"), format!("a 7 rue{letter} de la gare")]
            {
                assert!(!is_trimmed(text.as_bytes()) || text.trim() == text, "{text:?}");
                assert!(!is_plain(text.as_bytes(), 24, false) || line(&text, 24) == Ok(&text), "{text:?}");
                plain += usize::from(is_plain(text.as_bytes(), 24, false));
            }
        }
        assert!(plain > 4 * 1_900, "{plain}");
    }

    #[test]
    fn counts_characters_not_bytes() {
        assert_eq!(read("éééüß"), Ok("éééüß"));
        assert_eq!(read("  abcde "), Ok("abcde"));
        assert_eq!(line("abcdef", 5), Err(Refusal { code: IssueCode::TooLong, number: 6 }));
    }

    #[test]
    fn refuses_control_characters_inside() {
        assert_eq!(read("a\nb"), Err(IssueCode::ControlCharacter));
        assert_eq!(read("a\u{7f}b"), Err(IssueCode::ControlCharacter));
        assert_eq!(read("a\u{85}b"), Err(IssueCode::ControlCharacter));
    }

    #[test]
    fn tells_by_bytes_what_characters_say() {
        for letter in ('\u{0}'..='\u{3000}').chain(['\u{d7ff}', '\u{e000}', '\u{ffff}', '\u{10000}', '\u{10ffff}']) {
            for text in [format!("x{letter}y"), format!("{letter}{letter}"), format!("é{letter}")] {
                let trimmed = text.trim();
                let expected = match trimmed.chars().any(char::is_control) {
                    true => Err(IssueCode::ControlCharacter),
                    false if trimmed.chars().count() > 2 => Err(IssueCode::TooLong),
                    false => Ok(trimmed),
                };
                assert_eq!(line(&text, 2).map_err(|refusal| refusal.code), expected, "{letter:?}");
            }
        }
    }
}
