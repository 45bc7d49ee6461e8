//! Values as a page packs them: a word of four bytes for each place, then the texts, one behind the other.

use crate::input::Value;
use crate::input::scan::HIGHS;
use crate::judge::{PLACES, Slot, Slots};

/// How long the words are.
pub(crate) const WORDS: usize = 4 * PLACES;

/// The word of an object; its children have words of their own.
const OBJECT: u32 = 1;
const FALSE: u32 = 2;
const TRUE: u32 = 3;
/// The word of an empty text; each letter more is one more, as JavaScript counts them (UTF-16).
const TEXT: u32 = 4;

/// Reads packed values into their places, or nothing where they are not packed like this.
#[cfg_attr(hot, optimize(speed))]
pub(crate) fn read<'p>(packed: &'p [u8], slots: &mut Slots<'p, 'static>) -> Option<()> {
    let (words, texts) = packed.split_at_checked(WORDS)?;
    let (bytes, texts) = (texts, std::str::from_utf8(texts).ok()?);
    let mut start = 0_usize;
    let mut next_inner = inner(bytes, 0);
    for (place, word) in words.as_chunks::<4>().0.iter().enumerate() {
        let slot = match u32::from_le_bytes(*word) {
            0 => continue,
            OBJECT => Slot::Object,
            FALSE => Slot::Value(&Value::Bool(false)),
            TRUE => Slot::Value(&Value::Bool(true)),
            text => {
                let mut end = start.checked_add((text - TEXT) as usize)?;
                while next_inner <= end && next_inner < bytes.len() {
                    match bytes.get(..next_inner)?.last()? {
                        // What stands for half of a pair begins with it, and nothing else that stands on a card.
                        0xef => return None,
                        // A letter of four bytes counts as two.
                        0xf0.. => {}
                        _ => end += 1,
                    }
                    next_inner = inner(bytes, next_inner + 1);
                }
                let text = texts.get(start..end)?;
                start = end;
                Slot::Text(text)
            }
        };
        slots.put(place, slot);
    }
    Some(())
}

/// Where the first byte from there on stands that begins no letter, or the end: eight are looked at together.
#[inline(always)]
fn inner(text: &[u8], from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    let (words, tail) = rest.as_chunks::<8>();
    for (nth, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let found = word & !(word << 1) & HIGHS;
        if found != 0 {
            return from + nth * 8 + found.trailing_zeros() as usize / 8;
        }
    }
    let found = tail.iter().position(|byte| byte & 0xc0 == 0x80);
    found.map_or(text.len(), |at| from + words.len() * 8 + at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(words: &[u32], texts: &str) -> Vec<u8> {
        let mut all = words.to_vec();
        all.resize(PLACES, 0);
        all.iter().flat_map(|word| word.to_le_bytes()).chain(texts.bytes()).collect()
    }

    #[test]
    fn texts_stand_behind_their_words() {
        let bytes = packed(&[7, 0, 1, 4, 3, 5, 7, 5], "abcé💳éx");
        let mut slots = Slots::EMPTY;
        read(&bytes, &mut slots).unwrap();
        assert_eq!(slots.at(0).text(), Some("abc"));
        assert!(matches!(slots.at(1), Slot::Empty) && matches!(slots.at(2), Slot::Object));
        assert_eq!(slots.at(3).text(), Some(""));
        assert!(matches!(slots.at(4), Slot::Value(Value::Bool(true))));
        assert_eq!(slots.at(5).text(), Some("é"));
        assert_eq!(slots.at(6).text(), Some("💳é"));
        assert_eq!(slots.at(7).text(), Some("x"));
    }

    #[test]
    fn nothing_is_read_of_what_is_packed_otherwise() {
        let read = |packed: &[u8]| {
            let mut slots = Slots::EMPTY;
            read(packed, &mut slots)
        };
        assert!(read(&packed(&[5, 5], "💳")).is_none(), "half a pair");
        assert!(read(&packed(&[5], "\u{fffd}")).is_none(), "what may have been half a pair");
        assert!(read(&packed(&[9], "abc")).is_none(), "more than there is");
        assert!(read(&packed(&[9], "é")).is_none(), "more than there is");
        assert!(read(&packed(&[5, u32::MAX], "abc")).is_none(), "more than there can be");
        let mut broken = packed(&[5], "");
        broken.push(0xff);
        assert!(read(&broken).is_none(), "not UTF-8");
        assert!(read(&[0; WORDS - 1]).is_none());
    }

    #[test]
    fn letters_are_counted_as_javascript_does() {
        let texts = [
            "",
            "a",
            "é",
            "éa",
            "1 Río Grande",
            "ßßßßßßßßß",
            "€",
            "中文字",
            "💳",
            "a💳",
            "💳💳é",
            "O’Brien",
            "aaaaaaaé",
        ];
        for text in texts {
            for behind in texts {
                let words = [text, behind].map(|text| TEXT + text.encode_utf16().count() as u32);
                let bytes = packed(&words, &format!("{text}{behind}"));
                let mut slots = Slots::EMPTY;
                read(&bytes, &mut slots).unwrap();
                assert_eq!([slots.at(0).text(), slots.at(1).text()], [Some(text), Some(behind)]);
            }
        }
    }

    #[test]
    fn every_byte_counts_wherever_it_stands() {
        for length in 1..20 {
            for at in 0..length {
                for byte in 0..=u8::MAX {
                    let mut bytes = vec![b'a'; length];
                    bytes[at] = byte;
                    let first = if byte & 0xc0 == 0x80 { at } else { length };
                    assert_eq!(
                        [0, at, at + 1].map(|from| inner(&bytes, from)),
                        [first, first, length],
                        "{length} {at} {byte}"
                    );
                }
            }
        }
    }
}
