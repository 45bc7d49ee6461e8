//! One line of text: trimmed, counted in characters, free of control characters.

use crate::issue::{IssueCode, Refusal};

/// The trimmed text, at most `max` Unicode scalar values long.
#[cfg_attr(hot, optimize(speed))]
pub(super) fn line(text: &str, max: u32) -> Result<&str, Refusal> {
    // In plain ASCII a byte is a character, and none has to be decoded.
    let (mut is_plain, bytes) = (true, text.as_bytes());
    for byte in bytes {
        is_plain &= matches!(byte, b' '..=b'~');
    }
    let is_trimmed = bytes.first() != Some(&b' ') && bytes.last() != Some(&b' ');
    if is_plain && is_trimmed && text.len() <= max as usize { Ok(text) } else { counted(text.trim(), max) }
}

fn counted(text: &str, max: u32) -> Result<&str, Refusal> {
    if text.chars().any(char::is_control) {
        return Err(Refusal::plain(IssueCode::ControlCharacter));
    }
    let length = text.chars().count();
    if length > max as usize {
        return Err(Refusal { code: IssueCode::TooLong, number: u32::try_from(length).unwrap_or(u32::MAX) });
    }
    Ok(text)
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
}
