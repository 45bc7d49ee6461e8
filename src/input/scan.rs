//! Looking for the end of a text, eight bytes at a time.

const ONES: u64 = 0x0101_0101_0101_0101;
pub(super) const HIGHS: u64 = 0x8080_8080_8080_8080;

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

/// Whether no byte is a control character of ASCII's, nor what the others begin with (0xc2, as few letters do).
#[cfg_attr(hot, optimize(speed))]
pub(crate) fn is_printable(bytes: &[u8]) -> bool {
    // Of a byte below 0x80 neither sum reaches the high bit unless it is a control character or DEL.
    let odd = |word: u64| {
        let low = word & !HIGHS;
        let other = word ^ (ONES * 0xc2);
        (((low + ONES) | !(low + ONES * 0x60)) & !word) | (other.wrapping_sub(ONES) & !other)
    };
    let (words, tail) = bytes.as_chunks::<8>();
    let Some(last) = bytes.last_chunk::<8>() else {
        return tail.iter().all(|byte| !matches!(byte, 0..b' ' | 0x7f | 0xc2));
    };
    let mut all = odd(u64::from_le_bytes(*last));
    for word in words {
        all |= odd(u64::from_le_bytes(*word));
    }
    all & HIGHS == 0
}

/// Whether all of eight bytes are hex digits, in either case.
#[cfg(not(target_feature = "simd128"))]
#[inline(always)]
pub(crate) fn are_hex_digits(word: u64) -> bool {
    let plain = word & !HIGHS;
    let letters = plain | (ONES * 0x20);
    // Of a byte below 0x80 the sum reaches the high bit where the byte is not below `first`.
    let from = |word: u64, first: u8| word + ONES * u64::from(0x80 - first);
    let digits = from(plain, b'0') & !from(plain, b'9' + 1);
    let letters = from(letters, b'a') & !from(letters, b'f' + 1);
    (digits | letters) & !word & HIGHS == HIGHS
}

/// Whether two short texts are the same. The last bytes are compared together with some before them, so that none is alone.
#[cfg_attr(hot, optimize(speed))]
pub(crate) fn same(known: &[u8], text: &[u8]) -> bool {
    if known.len() != text.len() {
        return false;
    }
    if let (Some(end), Some(other)) = (known.last_chunk::<8>(), text.last_chunk::<8>()) {
        let mut words = known.as_chunks::<8>().0.iter().zip(text.as_chunks::<8>().0);
        return end == other && words.all(|(word, other)| word == other);
    }
    if let (Some(end), Some(other)) = (known.last_chunk::<4>(), text.last_chunk::<4>()) {
        return end == other && known.first_chunk::<4>() == text.first_chunk::<4>();
    }
    known.iter().zip(text).all(|(byte, other)| byte == other)
}

#[cfg(test)]
mod tests {
    use super::{are_hex_digits, is_printable, quote_or_odd, same};

    #[test]
    fn every_byte_counts_wherever_it_stands() {
        for length in 1..40 {
            let plain = vec![b'a'; length];
            assert!(is_printable(&plain) && same(&plain, &plain.clone()) && !same(&plain, &plain[1..]));
            for at in 0..length {
                for byte in 0..=u8::MAX {
                    let mut bytes = plain.clone();
                    bytes[at] = byte;
                    assert_eq!(is_printable(&bytes), !matches!(byte, 0..b' ' | 0x7f | 0xc2), "{length} {at} {byte}");
                    assert_eq!(same(&plain, &bytes), byte == b'a', "{length} {at} {byte}");
                }
            }
        }
        assert!(is_printable(b"") && same(b"", b""));
    }

    #[test]
    fn every_byte_may_be_a_hex_digit_or_not() {
        for at in 0..8 {
            for byte in 0..=u8::MAX {
                for mut bytes in [*b"00000000", *b"9aFfA09f"] {
                    bytes[at] = byte;
                    assert_eq!(are_hex_digits(u64::from_le_bytes(bytes)), byte.is_ascii_hexdigit(), "{at} {byte}");
                }
            }
        }
    }

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
