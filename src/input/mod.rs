//! Where values come from: a borrowed view of what was given, and the readers that fill it.
//!
//! The rules see nothing but [`Value`], so a form, a body of JSON and a row of a table are judged by the same code.

#[cfg(target_feature = "simd128")]
pub(crate) mod block;
mod json;
mod number;
#[cfg(any(test, all(target_arch = "wasm32", not(feature = "rows"))))]
pub(crate) mod packed;
#[cfg(any(test, all(target_arch = "wasm32", not(feature = "rows"))))]
mod passing;
pub(crate) mod scan;

#[cfg(any(test, all(target_arch = "wasm32", not(feature = "rows"))))]
pub(crate) use json::Reader;
pub(crate) use json::read_json_from;
pub use json::{ANSWER_LIMITS, INPUT_LIMITS, JsonError, Limits, read_json, read_snapshot};

use crate::code::word;
use crate::judge::is_blank;
use std::borrow::Cow;
use std::fmt;

/// One value as its source shows it.
#[derive(Clone, PartialEq)]
pub enum Value<'a> {
    /// Nothing.
    Null,
    /// True or false.
    Bool(bool),
    /// A number, in its source's spelling.
    Number(&'a str),
    /// Text.
    Text(Cow<'a, str>),
    /// A list.
    List(Vec<Value<'a>>),
    /// An object's members in their order, repeated names included.
    Object(Vec<(Cow<'a, str>, Value<'a>)>),
    /// A JavaScript value that none of the others can hold.
    Foreign(Foreign),
}

/// What a page may show that JSON cannot express.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Foreign {
    /// NaN or an infinity.
    NonFinite,
    /// A BigInt.
    BigInt,
    /// A symbol.
    Symbol,
    /// A function.
    Function,
    /// An object that contains itself.
    Cycle,
    /// An instance of a class: a Date, a Map, a File.
    ClassInstance,
    /// A value that could not be read: a getter that throws, a revoked proxy.
    Unreadable,
    /// Text with half of a surrogate pair.
    LoneSurrogate,
}

/// The names of the kinds of value: those of JSON, then those of [`Foreign`].
pub const KINDS: &str = "null boolean number text list object \
    non_finite bigint symbol function cycle class_instance unreadable lone_surrogate";

/// The kind's name at a place of [`KINDS`].
pub(crate) fn kind(number: usize) -> &'static str {
    word(KINDS, number)
}

impl Foreign {
    const ALL: [Foreign; 8] = [
        Foreign::NonFinite,
        Foreign::BigInt,
        Foreign::Symbol,
        Foreign::Function,
        Foreign::Cycle,
        Foreign::ClassInstance,
        Foreign::Unreadable,
        Foreign::LoneSurrogate,
    ];

    /// The word for it, in the boundary's text and in an issue's parameters.
    pub fn as_str(self) -> &'static str {
        kind(6 + self as usize)
    }

    fn parse(word: &str) -> Option<Foreign> {
        Foreign::ALL.into_iter().find(|foreign| foreign.as_str() == word)
    }
}

impl<'a> Value<'a> {
    /// The kind's name, for messages to developers.
    pub fn kind(&self) -> &'static str {
        kind(self.kind_number().into())
    }

    /// The place of the kind's name among [`KINDS`].
    pub(crate) const fn kind_number(&self) -> u8 {
        match self {
            Value::Null => 0,
            Value::Bool(_) => 1,
            Value::Number(_) => 2,
            Value::Text(_) => 3,
            Value::List(_) => 4,
            Value::Object(_) => 5,
            Value::Foreign(foreign) => 6 + *foreign as u8,
        }
    }

    /// The value of a member, if this is an object that has it; the last one where a name is repeated.
    pub fn get(&self, name: &str) -> Option<&Value<'a>> {
        let Value::Object(members) = self else { return None };
        members.iter().rev().find(|(known, _)| scan::same(known.as_bytes(), name.as_bytes())).map(|(_, value)| value)
    }

    /// Takes the value of a member out, and leaves null there.
    pub(crate) fn take(&mut self, name: &str) -> Option<Value<'a>> {
        let Value::Object(members) = self else { return None };
        let (_, value) = members.iter_mut().rev().find(|(known, _)| scan::same(known.as_bytes(), name.as_bytes()))?;
        Some(std::mem::replace(value, Value::Null))
    }

    /// The text, if this is one.
    pub fn text(&self) -> Option<&str> {
        if let Value::Text(text) = self { Some(text) } else { None }
    }

    /// Whether nothing was given: null, or text of white space only (Unicode White_Space).
    pub fn is_blank(&self) -> bool {
        match self {
            Value::Null => true,
            Value::Text(text) => is_blank(text),
            _ => false,
        }
    }
}

/// Shows the kind, never the value: it may be personal.
impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Value({})", self.kind())
    }
}
