//! Where a number ends, and whether a double can hold it.
//!
//! The standard parser of doubles would tell, at 10 kB of tables in the wasm; no rule needs the value itself.

/// The spelling of the number at the start of the text, and whether it is one that a finite double can hold.
pub(super) fn spelling(text: &str) -> (&str, bool) {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, rest) = digits(unsigned);
    let whole_is_right = whole == "0" || (!whole.is_empty() && !whole.starts_with('0'));

    let (fraction, rest, fraction_is_right) = match rest.strip_prefix('.') {
        Some(rest) => {
            let (fraction, rest) = digits(rest);
            (fraction, rest, !fraction.is_empty())
        }
        None => ("", rest, true),
    };

    let (exponent, rest, exponent_is_right) = match rest.strip_prefix('e').or_else(|| rest.strip_prefix('E')) {
        Some(rest) => {
            let negative = rest.starts_with('-');
            let (power, rest) = digits(rest.strip_prefix('+').or_else(|| rest.strip_prefix('-')).unwrap_or(rest));
            let power = power.bytes().fold(0_i64, |power, digit| (power * 10 + i64::from(digit - b'0')).min(1 << 40));
            (if negative { -power } else { power }, rest, !ends_without_digits(text, rest))
        }
        None => (0, rest, true),
    };

    let spelling = text.get(..text.len() - rest.len()).unwrap_or_default();
    let readable = whole_is_right && fraction_is_right && exponent_is_right && is_finite(whole, fraction, exponent);
    (spelling, readable)
}

fn digits(text: &str) -> (&str, &str) {
    let end = text.bytes().take_while(u8::is_ascii_digit).count();
    text.split_at_checked(end).unwrap_or((text, ""))
}

fn ends_without_digits(text: &str, rest: &str) -> bool {
    let read = text.len() - rest.len();
    !text.as_bytes().get(read.wrapping_sub(1)).is_some_and(u8::is_ascii_digit)
}

/// The decimal digits of the first number that rounds to infinity: 1.797693134862315807937...e308.
const FIRST_INFINITE: &str = "179769313486231580793728971405303415079934132710037826936173778980444968292764750946";

fn is_finite(whole: &str, fraction: &str, exponent: i64) -> bool {
    let digits = [whole, fraction].concat();
    let significant = digits.trim_start_matches('0');
    let length = |text: &str| i64::try_from(text.len()).unwrap_or(i64::MAX);
    let noughts = length(&digits) - length(significant);
    match (length(whole) - 1 - noughts + exponent).cmp(&308) {
        _ if significant.is_empty() => true,
        std::cmp::Ordering::Less => true,
        std::cmp::Ordering::Greater => false,
        std::cmp::Ordering::Equal => significant < FIRST_INFINITE,
    }
}

#[cfg(test)]
mod tests {
    use super::spelling;

    #[test]
    fn ends_where_the_number_ends() {
        assert_eq!(spelling("12,"), ("12", true));
        assert_eq!(spelling("-0.5e-3]"), ("-0.5e-3", true));
        assert_eq!(spelling("1.5E+9 "), ("1.5E+9", true));
    }

    #[test]
    fn refuses_what_the_grammar_does() {
        for bad in ["01", "-", "1.", ".5", "1e", "1e+", "-01", "1.e5", "00"] {
            assert!(!spelling(bad).1, "{bad}");
        }
    }

    #[test]
    fn agrees_with_the_standard_parser_about_infinity() {
        for text in [
            "1e308",
            "1e309",
            "1.7976931348623157e308",
            "1.7976931348623158e308",
            "1.7976931348623159e308",
            "17976931348623157e292",
            "0.00017976931348623157e312",
            "0.00017976931348623159e312",
            "1e-400",
            "0e999999",
            "1e99999999999999999999",
            "-1e309",
            "179769313486231580793e288",
            "179769313486231580794e288",
            "0.0",
        ] {
            let finite = text.parse::<f64>().is_ok_and(f64::is_finite);
            assert_eq!(spelling(text).1, finite, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn agrees_on_any_number(text in "-?(0|[1-9][0-9]{0,25})(\\.[0-9]{1,25})?([eE][+-]?[0-9]{1,3})?") {
            proptest::prop_assert_eq!(spelling(&text), (text.as_str(), text.parse::<f64>().is_ok_and(f64::is_finite)));
        }
    }
}
