//! The rows of a table: RFC 4180, and what spreadsheets make of it (a mark first, semicolons, ends of line of every kind).

use super::Terms;
use super::header::{Column, Header};
use super::rows::{Look, Piece, Row, Step, unreadable};
use crate::field::Kind;
use crate::input::scan::until;
use crate::input::{INPUT_LIMITS, JsonError, Value};
use crate::issue::Issue;
use crate::judge::{Slot, Slots};
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
}

/// A record's cells, or why there are none.
enum Record<'t> {
    Cells(Vec<Cow<'t, str>>, usize),
    Short,
    Broken(&'static str),
}

/// One cell: its text as it stands, whether its quotes are doubled inside, and what ends it.
struct Cell<'t> {
    text: &'t str,
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
        Table { terms: terms.clone(), delimiter, names: Vec::new(), columns: None, issues: Vec::new() }
    }

    /// The column that has a path, or, of a row's key, that name.
    pub(super) fn column(&self, path: &str) -> Option<String> {
        let holds = |column: &Column| match column {
            Column::Field { field, parent: None, .. } => field.name == path,
            Column::Field { field, parent: Some((_, parent)), .. } => {
                path.split_once('.').is_some_and(|(above, below)| above == parent.name && below == field.name)
            }
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

    pub(super) fn next<'t>(&mut self, piece: Piece<'t>, look: &Look<'_>, slots: &mut Slots<'t, 'static>) -> Step<'t> {
        if piece.next().is_none() {
            return if piece.last { Step::Over } else { Step::Short };
        }
        let Some(columns) = &self.columns else { return self.header(piece) };
        let delimiter = self.delimiter.unwrap_or(b',');
        let start = piece.at;
        let (mut at, mut place, mut key, mut is_blank, mut is_plain) = (start, 0, None, true, look.plainly);
        let end = loop {
            let cell = match cell(piece.text, at, delimiter, piece.last) {
                Read::Cell(cell) => cell,
                Read::Short => return Step::Short,
                Read::Broken => return Step::Stop(unreadable("a quote at the end of a cell")),
            };
            is_blank &= cell.text.is_empty();
            is_plain &= !cell.has_quotes;
            match columns.get(place) {
                Some(Column::Field { place, field, parent }) => {
                    if let Some((parent, _)) = parent {
                        slots.put(*parent, Slot::Object);
                    }
                    slots.put(*place, slot(field.kind, cell.text));
                }
                Some(Column::Key) => key = Some(cell.text),
                Some(Column::Nothing) => {}
                None => is_plain &= cell.text.is_empty(),
            }
            at = cell.next;
            place += 1;
            if cell.ends_row {
                break at;
            }
        };
        if is_blank && place == 1 {
            return Step::Skip(end);
        }
        if end - start > INPUT_LIMITS.bytes {
            return Step::Row(Row::of(Err(JsonError::TooLarge)), end);
        }
        if is_plain {
            return Step::Row(Row::Plain(key), end);
        }
        self.row(piece, delimiter, columns)
    }

    /// A row the long way.
    #[cold]
    fn row<'t>(&self, piece: Piece<'t>, delimiter: u8, columns: &[Column]) -> Step<'t> {
        match record(piece, delimiter) {
            Record::Short => Step::Short,
            Record::Broken(expected) => Step::Stop(unreadable(expected)),
            Record::Cells(cells, end) if cells.iter().skip(columns.len()).any(|cell| !cell.trim().is_empty()) => {
                Step::Row(Row::Unreadable(unreadable("no more cells than columns")), end)
            }
            Record::Cells(cells, end) => Step::Row(Row::Value(value(&self.terms, columns, cells)), end),
        }
    }

    #[cold]
    fn header<'t>(&mut self, piece: Piece<'t>) -> Step<'t> {
        let delimiter = self.delimiter.unwrap_or_else(|| delimiter_of(piece.rest()));
        match record(piece, delimiter) {
            Record::Short => Step::Short,
            Record::Broken(expected) => Step::Stop(unreadable(expected)),
            Record::Cells(cells, end) => {
                self.delimiter = Some(delimiter);
                self.names = cells.iter().map(|cell| cell.trim().to_owned()).collect();
                let header = Header::of(&self.terms, &self.names);
                self.issues = header.issues;
                self.columns = Some(header.columns);
                Step::Skip(end)
            }
        }
    }
}

fn slot(kind: Kind, text: &str) -> Slot<'_, 'static> {
    match kind {
        Kind::Boolean if text.trim().eq_ignore_ascii_case("true") => Slot::Value(&Value::Bool(true)),
        Kind::Boolean if text.trim().eq_ignore_ascii_case("false") => Slot::Value(&Value::Bool(false)),
        _ => Slot::Text(text),
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
            Column::Field { field, parent, .. } => {
                let value = match slot(field.kind, &cell) {
                    Slot::Value(value) => value.clone(),
                    _ => Value::Text(cell),
                };
                let into = match parent {
                    None => &mut members,
                    Some((_, parent)) => {
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

/// What the first line has most of, outside quotes.
fn delimiter_of(text: &str) -> u8 {
    let mut is_quoted = false;
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    for byte in text.bytes() {
        is_quoted ^= byte == b'"';
        if !is_quoted && matches!(byte, b'\n' | b'\r') {
            break;
        }
        counts.iter_mut().filter(|(known, _)| *known == byte && !is_quoted).for_each(|(_, count)| *count += 1);
    }
    let most = counts.iter().rev().max_by_key(|(_, count)| *count);
    most.map_or(b',', |(delimiter, _)| *delimiter)
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

/// Reads one cell.
#[cfg_attr(hot, optimize(speed))]
fn cell(text: &str, at: usize, delimiter: u8, last: bool) -> Read<'_> {
    let bytes = text.as_bytes();
    if bytes.get(at) == Some(&b'"') {
        return quoted(text, at, delimiter, last);
    }
    let end = at + until(bytes.get(at..).unwrap_or_default(), [delimiter, b'\n', b'\r']);
    let Some(text) = text.get(at..end) else { return Read::Broken };
    behind(bytes, end, delimiter, last, Cell { text, has_quotes: false, next: end, ends_row: true })
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
    behind(bytes, end + 1, delimiter, last, Cell { text, has_quotes, next: end + 1, ends_row: true })
}

/// What stands behind a cell.
#[inline(always)]
fn behind<'t>(bytes: &[u8], at: usize, delimiter: u8, last: bool, cell: Cell<'t>) -> Read<'t> {
    match bytes.get(at) {
        Some(byte) if *byte == delimiter => Read::Cell(Cell { next: at + 1, ends_row: false, ..cell }),
        Some(b'\n') => Read::Cell(Cell { next: at + 1, ..cell }),
        Some(b'\r') => match bytes.get(at + 1) {
            Some(b'\n') => Read::Cell(Cell { next: at + 2, ..cell }),
            None if !last => Read::Short,
            _ => Read::Cell(Cell { next: at + 1, ..cell }),
        },
        None if !last => Read::Short,
        None => Read::Cell(cell),
        Some(_) => Read::Broken,
    }
}
