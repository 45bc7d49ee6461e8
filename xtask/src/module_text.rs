//! The module as text, read by pkg/src/module-text.ts: each byte is one letter or two, so that gzip still sees what repeats.

use std::cmp::Reverse;

/// Printable ASCII without what ends or escapes a text in JavaScript or HTML: neither a charset nor a bundler changes it.
/// The last two stand before a second letter only.
fn letters() -> Vec<char> {
    (' '..='~').filter(|letter| !"\"$'<\\`".contains(*letter)).collect()
}

/// So many letters stand for a byte alone.
const SINGLES: usize = 87;

/// The text of some bytes: in 64 hex digits, four bytes each, which of them are one letter, and then the bytes.
///
/// The most frequent ones are, each its own letter if it is one, so that a name in the module looks like the same name in the
/// page's code: more than a kilobyte (gzip) less than the first 87 bytes in their order.
pub(crate) fn encode(bytes: &[u8]) -> String {
    let singles = most_frequent(bytes);
    let texts = texts(&singles);
    let digit = |four: usize| (0..4).filter(|bit| singles[4 * four + bit]).map(|bit| 1 << bit).sum();
    let which = (0..64).filter_map(|four| char::from_digit(digit(four), 16));
    which.chain(bytes.iter().flat_map(|byte| texts[usize::from(*byte)].chars())).collect()
}

/// Of each byte, whether it is one of those that occur most often; of two that occur as often, the smaller one.
fn most_frequent(bytes: &[u8]) -> [bool; 256] {
    let mut counts = [0_usize; 256];
    bytes.iter().for_each(|byte| counts[usize::from(*byte)] += 1);
    let mut order: Vec<usize> = (0..256).collect();
    order.sort_by_key(|byte| Reverse(counts[*byte]));
    let mut singles = [false; 256];
    order.iter().take(SINGLES).for_each(|byte| singles[*byte] = true);
    singles
}

/// The text of each byte: its own letter or one that is left over, in their order; or two letters.
fn texts(singles: &[bool; 256]) -> Vec<String> {
    let letters = letters();
    let (alone, before) = letters.split_at(SINGLES);
    let own = |byte: &usize| {
        singles[*byte]
            .then(|| u8::try_from(*byte).ok().map(char::from))
            .flatten()
            .filter(|letter| alone.contains(letter))
    };
    let taken: Vec<char> = (0..256).filter_map(|byte| own(&byte)).collect();
    let mut left = alone.iter().filter(|letter| !taken.contains(letter));
    let mut pairs = before.iter().flat_map(|first| letters.iter().map(move |second| format!("{first}{second}")));
    let text = |byte| match own(&byte) {
        Some(letter) => Some(letter.to_string()),
        None if singles[byte] => left.next().map(char::to_string),
        None => pairs.next(),
    };
    (0..256).filter_map(text).collect()
}

/// FNV-1a: what tells a text that was cut or changed from this one.
pub(crate) fn sum(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |sum, byte| (sum ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_byte_has_a_text_of_its_own_that_needs_no_escape() {
        assert_eq!(letters().len(), 89);
        for bytes in [&b""[..], b"names and numbers", &[0xff; 9], &(0..=255).rev().collect::<Vec<u8>>()] {
            let texts = texts(&most_frequent(bytes));
            assert_eq!(texts.iter().filter(|text| text.len() == 1).count(), SINGLES);
            let texts: std::collections::BTreeSet<_> = texts.into_iter().collect();
            assert_eq!(texts.len(), 256);
            for text in &texts {
                assert!(text.chars().all(|letter| letter.is_ascii_graphic() || letter == ' '), "{text}");
                assert!(!text.contains(['"', '$', '\'', '<', '\\', '`']), "{text}");
            }
            // No text begins another, so a row of them can be read in one way only.
            for (one, other) in texts.iter().zip(texts.iter().skip(1)) {
                assert!(!other.starts_with(one.as_str()), "{one} {other}");
            }
        }
    }

    /// The same bytes and texts stand in tests/package/module-text.test.mjs.
    #[test]
    fn the_text_is_the_one_that_is_read() {
        let first = format!("{}7{}", "f".repeat(21), "0".repeat(42));
        assert_eq!(encode(&[]), first);
        let second = format!("{}c{}8Tw VW|", "f".repeat(21), "0".repeat(41));
        assert_eq!(encode(&[0, 31, 32, 86, 87, 255]), second);
        let third = "ffffffffffffffffffff30002002800000000000000000000010000000000008RasmSRR{|";
        assert_eq!(encode(b"\0asm\x01\0\0\xc8\xff"), third);
        assert_eq!(sum(b""), 0x811c_9dc5);
        assert_eq!(sum(b"foobar"), 0xbf9c_f968);
    }
}
