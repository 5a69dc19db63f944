//! The estimate's place on the target's scale, beside the average.
//!
//! The drawings have no `viewBox`: places are percentages, and labels keep their size on a phone. Each label has a row or
//! a side of its own, so that none can run into another.

use model_core::{Range, Target};

use crate::dom::set_attribute;
use crate::format::{percent, shortest};
use crate::session::{Form, Session};

/// The markup of a rail with the estimate, its typical error, and the average of the training data.
pub(super) fn markup(session: &Session) -> String {
    let axis = Axis::of(&session.predictor().schema().target);
    let mean = session.report().data.target.mean;
    let place = axis.place(mean);
    format!(
        "<div class=\"scale\" role=\"img\" id=\"scale\">\
         <svg class=\"above\"><text id=\"scale-error\" y=\"1em\">typical error ±{error}</text></svg>\
         <span class=\"from\">{min}</span>\
         <svg class=\"rail\"><rect y=\"20\" width=\"100%\" height=\"8\" rx=\"4\"/>\
         <rect class=\"band\" id=\"scale-band\" y=\"10\" height=\"28\" rx=\"6\"/>\
         <line class=\"mean\" x1=\"{at}\" x2=\"{at}\" y1=\"14\" y2=\"48\"/>\
         <line class=\"needle\" id=\"scale-needle\" y1=\"2\" y2=\"46\"/></svg>\
         <span class=\"to\">{max}</span>\
         <svg class=\"below\"><text x=\"{at}\" y=\"1em\" text-anchor=\"{anchor}\">average {mean}</text></svg></div>",
        error = session.error_in_target_unit(session.report().holdout.mae),
        min = shortest(axis.range.min),
        max = shortest(axis.range.max),
        at = percent(place),
        anchor = anchor(place),
        mean = session.in_target_unit(mean),
    )
}

/// Moves the estimate to its place.
pub(super) fn paint(session: &Session, form: &Form) {
    let axis = Axis::of(&session.predictor().schema().target);
    let (shown, error) = (form.prediction.shown, session.report().holdout.mae);
    let place = axis.place(shown);
    let (from, to) = (axis.place(shown - error), axis.place(shown + error));
    for end in ["x1", "x2"] {
        set_attribute("scale-needle", end, &percent(place));
    }
    set_attribute("scale-band", "x", &percent(from));
    set_attribute("scale-band", "width", &percent(to - from));
    set_attribute("scale-error", "x", &percent(place));
    set_attribute("scale-error", "text-anchor", anchor(place));
    let spoken = format!(
        "On the scale from {} to {}: the estimate {}, with a typical error of {} on either side, and the average of \
         the training data, {}",
        shortest(axis.range.min),
        shortest(axis.range.max),
        session.in_target_unit(shown),
        session.error_in_target_unit(error),
        session.in_target_unit(session.report().data.target.mean),
    );
    set_attribute("scale", "aria-label", &spoken);
}

/// The part of the number line that is drawn.
#[derive(Debug, Clone, Copy)]
struct Axis {
    range: Range,
}

impl Axis {
    /// From end to end of the target's limits, or of what was observed where there are none.
    fn of(target: &Target) -> Self {
        Self { range: target.limits.unwrap_or(target.observed) }
    }

    /// Where `value` lies, from 0 to 100; beyond an end it stays there.
    fn place(self, value: f64) -> f64 {
        let Range { min, max } = self.range;
        if max > min { ((value - min) / (max - min)).clamp(0.0, 1.0) * 100.0 } else { 50.0 }
    }
}

/// On which side of its place a label hangs, so that it stays within even a narrow panel.
fn anchor(place: f64) -> &'static str {
    if place < 32.0 {
        "start"
    } else if place > 68.0 {
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
        assert_eq!((axis.place(0.0), axis.place(500.0)), (0.0, 100.0));
        assert_eq!(Axis { range: Range { min: 3.0, max: 3.0 } }.place(3.0), 50.0);
    }
}
