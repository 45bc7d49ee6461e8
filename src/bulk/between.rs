//! What stands between two texts of a row: names and signs. Who writes many rows writes them alike, so it is mostly what stood
//! there in a row before, and is compared with that instead of being read again.
//!
//! Texts that are one of few, or of one length, may stand in between too: `","state":"TX","postal_code":"` is compared at once,
//! and only the state in it is looked at.

use crate::judge::PLACES;

/// Where a row begins, among the places of texts.
pub(super) const BEGIN: usize = PLACES;
/// The text that names a row, beside its fields.
pub(super) const KEY: usize = PLACES + 1;
/// Where a row ends.
pub(super) const END: usize = PLACES + 2;

/// So many are known behind each text: those with which fields are left out, and then some.
const MOST: usize = 12;

/// What is known to stand behind each text, the longest first.
#[derive(Debug, Default)]
pub(super) struct Between {
    behind: [Vec<Gap>; END],
}

/// What stands between two texts, from the quote that ends the one to the quote that begins the other.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Gap {
    words: Vec<(u128, u128)>,
    pub(super) length: usize,
    /// A bit for the place of each object that begins in it.
    pub(super) objects: u32,
    /// The texts in it.
    pub(super) texts: Vec<Inner>,
    /// The place of the text behind it.
    pub(super) next: usize,
    pub(super) is_one_line: bool,
}

/// A text in between.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Inner {
    pub(super) place: usize,
    /// Where it begins in the gap.
    pub(super) begin: usize,
    pub(super) length: usize,
    /// Whether it is this very text, which passes; else there may be another of its length.
    pub(super) is_known: bool,
}

impl Between {
    /// What stands at the beginning of the bytes, behind the text of a place.
    #[inline(always)]
    pub(super) fn find(&self, place: usize, bytes: &[u8]) -> Option<&Gap> {
        let bytes = bytes.first_chunk()?;
        self.behind.get(place)?.iter().find(|gap| gap.begins(bytes))
    }

    /// Remembers what stood behind the text of a place.
    #[cold]
    pub(super) fn learn(&mut self, place: usize, written: &[u8], objects: u32, texts: &[Inner], next: usize) {
        let Some(behind) = self.behind.get_mut(place).filter(|behind| behind.len() < MOST) else { return };
        if written.len() > Gap::LONGEST {
            return;
        }
        let is_open =
            |at: usize| texts.iter().any(|text| !text.is_known && (text.begin..text.begin + text.length).contains(&at));
        let words = written.chunks(16).zip((0..).step_by(16)).map(|(chunk, begin)| {
            let (mut word, mut mask) = ([0; 16], [0; 16]);
            for (((at, shown), byte), place) in word.iter_mut().zip(&mut mask).zip(chunk).zip(begin..) {
                (*at, *shown) = if is_open(place) { (0, 0) } else { (*byte, 0xff) };
            }
            (u128::from_le_bytes(word), u128::from_le_bytes(mask))
        });
        let (length, is_one_line) = (written.len(), !written.contains(&b'\n'));
        let gap = Gap { words: words.collect(), length, objects, texts: texts.to_vec(), next, is_one_line };
        if !behind.contains(&gap) {
            behind.insert(behind.partition_point(|known| known.length >= length), gap);
        }
    }
}

impl Gap {
    const LONGEST: usize = 64;

    #[inline(always)]
    fn begins(&self, bytes: &[u8; Gap::LONGEST]) -> bool {
        let (words, _) = bytes.as_chunks::<16>();
        self.words.iter().zip(words).all(|((word, mask), found)| (u128::from_le_bytes(*found) ^ word) & mask == 0)
    }
}
