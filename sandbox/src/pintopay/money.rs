//! Amounts of USDT, exact to the cent.

use std::fmt;
use std::str::FromStr;

/// An amount, written as a decimal with two places.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Usdt {
    cents: u64,
}

impl Usdt {
    /// An amount given in cents.
    pub(super) const fn cents(cents: u64) -> Self {
        Self { cents }
    }

    /// What is left after paying, if there is enough.
    pub(super) fn pay(self, price: Self) -> Option<Self> {
        self.cents.checked_sub(price.cents).map(Self::cents)
    }

    /// Both together.
    pub(super) fn and(self, other: Self) -> Self {
        Self::cents(self.cents.saturating_add(other.cents))
    }
}

impl fmt::Display for Usdt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}", self.cents / 100, self.cents % 100)
    }
}

impl FromStr for Usdt {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const EXPECTED: &str = "expected a decimal such as 1000.00, found something else";
        let (whole, part) = text.split_once('.').unwrap_or((text, "00"));
        let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || part.len() != 2 || !is_digits(whole) || !is_digits(part) {
            return Err(EXPECTED);
        }
        format!("{whole}{part}").parse().map(Self::cents).map_err(|_| EXPECTED)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_and_written_exactly() {
        for (text, cents, written) in [("1000.00", 100_000, "1000.00"), ("0.07", 7, "0.07"), ("12", 1_200, "12.00")] {
            let amount: Usdt = text.parse().unwrap();
            assert_eq!((amount, amount.to_string().as_str()), (Usdt::cents(cents), written));
        }
        for wrong in ["", ".", "1.", ".50", "1.5", "1.005", "-1.00", "+1.00", "1,00", "99999999999999999999.00"] {
            assert!(wrong.parse::<Usdt>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn nobody_pays_more_than_there_is() {
        assert_eq!(Usdt::cents(700).pay(Usdt::cents(500)), Some(Usdt::cents(200)));
        assert_eq!(Usdt::cents(499).pay(Usdt::cents(500)), None);
    }
}
