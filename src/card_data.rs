//! Card data that must never pass: its names, and digits that look like a card's number.

use crate::field::is_grouped_hex;
use std::borrow::Cow;

/// The names, in lower case, without separators and without the words around them.
pub const NAMES: &[&str] = &[
    "csc",
    "cvc",
    "cvc2",
    "cvn",
    "cvv",
    "cvv2",
    "exp",
    "expiration",
    "expire",
    "expiry",
    "number",
    "pan",
    "pin",
    "pinblock",
    "primaryaccountnumber",
    "securitycode",
    "track1",
    "track2",
    "trackdata",
    "validthru",
];

/// Words that may stand behind such a name and change nothing.
const TAILS: &[&str] = &["code", "date", "month", "number", "value", "year"];

/// What stands in place of digits that were withheld.
pub const MASK: &str = "[withheld]";

/// Whether a field of this name holds card data.
pub fn is_card_data(name: &str) -> bool {
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).map(|l| l.to_ascii_lowercase()).collect();
    let is_named = |name: &str| {
        NAMES.contains(&name) || TAILS.iter().filter_map(|tail| name.strip_suffix(tail)).any(|it| NAMES.contains(&it))
    };
    is_named(&plain) || plain.strip_prefix("card").is_some_and(is_named)
}

/// The text without anything that looks like a card's number: 13 to 19 digits with a right check digit, in one run or in
/// groups parted by a few separators, ASCII or as wide as an ideograph. An issuer's id is left as it is: of 300 random ones, one has such digits.
pub fn mask(text: &str) -> Cow<'_, str> {
    if is_id(text) {
        return Cow::Borrowed(text);
    }
    let groups = digit_groups(text);
    let mut masked = String::new();
    let mut kept_from = 0;
    let mut at = 0;
    while let Some(start) = groups.get(at).map(|group| group.start) {
        let Some(end) = number_from(text, groups.get(at..).unwrap_or_default()) else {
            at += 1;
            continue;
        };
        masked.push_str(text.get(kept_from..start).unwrap_or_default());
        masked.push_str(MASK);
        kept_from = end;
        at += groups.get(at..).unwrap_or_default().iter().take_while(|group| group.start < end).count();
    }
    if kept_from == 0 {
        return Cow::Borrowed(text);
    }
    masked.push_str(text.get(kept_from..).unwrap_or_default());
    Cow::Owned(masked)
}

/// Whether the text is a decimal number with a fraction, and no card's number before the point: of the amounts with many
/// decimals, one in ten passes Luhn.
pub fn is_amount(text: &str) -> bool {
    let is_number = |digits: &str| !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
    let parts = text.strip_prefix('-').unwrap_or(text).split_once('.');
    parts.is_some_and(|(whole, rest)| is_number(whole) && is_number(rest) && mask(whole) == whole)
}

/// Whether the whole text is 32 hex digits, in one run or grouped as in a UUID, behind a word or nothing: `rcrd-` or `order_`.
fn is_id(text: &str) -> bool {
    let is_hex = |tail: &str| {
        is_grouped_hex(tail.as_bytes()) || tail.len() == 32 && tail.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    let is_behind_a_word = |at: usize| {
        let (word, tail) = (text.get(..at), text.get(at + 1..));
        word.is_some_and(|word| word.bytes().all(|byte| byte.is_ascii_alphabetic())) && tail.is_some_and(is_hex)
    };
    is_hex(text) || text.find(['-', '_']).is_some_and(is_behind_a_word)
}

#[derive(Clone, Copy)]
struct Group {
    start: usize,
    end: usize,
    is_wide: bool,
}

fn digit_groups(text: &str) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (at, digit) in text.char_indices().filter(|(_, letter)| digit(*letter).is_some()) {
        let (end, is_wide) = (at + digit.len_utf8(), !digit.is_ascii());
        match groups.last_mut() {
            Some(last) if last.end == at && last.is_wide == is_wide => last.end = end,
            _ => groups.push(Group { start: at, end, is_wide }),
        }
    }
    groups
}

fn digit(letter: char) -> Option<u32> {
    let narrow = match letter {
        '\u{ff10}'..='\u{ff19}' => char::from_u32(letter as u32 - 0xff10 + u32::from('0'))?,
        _ => letter,
    };
    narrow.to_digit(10)
}

/// White space, what is not seen at all, a dash, or punctuation that people write between groups.
fn is_separator(letter: char) -> bool {
    letter.is_whitespace()
        || matches!(letter, '-' | '.' | ',' | '/' | '_' | '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
        || matches!(letter, '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}')
}

/// ` - ` is how far people part groups; what stands further apart is rather a list of figures.
const MOST_BETWEEN: usize = 3;

/// Where a card's number ends that begins with the first of these groups.
fn number_from(text: &str, groups: &[Group]) -> Option<usize> {
    let mut digits: Vec<u32> = Vec::with_capacity(19);
    let mut before: Option<Group> = None;
    let mut found = None;
    for group in groups {
        if let Some(before) = before {
            let between = text.get(before.end..group.start)?;
            if between.chars().count() > MOST_BETWEEN || !between.chars().all(is_separator) {
                break;
            }
        }
        digits.extend(text.get(group.start..group.end)?.chars().filter_map(digit));
        if digits.len() > 19 {
            break;
        }
        if digits.len() >= 13 && passes_luhn(&digits) {
            found = Some(group.end);
        }
        before = Some(*group);
    }
    found
}

fn passes_luhn(digits: &[u32]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, digit)| match (at % 2, digit * 2) {
            (0, _) => *digit,
            (_, doubled) => doubled / 10 + doubled % 10,
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_in_every_dress() {
        for text in
            ["4242424242424242", "4242 4242 4242 4242", "4242-4242-4242-4242", "3782.822463.10005", "6304000000000000"]
        {
            assert_eq!(mask(text), MASK, "{text}");
        }
        for between in
            ["\u{a0}", "\u{202f}", "\u{2011}", "\u{2013}", "\u{2212}", "\u{200b}", "\t", "  ", " - ", "/", "_", ", "]
        {
            assert_eq!(mask(&["4242"; 4].join(between)), MASK, "{between:?}");
        }
        assert_eq!(mask("\u{ff14}\u{ff12}\u{ff14}\u{ff12} 42424242 4242"), MASK);
        assert_eq!(mask("\u{ff14}4242424242424242\u{ff12}"), "\u{ff14}[withheld]\u{ff12}");
        assert_eq!(mask("card 4242424242424242 1229 made"), "card [withheld] 1229 made");
        assert_eq!(mask("a 4242424242424242, b 378282246310005."), "a [withheld], b [withheld].");
    }

    #[test]
    fn what_is_no_number_is_kept() {
        for text in [
            "",
            "4242",
            "2026-04-16T12:34:56.000Z",
            "4242424242424241",
            "operation completed",
            "424242424242",
            "4242    4242    4242    4242",
            "4242 to 4242 to 4242 to 4242",
        ] {
            assert_eq!(mask(text), text);
        }
        let grouped = "42424242-4242-4242-0000-000000000000";
        for tail in [grouped, "c4242424242424242c0ffee000000000"] {
            for word in ["", "rcrd-", "order_"] {
                let id = format!("{word}{tail}");
                assert_eq!(mask(&id), id);
            }
        }
    }

    #[test]
    fn what_only_begins_as_an_id_is_no_id() {
        assert_eq!(mask("order_4242424242424242"), "order_[withheld]");
        assert_eq!(mask("c4242424242424242c0ffee00000000"), "c[withheld]c0ffee00000000");
        assert_eq!(mask("a b_c4242424242424242c0ffee000000000"), "a b_c[withheld]c0ffee000000000");
    }

    #[test]
    fn names_in_every_spelling() {
        for name in [
            "pan",
            "PAN",
            "card_number",
            "cvv2",
            "expiryMonth",
            "exp-year",
            "pin",
            "card_cvv",
            "cvv_code",
            "card_pin",
            "pin_code",
            "card_expiry",
            "expire_date",
            "card_exp_month",
            "csc",
        ] {
            assert!(is_card_data(name), "{name}");
        }
        for name in ["last_four", "id", "pinned", "spent", "panel", "expired", "card", "card_id", "card_type", "code"]
            .into_iter()
            .chain(["postal_code", "tracking_number", "card_code", "expires_at"])
        {
            assert!(!is_card_data(name), "{name}");
        }
    }
}
