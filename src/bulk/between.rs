//! What stands between two texts of a row: names and signs. Who writes many rows writes them alike, so it is mostly what stood
//! there in a row before, and is compared with that instead of being read again.

use crate::judge::PLACES;

/// Where a row begins, among the places of texts.
pub(super) const BEGIN: usize = PLACES;
/// The text that names a row, beside its fields.
pub(super) const KEY: usize = PLACES + 1;
/// Where a row ends.
pub(super) const END: usize = PLACES + 2;

/// So many are known behind each text: those with which fields are left out, and then some.
const MOST: usize = 6;

/// What is known to stand behind each text.
#[derive(Debug, Default)]
pub(super) struct Between {
    behind: [Vec<Gap>; END],
}

/// What stands between two texts, from the quote that ends the one to the quote that begins the other.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Gap {
    words: Vec<(u64, u64)>,
    pub(super) length: usize,
    /// A bit for the place of each object that begins in it.
    pub(super) objects: u32,
    /// The place of the text behind it.
    pub(super) next: usize,
    pub(super) is_one_line: bool,
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
    pub(super) fn learn(&mut self, place: usize, written: &[u8], objects: u32, next: usize) {
        let Some(behind) = self.behind.get_mut(place).filter(|behind| behind.len() < MOST) else { return };
        if written.len() <= Gap::LONGEST {
            let words = written.chunks(8).map(|chunk| {
                let (mut word, mut mask) = ([0; 8], [0; 8]);
                for ((at, shown), byte) in word.iter_mut().zip(&mut mask).zip(chunk) {
                    (*at, *shown) = (*byte, 0xff);
                }
                (u64::from_le_bytes(word), u64::from_le_bytes(mask))
            });
            let (length, is_one_line) = (written.len(), !written.contains(&b'\n'));
            let gap = Gap { words: words.collect(), length, objects, next, is_one_line };
            behind.extend((!behind.contains(&gap)).then_some(gap));
        }
    }
}

impl Gap {
    const LONGEST: usize = 64;

    #[inline(always)]
    fn begins(&self, bytes: &[u8; Gap::LONGEST]) -> bool {
        let (words, _) = bytes.as_chunks::<8>();
        self.words.iter().zip(words).all(|((word, mask), found)| (u64::from_le_bytes(*found) ^ word) & mask == 0)
    }
}
