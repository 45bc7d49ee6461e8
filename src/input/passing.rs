//! Going through JSON text without keeping any of it: known bytes, names and plain texts are passed, and nothing is made of them.

use super::json::{Limits, Reader};

impl<'a> Reader<'a> {
    pub(crate) fn new(text: &'a str, limits: Limits) -> Option<Reader<'a>> {
        (text.len() <= limits.bytes).then_some(Reader { text, at: 0, depth_left: limits.depth, foreign: false })
    }

    pub(crate) fn at(&self) -> usize {
        self.at
    }

    /// All from a place on that was read.
    pub(crate) fn since(&self, start: usize) -> &'a [u8] {
        self.text.as_bytes().get(start..self.at).unwrap_or_default()
    }

    /// Goes past these very bytes, if they follow.
    pub(crate) fn pass(&mut self, bytes: &[u8]) -> bool {
        let is_next = begins(self.text.as_bytes().get(self.at..).unwrap_or_default(), bytes);
        self.at += if is_next { bytes.len() } else { 0 };
        is_next
    }

    /// Goes past a text of ASCII, if it has no escapes, and gives what it holds.
    #[inline(always)]
    pub(crate) fn plain_text(&mut self) -> Option<&'a [u8]> {
        let (b'"', rest) = self.text.as_bytes().get(self.at..)?.split_first()? else { return None };
        let text = rest.get(..ascii_until_quote(rest)?)?;
        self.at += text.len() + 2;
        Some(text)
    }

    /// Whether nothing is left but blanks.
    pub(crate) fn is_over(&mut self) -> bool {
        self.space();
        self.at == self.text.len()
    }

    /// Goes into an object or a list; its bracket is passed apart.
    pub(crate) fn deeper(&mut self) -> Option<()> {
        self.depth_left = self.depth_left.checked_sub(1)?;
        Some(())
    }

    /// Goes out of it again.
    pub(crate) fn shallower(&mut self) {
        self.depth_left += 1;
    }
}

/// Whether bytes begin with others, eight compared at a time; the last eight of them may overlap those before.
fn begins(bytes: &[u8], with: &[u8]) -> bool {
    let Some(mut head) = bytes.get(..with.len()) else { return false };
    let mut with = with;
    let (Some(end), Some(other)) = (head.last_chunk(), with.last_chunk()) else {
        while let (Some((byte, after)), Some((other, rest))) = (head.split_first(), with.split_first()) {
            if byte != other {
                return false;
            }
            (head, with) = (after, rest);
        }
        return true;
    };
    let mut same = u64::from_le_bytes(*end) == u64::from_le_bytes(*other);
    while let (true, Some((word, after)), Some((other, rest))) =
        (same, head.split_first_chunk(), with.split_first_chunk())
    {
        same = u64::from_le_bytes(*word) == u64::from_le_bytes(*other);
        (head, with) = (after, rest);
    }
    same
}

/// How many bytes of ASCII stand before a quote; nothing, if it is not the first of all quotes, backslashes and control characters.
fn ascii_until_quote(bytes: &[u8]) -> Option<usize> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let mut rest = bytes;
    while let Some((word, after)) = rest.split_first_chunk() {
        let word = u64::from_le_bytes(*word);
        // The sums reach a high bit unless the byte is a quote, a backslash or below a blank; none reaches over it.
        let plain = (word ^ (ONES * 0x22)).wrapping_add(ONES * 0x7f)
            & (word ^ (ONES * 0x5c)).wrapping_add(ONES * 0x7f)
            & word.wrapping_add(ONES * 0x60);
        let odd = !plain & (ONES * 0x80);
        if odd != 0 {
            rest = rest.get(odd.trailing_zeros() as usize / 8..)?;
            break;
        }
        rest = after;
    }
    while let Some((byte, after)) = rest.split_first() {
        match byte {
            b'"' => return Some(bytes.len() - rest.len()),
            b'\\' | 0..=0x1f => return None,
            _ => rest = after,
        }
    }
    None
}
