//! The known name that an unknown one was probably meant to be.

/// At most this many letters may differ.
const FAR: usize = 2;

/// The known name closest to `name`, if one is close: `userId` and `user_di` mean `user_id`.
pub(crate) fn nearest(name: &str, known: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    let plain = plain(name);
    // Longer than any field's name: nothing is close, and the distance below is never asked of long text.
    if plain.len() > 40 {
        return None;
    }
    known
        .map(|known| (distance(&plain, &self::plain(known)), known))
        .filter(|(distance, known)| *distance <= FAR && *distance < known.len().div_ceil(2))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}

/// What is left of a name without its spelling: letters and digits, in lower case.
pub(crate) fn plain(name: &str) -> Vec<u8> {
    name.bytes().filter(u8::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}

/// The Levenshtein distance, a row at a time.
fn distance(left: &[u8], right: &[u8]) -> usize {
    let mut row = vec![0; right.len() + 1];
    row.iter_mut().enumerate().for_each(|(at, distance)| *distance = at);
    for (at, letter) in left.iter().enumerate() {
        let mut diagonal = at;
        let mut before = at + 1;
        let mut next = vec![before];
        for (other, above) in right.iter().zip(row.iter().skip(1)) {
            let replaced = diagonal + usize::from(letter != other);
            before = replaced.min(before + 1).min(above + 1);
            diagonal = *above;
            next.push(before);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    fn near(name: &str) -> Option<&'static str> {
        nearest(name, ["id", "user_id", "shipping_address", "postal_code"].into_iter())
    }

    #[test]
    fn another_spelling_is_found() {
        assert_eq!(near("userId"), Some("user_id"));
        assert_eq!(near("user_di"), Some("user_id"));
        assert_eq!(near("ShippingAdress"), Some("shipping_address"));
        assert_eq!(near("postcode"), Some("postal_code"));
        assert_eq!(near("post"), None, "six letters apart");
    }

    #[test]
    fn another_word_is_not() {
        assert_eq!(near("card_colour"), None);
        assert_eq!(near("x"), None);
        assert_eq!(near(&"user_id".repeat(50)), None);
    }
}
