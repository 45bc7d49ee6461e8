//! A row of a table that is written plainly: whole, and without doubled quotes. Its cells are put into their places as they stand.
//!
//! What is not plain is not judged here: the strict reader reads it again.

use super::header::Column;
use super::plan::{Place, Plan};
use super::row::Texts;
use super::run::letters;
use super::table::truth;
use crate::check::Settings;
use crate::field::Kind;
use crate::input::scan::until;
use crate::judge::Slot;

/// Reads a row into its places; gives where it ends, and what names it beside them.
#[inline(never)]
pub(super) fn row<'t>(
    bytes: &'t [u8],
    mut at: usize,
    delimiter: u8,
    columns: &[Column],
    plan: &Plan,
    texts: &mut Texts<'t>,
) -> Option<(usize, Option<&'t str>)> {
    texts.clear();
    let mut key = None;
    for (nth, column) in columns.iter().enumerate() {
        let start = at;
        let first = *bytes.get(start)?;
        if first == delimiter {
            at += 1;
            continue;
        }
        let certain = match column {
            Column::Field { place, .. } => certain(bytes, start, place, delimiter, &plan.settings),
            _ => None,
        };
        let passes = certain.is_some();
        let Run { text, end, is_printable } = match certain {
            Some(cell) => cell,
            None => until_end(bytes, start, first, delimiter)?,
        };
        match column {
            _ if text.is_empty() => {}
            Column::Field { place, parent } => {
                if let Some(parent) = parent {
                    texts.put_objects(1 << parent.number);
                }
                let truth = match place.kind {
                    Kind::Boolean => truth(std::str::from_utf8(text).ok()?),
                    _ => None,
                };
                if passes {
                    texts.put_passing(place, text);
                } else if let Some(truth) = truth {
                    texts.put_other(place, Slot::Value(truth), &plan.settings);
                } else if !texts.put_text(place, text, is_printable, &plan.settings) {
                    return None;
                }
            }
            Column::Key => key = Some(std::str::from_utf8(text).ok()?),
            Column::Nothing if is_printable => {}
            Column::Nothing => std::str::from_utf8(text).map(drop).ok()?,
        }
        at = end + 1;
        match *bytes.get(end)? {
            byte if byte == delimiter => {}
            // A line that is blank is no row.
            _ if nth == 0 && text.is_empty() => return None,
            b'\n' => return Some((at, key)),
            b'\r' if bytes.get(at) == Some(&b'\n') => return Some((at + 1, key)),
            _ => return None,
        }
    }
    // There are more cells than columns.
    None
}

/// A cell of a row that is read plainly.
struct Run<'t> {
    text: &'t [u8],
    /// Where what ends it stands.
    end: usize,
    /// Whether it is known to be printable ASCII.
    is_printable: bool,
}

/// A cell of a field whose texts have one length, if it passes: its end is not looked for.
#[inline(always)]
fn certain<'t>(
    bytes: &'t [u8],
    start: usize,
    place: &Place,
    delimiter: u8,
    settings: &Settings<'_>,
) -> Option<Run<'t>> {
    let end = start + place.length?;
    let text = bytes.get(start..end).filter(|_| bytes.get(end) == Some(&delimiter))?;
    place.kind.passes(text, false, settings).then_some(Run { text, end, is_printable: true })
}

/// A cell up to what ends it.
#[inline(always)]
fn until_end(bytes: &[u8], start: usize, first: u8, delimiter: u8) -> Option<Run<'_>> {
    if first == b'"' {
        let run = until_one_of(bytes, start + 1, [b'"'; 3])?;
        let end = run.end + 1;
        return (bytes.get(end) != Some(&b'"')).then_some(Run { end, ..run });
    }
    until_one_of(bytes, start, [delimiter, b'\n', b'\r'])
}

#[inline(always)]
fn until_one_of(bytes: &[u8], start: usize, ends: [u8; 3]) -> Option<Run<'_>> {
    let [first, ..] = ends;
    let rest = bytes.get(start..)?;
    let run = letters(rest, [first, first]);
    let is_printable = ends.contains(rest.get(run)?);
    let length = if is_printable { run } else { run + until(rest.get(run..)?, ends) };
    rest.get(length)?;
    Some(Run { text: rest.get(..length)?, end: start + length, is_printable })
}
