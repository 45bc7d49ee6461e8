//! The kinds of field, each proving one thing, and what a field of a descriptor says about itself.

mod choice;
mod country;
mod id;
mod key;
mod page;
mod pairs;
mod postal_code;
mod state;
mod text;

pub use country::{SERVED as SERVED_COUNTRY, all as countries};
pub use id::IdForm;
pub(crate) use id::is_grouped_hex;
pub(crate) use key::is_key;
pub use page::LAST_PAGE;
pub use state::ALL as STATES;

use crate::check::Settings;
use crate::host_text::HostText;
use crate::input::Value;
use crate::issue::{IssueCode, NoticeCode, Refusal};
use crate::judge::Slot;
use crate::operation::Condition;
use std::borrow::Cow;

/// One field of an operation's input.
#[derive(Debug, PartialEq, Eq)]
pub struct Field {
    /// The issuer's documented name.
    pub name: &'static str,
    /// The name the issuer takes on the wire, where it differs from ours.
    pub wire: HostText,
    /// What people call it, as it stands in the middle of a sentence.
    pub label: HostText,
    /// What a tooltip says about it.
    pub doc: HostText,
    /// What its values must be.
    pub kind: Kind,
    /// When it must be given.
    pub presence: Presence,
    /// The sentence when it is missing, where "Enter the ..." does not fit.
    pub ask: Option<HostText>,
    /// The HTML `autocomplete` token that fits it, if any.
    pub autocomplete: Option<HostText>,
}

impl Field {
    /// A field that must be given.
    pub const fn required(name: &'static str, label: &'static str, kind: Kind, doc: &'static str) -> Field {
        Field {
            name,
            wire: HostText::new(name),
            label: HostText::new(label),
            doc: HostText::new(doc),
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
        Field { ask: Some(HostText::new(sentence)), ..self }
    }

    /// The same field, with its `autocomplete` token.
    pub const fn autocomplete(self, token: &'static str) -> Field {
        Field { autocomplete: Some(HostText::new(token)), ..self }
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

impl Presence {
    /// What it depends on.
    pub const fn condition(&self) -> Option<&Condition> {
        match self {
            Presence::RequiredWhen(condition, _) | Presence::OnlyWhen(condition, _) => Some(condition),
            Presence::Required | Presence::Optional => None,
        }
    }
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

/// What a field's rule says of one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ruling {
    /// It passes as it is.
    Passes,
    /// It passes, in another normal form.
    PassesChanged,
    /// It breaks a rule.
    Breaks(Refusal),
}

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

    /// Judges one value that is present; the children of an object are [`crate::judge`]'s.
    #[cfg_attr(hot, optimize(speed))]
    pub(crate) fn judge(&self, slot: Slot<'_, '_>, settings: &Settings<'_>) -> Ruling {
        let text = slot.text();
        if text.is_some_and(|text| self.passes(text.as_bytes(), false, settings)) {
            return Ruling::Passes;
        }
        self.look(slot, text, settings)
    }

    /// Judges what is not known at once to pass.
    fn look(&self, slot: Slot<'_, '_>, text: Option<&str>, settings: &Settings<'_>) -> Ruling {
        match (self, text) {
            (Kind::Boolean, _) if matches!(slot, Slot::Value(Value::Bool(_))) => Ruling::Passes,
            (Kind::Page, _) => page::judge(slot),
            (Kind::Boolean | Kind::Object(_), _) | (_, None) => Ruling::Breaks(Refusal::wrong_kind(slot)),
            (_, Some(text)) => self.judge_text(text, settings),
        }
    }

    fn judge_text(&self, text: &str, settings: &Settings<'_>) -> Ruling {
        let line = match text::line(text, self.longest()) {
            Ok(line) => line,
            Err(refusal) => return Ruling::Breaks(refusal),
        };
        let normal = self.spell(line);
        match self.take(normal.as_bytes(), settings) {
            Err(code) => Ruling::Breaks(Refusal::plain(code)),
            // What is cut off or spelled otherwise is shorter, or a text of its own.
            Ok(()) if matches!(normal, Cow::Borrowed(normal) if normal.len() == text.len()) => Ruling::Passes,
            Ok(()) => Ruling::PassesChanged,
        }
    }

    /// Whether text is known at once to pass as it is. Most is: plain lines, and what has blanks nowhere.
    #[inline(always)]
    pub(crate) fn passes(&self, text: &[u8], is_printable: bool, settings: &Settings<'_>) -> bool {
        match self {
            Kind::Text(max) => text::is_plain(text, *max, is_printable),
            // Text is not what these are.
            Kind::Boolean | Kind::Page | Kind::Object(_) => false,
            // Behind a prefix alone anything may stand, blanks too.
            Kind::Id(_) if matches!(settings.ids, IdForm::PrefixOnly) => false,
            _ => self.take(text, settings).is_ok(),
        }
    }

    /// The length of text that [`passes`](Kind::passes), where all such text has the same.
    pub(crate) const fn only_length(&self, settings: &Settings<'_>) -> Option<usize> {
        match self {
            Kind::Id(prefix) if matches!(settings.ids, IdForm::Hex) => Some(prefix.len() + id::HEX_LENGTH),
            Kind::State | Kind::Country => Some(2),
            Kind::PostalCode => Some(5),
            _ => None,
        }
    }

    /// Whether the texts that pass are so few that each of them is met again and again.
    pub(crate) const fn has_few_texts(&self) -> bool {
        matches!(self, Kind::Choice(_) | Kind::Country)
    }

    /// Whether text in normal form is what this kind takes.
    #[inline(always)]
    fn take(&self, text: &[u8], settings: &Settings<'_>) -> Result<(), IssueCode> {
        match self {
            Kind::Id(prefix) => id::take(text, prefix, settings.ids),
            Kind::Choice(words) => choice::take(text, words),
            Kind::State => state::take(text),
            Kind::PostalCode => postal_code::take(text),
            Kind::Country => country::take(text),
            Kind::Key => key::take(text),
            Kind::Text(_) | Kind::Boolean | Kind::Page | Kind::Object(_) => Ok(()),
        }
    }

    /// The most characters a value may have. Where the words or digits themselves are known, a wrong one is not "too long".
    pub(crate) const fn longest(&self) -> u32 {
        match self {
            Kind::Id(_) => ID_MAX,
            Kind::Text(max) => *max,
            _ => u32::MAX,
        }
    }

    /// The normal form of text that passes.
    pub(crate) fn normal<'a>(&self, text: &'a str) -> Cow<'a, str> {
        self.spell(text.trim())
    }

    /// Codes are in upper case.
    fn spell<'a>(&self, text: &'a str) -> Cow<'a, str> {
        match self {
            Kind::State | Kind::Country => upper(text.into()),
            _ => text.into(),
        }
    }

    /// A value that passes, in normal form.
    pub(crate) fn proven<'a>(&self, value: &Value<'a>) -> Option<Proven<'a>> {
        Some(match (self, value) {
            (_, Value::Bool(value)) => Proven::Bool(*value),
            (Kind::Page, _) => Proven::Count(page::number(Slot::Value(value))?),
            (_, Value::Text(Cow::Borrowed(text))) => Proven::Text(self.normal(text)),
            (_, Value::Text(Cow::Owned(text))) => Proven::Text(self.normal(text).into_owned().into()),
            _ => return None,
        })
    }

    /// What its values are, as an issue says it.
    pub(crate) const fn expected(&self) -> &'static str {
        match self {
            Kind::Boolean => "boolean",
            Kind::Page => "number",
            Kind::Object(_) => "object",
            _ => "text",
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
