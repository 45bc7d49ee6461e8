//! What names each row, and the names that stand twice.

use super::row::Texts;
use crate::input::Value;
use crate::issue::{Issue, IssueCode};
use crate::judge::Finding;
use crate::operation::Operation;
use std::ops::Range;

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
    operation: &'static Operation,
    /// The member or column that has it.
    name: Option<String>,
    /// Its place, if it is a field.
    place: Option<usize>,
    /// The keys, one behind the other, and where each row's begins and ends among them.
    text: String,
    seen: Vec<(Range<usize>, u32)>,
}

impl RowKeys {
    pub(super) fn new(operation: &'static Operation, name: Option<&str>) -> RowKeys {
        let place = name.and_then(|name| field_at(operation, name));
        RowKeys { operation, name: name.map(str::to_owned), place, text: String::new(), seen: Vec::new() }
    }

    /// The column of that name is the field at a place, as a table's header says.
    pub(super) fn is_field(&mut self, place: Option<usize>) {
        self.place = self.place.or(place);
    }

    pub(super) fn place(&self) -> Option<usize> {
        self.place
    }

    /// Whether the rules have found themselves that it is missing, because it is a field that they require.
    pub(super) fn is_found_missing(&self, findings: &[Finding]) -> bool {
        findings.iter().any(|finding| self.is_required(finding.refusal.code, Some(finding.place)))
    }

    /// The same, of what they tell.
    pub(super) fn is_told_missing(&self, issues: &[Issue]) -> bool {
        issues.iter().any(|issue| self.is_required(issue.code, field_at(self.operation, &issue.path.join("."))))
    }

    fn is_required(&self, code: IssueCode, place: Option<usize>) -> bool {
        code == IssueCode::Required && place.is_some() && place == self.place
    }

    pub(super) fn name(&self) -> &str {
        self.name.as_deref().unwrap_or_default()
    }

    /// The name of what stands beside the fields.
    pub(super) fn beside(&self) -> Option<&str> {
        self.name.as_deref().filter(|_| self.place.is_none())
    }

    /// The key of a row whose texts stand in their places.
    pub(super) fn of_texts<'t>(&self, beside: Option<&'t str>, texts: &Texts<'t>) -> Option<&'t str> {
        beside.or_else(|| std::str::from_utf8(texts.text(self.place?)?).ok())
    }

    /// The key of a row that was read as a value; one that stands beside the fields is taken out of it.
    pub(super) fn of_value(&self, value: &mut Value<'_>) -> Option<String> {
        if let Some(place) = self.place {
            let (parent, field) = self.operation.field_at(place)?;
            let object = parent.map_or(Some(&*value), |parent| value.get(parent.name));
            return object?.get(field.name).and_then(written);
        }
        let (Value::Object(members), Some(name)) = (value, &self.name) else { return None };
        let at = members.iter().rposition(|(known, _)| known == name)?;
        written(&members.remove(at).1)
    }

    /// Remembers a row's key; false, if it should have one and has none.
    #[inline]
    pub(super) fn note(&mut self, row: u32, key: Option<&str>) -> bool {
        if self.name.is_none() {
            return true;
        }
        let Some(key) = key.map(str::trim).filter(|key| !key.is_empty()) else { return false };
        let begin = self.text.len();
        self.text.push_str(key);
        self.seen.push((begin..self.text.len(), row));
        true
    }

    /// The keys that stand twice, in the order of the rows that had them first.
    pub(super) fn repeated(mut self) -> Vec<Repeated> {
        let key = |range: &Range<usize>| self.text.get(range.clone()).unwrap_or_default();
        self.seen.sort_unstable_by(|(one, row), (other, behind)| key(one).cmp(key(other)).then(row.cmp(behind)));
        let same = self.seen.chunk_by(|(one, _), (other, _)| key(one) == key(other));
        let mut repeated: Vec<_> = same
            .filter_map(|rows| match rows {
                [(range, _), _, ..] => {
                    Some(Repeated { row_key: key(range).to_owned(), rows: rows.iter().map(|(_, row)| *row).collect() })
                }
                _ => None,
            })
            .collect();
        repeated.sort_unstable_by(|one, other| one.rows.first().cmp(&other.rows.first()));
        repeated
    }
}

/// The place of the field with a dotted path.
#[inline(never)]
pub(super) fn field_at(operation: &'static Operation, path: &str) -> Option<usize> {
    operation.every_field().position(|(parent, field)| match parent {
        Some(parent) => path.split_once('.') == Some((parent.name, field.name)),
        None => path == field.name,
    })
}

/// What a key is as text: it may be written as a number.
fn written(value: &Value<'_>) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.trim().to_owned()),
        Value::Number(digits) => Some((*digits).to_owned()),
        _ => None,
    }
}
