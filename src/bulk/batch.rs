//! Rows under way: pieces of bytes in, verdicts out.

use super::between::Between;
use super::json::JsonRows;
use super::plain::Plain;
use super::plan::Plan;
use super::report::Report;
use super::row::Texts;
use super::row_keys::RowKeys;
use super::rows::{Look, Piece, Row, Step, issue_of, unreadable};
use super::table::Table;
use super::window::Window;
use super::{Format, Terms, lines, utf16};
use crate::check::{Settings, check};
use crate::input::{JsonError, Value};
use crate::issue::{Issue, Notice};

/// What some programs write first.
const MARK: &[u8] = "\u{feff}".as_bytes();

/// A row that is longer than this is not waited for.
const LONGEST_ROW: usize = 1 << 20;

/// A row that passed.
#[derive(Debug, PartialEq)]
pub struct Taken {
    /// Its number, from 1.
    pub row: u32,
    /// What names it.
    pub row_key: Option<String>,
    /// The request as JSON.
    pub request: String,
    /// The idempotency key it carries itself.
    pub key: Option<String>,
    /// What the person should know about it.
    pub notices: Vec<Notice>,
}

/// Many rows under way.
#[derive(Debug)]
pub struct Batch {
    /// What was given and is not read yet; behind it, room for the next piece.
    text: Vec<u8>,
    /// How much of it was given.
    held: usize,
    /// Whether something was read.
    begun: bool,
    /// Whether nothing is read any more.
    over: bool,
    rows: Rows,
    between: Between,
    judge: Judge,
}

/// How rows are told apart.
#[derive(Debug)]
enum Rows {
    Json(JsonRows),
    Lines,
    Table(Table),
}

/// What is kept of rows that were read.
#[derive(Debug)]
struct Judge {
    terms: Terms,
    plan: Plan,
    keys: RowKeys,
    report: Report,
    taken: Vec<Taken>,
}

impl Batch {
    /// A batch of no rows yet.
    pub fn new(terms: Terms) -> Batch {
        let rows = match terms.format {
            Format::Json => Rows::Json(JsonRows::default()),
            Format::Lines => Rows::Lines,
            Format::Table(delimiter) => Rows::Table(Table::new(&terms, delimiter)),
        };
        let settings = Settings { ids: terms.ids, drop_unknown: terms.drop_unknown, key: None };
        let judge = Judge {
            plan: Plan::new(terms.operation, settings),
            keys: RowKeys::new(terms.operation, terms.row_key.as_deref()),
            report: Report::new(terms.operation, terms.most_issues),
            taken: Vec::new(),
            terms,
        };
        Batch { text: Vec::new(), held: 0, begun: false, over: false, rows, between: Between::default(), judge }
    }

    /// Reads a piece, and all rows that are whole now.
    pub fn push(&mut self, piece: &[u8]) {
        if let Some(room) = self.room(piece.len()).get_mut(..piece.len()) {
            room.copy_from_slice(piece);
        }
        self.read(piece.len(), false);
    }

    /// Room for so many bytes more, where the next piece is written.
    pub fn room(&mut self, bytes: usize) -> &mut [u8] {
        if self.text.len() < self.held + bytes {
            self.text.resize(self.held + bytes, 0);
        }
        self.text.get_mut(self.held..).unwrap_or_default()
    }

    /// Reads so many units of UTF-16 that were written into the room, behind three bytes for each.
    pub fn read_utf16(&mut self, units: usize) {
        let room = self.text.get_mut(self.held..).unwrap_or_default();
        let written = match room.split_at_mut_checked(3 * units) {
            Some((into, from)) => utf16::into_utf8(from.get(..2 * units).unwrap_or_default(), into),
            None => 0,
        };
        self.read(written, false);
    }

    /// Reads the bytes that were written into the room; `last`, if there are no more.
    pub fn read(&mut self, bytes: usize, last: bool) {
        self.held += bytes;
        let text = std::mem::take(&mut self.text);
        let read = self.rows_of(text.get(..self.held).unwrap_or_default(), last).min(self.held);
        self.text = text;
        self.text.copy_within(read..self.held, 0);
        self.held -= read;
    }

    /// How many rows there were so far.
    pub fn rows(&self) -> u32 {
        self.judge.report.rows
    }

    /// Whether no more of the source is wanted.
    pub fn is_over(&self) -> bool {
        self.over
    }

    /// The rows that passed since this was last asked, if they are collected.
    pub fn take(&mut self) -> Vec<Taken> {
        std::mem::take(&mut self.judge.taken)
    }

    /// Reads what is left, and says what it all comes to.
    pub fn end(mut self) -> Report {
        self.read(0, true);
        let Judge { keys, mut report, .. } = self.judge;
        report.repeated = keys.repeated();
        report
    }

    /// How far it was read.
    fn rows_of(&mut self, bytes: &[u8], last: bool) -> usize {
        let mut at = 0;
        if !self.begun {
            if !last && MARK.starts_with(bytes) {
                return 0;
            }
            self.begun = true;
            at = if bytes.starts_with(MARK) { MARK.len() } else { 0 };
        }
        let plainly = !self.judge.terms.collects;
        let (mut texts, mut window) = (Texts::new(), None);
        while !self.over {
            if plainly {
                let Judge { plan, keys, .. } = &self.judge;
                let mut look = Look { plan, between: &mut self.between, beside: keys.beside() };
                let plain = self.rows.plain(bytes, at, &mut look, &mut texts);
                match plain {
                    Plain::Read { end, key, .. } => {
                        at = end;
                        self.judge.plain(key, &mut texts, &self.rows);
                        continue;
                    }
                    Plain::Short { .. } if !last && bytes.len() - at <= LONGEST_ROW => return at,
                    Plain::Short { .. } | Plain::Otherwise => {}
                }
            }
            let seen = window.filter(|window: &Window<'_>| window.shows(at));
            let seen = *window.insert(seen.unwrap_or_else(|| Window::of(bytes, at, last)));
            let Window { text, begin, is_broken, is_all, .. } = seen;
            let piece = Piece { text, at: at - begin, last: last && is_all && !is_broken };
            match self.rows.next(piece, &self.judge.plan) {
                Step::Row(row, next) => {
                    at = begin + next;
                    self.judge.row(row, &self.rows);
                }
                Step::Skip(next) => {
                    at = begin + next;
                    self.judge.header(&mut self.rows);
                }
                Step::Over => self.over = true,
                Step::Short if is_broken => self.stop(unreadable("UTF-8")),
                Step::Short if !is_all => window = Some(seen.larger(bytes, at, last)),
                Step::Short if bytes.len() - at > LONGEST_ROW => self.stop(issue_of(JsonError::TooLarge)),
                Step::Short => return at,
                Step::Stop(issue) => self.stop(issue),
            }
        }
        bytes.len()
    }

    fn stop(&mut self, issue: Issue) {
        self.judge.report.rows += 1;
        self.judge.report.issue(self.judge.report.rows, issue, &|_| None);
        self.judge.report.is_complete = false;
        self.over = true;
    }
}

impl Rows {
    /// The next row, if it is written plainly.
    #[inline(always)]
    fn plain<'t>(&mut self, bytes: &'t [u8], at: usize, look: &mut Look<'_>, texts: &mut Texts<'t>) -> Plain<'t> {
        match self {
            Rows::Json(rows) => rows.plain(bytes, at, look, texts),
            Rows::Lines => lines::plain(bytes, at, look, texts),
            Rows::Table(table) => table.plain(bytes, at, look.plan, texts),
        }
    }

    /// The next row, the long way.
    fn next<'t>(&mut self, piece: Piece<'t>, plan: &Plan) -> Step<'t> {
        match self {
            Rows::Json(rows) => rows.next(piece),
            Rows::Lines => lines::next(piece),
            Rows::Table(table) => table.next(piece, plan),
        }
    }

    /// The column of a table that has a path.
    fn column(&self, path: &str) -> Option<String> {
        match self {
            Rows::Table(table) => table.column(path),
            Rows::Json(_) | Rows::Lines => None,
        }
    }
}

impl Judge {
    fn row(&mut self, row: Row<'_>, rows: &Rows) {
        self.report.rows += 1;
        match row {
            Row::Value(value) => self.value(value, rows),
            Row::Unreadable(issue) => self.report.issue(self.report.rows, issue, &|_| None),
        }
    }

    #[inline(always)]
    fn plain<'t>(&mut self, beside: Option<&'t str>, texts: &mut Texts<'t>, rows: &Rows) {
        self.report.rows += 1;
        let row = self.report.rows;
        let is_named = self.keys.note(row, self.keys.of_texts(beside, texts));
        let findings = self.plan.judge(texts);
        self.report.valid += u32::from(is_named && findings.is_empty());
        if !is_named && !self.keys.is_found_missing(&findings) {
            self.unnamed(rows);
        }
        for finding in &findings {
            self.report.finding(row, finding, &|path| rows.column(path));
        }
    }

    fn value(&mut self, mut value: Value<'_>, rows: &Rows) {
        let row = self.report.rows;
        let row_key = self.keys.of_value(&mut value);
        let is_named = self.keys.note(row, row_key.as_deref());
        let checked = check(self.terms.operation, &value, &self.plan.settings);
        self.report.valid += u32::from(is_named && checked.is_ok());
        if !is_named && !checked.as_ref().is_err_and(|issues| self.keys.is_told_missing(issues)) {
            self.unnamed(rows);
        }
        match checked {
            Ok(accepted) if is_named && self.terms.collects => self.taken.push(Taken {
                row,
                row_key,
                request: accepted.request.to_json(),
                key: accepted.request.key().map(str::to_owned),
                notices: accepted.notices,
            }),
            Ok(_) => {}
            Err(issues) => {
                issues.into_iter().for_each(|issue| self.report.issue(row, issue, &|path| rows.column(path)));
            }
        }
    }

    /// A row without a key is wrong.
    #[cold]
    fn unnamed(&mut self, rows: &Rows) {
        let (row, place, name) = (self.report.rows, self.keys.place(), self.keys.name());
        self.report.missing_key(row, place, name, &|path| rows.column(path));
    }

    /// What a table's header says is said once.
    fn header(&mut self, rows: &mut Rows) {
        let Rows::Table(table) = rows else { return };
        self.keys.is_field(table.key);
        for (column, issue) in table.take_issues() {
            self.report.issue(0, issue, &|_| Some(column.clone()));
        }
    }
}
