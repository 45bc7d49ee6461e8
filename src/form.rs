//! What a form may judge field by field: the whole is judged once, then a keystroke costs the one field it changes.

use crate::check::{Accepted, Judged, Settings, holds, judge};
use crate::field::{Field, Kind, Presence, Proven};
use crate::input::Value;
use crate::issue::{Issue, IssueCode};
use crate::operation::Operation;

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
    let judged = judge(operation, input, settings);
    let standings = standings(operation, input, &judged);
    Form { of_fields: judged.of_fields, checked: judged.result(operation), standings }
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

fn standings(operation: &'static Operation, input: &Value<'_>, judged: &Judged<'_>) -> Vec<Standing> {
    let standing = |(parent, field): (Option<&'static Field>, &'static Field)| {
        let object = match parent {
            None => Some(input),
            Some(parent) => input.get(parent.name),
        };
        let is_text = object
            .and_then(|object| object.get(field.name))
            .is_some_and(|value| matches!(value, Value::Text(_)) && !value.is_blank());
        match parent.map_or(Presence::Optional, |parent| parent.presence) {
            _ if !is_text => Standing::Bound,
            Presence::RequiredWhen(condition, _) if holds(&condition, &judged.values) == Some(false) => {
                Standing::LeftOut
            }
            _ if is_bound(operation, parent, field) => Standing::Bound,
            _ => Standing::Alone,
        }
    };
    operation.every_field().map(standing).collect()
}

/// Whether a rule looks at the field together with others.
fn is_bound(operation: &Operation, parent: Option<&Field>, field: &Field) -> bool {
    let plain = matches!(field.presence, Presence::Required | Presence::Optional);
    if !plain || matches!(field.kind, Kind::Key | Kind::Object(_)) {
        return true;
    }
    let of_fields = operation.fields.iter().filter_map(|other| match &other.presence {
        Presence::RequiredWhen(condition, _) | Presence::OnlyWhen(condition, _) => Some(condition),
        Presence::Required | Presence::Optional => None,
    });
    let of_advice = operation.advice.iter().flat_map(|advice| advice.when);
    let looked_at = of_fields.chain(of_advice).any(|condition| condition.field() == field.name);
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
    /// It breaks this rule; the issue is the same for every text of this field that does.
    Breaks(IssueCode),
}

impl Verdict {
    /// Its number at the boundary: from 3, a place in [`IssueCode::ALL`].
    pub fn number(self) -> u32 {
        match self {
            Verdict::AskWhole => 0,
            Verdict::Passes => 1,
            Verdict::PassesChanged => 2,
            Verdict::Breaks(code) => {
                let place = IssueCode::ALL.iter().position(|known| *known == code);
                place.and_then(|place| u32::try_from(place).ok()).map_or(0, |place| place + 3)
            }
        }
    }
}

/// Judges new text in a field that stands alone.
pub fn verdict(field: &Field, text: &str, settings: &Settings<'_>) -> Verdict {
    // Half of a surrogate pair comes as a replacement character.
    if text.contains(char::REPLACEMENT_CHARACTER) || text.chars().all(char::is_whitespace) {
        return Verdict::AskWhole;
    }
    match field.kind.prove(&Value::Text(text.into()), settings) {
        Ok(Proven::Text(normal)) if normal == text => Verdict::Passes,
        Ok(Proven::Text(_)) => Verdict::PassesChanged,
        Ok(_) => Verdict::AskWhole,
        // It says how long the text is.
        Err(refusal) if refusal.code == IssueCode::TooLong => Verdict::AskWhole,
        Err(refusal) => Verdict::Breaks(refusal.code),
    }
}

/// The normal form of text that passes.
pub fn normal_form(field: &Field, text: &str, settings: &Settings<'_>) -> Option<String> {
    match field.kind.prove(&Value::Text(text.into()), settings) {
        Ok(Proven::Text(normal)) => Some(normal.into_owned()),
        _ => None,
    }
}
