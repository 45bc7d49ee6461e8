//! What rows are made of, and the one serializer that makes them.
//!
//! All rows are made of one kind of cell: a type for each row, with a serializer of its own, was 4.2 kB (gzip) more.

use crate::field::Field;
use crate::issue::{Issue, Notice, Param};
use serde::{Serialize, Serializer};
use serde_wasm_bindgen::Serializer as ToJs;
use wasm_bindgen::{JsValue, throw_val};

/// One member of a row, or a whole row; its text stays where it is until it is copied into JavaScript.
pub(super) enum Cell<'a> {
    Null,
    Flag(bool),
    Count(u32),
    Text(&'a str),
    Row(Vec<Cell<'a>>),
}

impl Serialize for Cell<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Cell::Null => serializer.serialize_unit(),
            Cell::Flag(flag) => serializer.serialize_bool(*flag),
            Cell::Count(count) => serializer.serialize_u32(*count),
            Cell::Text(text) => serializer.serialize_str(text),
            Cell::Row(cells) => serializer.collect_seq(cells),
        }
    }
}

impl From<bool> for Cell<'_> {
    fn from(flag: bool) -> Self {
        Cell::Flag(flag)
    }
}

impl From<u32> for Cell<'_> {
    fn from(count: u32) -> Self {
        Cell::Count(count)
    }
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(text: &'a str) -> Self {
        Cell::Text(text)
    }
}

impl<'a, T: Into<Cell<'a>>> From<Option<T>> for Cell<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Cell::Null, Into::into)
    }
}

/// A row of its members.
#[cfg_attr(small, inline(never))]
pub(super) fn row<'a, const N: usize>(cells: [Cell<'a>; N]) -> Cell<'a> {
    Cell::Row(cells.into())
}

/// A row that lists things of one kind.
pub(super) fn list<'a>(mut cells: impl Iterator<Item = Cell<'a>>) -> Cell<'a> {
    collected(&mut cells)
}

/// One for all iterators: a list of each was a kilobyte of code.
#[cfg_attr(small, inline(never))]
fn collected<'a>(cells: &mut dyn Iterator<Item = Cell<'a>>) -> Cell<'a> {
    Cell::Row(cells.collect())
}

/// The place of a code in its list, which TypeScript has, too.
pub(super) fn place(place: usize) -> Cell<'static> {
    Cell::Count(place as u32)
}

#[cfg_attr(small, inline(never))]
pub(super) fn to_js(cell: &Cell<'_>) -> JsValue {
    cell.serialize(&ToJs::json_compatible()).unwrap_or_else(|error| throw_val(error.into()))
}

/// `[path, the code's place, [[name, value], ...]]`; word and sentence are TypeScript's.
pub(super) fn issue<'a>(issue: &'a Issue) -> Cell<'a> {
    issue_below(None, issue)
}

/// The issue of a field, under the name of its parent.
pub(super) fn issue_below<'a>(parent: Option<&'static Field>, issue: &'a Issue) -> Cell<'a> {
    let parent = parent.filter(|_| !issue.path.is_empty());
    let mut path: Vec<_> = parent.map(|parent| Cell::Text(parent.name)).into_iter().collect();
    path.extend(issue.path.iter().map(|name| Cell::Text(name)));
    let params = issue.params.iter().map(|(name, value)| row([(*name).into(), param(value)]));
    row([Cell::Row(path), place(issue.code.place()), list(params)])
}

fn param(value: &Param) -> Cell<'_> {
    match value {
        Param::Word(word) => Cell::Text(word),
        Param::Count(count) => Cell::Count(*count),
        Param::Words(words) => list(words.iter().copied().map(Cell::Text)),
    }
}

/// `[path, the code's place, confirm]`
pub(super) fn notice<'a>(notice: &'a Notice) -> Cell<'a> {
    let path = list(notice.path.iter().map(|name| Cell::Text(name)));
    row([path, place(notice.code.place()), notice.confirm.into()])
}
