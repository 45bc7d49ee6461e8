//! What all rows of a batch have in common, found out once instead of for each row.
//!
//! Rows are mostly alike: the same fields are given, each passes by itself, and the same conditions hold. Of such rows the
//! rules ([`judge`]) say the same, so they are asked for the first one only. For all others they are asked.

use super::row::Texts;
use crate::check::Settings;
use crate::field::{Field, Kind};
use crate::judge::{Finding, judge, places};
use crate::operation::{Condition, Operation};

/// So many patterns are remembered at most: one more is judged each time.
const MOST_PATTERNS: usize = 32;

/// What all rows of a batch have in common.
#[derive(Debug)]
pub(super) struct Plan {
    operation: &'static Operation,
    pub(super) settings: Settings<'static>,
    /// The fields at the top.
    pub(super) members: Vec<Member>,
    /// All fields, by the number of their place.
    pub(super) places: Vec<Place>,
    /// What rules on presence ask of a field, by the field's place.
    conditions: Vec<(usize, Condition)>,
    /// The patterns of rows that passed.
    passing: Vec<u64>,
}

/// A field as a reader of rows meets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) number: usize,
    pub(super) field: &'static Field,
    pub(super) kind: Kind,
    /// The length of a text that passes as it is, where there is only one: its end need not be looked for.
    pub(super) length: Option<usize>,
    /// Whether a condition looks at it.
    pub(super) is_asked: bool,
}

/// A field as a member of an object.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) place: Place,
    pub(super) children: Vec<Member>,
}

impl Plan {
    pub(super) fn new(operation: &'static Operation, settings: Settings<'static>) -> Plan {
        let mut conditions = Vec::new();
        collect(&mut conditions, operation.fields, 0);
        let members = members(operation.fields, 0, &settings, &conditions);
        let places = members.iter().flat_map(|member| std::iter::once(member).chain(&member.children));
        let places = places.map(|member| member.place).collect();
        Plan { operation, settings, members, places, conditions, passing: Vec::new() }
    }

    /// The rules that a row breaks; none are asked where one like it passed.
    #[inline(always)]
    pub(super) fn judge(&mut self, row: &mut Texts<'_>) -> Vec<Finding> {
        let pattern = row.is_sound().then(|| self.pattern(row));
        if pattern.is_some_and(|pattern| self.passing.contains(&pattern)) {
            return Vec::new();
        }
        self.ask(row, pattern)
    }

    #[cold]
    fn ask(&mut self, row: &mut Texts<'_>, pattern: Option<u64>) -> Vec<Finding> {
        let findings = judge(self.operation, row.slots(), &self.settings).findings;
        let is_worth_it = findings.is_empty() && self.passing.len() < MOST_PATTERNS;
        self.passing.extend(pattern.filter(|_| is_worth_it));
        findings
    }

    /// All that rules on more than one field look at, of a row whose fields pass by themselves: what is given, and which
    /// conditions hold.
    #[inline(always)]
    fn pattern(&self, row: &Texts<'_>) -> u64 {
        let mut pattern = u64::from(row.given());
        for (bit, (place, condition)) in (u32::BITS..).zip(&self.conditions) {
            pattern |= u64::from(row.meets(*place, condition)) << bit;
        }
        pattern
    }
}

/// The conditions of fields that stand beside each other, each once.
fn collect(conditions: &mut Vec<(usize, Condition)>, fields: &'static [Field], base: usize) {
    for (place, field) in places(fields, base) {
        let asked = field.presence.condition().and_then(|condition| {
            let (asked, _) = places(fields, base).find(|(_, field)| field.name == condition.field())?;
            Some((asked, *condition))
        });
        conditions.extend(asked.filter(|asked| !conditions.contains(asked)));
        collect(conditions, field.kind.children(), place + 1);
    }
}

fn members(
    fields: &'static [Field],
    base: usize,
    settings: &Settings<'_>,
    conditions: &[(usize, Condition)],
) -> Vec<Member> {
    let member = |(number, field): (usize, &'static Field)| Member {
        place: Place {
            number,
            field,
            kind: field.kind,
            length: field.kind.only_length(settings),
            is_asked: conditions.iter().any(|(asked, _)| *asked == number),
        },
        children: members(field.kind.children(), number + 1, settings, conditions),
    };
    places(fields, base).map(member).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::OPERATIONS;

    /// Rows are read as bytes: of a text whose end is not looked for, its rule alone says that it is text.
    #[test]
    fn what_passes_by_its_length_is_ascii() {
        let id = "-9a117b23-cc90-d1ef-8f3a-2b1c0e444f2d";
        let texts = ["user", "rcrd", "acct"].map(|prefix| format!("{prefix}{id}"));
        let texts: Vec<_> = texts.iter().map(String::as_str).chain(["TX", "US", "30044"]).collect();
        let settings = Settings::default();
        for operation in OPERATIONS {
            for place in Plan::new(operation, Settings::default()).places.iter().filter(|place| place.length.is_some())
            {
                let passes = |text: &[u8]| place.kind.passes(text, false, &settings);
                let passing = texts.iter().find(|text| passes(text.as_bytes()));
                let passing = passing.unwrap_or_else(|| panic!("expected a text for {}", place.field.name));
                for (at, byte) in (0..passing.len()).flat_map(|at| (0x80..=u8::MAX).map(move |byte| (at, byte))) {
                    let mut text = passing.as_bytes().to_vec();
                    text[at] = byte;
                    assert!(!passes(&text), "{} {at} {byte:x}", place.field.name);
                }
            }
        }
    }

    #[test]
    fn every_condition_has_a_bit_and_every_field_its_place() {
        for operation in OPERATIONS {
            let plan = Plan::new(operation, Settings::default());
            assert!(plan.conditions.len() <= u32::BITS as usize, "{}", operation.name);
            let names = plan.places.iter().map(|place| place.field.name);
            assert!(names.eq(operation.every_field().map(|(_, field)| field.name)), "{}", operation.name);
        }
    }
}
