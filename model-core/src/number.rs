//! From the text of a number to its bits.

/// The finite number that `text` spells in decimal notation, if it does; correctly rounded.
#[must_use]
pub fn parse_number(text: &str) -> Option<f64> {
    // `f64::from_str` also takes "inf", "infinity" and "nan", which are no measurements.
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_measurements_are_numbers() {
        assert_eq!(parse_number("-1.5e2"), Some(-150.0));
        for text in ["", "inf", "NaN", "1e999", "1 ", "0x10", "1_000", "72 points"] {
            assert_eq!(parse_number(text), None, "{text:?}");
        }
    }
}
