//! The numbers of the fake cards.

/// A number range that no bank has given out.
const PREFIX: &str = "411111";

/// Gives numbers: counting makes them unique, the check digit makes them look real.
#[derive(Default)]
pub(crate) struct Pans {
    given: u32,
}

impl Pans {
    /// A number never given before.
    pub(crate) fn next(&mut self) -> String {
        self.given += 1;
        let payload = format!("{PREFIX}{:09}", self.given);
        let check_digit = (10 - luhn_sum(&payload, 1) % 10) % 10;
        format!("{payload}{check_digit}")
    }
}

/// The Luhn sum of digits of which the last stands `offset` places from the right.
fn luhn_sum(digits: &str, offset: usize) -> u32 {
    let from_the_right = digits.chars().rev().filter_map(|digit| digit.to_digit(10)).zip(offset..);
    from_the_right.map(|(digit, place)| if place % 2 == 1 { digit / 5 + digit * 2 % 10 } else { digit }).sum()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_sum_tells_right_numbers_from_wrong_ones() {
        for (digits, right) in [("4242424242424242", true), ("378282246310005", true), ("4242424242424241", false)] {
            assert_eq!(luhn_sum(digits, 0).is_multiple_of(10), right);
        }
    }

    #[test]
    fn numbers_are_unique_and_look_real() {
        let mut pans = Pans::default();
        let given: HashSet<_> = (0..2_000).map(|_| pans.next()).collect();
        assert_eq!(given.len(), 2_000);
        assert!(given.iter().all(|pan| pan.len() == 16 && luhn_sum(pan, 0).is_multiple_of(10)));
    }
}
