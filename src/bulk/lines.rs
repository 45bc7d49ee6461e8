//! Rows of JSON, each on a line of its own. A line that cannot be read spoils no other.

use super::plain::Plain;
use super::row::Texts;
use super::rows::{Look, Piece, Row, Step};
use crate::input::{INPUT_LIMITS, read_json};

pub(super) fn next<'t>(piece: Piece<'t>, look: &mut Look<'_>, texts: &mut Texts<'t>) -> Step<'t> {
    if look.plainly {
        match look.plain(piece, texts) {
            Plain::Read { end, key, is_one_line: true } => match piece.text.as_bytes().get(end..) {
                Some([b'\n', ..]) => return Step::Row(Row::Plain(key), end + 1),
                Some([b'\r', b'\n', ..]) => return Step::Row(Row::Plain(key), end + 2),
                _ => {}
            },
            Plain::Short { is_one_line: true } if !piece.last => return Step::Short,
            _ => {}
        }
    }
    line(piece)
}

/// A line the long way.
#[cold]
fn line(piece: Piece<'_>) -> Step<'_> {
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
