//! The module as text, read by pkg/src/module-text.ts: each byte is one letter or two, so that gzip still sees what repeats.

/// Printable ASCII without what ends or escapes a text in JavaScript or HTML: neither a charset nor a bundler changes it.
fn letters() -> Vec<char> {
    (' '..='~').filter(|letter| !"\"$'<\\`".contains(*letter)).collect()
}

/// So many bytes, from 0 on, are one letter each. The letters left over stand before a second one.
const SINGLES: usize = 87;

/// The text of some bytes.
pub(crate) fn encode(bytes: &[u8]) -> String {
    let letters = letters();
    let mut text = String::with_capacity(bytes.len() * 2);
    for &byte in bytes {
        match usize::from(byte).checked_sub(SINGLES) {
            None => text.push(letters[usize::from(byte)]),
            Some(rest) => {
                text.push(letters[SINGLES + rest / letters.len()]);
                text.push(letters[rest % letters.len()]);
            }
        }
    }
    text
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
        let texts: std::collections::BTreeSet<_> = (0..=255).map(|byte| encode(&[byte])).collect();
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

    /// The same bytes and text stand in tests/package/module-text.test.mjs.
    #[test]
    fn the_text_is_the_one_that_is_read() {
        assert_eq!(encode(&[]), "");
        assert_eq!(encode(b"\0asm\x01\0\0\0"), " }-}@}9!   ");
        assert_eq!(encode(&[0, 1, 86, 87, 88, 175, 176, 254, 255]), " !|} }!}~~ ~t~u");
        assert_eq!(sum(b""), 0x811c_9dc5);
        assert_eq!(sum(b"foobar"), 0xbf9c_f968);
    }
}
