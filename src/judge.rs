//! The rules of a descriptor over the values of one input, by place: what passes, and what is broken.
//!
//! A place is a field's number in [`Operation::every_field`]. Nothing is copied, and where nothing is broken nothing is
//! allocated: a form asks at each keystroke, and a file of cards ten thousand times.

use crate::check::Settings;
use crate::field::{Field, Kind, Presence, Ruling};
use crate::input::Value;
use crate::input::scan::same;
use crate::issue::{IssueCode, Notice, Refusal};
use crate::operation::{Condition, MOST_FIELDS, Operation};

/// One for each field.
pub(crate) const PLACES: usize = MOST_FIELDS;

/// What was given at one place.
#[derive(Clone, Copy)]
pub(crate) enum Slot<'v, 'a> {
    /// Nothing.
    Empty,
    /// Text, from a reader that makes no values.
    Text(&'v str),
    /// An object, whose children stand at the places behind it.
    Object,
    /// Anything.
    Value(&'v Value<'a>),
}

impl<'v> Slot<'v, '_> {
    #[inline(always)]
    pub(crate) fn text(self) -> Option<&'v str> {
        match self {
            Slot::Text(text) => Some(text),
            Slot::Value(value) => value.text(),
            Slot::Empty | Slot::Object => None,
        }
    }

    /// The number of its kind among [`crate::input::KINDS`].
    pub(crate) fn kind(self) -> u8 {
        match self {
            Slot::Empty => 0,
            Slot::Text(_) => 3,
            Slot::Object => 5,
            Slot::Value(value) => value.kind_number(),
        }
    }

    #[inline(always)]
    pub(crate) fn is_blank(self) -> bool {
        match self {
            Slot::Empty => true,
            Slot::Text(text) => is_blank(text),
            Slot::Object => false,
            Slot::Value(value) => value.is_blank(),
        }
    }
}

/// Whether text is empty, or white space alone.
#[inline(always)]
pub(crate) fn is_blank(text: &str) -> bool {
    // Nearly every text says so with its first byte.
    !text.as_bytes().first().is_some_and(u8::is_ascii_graphic) && is_white(text)
}

#[cold]
#[inline(never)]
fn is_white(text: &str) -> bool {
    text.chars().all(char::is_whitespace)
}

/// What was given, by place.
pub(crate) struct Slots<'v, 'a> {
    places: [Slot<'v, 'a>; PLACES],
    /// A bit for each object that has a name it does not know.
    strangers: u32,
}

impl<'v, 'a> Slots<'v, 'a> {
    pub(crate) const EMPTY: Slots<'v, 'a> = Slots { places: [Slot::Empty; PLACES], strangers: 0 };

    /// The members of an object; of several with one name the last.
    pub(crate) fn of(fields: &'static [Field], object: &'v Value<'a>) -> Slots<'v, 'a> {
        let mut slots = Slots::EMPTY;
        for (place, field) in places(fields, 0) {
            if let Some(value) = object.get(field.name) {
                slots.put_value(place, field, value);
            }
        }
        slots
    }

    /// One field alone, at the first place.
    pub(crate) fn alone(field: &'static Field, value: &'v Value<'a>) -> Slots<'v, 'a> {
        let mut slots = Slots::EMPTY;
        slots.put_value(0, field, value);
        slots
    }

    fn put_value(&mut self, place: usize, field: &'static Field, value: &'v Value<'a>) {
        let (Kind::Object(children), Value::Object(members)) = (field.kind, value) else {
            self.put(place, Slot::Value(value));
            return;
        };
        self.put(place, Slot::Object);
        for (below, child) in places(children, place + 1) {
            self.put(below, value.get(child.name).map_or(Slot::Empty, Slot::Value));
        }
        if members.iter().any(|(name, _)| children.iter().all(|child| child.name != name)) {
            self.strangers |= 1 << place;
        }
    }

    #[inline(always)]
    pub(crate) fn put(&mut self, place: usize, slot: Slot<'v, 'a>) {
        if let Some(at) = self.places.get_mut(place) {
            *at = slot;
        }
    }

    #[inline(always)]
    pub(crate) fn at(&self, place: usize) -> Slot<'v, 'a> {
        self.places.get(place).copied().unwrap_or(Slot::Empty)
    }

    /// Whether nothing was given: a blank value, or an object of known fields that are all blank, as an untouched form has it.
    #[cfg_attr(small, inline(never))]
    pub(crate) fn is_absent(&self, place: usize, field: &'static Field, settings: &Settings<'_>) -> bool {
        self.is_absent_here(place, field, settings)
    }

    /// The same, put where it is called: for what asks it of every field.
    #[inline(always)]
    fn is_absent_here(&self, place: usize, field: &'static Field, settings: &Settings<'_>) -> bool {
        match (field.kind, self.at(place)) {
            (Kind::Object(children), Slot::Object) => {
                let known = settings.drop_unknown || self.strangers & (1 << place) == 0;
                known && (place + 1..).zip(children).all(|(below, _)| self.at(below).is_blank())
            }
            (_, slot) => slot.is_blank(),
        }
    }
}

/// Fields that stand beside each other, each with its place; the first stands at `base`.
#[inline(always)]
pub(crate) fn places(fields: &'static [Field], base: usize) -> impl Iterator<Item = (usize, &'static Field)> {
    fields.iter().scan(base, |next, field| {
        let place = *next;
        *next += 1 + field.kind.children().len();
        Some((place, field))
    })
}

/// What has become of one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Nothing was given, or it was not looked at.
    Absent,
    /// It has no place beside the others, and is left out.
    LeftOut,
    /// It breaks a rule.
    Broken,
    /// It passes as it is.
    Passes,
    /// It passes, in another normal form.
    PassesChanged,
}

/// A broken rule, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) place: usize,
    pub(crate) refusal: Refusal,
}

/// An input that has been judged.
pub(crate) struct Judged<'j, 'v, 'a> {
    settings: &'j Settings<'j>,
    slots: &'j Slots<'v, 'a>,
    fields: &'static [Field],
    standings: [Standing; PLACES],
    /// Every broken rule: those of single fields in the order of places, then those of groups.
    pub(crate) findings: Vec<Finding>,
    /// How many of them are of single fields.
    pub(crate) of_fields: usize,
    /// Advice, should it be a request.
    pub(crate) notices: Vec<Notice>,
    /// A bit for each place that is part of the request as it is.
    pub(crate) as_given: u32,
    /// Whether that is not all of the request: something is in another normal form, left out, or the key.
    pub(crate) is_changed: bool,
}

/// Judges an input by every rule of an operation.
#[cfg_attr(hot, optimize(speed))]
pub(crate) fn judge<'j, 'v, 'a>(
    operation: &'static Operation,
    slots: &'j Slots<'v, 'a>,
    settings: &'j Settings<'j>,
) -> Judged<'j, 'v, 'a> {
    let mut judged = Judged::begin(operation.fields, slots, settings);
    judged.siblings(operation.fields, 0);
    judged.of_fields = judged.findings.len();
    judged.one_of(operation);
    for advice in operation.advice {
        if advice.when.iter().all(|condition| judged.holds(condition) == Some(true)) {
            judged.notices.push(Notice::new(advice.field, advice.notice));
        }
    }
    judged
}

/// Judges one field alone, at the first place; rules that look at other fields do not apply.
pub(crate) fn judge_alone<'j, 'v, 'a>(
    field: &'static Field,
    slots: &'j Slots<'v, 'a>,
    settings: &'j Settings<'j>,
) -> Judged<'j, 'v, 'a> {
    let mut judged = Judged::begin(&[], slots, settings);
    if !slots.is_absent(0, field, settings) {
        judged.prove(0, field);
    } else if matches!(field.presence, Presence::Required) {
        judged.missing(0, field);
    }
    judged
}

impl<'j, 'v, 'a> Judged<'j, 'v, 'a> {
    fn begin(fields: &'static [Field], slots: &'j Slots<'v, 'a>, settings: &'j Settings<'j>) -> Self {
        let standings = [Standing::Absent; PLACES];
        let (findings, notices) = (Vec::new(), Vec::new());
        Judged { settings, slots, fields, standings, findings, of_fields: 0, notices, as_given: 0, is_changed: false }
    }

    #[inline(always)]
    pub(crate) fn standing(&self, place: usize) -> Standing {
        self.standings.get(place).copied().unwrap_or(Standing::Absent)
    }

    /// Whether what stands at a place becomes part of the request.
    #[inline(always)]
    pub(crate) fn passes(&self, place: usize) -> bool {
        matches!(self.standing(place), Standing::Passes | Standing::PassesChanged)
    }

    /// Whether a condition on a field at the top holds, or `None` where that field is absent or broken.
    pub(crate) fn holds(&self, condition: &Condition) -> Option<bool> {
        self.holds_beside(condition, self.fields, 0)
    }

    #[cfg_attr(hot, optimize(speed))]
    fn holds_beside(&self, condition: &Condition, fields: &'static [Field], base: usize) -> Option<bool> {
        let (place, field) =
            places(fields, base).find(|(_, field)| same(field.name.as_bytes(), condition.field().as_bytes()))?;
        let passes = self.passes(place);
        match (condition, self.slots.at(place)) {
            (Condition::Given(_), _) => Some(passes),
            (Condition::Is(_, word), slot) if passes => {
                let text = slot.text()?;
                let is_changed = matches!(self.standing(place), Standing::PassesChanged);
                Some(same(word.as_bytes(), text.as_bytes()) || (is_changed && field.kind.normal(text) == *word))
            }
            (Condition::IsBool(_, is), Slot::Value(Value::Bool(value))) if passes => Some(value == is),
            _ => None,
        }
    }

    #[cfg_attr(hot, optimize(speed))]
    fn siblings(&mut self, fields: &'static [Field], base: usize) {
        for (place, field) in places(fields, base) {
            let is_absent = self.slots.is_absent_here(place, field, self.settings);
            let is_proven = match field.presence {
                Presence::Required if is_absent => {
                    self.missing(place, field);
                    false
                }
                Presence::RequiredWhen(condition, notice) => match self.holds_beside(&condition, fields, base) {
                    Some(true) if is_absent => {
                        self.missing(place, field);
                        false
                    }
                    Some(false) if !is_absent => {
                        self.stand(place, Standing::LeftOut);
                        self.is_changed = true;
                        self.notices.push(Notice::new(field.name, notice));
                        false
                    }
                    _ => !is_absent,
                },
                Presence::OnlyWhen(condition, code) if !is_absent => {
                    if self.holds_beside(&condition, fields, base) == Some(false) {
                        self.find(place, Refusal::plain(code));
                    }
                    true
                }
                Presence::Required | Presence::Optional | Presence::OnlyWhen(..) => !is_absent,
            };
            if is_proven {
                self.prove(place, field);
            }
        }
    }

    #[inline(always)]
    fn prove(&mut self, place: usize, field: &'static Field) {
        let slot = self.slots.at(place);
        if let (Kind::Object(children), Slot::Object) = (field.kind, slot) {
            self.stand(place, Standing::Passes);
            self.as_given |= 1 << place;
            self.siblings(children, place + 1);
            return;
        }
        let standing = match field.kind.judge(slot, self.settings) {
            Ruling::Passes => {
                self.as_given |= u32::from(field.kind.is_sent()) << place;
                self.is_changed |= !field.kind.is_sent();
                Standing::Passes
            }
            Ruling::PassesChanged => {
                self.is_changed = true;
                Standing::PassesChanged
            }
            Ruling::Breaks(refusal) => {
                self.find(place, refusal);
                Standing::Broken
            }
        };
        self.stand(place, standing);
    }

    /// A required object that is absent names each child it lacks, so that every empty box of a form is marked.
    fn missing(&mut self, place: usize, field: &'static Field) {
        match field.kind {
            Kind::Object(children) => self.siblings(children, place + 1),
            _ => self.find(place, Refusal::plain(IssueCode::Required)),
        }
    }

    /// The issue stands on the first of the group, where a form begins to read.
    #[cfg_attr(hot, optimize(speed))]
    fn one_of(&mut self, operation: &'static Operation) {
        for group in operation.one_of {
            let of_group = || places(operation.fields, 0).filter(|(_, field)| group.contains(&field.name));
            let given = of_group().filter(|(place, _)| self.passes(*place)).count();
            let broken = of_group().any(|(place, _)| self.findings.iter().any(|finding| finding.place == place));
            let first = of_group().find(|(_, field)| group.first() == Some(&field.name));
            if let Some((place, _)) = first.filter(|_| given != 1 && !broken) {
                self.find(place, Refusal::plain(IssueCode::ExactlyOne));
            }
        }
    }

    #[inline(always)]
    fn stand(&mut self, place: usize, standing: Standing) {
        if let Some(at) = self.standings.get_mut(place) {
            *at = standing;
        }
    }

    #[cold]
    fn find(&mut self, place: usize, refusal: Refusal) {
        self.findings.push(Finding { place, refusal });
    }
}

#[cfg(test)]
mod tests {
    use super::PLACES;
    use crate::OPERATIONS;

    #[test]
    fn every_field_has_a_place() {
        for operation in OPERATIONS {
            assert!(operation.every_field().count() <= PLACES, "{}", operation.name);
        }
    }
}
