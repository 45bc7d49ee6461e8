//! What a form shows now: the fields it needs, those that may be given, and those that have no place.
//!
//! Held against [`crate::check()`]: no issue stands on a hidden field, and `required` is said of no other than a required one.

use crate::check::Settings;
use crate::field::{Field, Presence};
use crate::input::Value;
use crate::judge::{Slots, judge, places};
use crate::operation::{Condition, Operation};

/// A field's place in the form as it is filled in now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// It must be given.
    Required,
    /// It may be given.
    Optional,
    /// It has no place: it would not be used.
    Hidden,
}

impl Place {
    /// Every place, in this order.
    pub const ALL: [Place; 3] = [Place::Required, Place::Optional, Place::Hidden];

    /// The place's word in TypeScript.
    pub const fn as_str(self) -> &'static str {
        match self {
            Place::Required => "required",
            Place::Optional => "optional",
            Place::Hidden => "hidden",
        }
    }
}

/// The place of each field, in the order of [`Operation::every_field`].
pub fn presence(operation: &'static Operation, input: &Value<'_>, settings: &Settings<'_>) -> Vec<Place> {
    let slots = Slots::of(operation.fields, input);
    let judged = judge(operation, &slots, settings);
    let given = |field: &Field| {
        let mut places = places(operation.fields, 0);
        places.any(|(place, known)| known.name == field.name && !slots.is_absent(place, known, settings))
    };
    let mut places = Vec::new();
    let (mut hidden_below, mut parent_asks) = (false, false);
    for (parent, field) in operation.every_field() {
        let own = match field.presence {
            Presence::Required => Place::Required,
            Presence::Optional if parent.is_none() => one_of(operation, field, &given).unwrap_or(Place::Optional),
            Presence::Optional => Place::Optional,
            Presence::RequiredWhen(condition, _) => match judged.holds(&condition) {
                Some(true) => Place::Required,
                Some(false) => Place::Hidden,
                None => undecided(operation, &condition, given(field)),
            },
            Presence::OnlyWhen(condition, _) => match judged.holds(&condition) {
                Some(true) => Place::Optional,
                // What was given must be seen to be taken away again.
                Some(false) => {
                    if given(field) {
                        Place::Optional
                    } else {
                        Place::Hidden
                    }
                }
                None => undecided(operation, &condition, given(field)),
            },
        };
        places.push(match parent {
            None => {
                hidden_below = own == Place::Hidden;
                parent_asks = own == Place::Required || given(field);
                own
            }
            Some(_) if hidden_below => Place::Hidden,
            Some(_) if parent_asks => own,
            Some(_) => Place::Optional,
        });
    }
    places
}

/// Where the question before is a required one, it is asked first; where it may stay open, so may this.
fn undecided(operation: &Operation, condition: &Condition, given: bool) -> Place {
    let before = operation.fields.iter().find(|field| field.name == condition.field());
    let must_be_asked = before.is_some_and(|field| field.presence == Presence::Required);
    if must_be_asked && !given { Place::Hidden } else { Place::Optional }
}

/// Of a group the first is asked for, until another is given; two are both shown, so that one can be taken away.
fn one_of(operation: &Operation, field: &Field, given: &impl Fn(&Field) -> bool) -> Option<Place> {
    let group = operation.one_of.iter().find(|group| group.contains(&field.name))?;
    let given_of = operation.fields.iter().filter(|one| group.contains(&one.name) && given(one)).count();
    Some(match given_of {
        0 if group.first() == Some(&field.name) => Place::Required,
        0 => Place::Optional,
        1 if given(field) => Place::Required,
        1 => Place::Hidden,
        _ => Place::Optional,
    })
}
