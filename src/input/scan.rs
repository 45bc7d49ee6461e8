//! Looking for the end of a text, eight bytes at a time.

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// How many bytes stand before the first quote, backslash or control character: eight are looked at together.
#[inline(always)]
pub(crate) fn quote_or_odd(bytes: &[u8]) -> usize {
    let is_zero = |word: u64| word.wrapping_sub(ONES) & !word;
    let (words, tail) = bytes.as_chunks::<8>();
    for (nth, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let control = word.wrapping_sub(ONES * 0x20) & !word;
        let found = (control | is_zero(word ^ (ONES * 0x22)) | is_zero(word ^ (ONES * 0x5c))) & HIGHS;
        // A borrow can only mark a byte behind one that is marked rightly.
        if found != 0 {
            return nth * 8 + found.trailing_zeros() as usize / 8;
        }
    }
    let odd = tail.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f));
    words.len() * 8 + odd.unwrap_or(tail.len())
}

/// How many bytes stand before the first of three.
#[inline(always)]
pub(crate) fn until(bytes: &[u8], ends: [u8; 3]) -> usize {
    let [one, other, third] = ends.map(|byte| ONES * u64::from(byte));
    let is_zero = |word: u64| word.wrapping_sub(ONES) & !word;
    let (words, tail) = bytes.as_chunks::<8>();
    for (nth, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let found = (is_zero(word ^ one) | is_zero(word ^ other) | is_zero(word ^ third)) & HIGHS;
        if found != 0 {
            return nth * 8 + found.trailing_zeros() as usize / 8;
        }
    }
    words.len() * 8 + tail.iter().position(|byte| ends.contains(byte)).unwrap_or(tail.len())
}

/// Whether two names are the same: mostly the length tells, or the last letter.
#[inline(always)]
pub(crate) fn same(known: &str, name: &str) -> bool {
    known.len() == name.len() && known.as_bytes().last() == name.as_bytes().last() && known == name
}

#[cfg(test)]
mod tests {
    use super::quote_or_odd;

    #[test]
    fn finds_the_first_that_ends_plain_text() {
        for length in 0..40 {
            for end in ['"', '\\', '\n', '\u{0}', '\u{1f}'] {
                for fill in ['a', ' ', '!', '#', '[', ']', '\u{7f}', '\u{e9}', '\u{10ffff}'] {
                    let before = fill.to_string().repeat(length);
                    let text = format!("{before}{end}a\"a\"a\"a\"");
                    assert_eq!(quote_or_odd(text.as_bytes()), before.len(), "{length} {end:?} {fill:?}");
                    assert_eq!(quote_or_odd(before.as_bytes()), before.len());
                }
            }
        }
    }
}
