//! What names each row, and the names that stand twice.

use crate::input::Value;
use crate::judge::{Slots, places};
use crate::operation::Operation;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// A key that more than one row has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repeated {
    /// The key.
    pub row_key: String,
    /// The rows, by their numbers.
    pub rows: Vec<u32>,
}

/// The keys of the rows so far.
#[derive(Debug)]
pub(super) struct RowKeys {
    /// The member or column that has it.
    name: Option<String>,
    /// Its place, if it is a field.
    place: Option<usize>,
    /// The row that had a key first.
    first: BTreeMap<Box<str>, u32>,
    repeated: BTreeMap<Box<str>, Vec<u32>>,
}

impl RowKeys {
    pub(super) fn new(operation: &'static Operation, name: Option<&str>) -> RowKeys {
        let place = places(operation.fields, 0).find(|(_, field)| Some(field.name) == name).map(|(place, _)| place);
        RowKeys { name: name.map(str::to_owned), place, first: BTreeMap::new(), repeated: BTreeMap::new() }
    }

    pub(super) fn name(&self) -> &str {
        self.name.as_deref().unwrap_or_default()
    }

    /// The name of what stands beside the fields.
    pub(super) fn beside(&self) -> Option<&str> {
        self.name.as_deref().filter(|_| self.place.is_none())
    }

    /// The key of a row whose texts stand in their places.
    pub(super) fn of_slots<'t>(&self, beside: Option<&'t str>, slots: &Slots<'t, '_>) -> Option<&'t str> {
        beside.or_else(|| slots.at(self.place?).text())
    }

    /// The key of a row that was read as a value; one that stands beside the fields is taken out of it.
    pub(super) fn of_value(&self, value: &mut Value<'_>) -> Option<String> {
        let (Value::Object(members), Some(name)) = (value, &self.name) else { return None };
        let at = members.iter().rposition(|(known, _)| known == name)?;
        let key = match members.get(at) {
            Some((_, Value::Text(text))) => Some(Cow::Borrowed(text.as_ref())),
            Some((_, Value::Number(digits))) => Some(Cow::Borrowed(*digits)),
            _ => None,
        };
        let key = key.map(|key| key.trim().to_owned());
        if self.place.is_none() {
            members.remove(at);
        }
        key
    }

    /// Remembers a row's key; false, if it should have one and has none.
    #[inline]
    pub(super) fn note(&mut self, row: u32, key: Option<&str>) -> bool {
        if self.name.is_none() {
            return true;
        }
        let Some(key) = key.map(str::trim).filter(|key| !key.is_empty()) else { return false };
        if let Some(first) = self.first.get(key) {
            self.repeated.entry(key.into()).or_insert_with(|| vec![*first]).push(row);
        } else {
            self.first.insert(key.into(), row);
        }
        true
    }

    /// The keys that stand twice, in the order of the rows that had them first.
    pub(super) fn repeated(self) -> Vec<Repeated> {
        let repeated = self.repeated.into_iter();
        let mut repeated: Vec<_> = repeated.map(|(key, rows)| Repeated { row_key: key.into(), rows }).collect();
        repeated.sort_by(|one, other| one.rows.cmp(&other.rows));
        repeated
    }
}
