//! Formatting of numbers: a suitable number of digits, and a true minus sign.

/// The format of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Number {
    decimals: usize,
    is_signed: bool,
    is_percent: bool,
}

impl Number {
    /// With a fixed number of decimals.
    #[must_use]
    pub fn points(decimals: usize) -> Self {
        Self { decimals, is_signed: false, is_percent: false }
    }

    /// As a percentage of one, with a fixed number of decimals.
    #[must_use]
    pub fn percent(decimals: usize) -> Self {
        Self { decimals, is_signed: false, is_percent: true }
    }

    /// With as many decimals as distinguish values over `span`: a resolution of a three-hundredth of it or finer.
    #[must_use]
    pub fn for_span(span: f64) -> Self {
        let decimals =
            if span > 0.0 && span.is_finite() { (2.5 - libm::log10(span)).ceil().clamp(0.0, 8.0) } else { 0.0 };
        Self::points(decimals as usize)
    }

    /// With a plus sign before positive numbers.
    #[must_use]
    pub fn signed(self) -> Self {
        Self { is_signed: true, ..self }
    }

    /// Without a plus sign.
    #[must_use]
    pub fn unsigned(self) -> Self {
        Self { is_signed: false, ..self }
    }

    /// The number as text; a dash for NaN and infinity.
    #[must_use]
    pub fn text(self, number: f64) -> String {
        if !number.is_finite() {
            return "–".into();
        }
        let scaled = if self.is_percent { 100.0 * number } else { number };
        // Outside of this range further digits are noise.
        let digits = if scaled.abs() >= 1e15 || (scaled != 0.0 && scaled.abs() < 1e-8) {
            format!("{scaled:.3e}")
        } else {
            format!("{scaled:.*}", self.decimals)
        };
        let is_zero = !digits.bytes().any(|byte| (b'1'..=b'9').contains(&byte));
        let digits = match digits.strip_prefix('-') {
            Some(digits) if is_zero => digits.to_owned(),
            Some(digits) => format!("−{digits}"),
            None if self.is_signed && !is_zero => format!("+{digits}"),
            None => digits,
        };
        if self.is_percent { format!("{digits} %") } else { digits }
    }
}

/// A count with a thousands separator.
#[must_use]
pub fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let parts: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().filter_map(|part| std::str::from_utf8(part).ok()).collect();
    parts.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_digits_they_deserve() {
        assert_eq!(Number::points(1).text(-2.345), "−2.3");
        assert_eq!(Number::points(1).signed().text(2.345), "+2.3");
        assert_eq!(Number::points(1).signed().text(-0.01), "0.0");
        assert_eq!(Number::percent(0).text(0.256), "26 %");
        assert_eq!(Number::points(2).text(f64::NAN), "–");
        assert_eq!(Number::for_span(100.0).text(66.666), "66.7");
        assert_eq!(Number::for_span(1.0).text(0.5), "0.500");
        assert_eq!(Number::points(2).text(1e300), "1.000e300");
    }
}
