//! The estimate and its interval over the distribution of the training cohort.

use model_core::{Histogram, Interval};

use super::axis::{Axis, side};
use crate::dom::escaped;
use crate::format::{coordinate, percent, shortest};
use crate::session::{Form, Session};
use crate::texts::{fill, text};

/// Interval ends nearer than this share a label.
const LEAST_GAP: f64 = 16.0;

/// The cohort's bars, a scale below them, and places for the estimate and its interval.
pub(super) fn markup(session: &Session) -> String {
    let axis = Axis::of(&session.predictor().schema().target);
    let mut bars = String::new();
    let mut mean = String::new();
    if let Some(report) = session.report() {
        let target = &report.data.target;
        bars = bars_of(axis, &target.histogram);
        let place = axis.place(target.mean);
        mean = format!(
            "<span class=\"at {side}\" data-style=\"left:{at}\">{text}</span>",
            side = side(place),
            at = percent(place),
            text = escaped(&fill("estimate.average", &[("mean", &session.in_target_unit(target.mean))]))
        );
    }
    let Axis { range } = axis;
    let middle = (range.min + range.max) / 2.0;
    format!(
        "<div class=\"distribution\" id=\"distribution\" role=\"img\">\
         <div class=\"labels ends\"><span id=\"low-end\"></span><span id=\"high-end\"></span></div>\
         <div class=\"plot\"><svg viewBox=\"0 0 100 100\" preserveAspectRatio=\"none\" aria-hidden=\"true\">{bars}\
         <rect class=\"band\" id=\"band\" y=\"0\" height=\"100\"/></svg>\
         <i class=\"needle\" id=\"needle\"></i></div>\
         <div class=\"labels\"><span class=\"at start\" data-style=\"left:0%\">{min}</span>\
         <span class=\"at middle\" data-style=\"left:50%\">{middle}</span>\
         <span class=\"at end\" data-style=\"left:100%\">{max}</span></div>\
         <div class=\"labels mean\">{mean}</div></div>",
        min = shortest(range.min),
        middle = shortest(middle),
        max = shortest(range.max),
    )
}

/// Moves the estimate and its interval to their places, and says in words what is drawn.
pub(super) fn paint(session: &Session, form: &Form) {
    let (root, axis) = (session.root(), Axis::of(&session.predictor().schema().target));
    let shown = form.prediction.shown;
    root.set_style("needle", "left", &percent(axis.place(shown)));
    let interval = session.interval(form);
    let (from, to) = interval.map_or((0.0, 0.0), |Interval { low, high }| (axis.place(low), axis.place(high)));
    root.set_attribute("band", "x", &coordinate(from));
    root.set_attribute("band", "width", &coordinate(to - from));
    let number = |value| session.in_target_unit(value);
    let estimate = number(shown);
    let mut spoken = fill("estimate.drawn", &[("target", &session.target()), ("estimate", &estimate)]);
    let mut ends = Default::default();
    if let Some(Interval { low, high }) = interval {
        let (low, high) = (number(low), number(high));
        ends = end_labels(from, to, &low, &high);
        let values = [("low", low.as_str()), ("high", high.as_str())];
        spoken = format!("{spoken} {}", fill("estimate.drawn-interval", &values));
    }
    if let Some(report) = session.report() {
        let mean = number(report.data.target.mean);
        spoken = format!("{spoken} {}", fill("estimate.drawn-cohort", &[("mean", &mean)]));
    }
    for (id, label) in ["low-end", "high-end"].into_iter().zip(&ends) {
        let (place, side, text) =
            label.as_ref().map_or((0.0, "", ""), |End { place, side, text }| (*place, *side, text));
        root.set_attribute(id, "class", &format!("at {side}"));
        root.set_style(id, "left", &percent(place));
        root.set_text(id, text);
    }
    root.set_attribute("distribution", "aria-label", &spoken);
}

/// A label at an end of the interval.
struct End {
    place: f64,
    side: &'static str,
    text: String,
}

/// Both ends apart, or in one label where two would run into each other.
fn end_labels(from: f64, to: f64, low: &str, high: &str) -> [Option<End>; 2] {
    let label = |place, text| Some(End { place, side: side(place), text });
    if to - from < LEAST_GAP {
        [label((from + to) / 2.0, fill("estimate.range", &[("low", low), ("high", high)])), None]
    } else {
        [label(from, low.to_owned()), label(to, high.to_owned())]
    }
}

/// Bars whose areas are the bins' rows, as they may differ in width.
fn bars_of(axis: Axis, histogram: &Histogram) -> String {
    let density = |place: usize| {
        let width = histogram.edges[place + 1] - histogram.edges[place];
        if width > 0.0 { f64::from(histogram.rows[place]) / width } else { 0.0 }
    };
    let n_bins = histogram.rows.len().min(histogram.edges.len().saturating_sub(1));
    let most = (0..n_bins).map(density).fold(0.0, f64::max);
    let bar = |place: usize| {
        let (from, to) = (axis.place(histogram.edges[place]), axis.place(histogram.edges[place + 1]));
        let height = if most > 0.0 { 96.0 * density(place) / most } else { 0.0 };
        let width = (to - from - 0.4).max(0.2);
        let [x, y, width, height] = [from, 100.0 - height, width, height].map(coordinate);
        format!("<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"/>")
    };
    (0..n_bins).map(bar).collect()
}

/// "Higher than about 63 of 100 students in the training data."
pub(super) fn percentile(session: &Session, shown: f64) -> Option<String> {
    let share = session.report()?.data.target.histogram.share_below(shown);
    let n = (share * 100.0).round();
    Some(if n < 1.0 {
        text("estimate.below-all")
    } else if n > 99.0 {
        text("estimate.above-all")
    } else {
        fill("estimate.higher-than", &[("n", &shortest(n))])
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use model_core::Range;

    #[test]
    fn ends_that_are_near_share_a_label() {
        assert!(matches!(end_labels(40.0, 50.0, "40", "50"), [Some(End { place: 45.0, .. }), None]));
        assert!(matches!(end_labels(40.0, 70.0, "40", "70"), [Some(End { place: 40.0, .. }), Some(_)]));
    }

    #[test]
    fn a_wide_bin_is_as_high_as_its_rows_are_dense() {
        let axis = Axis { range: Range { min: 0.0, max: 100.0 } };
        let histogram = Histogram { edges: vec![0.0, 50.0, 75.0, 100.0], rows: vec![10, 10, 5] };
        let bars = bars_of(axis, &histogram);
        let heights: Vec<&str> = bars.split(" height=\"").skip(1).map(|part| part.split('"').next().unwrap()).collect();
        assert_eq!(heights, ["48.00", "96.00", "48.00"]);
    }
}
