//! Rounds fitted numbers to short decimals before the model is scored, so that the file is small and contains exactly
//! the numbers that were scored.

/// The number of decimal places of a fitted number.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Decimals(i32);

impl Decimals {
    #[cfg(test)]
    pub(super) fn new(decimals: i32) -> Self {
        Self(decimals)
    }

    /// Seven significant digits for numbers of the size `spread`.
    pub(super) fn for_spread(spread: f64) -> Self {
        Self::with_digits(spread, 7)
    }

    /// `n_digits` significant digits for numbers of the size `spread`.
    pub(crate) fn with_digits(spread: f64, n_digits: i32) -> Self {
        let magnitude = if spread > 0.0 && spread.is_finite() { libm::floor(libm::log10(spread)) } else { 0.0 };
        // Powers of ten are exact up to 10²².
        Self((n_digits - 1 - magnitude as i32).clamp(-16, 16))
    }

    /// One more decimal place.
    pub(super) fn finer(self) -> Self {
        Self(self.0 + 1)
    }

    /// The difference between neighbouring numbers.
    pub(crate) fn step(self) -> f64 {
        let power = (0..self.0.abs()).fold(1.0, |power, _| power * 10.0);
        if self.0 >= 0 { 1.0 / power } else { power }
    }

    /// The nearest number with these decimal places, as parsed from its decimal form.
    pub(crate) fn round(self, number: f64) -> f64 {
        let power = (0..self.0.abs()).fold(1.0, |power, _| power * 10.0);
        if self.0 >= 0 { (number * power).round() / power } else { (number / power).round() * power }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_seven_digits_of_the_spread() {
        assert_eq!(Decimals::for_spread(15.0).round(0.123_456_789), 0.123_46);
        assert_eq!(Decimals::for_spread(2e9).round(123_456_789.0), 123_457_000.0);
        assert_eq!(Decimals::for_spread(0.0).round(1.5), 1.5);
    }
}
