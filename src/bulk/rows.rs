//! What the readers of rows have in common: a piece of text in, a row or the need of more out.

use super::between::Between;
use super::plain::{self, Plain};
use super::plan::Plan;
use super::row::Texts;
use crate::check;
use crate::input::{INPUT_LIMITS, JsonError, Value};
use crate::issue::{Issue, IssueCode, Param};

/// The text that is there, and how far it was read.
#[derive(Clone, Copy)]
pub(super) struct Piece<'t> {
    pub(super) text: &'t str,
    pub(super) at: usize,
    /// Whether nothing comes behind it.
    pub(super) last: bool,
}

impl<'t> Piece<'t> {
    pub(super) fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(super) fn next(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The same, from another place on.
    pub(super) fn from(self, at: usize) -> Piece<'t> {
        Piece { at, ..self }
    }

    /// What is said where more text is needed: nothing more comes behind the last.
    pub(super) fn short(&self, expected: &'static str) -> Step<'t> {
        if self.last { Step::Stop(unreadable(expected)) } else { Step::Short }
    }
}

/// What is looked for in each row.
pub(super) struct Look<'l> {
    pub(super) plan: &'l Plan,
    /// What is known of how the rows are written.
    pub(super) between: &'l mut Between,
    /// The name of what stands beside the fields and names the row.
    pub(super) beside: Option<&'l str>,
}

impl Look<'_> {
    /// Reads a row of JSON that is written plainly, and no longer than an input may be.
    #[inline(always)]
    pub(super) fn plain<'t>(&mut self, bytes: &'t [u8], at: usize, row: &mut Texts<'t>) -> Plain<'t> {
        match plain::row(self, bytes, at, row) {
            Plain::Read { end, .. } if end - at > INPUT_LIMITS.bytes => Plain::Otherwise,
            plain => plain,
        }
    }
}

/// One row.
pub(super) enum Row<'t> {
    /// What it holds, read the long way.
    Value(Value<'t>),
    /// It cannot be read, but those behind it can.
    Unreadable(Issue),
}

impl<'t> Row<'t> {
    pub(super) fn of(read: Result<Value<'t>, JsonError>) -> Row<'t> {
        read.map_or_else(|error| Row::Unreadable(issue_of(error)), Row::Value)
    }
}

/// What became of a try to read a row.
pub(super) enum Step<'t> {
    /// It is read, up to here.
    Row(Row<'t>, usize),
    /// Something is read that is no row, up to here.
    Skip(usize),
    /// Not all of it is there yet.
    Short,
    /// There is none any more.
    Over,
    /// Where it ends cannot be told, nor any row behind it.
    Stop(Issue),
}

/// The issue of a row that cannot be read.
pub(super) fn unreadable(expected: &'static str) -> Issue {
    Issue::new(Vec::new(), IssueCode::RowUnreadable, vec![("expected", Param::Word(expected))], "")
}

/// The same, by what a reader of JSON says.
pub(super) fn issue_of(error: JsonError) -> Issue {
    match error {
        JsonError::Malformed { expected, .. } => unreadable(expected),
        error => check::unreadable(error),
    }
}
