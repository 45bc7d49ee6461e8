//! Runs of letters that are surely text, and no control characters: sixteen bytes at a time where the module knows such
//! (`simd128`), else eight.

#[cfg(target_feature = "simd128")]
use crate::input::block::Block;

/// How many bytes of letters stand before the first of two bytes, or of what is looked at apart: control characters, letters of
/// three bytes and more, what begins with 0xc2 (as control characters do), and what is no UTF-8.
#[inline(always)]
pub(super) fn letters(bytes: &[u8], ends: [u8; 2]) -> usize {
    let run = ascii(bytes, ends);
    match bytes.get(run..) {
        Some(rest @ [0xc3..=0xdf, ..]) => run + latin(rest, ends),
        _ => run,
    }
}

/// The same, one by one: where there is a letter of two bytes, its text is mostly short.
#[inline(never)]
fn latin(bytes: &[u8], ends: [u8; 2]) -> usize {
    let mut rest = bytes;
    loop {
        rest = match rest {
            [byte @ b' '..=b'~', behind @ ..] if !ends.contains(byte) => behind,
            [0xc3..=0xdf, 0x80..=0xbf, behind @ ..] => behind,
            _ => return bytes.len() - rest.len(),
        }
    }
}

/// How many bytes of printable ASCII (0x20 to 0x7e) stand before the first that is none, or one of two.
#[inline(always)]
fn ascii(bytes: &[u8], ends: [u8; 2]) -> usize {
    let mut rest = bytes;
    while let Some((block, behind)) = rest.split_first_chunk() {
        let found = odd(block, ends);
        if found != 0 {
            return bytes.len() - rest.len() + found.trailing_zeros() as usize / BITS;
        }
        rest = behind;
    }
    let is_odd = |byte: &u8| !matches!(byte, b' '..=b'~') || ends.contains(byte);
    bytes.len() - rest.len() + rest.iter().position(is_odd).unwrap_or(rest.len())
}

/// So many bits of what is found stand for a byte.
const BITS: usize = if cfg!(target_feature = "simd128") { 1 } else { 8 };

/// A bit for each byte that ends a run.
#[cfg(target_feature = "simd128")]
#[inline(always)]
fn odd(bytes: &[u8; 32], ends: [u8; 2]) -> u32 {
    let (blocks, _) = bytes.as_chunks();
    let [one, other] = blocks else { return 1 };
    Block::of(one).odd(ends) | Block::of(other).odd(ends) << 16
}

/// The high bit of each byte that ends a run.
#[cfg(not(target_feature = "simd128"))]
#[inline(always)]
fn odd(bytes: &[u8; 8], ends: [u8; 2]) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let word = u64::from_le_bytes(*bytes);
    let is_zero = |word: u64| word.wrapping_sub(ONES) & !word;
    let [one, other] = ends.map(|end| is_zero(word ^ (ONES * u64::from(end))));
    let others = word.wrapping_sub(ONES * 0x20) | word | is_zero(word ^ (ONES * 0x7f));
    // A borrow can only mark a byte behind one that is marked rightly.
    (one | other | others) & (ONES * 0x80)
}

#[cfg(test)]
mod tests {
    use super::letters;

    /// By characters, as the rules say it.
    fn expected(text: &str, ends: &str) -> usize {
        let is_looked_at_apart =
            |letter: char| letter.is_control() || letter.len_utf8() > 2 || ('\u{80}'..='\u{bf}').contains(&letter);
        text.find(|letter| is_looked_at_apart(letter) || ends.contains(letter)).unwrap_or(text.len())
    }

    #[test]
    fn a_run_ends_at_what_is_looked_at_apart_and_at_two_others() {
        for length in 0..70 {
            for letter in ('\0'..='\u{900}').chain(['\u{ffff}', '\u{10000}']) {
                for fill in ["a", "é"] {
                    let text = format!("{}{letter}é b", fill.repeat(length));
                    assert_eq!(letters(text.as_bytes(), *b";\""), expected(&text, ";\""), "{length} {letter:?} {fill}");
                }
            }
        }
    }

    #[test]
    fn what_is_in_a_run_is_text() {
        for first in 0..=u8::MAX {
            for second in 0..=u8::MAX {
                for bytes in [[b'a', first, second, b'a'], [0xc3, 0xa9, first, second]] {
                    let run = letters(&bytes, *b"\"\"");
                    assert!(
                        std::str::from_utf8(&bytes[..run]).is_ok_and(|text| !text.contains(char::is_control)),
                        "{bytes:?}"
                    );
                }
            }
        }
    }
}
