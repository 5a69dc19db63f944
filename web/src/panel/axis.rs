//! A number line that several drawings share.
//!
//! The drawings have no fixed `viewBox` for text: places are percentages and labels are HTML, so that they keep their
//! size on a phone. Labels that would run into another are left out or put together.

use model_core::{Range, Target};

/// The part of the number line that is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Axis {
    pub(super) range: Range,
}

impl Axis {
    /// From end to end of the target's limits, or of what was observed where there are none.
    pub(super) fn of(target: &Target) -> Self {
        Self { range: target.limits.unwrap_or(target.observed) }
    }

    /// Where `value` lies, from 0 to 100; beyond an end it stays there.
    pub(super) fn place(self, value: f64) -> f64 {
        let Range { min, max } = self.range;
        if max > min { ((value - min) / (max - min)).clamp(0.0, 1.0) * 100.0 } else { 50.0 }
    }

    /// The value at a place from 0 to 100.
    pub(super) fn value(self, place: f64) -> f64 {
        self.range.min + (self.range.max - self.range.min) * place.clamp(0.0, 100.0) / 100.0
    }
}

/// On which side of its place a label hangs, so that it stays within even a narrow panel.
pub(super) fn side(place: f64) -> &'static str {
    if place < 12.0 {
        "start"
    } else if place > 88.0 {
        "end"
    } else {
        "middle"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_has_its_place_between_the_ends_of_the_scale() {
        let axis = Axis { range: Range { min: 20.0, max: 120.0 } };
        assert_eq!(axis.place(45.0), 25.0);
        assert_eq!(axis.value(25.0), 45.0);
        assert_eq!((axis.place(0.0), axis.place(500.0)), (0.0, 100.0));
        assert_eq!(Axis { range: Range { min: 3.0, max: 3.0 } }.place(3.0), 50.0);
    }
}
