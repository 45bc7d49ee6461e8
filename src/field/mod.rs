//! The kinds of field, each proving one thing, and what a field of a descriptor says about itself.

mod boolean;
mod choice;
mod country;
mod id;
mod key;
mod page;
mod postal_code;
mod state;
mod text;

pub use country::{ALL as COUNTRIES, SERVED as SERVED_COUNTRY};
pub use id::IdForm;
pub(crate) use id::is_grouped_hex;
pub(crate) use key::is_key;
pub use page::LAST_PAGE;
pub use state::ALL as STATES;

use crate::check::Settings;
use crate::input::Value;
use crate::issue::{IssueCode, NoticeCode, Param, Refusal};
use crate::operation::{Condition, prose};
use std::borrow::Cow;

/// One field of an operation's input.
#[derive(Debug, PartialEq, Eq)]
pub struct Field {
    /// The issuer's documented name.
    pub name: &'static str,
    /// The name the issuer takes on the wire, where it differs from ours.
    pub wire: &'static str,
    /// What people call it, as it stands in the middle of a sentence.
    pub label: &'static str,
    /// What a tooltip says about it.
    pub doc: &'static str,
    /// What its values must be.
    pub kind: Kind,
    /// When it must be given.
    pub presence: Presence,
    /// The sentence when it is missing, where "Enter the ..." does not fit.
    pub ask: Option<&'static str>,
    /// The HTML `autocomplete` token that fits it, if any.
    pub autocomplete: Option<&'static str>,
}

impl Field {
    /// A field that must be given.
    pub const fn required(name: &'static str, label: &'static str, kind: Kind, doc: &'static str) -> Field {
        Field {
            name,
            wire: name,
            label: prose(label),
            doc: prose(doc),
            kind,
            presence: Presence::Required,
            ask: None,
            autocomplete: None,
        }
    }

    /// A field that may be absent.
    pub const fn optional(name: &'static str, label: &'static str, kind: Kind, doc: &'static str) -> Field {
        Field { presence: Presence::Optional, ..Field::required(name, label, kind, doc) }
    }

    /// The same field, present under another rule.
    pub const fn present(self, presence: Presence) -> Field {
        Field { presence, ..self }
    }

    /// The same field, asked for with a sentence of its own.
    pub const fn ask(self, sentence: &'static str) -> Field {
        Field { ask: Some(prose(sentence)), ..self }
    }

    /// The same field, with its `autocomplete` token.
    pub const fn autocomplete(self, token: &'static str) -> Field {
        Field { autocomplete: Some(prose(token)), ..self }
    }
}

/// When a field must be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Always.
    Required,
    /// Never.
    Optional,
    /// Where the condition holds; where it is known not to hold, the value is left out with a notice.
    RequiredWhen(Condition, NoticeCode),
    /// Never, and where the condition is known not to hold, giving it is an issue.
    OnlyWhen(Condition, IssueCode),
}

/// What the values of a field must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An issuer's id: a prefix, then 8-4-4-4-12 hex digits.
    Id(&'static str),
    /// One line of text of at most so many characters.
    Text(u32),
    /// One of these words.
    Choice(&'static [&'static str]),
    /// True or false.
    Boolean,
    /// A US state, the District of Columbia, a territory or a military area.
    State,
    /// A five-digit ZIP code.
    PostalCode,
    /// A country of ISO 3166-1 alpha-2; only the United States is served.
    Country,
    /// An idempotency key; it never becomes part of the request.
    Key,
    /// A page number.
    Page,
    /// An object of fields.
    Object(&'static [Field]),
}

/// A value that has passed its field's rule, in normal form.
#[derive(Clone, PartialEq, Eq)]
pub enum Proven<'a> {
    /// Text.
    Text(Cow<'a, str>),
    /// True or false.
    Bool(bool),
    /// A whole number.
    Count(u32),
    /// The children that were given, in the descriptor's order.
    Object(Vec<(&'static Field, Proven<'a>)>),
}

/// Where the words or digits themselves are known, a wrong one is not "too long".
const ANY_LENGTH: u32 = u32::MAX;

/// Ids and product codes hold at most this many characters, also where only their prefix is checked.
pub const ID_MAX: u32 = 128;

impl Kind {
    /// The children of an object; none for any other kind.
    pub const fn children(&self) -> &'static [Field] {
        match self {
            Kind::Object(fields) => fields,
            _ => &[],
        }
    }

    /// Whether values of this kind become part of the request.
    pub const fn is_sent(&self) -> bool {
        !matches!(self, Kind::Key)
    }

    /// Proves one value that is present, or says which rule it breaks. Objects are the checker's.
    pub(crate) fn prove<'a>(&self, value: &Value<'a>, settings: &Settings<'_>) -> Result<Proven<'a>, Refusal> {
        match self {
            Kind::Boolean => boolean::prove(value),
            Kind::Page => page::prove(value),
            Kind::Object(_) => Err(wrong_kind("object", value)),
            Kind::Id(prefix) => id::prove(text::line(value, ID_MAX)?, prefix, settings.ids),
            Kind::Text(max) => text::line(value, *max).map(Proven::Text),
            Kind::Choice(words) => choice::prove(text::line(value, ANY_LENGTH)?, words),
            Kind::State => state::prove(text::line(value, ANY_LENGTH)?),
            Kind::PostalCode => postal_code::prove(text::line(value, ANY_LENGTH)?),
            Kind::Country => country::prove(text::line(value, ANY_LENGTH)?),
            Kind::Key => key::prove(text::line(value, ANY_LENGTH)?),
        }
    }

    /// Whether text that does not pass would, with the right characters appended. Blanks before it do not count.
    pub(crate) fn continues(&self, text: &str, settings: &Settings<'_>) -> bool {
        match self {
            Kind::Id(prefix) => id::continues(text, prefix, settings.ids),
            Kind::Choice(words) => choice::continues(text, words),
            Kind::State => state::continues(text),
            Kind::PostalCode => postal_code::continues(text),
            Kind::Country => country::continues(text),
            Kind::Key => key::continues(text),
            Kind::Page => page::continues(text),
            // A line is too long or has a wrong character for good; the others are no text at all.
            Kind::Text(_) | Kind::Boolean | Kind::Object(_) => false,
        }
    }
}

/// The refusal of a value that is not of the expected kind.
pub(crate) fn wrong_kind(expected: &'static str, found: &Value<'_>) -> Refusal {
    match found {
        Value::Foreign(crate::input::Foreign::LoneSurrogate) => Refusal::plain(IssueCode::LoneSurrogate),
        Value::Foreign(foreign) => Refusal::with(IssueCode::UnsupportedValue, "found", Param::Word(foreign.as_str())),
        _ => Refusal {
            code: IssueCode::WrongKind,
            params: vec![("expected", Param::Word(expected)), ("found", Param::Word(found.kind()))],
        },
    }
}

/// Upper case for ASCII letters, without a copy where nothing changes.
fn upper(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.bytes().any(|byte| byte.is_ascii_lowercase()) { Cow::Owned(text.to_ascii_uppercase()) } else { text }
}

/// Shows the kind, never the value: it may be personal.
impl std::fmt::Debug for Proven<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Proven::Text(_) => "Text(..)",
            Proven::Bool(_) => "Bool(..)",
            Proven::Count(_) => "Count(..)",
            Proven::Object(_) => "Object(..)",
        })
    }
}
