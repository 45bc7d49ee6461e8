//! The rows of a list of JSON.

use super::plain::Plain;
use super::row::Texts;
use super::rows::{Look, Piece, Row, Step, issue_of, unreadable};
use crate::input::{INPUT_LIMITS, JsonError, Value, read_json_from};

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
    /// The next row, if it is written plainly.
    #[inline(always)]
    pub(super) fn plain<'t>(
        &mut self,
        bytes: &'t [u8],
        at: usize,
        look: &mut Look<'_>,
        texts: &mut Texts<'t>,
    ) -> Plain<'t> {
        let at = space(bytes, at);
        let at = match (&self, bytes.get(at)) {
            (JsonRows::Open, Some(b'{')) => at,
            (JsonRows::Behind, Some(b',')) => space(bytes, at + 1),
            _ => return Plain::Otherwise,
        };
        let plain = look.plain(bytes, at, texts);
        if let Plain::Read { .. } = plain {
            *self = JsonRows::Behind;
        }
        plain
    }

    pub(super) fn next<'t>(&mut self, piece: Piece<'t>) -> Step<'t> {
        let piece = piece.from(space(piece.text.as_bytes(), piece.at));
        let (after, row_at) = match (&self, piece.next()) {
            (JsonRows::Closed, None) => return if piece.last { Step::Over } else { Step::Short },
            (JsonRows::Closed, Some(_)) => return Step::Stop(unreadable("the end of the text")),
            (JsonRows::Before, Some(b'[')) => (JsonRows::Open, None),
            (JsonRows::Open | JsonRows::Behind, Some(b']')) => (JsonRows::Closed, None),
            (JsonRows::Behind, Some(b',')) => (JsonRows::Behind, Some(space(piece.text.as_bytes(), piece.at + 1))),
            (JsonRows::Open, Some(_)) => (JsonRows::Behind, Some(piece.at)),
            (JsonRows::Before, _) => return piece.short("a list of rows"),
            (JsonRows::Open | JsonRows::Behind, None) => return piece.short("the end of the list"),
            (JsonRows::Behind, Some(_)) => return Step::Stop(unreadable("a comma or the end of the list")),
        };
        let Some(row_at) = row_at else {
            *self = after;
            return Step::Skip(piece.at + 1);
        };
        let step = value(piece.from(row_at));
        if let Step::Row(..) = step {
            *self = after;
        }
        step
    }
}

fn value(piece: Piece<'_>) -> Step<'_> {
    match read_json_from(piece.text, piece.at, INPUT_LIMITS.depth) {
        Ok((_, end)) if end - piece.at > INPUT_LIMITS.bytes => Step::Row(Row::of(Err(JsonError::TooLarge)), end),
        // More digits may come.
        Ok((Value::Number(_), end)) if !piece.last && end == piece.text.len() => Step::Short,
        Ok((value, end)) => Step::Row(Row::Value(value), end),
        // The longest word of JSON, or an escape, may be cut.
        Err(JsonError::Malformed { at, .. }) if !piece.last && at + 8 > piece.text.len() => Step::Short,
        Err(error) => Step::Stop(issue_of(error)),
    }
}

/// Where the white space of JSON ends.
pub(super) fn space(bytes: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\t' | b'\n' | b'\r') = bytes.get(at) {
        at += 1;
    }
    at
}
