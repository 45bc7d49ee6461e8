//! Rows of JSON, each on a line of its own. A line that cannot be read spoils no other.

use super::plain::Plain;
use super::rows::{Look, Piece, Row, Step};
use crate::input::{INPUT_LIMITS, read_json};
use crate::judge::Slots;

pub(super) fn next<'t>(piece: Piece<'t>, look: &Look<'_>, slots: &mut Slots<'t, 'static>) -> Step<'t> {
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
    if look.plainly
        && let Plain::Read { end: row_end, key } = look.plain(Piece { text: line, at: 0, last: true }, slots)
        && row_end == line.len()
    {
        return Step::Row(Row::Plain(key), end);
    }
    Step::Row(Row::of(read_json(line.as_bytes(), INPUT_LIMITS)), end)
}
