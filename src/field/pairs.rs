//! A set of codes of two capital letters: 104 bytes, and told at once.

/// A bit for each second letter, in a word for each first one.
pub(super) struct Pairs([u32; 26]);

impl Pairs {
    /// The codes of a text, one behind the other.
    pub(super) const fn of(codes: &[u8]) -> Pairs {
        let mut words = [0; 26];
        let mut rest = codes;
        while let [first, second, tail @ ..] = rest {
            let (_, from) = words.split_at_mut((*first - b'A') as usize);
            if let [word, ..] = from {
                *word |= 1 << (*second - b'A');
            }
            rest = tail;
        }
        Pairs(words)
    }

    #[inline(always)]
    pub(super) fn contains(&self, text: &[u8]) -> bool {
        match text {
            [first, second @ b'A'..=b'Z'] => self.begun_by(*first) & (1 << (second - b'A')) != 0,
            _ => false,
        }
    }

    /// Whether a code begins like this.
    pub(super) fn continues(&self, text: &[u8]) -> bool {
        match text {
            [] => true,
            [first] => self.begun_by(*first) != 0,
            _ => self.contains(text),
        }
    }

    #[inline(always)]
    fn begun_by(&self, first: u8) -> u32 {
        self.0.get(usize::from(first.wrapping_sub(b'A'))).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn has_what_it_was_made_of() {
        let pairs = Pairs::of(b"ABAZZAZZ");
        let all = (0..=u8::MAX).flat_map(|first| (0..=u8::MAX).map(move |second| vec![first, second]));
        let held: Vec<_> = all.filter(|pair| pairs.contains(pair)).collect();
        assert_eq!(held, [b"AB", b"AZ", b"ZA", b"ZZ"]);
        assert!(!pairs.contains(b"A") && !pairs.contains(b"ABA") && !pairs.contains(b""));
        assert!(pairs.continues(b"") && pairs.continues(b"Z") && !pairs.continues(b"B") && !pairs.continues(b"AC"));
    }
}
