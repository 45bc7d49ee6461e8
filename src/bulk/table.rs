//! The rows of a table: RFC 4180, and what spreadsheets make of it (a mark first, semicolons, ends of line of every kind).

use super::Terms;
use super::cells;
use super::header::{Column, Header};
use super::plain::Plain;
use super::plan::{Place, Plan};
use super::row::Texts;
use super::rows::{Piece, Row, Step, unreadable};
use crate::field::Kind;
use crate::input::scan::until;
use crate::input::{INPUT_LIMITS, JsonError, Value};
use crate::issue::Issue;
use std::borrow::Cow;

/// A table under way.
#[derive(Debug)]
pub(super) struct Table {
    terms: Terms,
    delimiter: Option<u8>,
    /// The columns' names and what they hold, once the header was read.
    names: Vec<String>,
    columns: Option<Vec<Column>>,
    issues: Vec<(String, Issue)>,
    /// The place of the field that the row's key is, where the column of its name is one.
    pub(super) key: Option<usize>,
}

/// A record's cells, or why there are none.
enum Record<'t> {
    Cells(Vec<Cow<'t, str>>, usize),
    Short,
    Broken(&'static str),
}

/// One cell: its text as it stands, what is known of it, and what ends it.
struct Cell<'t> {
    text: &'t str,
    /// Whether its quotes are doubled inside.
    has_quotes: bool,
    next: usize,
    ends_row: bool,
}

enum Read<'t> {
    Cell(Cell<'t>),
    Short,
    Broken,
}

impl Table {
    pub(super) fn new(terms: &Terms, delimiter: Option<u8>) -> Table {
        Table { terms: terms.clone(), delimiter, names: Vec::new(), columns: None, issues: Vec::new(), key: None }
    }

    /// The column that has a path, or, of a row's key, that name.
    pub(super) fn column(&self, path: &str) -> Option<String> {
        let holds = |column: &Column| match column {
            Column::Field { place, parent: None } => place.field.name == path,
            Column::Field { place, parent: Some(parent) } => path
                .split_once('.')
                .is_some_and(|(above, below)| above == parent.field.name && below == place.field.name),
            Column::Key => self.terms.row_key.as_deref() == Some(path),
            Column::Nothing => false,
        };
        let at = self.columns.as_ref()?.iter().position(holds)?;
        self.names.get(at).cloned()
    }

    /// What stands against the header, told once.
    pub(super) fn take_issues(&mut self) -> Vec<(String, Issue)> {
        std::mem::take(&mut self.issues)
    }

    /// The next row, if it is written plainly.
    pub(super) fn plain<'t>(&self, bytes: &'t [u8], at: usize, plan: &Plan, texts: &mut Texts<'t>) -> Plain<'t> {
        let Some((columns, delimiter)) = self.columns.as_ref().zip(self.delimiter) else { return Plain::Otherwise };
        match cells::row(bytes, at, delimiter, columns, plan, texts) {
            Some((end, key)) if end - at <= INPUT_LIMITS.bytes => Plain::Read { end, key, is_one_line: false },
            _ => Plain::Otherwise,
        }
    }

    pub(super) fn next<'t>(&mut self, piece: Piece<'t>, plan: &Plan) -> Step<'t> {
        if piece.next().is_none() {
            return if piece.last { Step::Over } else { Step::Short };
        }
        let Some(columns) = &self.columns else { return self.header(piece, plan) };
        self.row(piece, self.delimiter.unwrap_or(b','), columns)
    }

    fn row<'t>(&self, piece: Piece<'t>, delimiter: u8, columns: &[Column]) -> Step<'t> {
        match record(piece, delimiter) {
            Record::Short => Step::Short,
            Record::Broken(expected) => Step::Stop(unreadable(expected)),
            Record::Cells(cells, end) if cells.as_slice() == [""] => Step::Skip(end),
            Record::Cells(_, end) if end - piece.at > INPUT_LIMITS.bytes => {
                Step::Row(Row::of(Err(JsonError::TooLarge)), end)
            }
            Record::Cells(cells, end) if cells.iter().skip(columns.len()).any(|cell| !cell.trim().is_empty()) => {
                Step::Row(Row::Unreadable(unreadable("no more cells than columns")), end)
            }
            Record::Cells(cells, end) => Step::Row(Row::Value(value(&self.terms, columns, cells)), end),
        }
    }

    fn header<'t>(&mut self, piece: Piece<'t>, plan: &Plan) -> Step<'t> {
        let Some(delimiter) = self.delimiter.or_else(|| delimiter_of(piece.rest(), piece.last)) else {
            return Step::Short;
        };
        match record(piece, delimiter) {
            Record::Short => Step::Short,
            Record::Broken(expected) => Step::Stop(unreadable(expected)),
            // An empty line is no header, as it is no row.
            Record::Cells(cells, end) if cells.as_slice() == [""] => Step::Skip(end),
            Record::Cells(cells, end) => {
                self.delimiter = Some(delimiter);
                self.names = cells.iter().map(|cell| cell.trim().to_owned()).collect();
                let header = Header::of(&self.terms, plan, &self.names);
                self.issues = header.issues;
                self.key = header.key;
                self.columns = Some(header.columns);
                Step::Skip(end)
            }
        }
    }
}

/// A word for a truth is one where a truth is expected.
pub(super) fn truth(text: &str) -> Option<&'static Value<'static>> {
    match text.trim() {
        word if word.eq_ignore_ascii_case("true") => Some(&Value::Bool(true)),
        word if word.eq_ignore_ascii_case("false") => Some(&Value::Bool(false)),
        _ => None,
    }
}

/// A row as the value a form would hold.
fn value<'t>(terms: &Terms, columns: &[Column], cells: Vec<Cow<'t, str>>) -> Value<'t> {
    let mut members: Vec<(Cow<'t, str>, Value<'t>)> = Vec::new();
    for (column, cell) in columns.iter().zip(cells) {
        match column {
            Column::Nothing => {}
            Column::Key => {
                members.extend(terms.row_key.as_ref().map(|name| (Cow::Owned(name.clone()), Value::Text(cell))));
            }
            Column::Field { place: Place { field, .. }, parent } => {
                let truth = truth(&cell).filter(|_| matches!(field.kind, Kind::Boolean));
                let value = truth.cloned().unwrap_or(Value::Text(cell));
                let into = match parent {
                    None => &mut members,
                    Some(Place { field: parent, .. }) => {
                        let known = members.iter().position(|(name, _)| name == parent.name);
                        let at = known.unwrap_or(members.len());
                        if known.is_none() {
                            members.push((parent.name.into(), Value::Object(Vec::new())));
                        }
                        match members.get_mut(at) {
                            Some((_, Value::Object(children))) => children,
                            _ => continue,
                        }
                    }
                };
                into.push((field.name.into(), value));
            }
        }
    }
    Value::Object(members)
}

/// What the first line has most of, outside quotes; nothing, if its end is not there: what comes may have more of another. As in
/// a cell, a quote counts where one begins.
fn delimiter_of(text: &str, last: bool) -> Option<u8> {
    let (mut is_quoted, mut before, mut is_whole) = (false, b',', last);
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    for byte in text.bytes() {
        is_quoted ^= byte == b'"' && (is_quoted || matches!(before, b',' | b';' | b'\t' | b'"'));
        if !is_quoted && matches!(byte, b'\n' | b'\r') {
            is_whole = true;
            break;
        }
        counts.iter_mut().filter(|(known, _)| *known == byte && !is_quoted).for_each(|(_, count)| *count += 1);
        before = byte;
    }
    let most = counts.iter().rev().max_by_key(|(_, count)| *count);
    most.map(|(delimiter, _)| *delimiter).filter(|_| is_whole)
}

fn record(piece: Piece<'_>, delimiter: u8) -> Record<'_> {
    let (mut cells, mut at) = (Vec::new(), piece.at);
    loop {
        match cell(piece.text, at, delimiter, piece.last) {
            Read::Short => return Record::Short,
            Read::Broken => return Record::Broken("a quote at the end of a cell"),
            Read::Cell(cell) => {
                cells.push(if cell.has_quotes { single(cell.text).into() } else { cell.text.into() });
                at = cell.next;
                if cell.ends_row {
                    return Record::Cells(cells, at);
                }
            }
        }
    }
}

/// The text in which each quote was written twice.
fn single(text: &str) -> String {
    let mut is_second = false;
    let keep = |letter: &char| {
        is_second = *letter == '"' && !is_second;
        *letter != '"' || is_second
    };
    text.chars().filter(keep).collect()
}

fn cell(text: &str, at: usize, delimiter: u8, last: bool) -> Read<'_> {
    let bytes = text.as_bytes();
    if bytes.get(at) == Some(&b'"') {
        return quoted(text, at, delimiter, last);
    }
    let end = at + until(bytes.get(at..).unwrap_or_default(), [delimiter, b'\n', b'\r']);
    let Some(text) = text.get(at..end) else { return Read::Broken };
    behind(bytes, end, delimiter, last, (text, false))
}

fn quoted(text: &str, at: usize, delimiter: u8, last: bool) -> Read<'_> {
    let bytes = text.as_bytes();
    let (start, mut end, mut has_quotes) = (at + 1, at + 1, false);
    loop {
        let Some(found) = bytes.get(end..).and_then(|rest| rest.iter().position(|byte| *byte == b'"')) else {
            return if last { Read::Broken } else { Read::Short };
        };
        end += found;
        match bytes.get(end + 1) {
            Some(b'"') => {
                has_quotes = true;
                end += 2;
            }
            None if !last => return Read::Short,
            _ => break,
        }
    }
    let Some(text) = text.get(start..end) else { return Read::Broken };
    behind(bytes, end + 1, delimiter, last, (text, has_quotes))
}

/// What stands behind a cell.
#[inline(always)]
fn behind<'t>(bytes: &[u8], at: usize, delimiter: u8, last: bool, (text, has_quotes): (&'t str, bool)) -> Read<'t> {
    let cell = Cell { text, has_quotes, next: at + 1, ends_row: true };
    match bytes.get(at) {
        Some(byte) if *byte == delimiter => Read::Cell(Cell { ends_row: false, ..cell }),
        Some(b'\n') => Read::Cell(cell),
        Some(b'\r') => match bytes.get(at + 1) {
            Some(b'\n') => Read::Cell(Cell { next: at + 2, ..cell }),
            None if !last => Read::Short,
            _ => Read::Cell(cell),
        },
        None if !last => Read::Short,
        None => Read::Cell(Cell { next: at, ..cell }),
        Some(_) => Read::Broken,
    }
}
