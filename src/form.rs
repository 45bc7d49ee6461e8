//! What a form may judge field by field: the whole is judged once, then a keystroke costs the one field it changes.

use crate::check::{Accepted, Settings, examine};
use crate::field::{Field, Kind, Presence, Ruling};
use crate::input::Value;
use crate::issue::{Issue, IssueCode};
use crate::judge::{Judged, Slot, Slots, is_blank};
use crate::operation::{Condition, Operation};
use std::borrow::Cow;

/// A form as a whole, and what may be said of its fields without looking at the whole again.
#[derive(Debug)]
pub struct Form<'a> {
    /// As [`crate::check()`] says it.
    pub checked: Result<Accepted<'a>, Vec<Issue>>,
    /// How many of the issues, from the first, are those of single fields: in the descriptor's order.
    pub of_fields: usize,
    /// The standing of each field, in the order of [`Operation::every_field`]. It holds until a field that is bound changes,
    /// or one becomes blank or something else than text.
    pub standings: Vec<Standing>,
}

/// Checks a form as a whole.
pub fn check<'a>(operation: &'static Operation, input: &Value<'a>, settings: &Settings<'a>) -> Form<'a> {
    let mut standings = Vec::new();
    let (checked, of_fields) = examine(operation, input, settings, &mut |judged, slots| {
        standings = self::standings(operation, judged, slots);
    });
    Form { checked, of_fields, standings }
}

/// What other text in a field would mean for the rest of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nothing: its issue and its value are its own.
    Alone,
    /// Nothing at all: it is not looked at.
    LeftOut,
    /// Perhaps something: the whole has to be judged again.
    Bound,
}

impl Standing {
    /// Its letter at the boundary.
    pub const fn letter(self) -> char {
        match self {
            Standing::Alone => 'a',
            Standing::LeftOut => 'l',
            Standing::Bound => 'b',
        }
    }
}

fn standings(operation: &'static Operation, judged: &Judged<'_, '_, '_>, slots: &Slots<'_, '_>) -> Vec<Standing> {
    let standing = |(place, (parent, field)): (usize, (Option<&'static Field>, &'static Field))| {
        let is_text = slots.at(place).text().is_some_and(|text| !is_blank(text));
        match parent.map_or(Presence::Optional, |parent| parent.presence) {
            _ if !is_text => Standing::Bound,
            Presence::RequiredWhen(condition, _) if judged.holds(&condition) == Some(false) => Standing::LeftOut,
            _ if is_bound(operation, parent, field) => Standing::Bound,
            _ => Standing::Alone,
        }
    };
    operation.every_field().enumerate().map(standing).collect()
}

/// Whether a rule looks at the field together with others.
fn is_bound(operation: &Operation, parent: Option<&Field>, field: &Field) -> bool {
    let plain = matches!(field.presence, Presence::Required | Presence::Optional);
    if !plain || matches!(field.kind, Kind::Key | Kind::Object(_)) {
        return true;
    }
    let looks_at = |condition: &Condition| condition.field() == field.name;
    let looked_at = operation.fields.iter().any(|other| other.presence.condition().is_some_and(looks_at))
        || operation.advice.iter().any(|advice| advice.when.iter().any(looks_at));
    parent.is_none() && (looked_at || operation.one_of.iter().any(|group| group.contains(&field.name)))
}

/// What is to be said of new text in a field that stands alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Ask about the whole: the text is blank, or there is more to say than fits here.
    AskWhole,
    /// It passes as it is.
    Passes,
    /// It passes, in another normal form.
    PassesChanged,
    /// It passes without the blanks around it, in ASCII from this letter to that: what is left needs not cross again.
    PassesWithin(u16, u16),
    /// It breaks this rule; the issue is the same for every text of this field that does.
    Breaks(IssueCode),
}

impl Verdict {
    /// Its number at the boundary: from 3, a place in [`IssueCode::ALL`]; from 2^31, two letters.
    pub fn number(self) -> u32 {
        match self {
            Verdict::AskWhole => 0,
            Verdict::Passes => 1,
            Verdict::PassesChanged => 2,
            Verdict::PassesWithin(first, end) => 1 << 31 | u32::from(first) << 16 | u32::from(end),
            Verdict::Breaks(code) => code.place() as u32 + 3,
        }
    }
}

/// Judges new text in a field that stands alone.
pub fn verdict(field: &Field, text: &str, settings: &Settings<'_>) -> Verdict {
    if is_blank(text) {
        return Verdict::AskWhole;
    }
    match field.kind.judge(Slot::Text(text), settings) {
        // Its value is no text.
        _ if matches!(field.kind, Kind::Page) => Verdict::AskWhole,
        Ruling::Passes => Verdict::Passes,
        Ruling::PassesChanged => within(field, text).unwrap_or(Verdict::PassesChanged),
        // It says how long the text is.
        Ruling::Breaks(refusal) if refusal.code == IssueCode::TooLong => Verdict::AskWhole,
        Ruling::Breaks(refusal) => Verdict::Breaks(refusal.code),
    }
}

/// Where the normal form stands in the text, if it does.
fn within(field: &Field, text: &str) -> Option<Verdict> {
    let Cow::Borrowed(normal) = field.kind.normal(text) else { return None };
    let first = text.len() - text.trim_start().len();
    let (first, end) = (u16::try_from(first).ok()?, u16::try_from(first + normal.len()).ok()?);
    (text.is_ascii() && first < 1 << 15).then_some(Verdict::PassesWithin(first, end))
}

/// The normal form of text that passes.
pub fn normal_form(field: &Field, text: &str, settings: &Settings<'_>) -> Option<String> {
    let passes = !matches!(field.kind.judge(Slot::Text(text), settings), Ruling::Breaks(_));
    (passes && !matches!(field.kind, Kind::Page)).then(|| field.kind.normal(text).into_owned())
}
