//! Text for the strict readers: so much of the bytes as a row takes is looked at, and no more, because most rows are read
//! plainly and need no text.

/// What is looked at first; twice as much each time it does not hold a row.
const FIRST: usize = 8 * 1024;

/// A part of the bytes that is text.
#[derive(Clone, Copy)]
pub(super) struct Window<'t> {
    pub(super) text: &'t str,
    /// Where it begins among the bytes.
    pub(super) begin: usize,
    /// Whether what stands behind it is no text.
    pub(super) is_broken: bool,
    /// Whether all bytes were looked at.
    pub(super) is_all: bool,
    size: usize,
}

impl<'t> Window<'t> {
    /// What is seen from a place on; `last`, if nothing comes behind the bytes.
    pub(super) fn of(bytes: &'t [u8], begin: usize, last: bool) -> Window<'t> {
        Window::sized(bytes, begin, last, FIRST)
    }

    /// The same from a place on, and more of it.
    pub(super) fn larger(self, bytes: &'t [u8], begin: usize, last: bool) -> Window<'t> {
        Window::sized(bytes, begin, last, 2 * self.size)
    }

    /// Whether a row that begins here can be read from it.
    pub(super) fn shows(&self, at: usize) -> bool {
        let is_behind = at.checked_sub(self.begin);
        is_behind.is_some_and(|before| before < self.text.len() || self.is_all || self.is_broken)
    }

    fn sized(bytes: &'t [u8], begin: usize, last: bool, size: usize) -> Window<'t> {
        let rest = bytes.get(begin..).unwrap_or_default();
        let (part, is_all) = rest.get(..size).map_or((rest, true), |part| (part, false));
        let (text, is_broken) = match std::str::from_utf8(part) {
            Ok(text) => (text, false),
            // The end of a part, or of a piece, may cut a character.
            Err(error) => {
                let valid = part.get(..error.valid_up_to()).unwrap_or_default();
                (std::str::from_utf8(valid).unwrap_or_default(), error.error_len().is_some() || (last && is_all))
            }
        };
        Window { text, begin, is_broken, is_all, size }
    }
}
