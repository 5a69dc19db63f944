//! A number line that several charts share.
//!
//! Text is not part of a `viewBox`: positions are percentages and labels are HTML, so that they keep their size on a
//! phone. Labels that would overlap are omitted or merged.

use model_core::{Range, Target};

/// The visible part of the number line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scale {
    pub(super) range: Range,
}

impl Scale {
    /// The target's limits or, without these, its observed range.
    pub(super) fn of(target: &Target) -> Self {
        Self { range: target.limits.unwrap_or(target.observed) }
    }

    /// The part of this scale with the values from `low` to `high`, with round ends; at least a fifth of it, so that
    /// small effects don't look large.
    pub(super) fn zoomed(self, low: f64, high: f64) -> Self {
        let Range { min, max } = self.range;
        let missing = ((max - min) / 5.0 - (high - low)).max(0.0);
        let (low, high) = (low - missing / 2.0, high + missing / 2.0);
        let mut step = 1.0;
        while step * 10.0 < high - low {
            step *= 10.0;
        }
        while step * 2.0 > high - low && step > 1e-6 {
            step /= 10.0;
        }
        Self { range: Range { min: min.max((low / step).floor() * step), max: max.min((high / step).ceil() * step) } }
    }

    /// The position of `value`, from 0 to 100, clamped.
    pub(super) fn position(self, value: f64) -> f64 {
        let Range { min, max } = self.range;
        if max > min { ((value - min) / (max - min)).clamp(0.0, 1.0) * 100.0 } else { 50.0 }
    }

    /// The value at a position from 0 to 100.
    pub(super) fn value(self, position: f64) -> f64 {
        self.range.min + (self.range.max - self.range.min) * position.clamp(0.0, 100.0) / 100.0
    }
}

/// The CSS class that aligns a label at a position from 0 to 100, so that it stays within even a narrow panel.
pub(super) fn label_class(position: f64) -> &'static str {
    if position < 12.0 {
        "at start"
    } else if position > 88.0 {
        "at end"
    } else {
        "at middle"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_has_its_place_between_the_ends_of_the_scale() {
        let scale = Scale { range: Range { min: 20.0, max: 120.0 } };
        assert_eq!(scale.position(45.0), 25.0);
        assert_eq!(scale.value(25.0), 45.0);
        assert_eq!((scale.position(0.0), scale.position(500.0)), (0.0, 100.0));
        assert_eq!(Scale { range: Range { min: 3.0, max: 3.0 } }.position(3.0), 50.0);
    }

    #[test]
    fn a_zoomed_scale_has_round_ends_and_stays_within() {
        let scale = Scale { range: Range { min: 0.0, max: 100.0 } };
        assert_eq!(scale.zoomed(43.2, 71.9).range, Range { min: 40.0, max: 80.0 });
        assert_eq!(scale.zoomed(-20.0, 130.0).range, scale.range);
        let flat = scale.zoomed(60.0, 60.5).range;
        assert!(flat.max - flat.min >= 20.0, "{flat:?}");
    }
}
