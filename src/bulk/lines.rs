//! Rows of JSON, each on a line of its own. A line that cannot be read spoils no other.

use super::plain::Plain;
use super::row::Texts;
use super::rows::{Look, Piece, Row, Step};
use crate::input::{INPUT_LIMITS, read_json};

/// The next row, if it is written plainly.
pub(super) fn plain<'t>(bytes: &'t [u8], at: usize, look: &mut Look<'_>, texts: &mut Texts<'t>) -> Plain<'t> {
    match look.plain(bytes, at, texts) {
        Plain::Read { end, key, is_one_line: true } => match bytes.get(end..) {
            Some([b'\n', ..]) => Plain::Read { end: end + 1, key, is_one_line: true },
            Some([b'\r', b'\n', ..]) => Plain::Read { end: end + 2, key, is_one_line: true },
            _ => Plain::Otherwise,
        },
        Plain::Short { is_one_line: true } => Plain::Short { is_one_line: true },
        _ => Plain::Otherwise,
    }
}

pub(super) fn next(piece: Piece<'_>) -> Step<'_> {
    let rest = piece.rest();
    let (line, end) = match rest.split_once('\n') {
        Some((line, _)) => (line, piece.at + line.len() + 1),
        None if rest.is_empty() && piece.last => return Step::Over,
        None if piece.last => (rest, piece.text.len()),
        None => return Step::Short,
    };
    let line = line.trim_matches([' ', '\t', '\r']);
    if line.is_empty() {
        return Step::Skip(end);
    }
    Step::Row(Row::of(read_json(line.as_bytes(), INPUT_LIMITS)), end)
}
