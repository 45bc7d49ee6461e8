//! How far a person is with a field while typing: what may still become right is not yet wrong.

use crate::check::Settings;
use crate::credential;
use crate::field::{Field, Kind, Presence, Ruling};
use crate::input::Value;
use crate::judge::Slots;

/// How far a person is with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typing {
    /// Nothing yet.
    Empty,
    /// Does not pass, and would with the right characters appended.
    Incomplete,
    /// Does not pass, whatever is appended.
    Invalid,
    /// Passes.
    Valid,
}

impl Typing {
    /// Every stage, in this order.
    pub const ALL: [Typing; 4] = [Typing::Empty, Typing::Incomplete, Typing::Invalid, Typing::Valid];

    /// The stage's word in TypeScript.
    pub const fn as_str(self) -> &'static str {
        match self {
            Typing::Empty => "empty",
            Typing::Incomplete => "incomplete",
            Typing::Invalid => "invalid",
            Typing::Valid => "valid",
        }
    }
}

/// How far a person is with a field; rules that look at other fields do not apply.
pub fn typing(field: &'static Field, value: &Value<'_>, settings: &Settings<'_>) -> Typing {
    let slots = Slots::alone(field, value);
    if slots.is_absent(0, field, settings) {
        return Typing::Empty;
    }
    match (field.kind, value) {
        (Kind::Object(children), Value::Object(members)) => object(children, value, members.len(), settings),
        _ if !matches!(field.kind.judge(slots.at(0), settings), Ruling::Breaks(_)) => Typing::Valid,
        (_, Value::Text(text)) if field.kind.continues(text.trim_start(), settings) => Typing::Incomplete,
        _ => Typing::Invalid,
    }
}

/// An object is as far as the child that is least so. A name it does not know can only be taken away.
fn object(children: &'static [Field], object: &Value<'_>, members: usize, settings: &Settings<'_>) -> Typing {
    let known = children.iter().filter(|child| object.get(child.name).is_some()).count();
    let mut secret = false;
    credential::find(object, &mut |_| secret = true);
    if secret || (known != members && !settings.drop_unknown) {
        return Typing::Invalid;
    }
    let stages = children.iter().map(|child| {
        let stage = object.get(child.name).map_or(Typing::Empty, |value| typing(child, value, settings));
        (stage, child.presence)
    });
    stages.fold(Typing::Valid, |sofar, stage| match (sofar, stage) {
        (Typing::Invalid, _) | (_, (Typing::Invalid, _)) => Typing::Invalid,
        (_, (Typing::Incomplete, _) | (Typing::Empty, Presence::Required)) => Typing::Incomplete,
        _ => sofar,
    })
}
