//! From the text of a number to its bits, and how large a number may be.

/// The largest magnitude that counts as a measurement. Within it no difference, product or square that a model computes
/// overflows, so that no prediction is infinite or NaN.
pub const MAX_MAGNITUDE: f64 = 1e100;

/// The number that `text` spells in decimal notation, if it does; correctly rounded. A number beyond [`MAX_MAGNITUDE`] is
/// none.
#[must_use]
pub fn parse_number(text: &str) -> Option<f64> {
    // `f64::from_str` also takes "inf", "infinity" and "nan", which are no measurements either.
    text.parse().ok().filter(|number| is_measurement(*number))
}

/// Whether `number` is finite and no larger than [`MAX_MAGNITUDE`].
pub(crate) fn is_measurement(number: f64) -> bool {
    number.abs() <= MAX_MAGNITUDE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_measurements_are_numbers() {
        assert_eq!(parse_number("-1.5e2"), Some(-150.0));
        assert_eq!(parse_number("1e100"), Some(1e100));
        for text in ["", "inf", "NaN", "1e999", "-1e101", "1 ", "0x10", "1_000", "72 points"] {
            assert_eq!(parse_number(text), None, "{text:?}");
        }
    }
}
