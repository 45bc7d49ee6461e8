//! Values as a page packs them: a word of two bytes for each place, then the texts, one behind the other.

use crate::input::Value;
use crate::judge::{PLACES, Slot, Slots};

/// How long the words are.
pub(crate) const WORDS: usize = 2 * PLACES;

/// The word of an object; its children have words of their own.
const OBJECT: u16 = 1;
const FALSE: u16 = 2;
const TRUE: u16 = 3;
/// The word of an empty text; each byte more is one more.
const TEXT: u16 = 4;

/// Reads packed values into their places, or nothing where they are not packed like this.
#[cfg_attr(hot, optimize(speed))]
pub(crate) fn read<'p>(packed: &'p [u8], slots: &mut Slots<'p, 'static>) -> Option<()> {
    let (words, texts) = packed.split_at_checked(WORDS)?;
    let mut texts = std::str::from_utf8(texts).ok()?;
    for (place, word) in words.chunks_exact(2).enumerate() {
        let word = u16::from_le_bytes(word.try_into().ok()?);
        slots.put(
            place,
            match word {
                0 => continue,
                OBJECT => Slot::Object,
                FALSE => Slot::Value(&Value::Bool(false)),
                TRUE => Slot::Value(&Value::Bool(true)),
                text => {
                    let (text, rest) = texts.split_at_checked(usize::from(text - TEXT))?;
                    texts = rest;
                    Slot::Text(text)
                }
            },
        );
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(words: &[u16], texts: &str) -> Vec<u8> {
        let mut all: Vec<u16> = words.to_vec();
        all.resize(PLACES, 0);
        all.iter().flat_map(|word| word.to_le_bytes()).chain(texts.bytes()).collect()
    }

    #[test]
    fn texts_stand_behind_their_words() {
        let bytes = packed(&[7, 0, 1, 4, 3, 6], "abcé");
        let mut slots = Slots::EMPTY;
        read(&bytes, &mut slots).unwrap();
        assert_eq!(slots.at(0).text(), Some("abc"));
        assert!(matches!(slots.at(1), Slot::Empty) && matches!(slots.at(2), Slot::Object));
        assert_eq!(slots.at(3).text(), Some(""));
        assert!(matches!(slots.at(4), Slot::Value(Value::Bool(true))));
        assert_eq!(slots.at(5).text(), Some("é"));
    }

    #[test]
    fn nothing_is_read_of_what_is_packed_otherwise() {
        let read = |packed: &[u8]| {
            let mut slots = Slots::EMPTY;
            read(packed, &mut slots)
        };
        assert!(read(&packed(&[5], "é")).is_none(), "half a character");
        assert!(read(&packed(&[9], "abc")).is_none(), "more than there is");
        let mut broken = packed(&[5], "");
        broken.push(0xff);
        assert!(read(&broken).is_none(), "not UTF-8");
        assert!(read(&[0; WORDS - 1]).is_none());
    }
}
