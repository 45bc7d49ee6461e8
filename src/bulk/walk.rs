//! A row as it is read name by name, and what is learned of how it is written.

use super::between::{BEGIN, Between, Inner};
use super::plan::Place;

/// A row under way.
pub(super) struct Walk<'t, 'w, 'l> {
    bytes: &'t [u8],
    /// The name of what names the row, in the object at the top.
    pub(super) beside: Option<&'l str>,
    between: &'w mut Between,
    /// What began behind texts before, and goes on.
    open: Vec<Open>,
}

/// What stands behind a text, as far as it was read.
struct Open {
    /// The place of the text.
    place: usize,
    /// Where the text ended.
    end: usize,
    /// A bit for the place of each object that began since.
    objects: u32,
    /// The texts since: those that may stand in between.
    texts: Vec<Inner>,
}

impl<'t, 'w, 'l> Walk<'t, 'w, 'l> {
    /// At the beginning of a row.
    pub(super) fn from(bytes: &'t [u8], at: usize, beside: Option<&'l str>, between: &'w mut Between) -> Self {
        let mut walk = Walk { bytes, beside, between, open: Vec::new() };
        walk.behind(BEGIN, at);
        walk
    }

    /// Remembers what stood behind texts before, up to where another begins, or the row ends.
    pub(super) fn learn(&mut self, at: usize, next: usize) {
        for open in &self.open {
            if let Some(written) = self.bytes.get(open.end..at) {
                self.between.learn(open.place, written, open.objects, &open.texts, next);
            }
        }
    }

    /// An object begins, at the place of this number.
    pub(super) fn object(&mut self, number: usize) {
        self.open.iter_mut().for_each(|open| open.objects |= 1 << number);
    }

    /// A field's text has ended. If it is one of few or of one length, and `passes`, what began before goes on behind it.
    pub(super) fn text(&mut self, place: &Place, begin: usize, end: usize, passes: impl FnOnce() -> bool) {
        let (is_known, length) = (place.kind.has_few_texts(), end - begin);
        if (is_known || place.length == Some(length)) && passes() {
            for open in &mut self.open {
                open.texts.push(Inner { place: place.number, begin: begin - open.end, length, is_known });
            }
        } else {
            self.other();
        }
        self.behind(place.number, end);
    }

    /// The text that names the row has ended.
    pub(super) fn key(&mut self, place: usize, end: usize) {
        self.other();
        self.behind(place, end);
    }

    /// What is no text has ended.
    pub(super) fn other(&mut self) {
        self.open.clear();
    }

    fn behind(&mut self, place: usize, end: usize) {
        self.open.push(Open { place, end, objects: 0, texts: Vec::new() });
    }
}
