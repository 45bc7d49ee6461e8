//! A row of JSON that is written plainly: known names, each once, and texts without escapes. It is read once, byte by byte,
//! into its places, and no value is made of it.
//!
//! What is not plain is not judged here: the strict reader reads it again.

use super::rows::Look;
use crate::field::{Field, Kind};
use crate::input::Value;
use crate::input::scan::{quote_or_odd, same};
use crate::judge::{Slot, Slots, places};

/// What became of a row.
pub(super) enum Plain<'t> {
    /// It stands in its places, with what names it beside them, and ends here.
    Read { end: usize, key: Option<&'t str> },
    /// It is plain so far, and not all of it is there.
    Short,
    /// It is not plain.
    Otherwise,
}

/// Why a row was not read.
enum Not {
    Whole,
    Plain,
}

struct Cursor<'t> {
    text: &'t str,
    at: usize,
    key: Option<&'t str>,
}

/// Reads a row; the slots have to be empty.
#[cfg_attr(hot, optimize(speed))]
pub(super) fn row<'t>(look: &Look<'_>, text: &'t str, at: usize, slots: &mut Slots<'t, 'static>) -> Plain<'t> {
    let mut cursor = Cursor { text, at, key: None };
    match cursor.object(look.operation.fields, 0, look.beside, slots) {
        Ok(()) => Plain::Read { end: cursor.at, key: cursor.key },
        Err(Not::Whole) => Plain::Short,
        Err(Not::Plain) => Plain::Otherwise,
    }
}

impl<'t> Cursor<'t> {
    #[cfg_attr(hot, optimize(speed))]
    fn object(
        &mut self,
        fields: &'static [Field],
        base: usize,
        beside: Option<&str>,
        slots: &mut Slots<'t, 'static>,
    ) -> Result<(), Not> {
        self.take(b'{')?;
        self.space();
        if self.peek()? == b'}' {
            self.at += 1;
            return Ok(());
        }
        // Names mostly come in the order of the fields.
        let mut likely = places(fields, base);
        let mut seen = 0_u32;
        loop {
            let name = self.text()?;
            self.space();
            self.take(b':')?;
            self.space();
            let next = likely.next().filter(|(_, field)| same(field.name, name));
            let found = next.or_else(|| places(fields, base).find(|(_, field)| same(field.name, name)));
            let Some((place, field)) = found else {
                if beside != Some(name) || self.key.is_some() {
                    return Err(Not::Plain);
                }
                self.key = Some(self.text()?);
                if self.goes_on()? { continue } else { return Ok(()) }
            };
            if next.is_none() {
                likely = places(fields, base);
                likely.by_ref().find(|(reached, _)| *reached == place);
            }
            if seen & (1 << place) != 0 {
                return Err(Not::Plain);
            }
            seen |= 1 << place;
            self.value(field, place, slots)?;
            if !self.goes_on()? {
                return Ok(());
            }
        }
    }

    #[inline(always)]
    fn value(&mut self, field: &'static Field, place: usize, slots: &mut Slots<'t, 'static>) -> Result<(), Not> {
        let slot = match (self.peek()?, field.kind) {
            (b'"', _) => Slot::Text(self.text()?),
            (b'{', Kind::Object(children)) => {
                self.object(children, place + 1, None, slots)?;
                Slot::Object
            }
            (b't', _) => self.word("true", Slot::Value(&Value::Bool(true)))?,
            (b'f', _) => self.word("false", Slot::Value(&Value::Bool(false)))?,
            (b'n', _) => self.word("null", Slot::Empty)?,
            _ => return Err(Not::Plain),
        };
        slots.put(place, slot);
        Ok(())
    }

    /// Whether another member follows; what ends the object is passed.
    #[inline(always)]
    fn goes_on(&mut self) -> Result<bool, Not> {
        self.space();
        let byte = self.peek()?;
        self.at += 1;
        match byte {
            b',' => {
                self.space();
                Ok(true)
            }
            b'}' => Ok(false),
            _ => Err(Not::Plain),
        }
    }

    /// Text in quotes.
    #[inline(always)]
    fn text(&mut self) -> Result<&'t str, Not> {
        self.take(b'"')?;
        let start = self.at;
        let end = start + quote_or_odd(self.text.as_bytes().get(start..).unwrap_or_default());
        self.at = end + 1;
        match self.text.as_bytes().get(end) {
            Some(b'"') => self.text.get(start..end).ok_or(Not::Plain),
            Some(_) => Err(Not::Plain),
            None => Err(Not::Whole),
        }
    }

    fn word(&mut self, word: &str, slot: Slot<'t, 'static>) -> Result<Slot<'t, 'static>, Not> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        self.at += word.len();
        match rest.starts_with(word) {
            true => Ok(slot),
            false if rest.len() < word.len() => Err(Not::Whole),
            false => Err(Not::Plain),
        }
    }

    #[inline(always)]
    fn take(&mut self, byte: u8) -> Result<(), Not> {
        let found = self.peek()?;
        self.at += 1;
        if found == byte { Ok(()) } else { Err(Not::Plain) }
    }

    #[inline(always)]
    fn space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.text.as_bytes().get(self.at) {
            self.at += 1;
        }
    }

    #[inline(always)]
    fn peek(&self) -> Result<u8, Not> {
        self.text.as_bytes().get(self.at).copied().ok_or(Not::Whole)
    }
}
