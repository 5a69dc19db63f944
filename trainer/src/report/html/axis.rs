//! Positions of numbers on an axis, and its tick labels.

use crate::report::html::Number;

/// A linear axis with a non-empty span.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Axis {
    /// The lower end.
    pub min: f64,
    /// The upper end.
    pub max: f64,
}

impl Axis {
    /// An axis over the finite `numbers`; from 0 to 1 if there are none, and one unit wide if all are equal.
    #[must_use]
    pub fn over(numbers: impl IntoIterator<Item = f64>) -> Self {
        let (min, max) = numbers
            .into_iter()
            .filter(|number| number.is_finite())
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(min, max), number| (min.min(number), max.max(number)));
        if min > max {
            return Self { min: 0.0, max: 1.0 };
        }
        // Half a unit beside a large number would be lost to rounding.
        let half = (0.5_f64).max(min.abs() * 1e-6);
        let is_span = max - min > min.abs().max(max.abs()) * 1e-12 && (max - min).is_finite();
        if is_span { Self { min, max } } else { Self { min: min - half, max: max.min(min) + half } }
    }

    /// The same axis, extended by a share of its span at both ends.
    #[must_use]
    pub fn padded(self, share: f64) -> Self {
        let room = (self.max - self.min) * share;
        Self { min: self.min - room, max: self.max + room }
    }

    /// The same axis, extended to the next round numbers, so that its ends reveal no single point.
    #[must_use]
    pub fn rounded(self) -> Self {
        let (ticks, _) = self.ticks(8);
        let [first, second, ..] = ticks[..] else { return self };
        let step = second - first;
        Self { min: (self.min / step).floor() * step, max: (self.max / step).ceil() * step }
    }

    /// The position from 0 at the lower to 1 at the upper end, clamped.
    #[must_use]
    pub fn fraction(&self, number: f64) -> f64 {
        ((number - self.min) / (self.max - self.min)).clamp(0.0, 1.0)
    }

    /// Round numbers within the axis, at most `max_ticks` (2 or more), with the decimals needed to distinguish them.
    #[must_use]
    pub fn ticks(&self, max_ticks: usize) -> (Vec<f64>, Number) {
        let span = self.max - self.min;
        let rough = span / max_ticks.max(2) as f64;
        let magnitude = libm::exp10(libm::floor(libm::log10(rough)));
        let step =
            [1.0, 2.0, 5.0, 10.0].map(|unit| unit * magnitude).into_iter().find(|step| *step >= rough).unwrap_or(rough);
        let first = (self.min / step - 1e-9).ceil();
        let ticks: Vec<f64> = (0..=max_ticks.max(2))
            .map(|tick| (first + tick as f64) * step)
            .take_while(|tick| *tick <= self.max + step * 1e-9)
            .collect();
        let decimals = (-libm::floor(libm::log10(step) + 1e-9)).clamp(0.0, 12.0);
        (ticks, Number::points(decimals as usize))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_within() {
        let ticks = |min, max| Axis { min, max }.ticks(5);
        assert_eq!(ticks(0.0, 100.0).0, [0.0, 20.0, 40.0, 60.0, 80.0, 100.0]);
        assert_eq!(ticks(17.0, 100.0).0, [20.0, 40.0, 60.0, 80.0, 100.0]);
        let (found, number) = ticks(-0.07, 0.02);
        assert_eq!(
            found.iter().map(|tick| number.text(*tick)).collect::<Vec<_>>(),
            ["−0.06", "−0.04", "−0.02", "0.00", "0.02"]
        );
        for (min, max) in [(0.0, 1e-9), (1e12, 1e12 + 5.0), (-1e300, 1e300), (3.0, 3.1)] {
            let (found, _) = ticks(min, max);
            assert!((1..=6).contains(&found.len()), "{min} {max}: {found:?}");
        }
    }

    #[test]
    fn an_axis_is_never_empty() {
        assert_eq!(Axis::over([]), Axis { min: 0.0, max: 1.0 });
        assert_eq!(Axis::over([f64::NAN, 4.0]), Axis { min: 3.5, max: 4.5 });
        assert_eq!(Axis::over([2.0, 6.0]).fraction(3.0), 0.25);
        assert_eq!(Axis { min: -13.2, max: 58.0 }.rounded(), Axis { min: -20.0, max: 60.0 });
        let axis = Axis::over([1e18]);
        assert!(axis.max > axis.min);
    }
}
