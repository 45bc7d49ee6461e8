//! One line of text: trimmed, counted in characters, free of control characters.

use crate::field::wrong_kind;
use crate::input::Value;
use crate::issue::{IssueCode, Param, Refusal};
use std::borrow::Cow;

/// The trimmed text of a value, at most `max` Unicode scalar values long.
pub(super) fn line<'a>(value: &Value<'a>, max: u32) -> Result<Cow<'a, str>, Refusal> {
    let Value::Text(text) = value else {
        return Err(wrong_kind("text", value));
    };
    let text = trim(text);
    if text.chars().any(char::is_control) {
        return Err(Refusal::plain(IssueCode::ControlCharacter));
    }
    let length = text.chars().count();
    if length > max as usize {
        let length = u32::try_from(length).unwrap_or(u32::MAX);
        return Err(Refusal {
            code: IssueCode::TooLong,
            params: vec![("max", Param::Count(max)), ("length", Param::Count(length))],
        });
    }
    Ok(text)
}

fn trim<'a>(text: &Cow<'a, str>) -> Cow<'a, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<String, IssueCode> {
        line(&Value::Text(text.into()), 5).map(Cow::into_owned).map_err(|refusal| refusal.code)
    }

    #[test]
    fn trims_unicode_white_space_and_nothing_else() {
        assert_eq!(read("\u{3000} ab \n"), Ok("ab".into()));
        assert_eq!(read("\u{200b}ab"), Ok("\u{200b}ab".into()), "a zero-width space is no White_Space");
    }

    #[test]
    fn counts_characters_not_bytes() {
        assert_eq!(read("éééüß"), Ok("éééüß".into()));
        assert_eq!(read("abcdef"), Err(IssueCode::TooLong));
    }

    #[test]
    fn refuses_control_characters_inside() {
        assert_eq!(read("a\nb"), Err(IssueCode::ControlCharacter));
        assert_eq!(read("a\u{85}b"), Err(IssueCode::ControlCharacter));
    }

    #[test]
    fn digits_are_strings() {
        let refusal = line(&Value::Number("5"), 5).unwrap_err();
        assert_eq!(refusal.code, IssueCode::WrongKind);
        assert_eq!(refusal.params, [("expected", Param::Word("text")), ("found", Param::Word("number"))]);
    }
}
