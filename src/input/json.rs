//! A strict reader of JSON text (RFC 8259), and of the boundary's snapshot of JavaScript values.
//!
//! Held against serde_json on every file of JSONTestSuite. Text without escapes is borrowed; nothing is read twice.

use crate::input::scan::quote_or_odd;
use crate::input::{Foreign, Value, number};
use std::borrow::Cow;

/// How much text is read, and how deep it may be nested.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The longest text, in bytes of UTF-8.
    pub bytes: usize,
    /// How many lists and objects may stand inside each other.
    pub depth: usize,
}

/// What is read from a page: 16 KiB, 32 levels.
pub const INPUT_LIMITS: Limits = Limits { bytes: 16 * 1024, depth: 32 };

/// What is read from an issuer or a proxy: 256 KiB, 32 levels.
pub const ANSWER_LIMITS: Limits = Limits { bytes: 256 * 1024, depth: 32 };

/// Why text could not be read; it names places, never values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonError {
    /// The text is longer than the limit.
    TooLarge,
    /// The text is nested deeper than the limit.
    TooDeep,
    /// The text is not JSON.
    Malformed {
        /// The byte at which it stops being JSON.
        at: usize,
        /// What would have been right there.
        expected: &'static str,
    },
}

/// Reads JSON from bytes.
///
/// # Errors
/// Text over the limits, bytes that are not UTF-8, and everything RFC 8259 does not allow: a byte order mark, trailing
/// commas, comments, unescaped control characters, half surrogate pairs, numbers no double can hold.
pub fn read_json(bytes: &[u8], limits: Limits) -> Result<Value<'_>, JsonError> {
    if bytes.len() > limits.bytes {
        return Err(JsonError::TooLarge);
    }
    let text = std::str::from_utf8(bytes)
        .map_err(|error| JsonError::Malformed { at: error.valid_up_to(), expected: "UTF-8" })?;
    Reader { text, at: 0, depth_left: limits.depth, foreign: false }.whole()
}

/// Reads one value that begins at a place of a text, and gives where it ends. How long it may be is the caller's.
///
/// # Errors
/// As [`read_json`].
pub(crate) fn read_json_from(text: &str, at: usize, depth: usize) -> Result<(Value<'_>, usize), JsonError> {
    let mut reader = Reader { text, at, depth_left: depth, foreign: false };
    let value = reader.value()?;
    Ok((value, reader.at))
}

/// Reads the boundary's snapshot: JSON, and `#word` for a JavaScript value that JSON cannot express.
///
/// # Errors
/// As [`read_json`].
#[cfg_attr(small, inline(never))]
pub fn read_snapshot(text: &str, limits: Limits) -> Result<Value<'_>, JsonError> {
    if text.len() > limits.bytes {
        return Err(JsonError::TooLarge);
    }
    Reader { text, at: 0, depth_left: limits.depth, foreign: true }.whole()
}

#[derive(Clone, Copy)]
pub(crate) struct Reader<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
    pub(super) depth_left: usize,
    pub(super) foreign: bool,
}

type Read<T> = Result<T, JsonError>;

impl<'a> Reader<'a> {
    fn whole(mut self) -> Read<Value<'a>> {
        let value = self.value()?;
        self.space();
        if self.at == self.text.len() { Ok(value) } else { Err(self.expected("the end of the text")) }
    }

    pub(crate) fn value(&mut self) -> Read<Value<'a>> {
        self.space();
        match self.peek() {
            Some(b'{') => self.nested(Self::object),
            Some(b'[') => self.nested(Self::list),
            Some(b'"') => self.text().map(Value::Text),
            Some(b't') => self.word("true", Value::Bool(true)),
            Some(b'f') => self.word("false", Value::Bool(false)),
            Some(b'n') => self.word("null", Value::Null),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b'#') if self.foreign => self.foreign(),
            _ => Err(self.expected("a value")),
        }
    }

    fn nested(&mut self, read: fn(&mut Self) -> Read<Value<'a>>) -> Read<Value<'a>> {
        self.depth_left = self.depth_left.checked_sub(1).ok_or(JsonError::TooDeep)?;
        self.at += 1;
        let value = read(self);
        self.depth_left += 1;
        value
    }

    fn object(&mut self) -> Read<Value<'a>> {
        let mut members = Vec::new();
        self.space();
        if self.take(b'}') {
            return Ok(Value::Object(members));
        }
        loop {
            let name = self.name()?;
            members.push((name, self.value()?));
            self.space();
            if self.take(b'}') {
                return Ok(Value::Object(members));
            }
            if !self.take(b',') {
                return Err(self.expected("a comma or the end of the object"));
            }
        }
    }

    /// A member's name and the colon behind it.
    pub(crate) fn name(&mut self) -> Read<Cow<'a, str>> {
        self.space();
        if self.peek() != Some(b'"') {
            return Err(self.expected("a name in quotes"));
        }
        let name = self.text()?;
        self.space();
        if self.take(b':') { Ok(name) } else { Err(self.expected("a colon")) }
    }

    fn list(&mut self) -> Read<Value<'a>> {
        let mut items = Vec::new();
        self.space();
        if self.take(b']') {
            return Ok(Value::List(items));
        }
        loop {
            items.push(self.value()?);
            self.space();
            if self.take(b']') {
                return Ok(Value::List(items));
            }
            if !self.take(b',') {
                return Err(self.expected("a comma or the end of the list"));
            }
        }
    }

    /// Text in quotes; `at` stands on the opening one.
    fn text(&mut self) -> Read<Cow<'a, str>> {
        self.at += 1;
        let mut owned: Option<String> = None;
        loop {
            let run = self.run()?;
            match &mut owned {
                None if self.take(b'"') => return Ok(Cow::Borrowed(run)),
                None => owned = Some(run.to_owned()),
                Some(text) => text.push_str(run),
            }
            let Some(text) = &mut owned else {
                return Err(self.expected("the end of the text"));
            };
            if self.take(b'"') {
                return Ok(Cow::Owned(std::mem::take(text)));
            }
            self.at += 1;
            let escaped = self.escape()?;
            text.push(escaped);
        }
    }

    /// The characters up to a quote or a backslash.
    fn run(&mut self) -> Read<&'a str> {
        let start = self.at;
        self.at += quote_or_odd(self.text.as_bytes().get(start..).unwrap_or_default());
        match self.peek() {
            Some(b'"' | b'\\') => self.text.get(start..self.at).ok_or(self.expected("text")),
            Some(_) => Err(self.expected("an escape in place of a control character")),
            None => Err(self.expected("a closing quote")),
        }
    }

    /// One escape; `at` stands behind its backslash.
    fn escape(&mut self) -> Read<char> {
        let letter = self.peek();
        self.at += 1;
        match letter {
            Some(b'"') => Ok('"'),
            Some(b'\\') => Ok('\\'),
            Some(b'/') => Ok('/'),
            Some(b'b') => Ok('\u{8}'),
            Some(b'f') => Ok('\u{c}'),
            Some(b'n') => Ok('\n'),
            Some(b'r') => Ok('\r'),
            Some(b't') => Ok('\t'),
            Some(b'u') => self.unicode(),
            _ => Err(self.expected("an escape")),
        }
    }

    fn unicode(&mut self) -> Read<char> {
        let first = self.hex()?;
        let code = match first {
            0xd800..=0xdbff if self.take(b'\\') && self.take(b'u') => match self.hex()? {
                second @ 0xdc00..=0xdfff => 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00),
                _ => return Err(self.expected("the second half of a surrogate pair")),
            },
            code => code,
        };
        char::from_u32(code).ok_or(self.expected("a whole surrogate pair"))
    }

    fn hex(&mut self) -> Read<u32> {
        let mut code = 0;
        for _ in 0..4 {
            let digit = self.peek().and_then(|byte| char::from(byte).to_digit(16));
            code = code * 16 + digit.ok_or(self.expected("four hex digits"))?;
            self.at += 1;
        }
        Ok(code)
    }

    fn number(&mut self) -> Read<Value<'a>> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let (spelling, readable) = number::spelling(rest);
        self.at += spelling.len();
        if readable { Ok(Value::Number(spelling)) } else { Err(self.expected("a number that a double can hold")) }
    }

    fn foreign(&mut self) -> Read<Value<'a>> {
        self.at += 1;
        let rest = self.text.get(self.at..).unwrap_or_default();
        let length = rest.bytes().take_while(|next| next.is_ascii_lowercase() || *next == b'_').count();
        let word = rest.get(..length).unwrap_or_default();
        let foreign = Foreign::parse(word).ok_or(self.expected("a word for a JavaScript value"))?;
        self.at += word.len();
        Ok(Value::Foreign(foreign))
    }

    fn word(&mut self, word: &'static str, value: Value<'a>) -> Read<Value<'a>> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        if rest.starts_with(word) {
            self.at += word.len();
            Ok(value)
        } else {
            Err(self.expected("a value"))
        }
    }

    #[inline(always)]
    pub(crate) fn space(&mut self) {
        // Most texts have none.
        if self.peek().is_some_and(|byte| byte <= b' ') {
            self.blanks();
        }
    }

    #[cfg_attr(small, inline(never))]
    #[cfg_attr(not(small), inline(always))]
    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    #[cfg_attr(small, inline(never))]
    #[cfg_attr(not(small), inline(always))]
    pub(crate) fn take(&mut self, byte: u8) -> bool {
        let taken = self.peek() == Some(byte);
        self.at += usize::from(taken);
        taken
    }

    #[inline(always)]
    pub(crate) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// A page's values are written by our own code and an answer's reader is told no more than that it is none, so that in the
    /// rules of every page nobody reads what was expected; of a file somebody does.
    fn expected(&self, expected: &'static str) -> JsonError {
        JsonError::Malformed { at: self.at, expected: if cfg!(small) { "" } else { expected } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Value<'_>, JsonError> {
        read_json(text.as_bytes(), INPUT_LIMITS)
    }

    #[test]
    fn text_without_escapes_is_borrowed() {
        assert!(matches!(read("\"café\""), Ok(Value::Text(Cow::Borrowed("café")))));
        assert!(matches!(read(r#""caf\u00e9""#), Ok(Value::Text(Cow::Owned(text))) if text == "café"));
        assert!(matches!(read(r#""\ud83d\ude00""#), Ok(Value::Text(text)) if text == "😀"));
    }

    #[test]
    fn says_what_it_expected_and_where() {
        let malformed = |at, expected| Err(JsonError::Malformed { at, expected });
        assert_eq!(read("[1,]"), malformed(3, "a value"));
        assert_eq!(read("{\"a\" 1}"), malformed(5, "a colon"));
        assert_eq!(read("{a:1}"), malformed(1, "a name in quotes"));
        assert_eq!(read("[1 2]"), malformed(3, "a comma or the end of the list"));
        assert_eq!(read("\"a\nb\""), malformed(2, "an escape in place of a control character"));
        assert_eq!(read("\"a"), malformed(2, "a closing quote"));
        assert_eq!(read("nul"), malformed(0, "a value"));
        assert_eq!(read("1 1"), malformed(2, "the end of the text"));
        assert_eq!(read(""), malformed(0, "a value"));
        assert_eq!(read("\"\\ud800\""), malformed(7, "a whole surrogate pair"));
        assert_eq!(read("#bigint"), malformed(0, "a value"), "foreign words belong to the boundary alone");
        assert_eq!(read_json(b"\"\xff\"", INPUT_LIMITS), malformed(1, "UTF-8"));
    }

    #[test]
    fn limits_hold_on_both_sides() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(read(&nested(32)).is_ok());
        assert_eq!(read(&nested(33)), Err(JsonError::TooDeep));
        assert!(read(&format!("\"{}\"", "a".repeat(16 * 1024 - 2))).is_ok());
        assert_eq!(read(&format!("\"{}\"", "a".repeat(16 * 1024 - 1))), Err(JsonError::TooLarge));
    }

    #[test]
    fn a_snapshot_names_what_json_cannot_express() {
        let value = read_snapshot(r#"{"a":#bigint,"b":[#cycle]}"#, INPUT_LIMITS).unwrap();
        assert_eq!(value.get("a"), Some(&Value::Foreign(Foreign::BigInt)));
        assert_eq!(value.get("b"), Some(&Value::List(vec![Value::Foreign(Foreign::Cycle)])));
        assert!(read_snapshot("#nonsense", INPUT_LIMITS).is_err());
    }
}
