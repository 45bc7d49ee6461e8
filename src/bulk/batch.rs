//! Rows under way: pieces of bytes in, verdicts out.

use super::between::Between;
use super::json::JsonRows;
use super::plan::Plan;
use super::report::Report;
use super::row::Texts;
use super::row_keys::RowKeys;
use super::rows::{Look, Piece, Row, Step, issue_of, unreadable};
use super::table::Table;
use super::{Format, Terms, lines};
use crate::check::{Settings, check};
use crate::input::{JsonError, Value};
use crate::issue::{Issue, Notice};

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
        let (text, is_broken) = match std::str::from_utf8(bytes) {
            Ok(text) => (text, false),
            // The end of a piece may cut a character.
            Err(error) => {
                let valid = bytes.get(..error.valid_up_to()).unwrap_or_default();
                (std::str::from_utf8(valid).unwrap_or_default(), error.error_len().is_some() || last)
            }
        };
        let mut at = 0;
        if !self.begun && (last || !text.is_empty()) {
            self.begun = true;
            // Some programs write a mark first.
            at = text.strip_prefix('\u{feff}').map_or(0, |_| '\u{feff}'.len_utf8());
        }
        let plainly = !self.judge.terms.collects;
        let mut texts = Texts::new();
        while !self.over {
            let piece = Piece { text, at, last: last && !is_broken };
            let (plan, beside) = (&self.judge.plan, self.judge.keys.beside());
            let mut look = Look { plan, between: &mut self.between, beside, plainly };
            let step = match &mut self.rows {
                Rows::Json(rows) => rows.next(piece, &mut look, &mut texts),
                Rows::Lines => lines::next(piece, &mut look, &mut texts),
                Rows::Table(table) => table.next(piece, &look, &mut texts),
            };
            match step {
                Step::Row(row, next) => {
                    at = next;
                    self.judge.row(row, &mut texts, &self.rows);
                }
                Step::Skip(next) => {
                    at = next;
                    self.judge.header(&mut self.rows);
                }
                Step::Over => self.over = true,
                Step::Short if is_broken => self.stop(unreadable("UTF-8")),
                Step::Short if text.len() - at > LONGEST_ROW => self.stop(issue_of(JsonError::TooLarge)),
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
    /// The column of a table that has a path.
    fn column(&self, path: &str) -> Option<String> {
        match self {
            Rows::Table(table) => table.column(path),
            Rows::Json(_) | Rows::Lines => None,
        }
    }
}

impl Judge {
    #[inline(always)]
    fn row<'t>(&mut self, row: Row<'t>, texts: &mut Texts<'t>, rows: &Rows) {
        self.report.rows += 1;
        match row {
            Row::Plain(beside) => self.plain(beside, texts, rows),
            Row::Value(value) => self.value(value, rows),
            Row::Unreadable(issue) => self.report.issue(self.report.rows, issue, &|_| None),
        }
    }

    #[inline(always)]
    fn plain<'t>(&mut self, beside: Option<&'t str>, texts: &mut Texts<'t>, rows: &Rows) {
        let row = self.report.rows;
        let is_named = self.keys.note(row, self.keys.of_texts(beside, texts));
        let findings = self.plan.judge(texts);
        for finding in &findings {
            self.report.finding(row, finding, &|path| rows.column(path));
        }
        self.named(is_named, findings.is_empty(), rows);
    }

    #[cold]
    fn value(&mut self, mut value: Value<'_>, rows: &Rows) {
        let row = self.report.rows;
        let row_key = self.keys.of_value(&mut value);
        let is_named = self.keys.note(row, row_key.as_deref());
        let checked = check(self.terms.operation, &value, &self.plan.settings);
        self.named(is_named, checked.is_ok(), rows);
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

    #[inline(always)]
    fn named(&mut self, is_named: bool, passes: bool, rows: &Rows) {
        self.report.valid += u32::from(is_named && passes);
        if !is_named {
            self.report.missing_key(self.report.rows, self.keys.name(), &|path| rows.column(path));
        }
    }

    /// What a table's header says is said once.
    fn header(&mut self, rows: &mut Rows) {
        let Rows::Table(table) = rows else { return };
        for (column, issue) in table.take_issues() {
            self.report.issue(0, issue, &|_| Some(column.clone()));
        }
    }
}
