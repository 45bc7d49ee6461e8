//! A row of JSON that is written plainly: known names, each once, and texts without escapes. It is read once, byte by byte,
//! into its places, and no value is made of it. Each text is judged by itself as it is met.
//!
//! What is not plain is not judged here: the strict reader reads it again.

use super::between::{BEGIN, Between, END, Gap, KEY};
use super::plan::{Member, Place, Plan};
use super::row::Texts;
use super::rows::Look;
use super::run::letters;
use super::walk::Walk;
use crate::input::Value;
use crate::input::scan::{quote_or_odd, same};
use crate::judge::Slot;

/// What became of a row.
pub(super) enum Plain<'t> {
    /// It stands in its places, with what names it beside them, and ends here.
    Read { end: usize, key: Option<&'t str>, is_one_line: bool },
    /// It is plain so far, and not all of it is there.
    Short { is_one_line: bool },
    /// It is not plain.
    Otherwise,
}

/// Why a row was not read.
enum Not {
    Whole,
    Plain,
}

struct Reader<'t, 'l> {
    bytes: &'t [u8],
    plan: &'l Plan,
    /// What names the row beside the fields.
    key: Option<&'t str>,
    is_one_line: bool,
}

/// Reads a row.
pub(super) fn row<'t>(look: &mut Look<'_>, bytes: &'t [u8], at: usize, row: &mut Texts<'t>) -> Plain<'t> {
    let mut reader = Reader { bytes, plan: look.plan, key: None, is_one_line: true };
    let read = reader.likely(at, look.between, row).map_or_else(|| reader.whole(at, look, row), Ok);
    let Reader { key, is_one_line, .. } = reader;
    match read {
        Ok(end) => Plain::Read { end, key, is_one_line },
        Err(Not::Whole) => Plain::Short { is_one_line },
        Err(Not::Plain) => Plain::Otherwise,
    }
}

/// Each is given where it begins to read, and gives where it ended: a place in the memory would be waited for.
impl<'t> Reader<'t, '_> {
    /// Reads a row in which all stands between the texts that is known to stand there.
    #[cfg_attr(hot, optimize(speed))]
    fn likely(&mut self, mut at: usize, between: &Between, row: &mut Texts<'t>) -> Option<usize> {
        row.clear();
        let mut place = BEGIN;
        loop {
            let gap = between.find(place, self.bytes.get(at..)?)?;
            if !row.put_objects(gap.objects) || !self.inner(gap, at, row) {
                return None;
            }
            at += gap.length;
            self.is_one_line &= gap.is_one_line;
            place = gap.next;
            if place == END {
                return Some(at);
            }
            if let Some(known) = self.plan.places.get(place) {
                if row.has(place) {
                    return None;
                }
                at = self.text(at, known, row).ok()? - 1;
            } else {
                let (text, end) = self.key(at - 1).ok()?;
                if self.key.replace(text).is_some() {
                    return None;
                }
                at = end - 1;
            }
        }
    }

    /// Puts the texts that stand in between; false, if one stands there or does not pass.
    #[inline(always)]
    fn inner(&self, gap: &Gap, at: usize, row: &mut Texts<'t>) -> bool {
        gap.texts.iter().all(|inner| {
            let begin = at + inner.begin;
            let text = self.bytes.get(begin..begin + inner.length);
            let (Some(text), Some(place)) = (text, self.plan.places.get(inner.place)) else { return false };
            let passes = inner.is_known || place.kind.passes(text, false, &self.plan.settings);
            let is_first = !row.has(inner.place);
            row.put_passing(place, text);
            passes && is_first
        })
    }

    /// Reads a row name by name, and remembers how it is written.
    #[inline(never)]
    fn whole(&mut self, at: usize, look: &mut Look<'_>, row: &mut Texts<'t>) -> Result<usize, Not> {
        row.clear();
        (self.key, self.is_one_line) = (None, true);
        let mut walk = Walk::from(self.bytes, at, look.beside, look.between);
        let end = self.object(at, &self.plan.members, row, &mut walk)?;
        walk.learn(end, END);
        Ok(end)
    }

    fn object(
        &mut self,
        at: usize,
        members: &[Member],
        row: &mut Texts<'t>,
        walk: &mut Walk<'_, '_, '_>,
    ) -> Result<usize, Not> {
        let begin = self.take(at, b'{')?;
        let mut at = self.space(begin);
        if self.byte(at)? == b'}' {
            return Ok(at + 1);
        }
        loop {
            let (name, colon) = self.quoted(at)?;
            let colon = self.space(colon);
            let begin = self.take(colon, b':')?;
            at = self.space(begin);
            let found = members.iter().find(|member| same(member.place.field.name.as_bytes(), name));
            at = match (found, self.byte(at)?) {
                (Some(Member { place, .. }), _) if row.has(place.number) => return Err(Not::Plain),
                (Some(Member { place, .. }), b'"') => {
                    walk.learn(at + 1, place.number);
                    let end = self.text(at + 1, place, row)?;
                    walk.text(place, at + 1, end - 1, || row.passes(place, &self.plan.settings));
                    end
                }
                (Some(Member { place, children }), b'{') if !children.is_empty() => {
                    row.put_objects(1 << place.number);
                    walk.object(place.number);
                    let beside = walk.beside.take();
                    let end = self.object(at, children, row, walk)?;
                    walk.beside = beside;
                    end
                }
                (Some(Member { place, .. }), _) => {
                    walk.other();
                    self.word(at, place, row)?
                }
                (None, _) if walk.beside.is_some_and(|beside| beside.as_bytes() == name) && self.key.is_none() => {
                    let (text, end) = self.key(at)?;
                    walk.learn(at + 1, KEY);
                    self.key = Some(text);
                    walk.key(KEY, end - 1);
                    end
                }
                (None, _) => return Err(Not::Plain),
            };
            at = self.space(at);
            match self.byte(at)? {
                b',' => at = self.space(at + 1),
                b'}' => return Ok(at + 1),
                _ => return Err(Not::Plain),
            }
        }
    }

    /// The text behind a quote, put into its place. If all that passes is of one length, its end is not looked for.
    #[inline(always)]
    fn text(&self, start: usize, place: &Place, row: &mut Texts<'t>) -> Result<usize, Not> {
        if let Some(length) = place.length
            && let Some(b'"') = self.bytes.get(start + length)
            && let Some(text) = self.bytes.get(start..start + length)
            && place.kind.passes(text, false, &self.plan.settings)
        {
            row.put_passing(place, text);
            return Ok(start + length + 1);
        }
        let (end, is_printable) = self.end(start);
        let text = self.bytes.get(start..end).ok_or(Not::Plain)?;
        let behind = self.take(end, b'"')?;
        if row.put_text(place, text, is_printable, &self.plan.settings) { Ok(behind) } else { Err(Not::Plain) }
    }

    /// Where text ends, at the latest, and whether it is known to be printable.
    #[inline(always)]
    fn end(&self, start: usize) -> (usize, bool) {
        let end = start + letters(self.bytes.get(start..).unwrap_or_default(), [b'"', b'\\']);
        match self.bytes.get(end) {
            Some(0x7f..) => (self.odd_end(end), false),
            _ => (end, true),
        }
    }

    /// The same, where letters beyond ASCII begin.
    #[inline(never)]
    fn odd_end(&self, at: usize) -> usize {
        at + quote_or_odd(self.bytes.get(at..).unwrap_or_default())
    }

    /// What names the row.
    fn key(&self, at: usize) -> Result<(&'t str, usize), Not> {
        let (text, end) = self.quoted(at)?;
        Ok((std::str::from_utf8(text).map_err(|_| Not::Plain)?, end))
    }

    /// Text in quotes.
    fn quoted(&self, at: usize) -> Result<(&'t [u8], usize), Not> {
        let start = self.take(at, b'"')?;
        let (end, _) = self.end(start);
        let behind = self.take(end, b'"')?;
        Ok((self.bytes.get(start..end).ok_or(Not::Plain)?, behind))
    }

    /// What is no text.
    #[cold]
    fn word(&self, at: usize, place: &Place, row: &mut Texts<'t>) -> Result<usize, Not> {
        let (word, slot) = match self.byte(at)? {
            b't' => ("true", Slot::Value(&Value::Bool(true))),
            b'f' => ("false", Slot::Value(&Value::Bool(false))),
            b'n' => ("null", Slot::Empty),
            _ => return Err(Not::Plain),
        };
        let rest = self.bytes.get(at..).unwrap_or_default();
        if !rest.starts_with(word.as_bytes()) {
            return Err(if rest.len() < word.len() { Not::Whole } else { Not::Plain });
        }
        row.put_other(place, slot, &self.plan.settings);
        Ok(at + word.len())
    }

    #[inline(always)]
    fn take(&self, at: usize, byte: u8) -> Result<usize, Not> {
        if self.byte(at)? == byte { Ok(at + 1) } else { Err(Not::Plain) }
    }

    /// Where white space ends; mostly there is none.
    #[inline(always)]
    fn space(&mut self, at: usize) -> usize {
        match self.bytes.get(at) {
            Some(0..=b' ') => self.spaces(at),
            _ => at,
        }
    }

    #[inline(never)]
    fn spaces(&mut self, mut at: usize) -> usize {
        while let Some(byte @ (b' ' | b'\t' | b'\n' | b'\r')) = self.bytes.get(at) {
            self.is_one_line &= *byte != b'\n';
            at += 1;
        }
        at
    }

    #[inline(always)]
    fn byte(&self, at: usize) -> Result<u8, Not> {
        self.bytes.get(at).copied().ok_or(Not::Whole)
    }
}
