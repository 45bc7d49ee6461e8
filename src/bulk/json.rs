//! The rows of a list of JSON.

use super::plain::Plain;
use super::row::Texts;
use super::rows::{Look, Piece, Row, Step, issue_of, unreadable};
use crate::input::{INPUT_LIMITS, JsonError, read_json_from};

/// Where the reader is in the list.
#[derive(Clone, Copy, Debug, Default)]
pub(super) enum JsonRows {
    /// Before it.
    #[default]
    Before,
    /// Behind its bracket.
    Open,
    /// Behind a row.
    Behind,
    /// Behind its end.
    Closed,
}

impl JsonRows {
    #[inline(always)]
    pub(super) fn next<'t>(&mut self, piece: Piece<'t>, look: &mut Look<'_>, texts: &mut Texts<'t>) -> Step<'t> {
        let piece = piece.from(space(piece.text, piece.at));
        let (after, row_at) = match (&self, piece.next()) {
            (JsonRows::Closed, None) => return if piece.last { Step::Over } else { Step::Short },
            (JsonRows::Closed, Some(_)) => return Step::Stop(unreadable("the end of the text")),
            (JsonRows::Before, Some(b'[')) => (JsonRows::Open, None),
            (JsonRows::Open | JsonRows::Behind, Some(b']')) => (JsonRows::Closed, None),
            (JsonRows::Behind, Some(b',')) => (JsonRows::Behind, Some(space(piece.text, piece.at + 1))),
            (JsonRows::Open, Some(_)) => (JsonRows::Behind, Some(piece.at)),
            (JsonRows::Before, _) => return piece.short("a list of rows"),
            (JsonRows::Open | JsonRows::Behind, None) => return piece.short("the end of the list"),
            (JsonRows::Behind, Some(_)) => return Step::Stop(unreadable("a comma or the end of the list")),
        };
        let Some(row_at) = row_at else {
            *self = after;
            return Step::Skip(piece.at + 1);
        };
        let step = row(piece.from(row_at), look, texts);
        if let Step::Row(..) = step {
            *self = after;
        }
        step
    }
}

#[inline(always)]
fn row<'t>(piece: Piece<'t>, look: &mut Look<'_>, texts: &mut Texts<'t>) -> Step<'t> {
    if look.plainly {
        match look.plain(piece, texts) {
            Plain::Read { end, key, .. } => return Step::Row(Row::Plain(key), end),
            Plain::Short { .. } if !piece.last => return Step::Short,
            Plain::Short { .. } | Plain::Otherwise => {}
        }
    }
    value(piece)
}

/// A row the long way.
#[cold]
fn value(piece: Piece<'_>) -> Step<'_> {
    match read_json_from(piece.text, piece.at, INPUT_LIMITS.depth) {
        Ok((_, end)) if end - piece.at > INPUT_LIMITS.bytes => Step::Row(Row::of(Err(JsonError::TooLarge)), end),
        Ok((value, end)) => Step::Row(Row::Value(value), end),
        // The longest word of JSON, or an escape, may be cut.
        Err(JsonError::Malformed { at, .. }) if !piece.last && at + 8 > piece.text.len() => Step::Short,
        Err(error) => Step::Stop(issue_of(error)),
    }
}

/// Where the white space of JSON ends.
pub(super) fn space(text: &str, mut at: usize) -> usize {
    while let Some(b' ' | b'\t' | b'\n' | b'\r') = text.as_bytes().get(at) {
        at += 1;
    }
    at
}
