//! The estimate and its interval on top of the distribution of the training cohort.

use leptos::prelude::*;
use model_core::{Histogram, Interval, Report};

use super::chart::Chart;
use super::scale::{Scale, label_class};
use crate::format::{coordinate, percent};
use crate::i18n::{I18n, use_i18n};
use crate::session::use_session;

/// The ends of an interval that are nearer than this share a label.
const LEAST_GAP: f64 = 16.0;

/// The cohort's bars, a scale below them, and the estimate and its interval.
#[component]
pub(super) fn Distribution() -> impl IntoView {
    let (session, i18n) = (use_session(), use_i18n());
    let model = session.model();
    let (target, scale) = (session.target_format(i18n), Scale::of(&model.schema().target));
    let cohort = model.report().map(|report| &report.data.target);
    let mean = cohort.map(|cohort| cohort.mean);
    let in_place = move |position: f64, text: String| {
        view! { <span class=label_class(position) style:left=percent(position)>{text}</span> }
    };
    let ends = move || {
        let Interval { low, high } = session.interval.get()?;
        let (from, to) = (scale.position(low), scale.position(high));
        let labels = end_labels(i18n, from, to, &target.value(low), &target.value(high));
        Some(labels.into_iter().map(|(position, text)| in_place(position, text)).collect_view())
    };
    let band = Memo::new(move |_| {
        session.interval.get().map_or((0.0, 0.0), |Interval { low, high }| {
            let from = scale.position(low);
            (from, scale.position(high) - from)
        })
    });
    let spoken = move || {
        let estimate = target.value(session.prediction.get().shown);
        let label = session.model().target_label();
        let mut spoken = i18n.fill("estimate.drawn", &[("target", &label), ("estimate", &estimate)]);
        let ends = session.interval.get().map(|Interval { low, high }| (target.value(low), target.value(high)));
        if let Some((low, high)) = ends.filter(|(low, high)| low != high) {
            let range = i18n.fill("estimate.drawn-interval", &[("low", &low), ("high", &high)]);
            spoken = format!("{spoken} {range}");
        }
        if let Some(mean) = mean {
            spoken = format!("{spoken} {}", i18n.fill("estimate.drawn-cohort", &[("mean", &target.error(mean))]));
        }
        spoken
    };
    let middle = f64::midpoint(scale.range.min, scale.range.max);
    let title = i18n.fill("estimate.title", &[("target", &model.target_label())]);
    let bars = cohort.map(|cohort| view! { <Bars bars=bars_of(scale, &cohort.histogram)/> });
    view! {
        <Chart name=title>
        <div class="distribution" role="img" aria-label=spoken>
            <div class="labels ends">{ends}</div>
            <div class="plot">
                <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
                    {bars}
                    <rect
                        class="band"
                        id="band"
                        y="0"
                        height="100"
                        x=Signal::derive(move || coordinate(band.get().0))
                        width=Signal::derive(move || coordinate(band.get().1))
                    ></rect>
                </svg>
                <i class="needle" style:left=Signal::derive(move || percent(scale.position(session.prediction.get().shown)))></i>
            </div>
            <div class="labels">
                {[scale.range.min, middle, scale.range.max]
                    .into_iter()
                    .map(|value| in_place(scale.position(value), i18n.shortest(value)))
                    .collect_view()}
            </div>
            <div class="labels mean">
                {mean
                    .map(|mean| {
                        let text = i18n.fill("estimate.average", &[("mean", &target.error(mean))]);
                        in_place(scale.position(mean), text)
                    })}
            </div>
        </div>
        </Chart>
    }
}

/// One bar of a histogram, in hundredths of the chart, on its baseline.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Bar {
    x: f64,
    width: f64,
    height: f64,
}

#[component]
pub(super) fn Bars(bars: Vec<Bar>) -> impl IntoView {
    let bar = |Bar { x, width, height }| {
        let [x, y, width, height] = [x, 100.0 - height, width, height].map(coordinate);
        view! { <rect x=x y=y width=width height=height></rect> }
    };
    bars.into_iter().map(bar).collect_view()
}

/// Labels for both ends, or a common one if they would overlap.
fn end_labels(i18n: I18n, from: f64, to: f64, low: &str, high: &str) -> Vec<(f64, String)> {
    if low == high {
        // At the end of the scale there is no interval.
        vec![(to, low.to_owned())]
    } else if to - from < LEAST_GAP {
        vec![(f64::midpoint(from, to), i18n.fill("estimate.range", &[("low", low), ("high", high)]))]
    } else {
        vec![(from, low.to_owned()), (to, high.to_owned())]
    }
}

/// Bars with areas proportional to the bins' rows, as widths may differ.
pub(super) fn bars_of(scale: Scale, histogram: &Histogram) -> Vec<Bar> {
    let density = |position: usize| {
        let width = histogram.edges[position + 1] - histogram.edges[position];
        if width > 0.0 { f64::from(histogram.rows[position]) / width } else { 0.0 }
    };
    let n_bins = histogram.rows.len().min(histogram.edges.len().saturating_sub(1));
    let most = (0..n_bins).map(density).fold(0.0, f64::max);
    let bar = |position: usize| {
        let (from, to) = (scale.position(histogram.edges[position]), scale.position(histogram.edges[position + 1]));
        let height = if most > 0.0 { 96.0 * density(position) / most } else { 0.0 };
        Bar { x: from, width: (to - from - 0.4).max(0.2), height }
    };
    (0..n_bins).map(bar).collect()
}

/// "Higher than about 63 of 100 students in the training data."
pub(super) fn percentile(i18n: I18n, report: &Report, shown: f64) -> Option<String> {
    let n = (report.data.target.histogram.share_below(shown) * 100.0).round();
    Some(if n < 1.0 {
        i18n.text("estimate.below-all")
    } else if n > 99.0 {
        i18n.text("estimate.above-all")
    } else {
        i18n.fill("estimate.higher-than", &[("n", &i18n.shortest(n))])
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::english;
    use model_core::Range;

    #[test]
    fn ends_that_are_near_share_a_label() {
        let (_owner, i18n) = english();
        assert_eq!(end_labels(i18n, 40.0, 50.0, "40", "50"), [(45.0, "40 to 50".to_owned())]);
        assert_eq!(end_labels(i18n, 40.0, 70.0, "40", "70").len(), 2);
        assert_eq!(end_labels(i18n, 100.0, 100.0, "100", "100"), [(100.0, "100".to_owned())]);
    }

    #[test]
    fn a_wide_bin_is_as_high_as_its_rows_are_dense() {
        let scale = Scale { range: Range { min: 0.0, max: 100.0 } };
        let histogram = Histogram { edges: vec![0.0, 50.0, 75.0, 100.0], rows: vec![10, 10, 5] };
        let heights: Vec<f64> = bars_of(scale, &histogram).iter().map(|bar| bar.height.round()).collect();
        assert_eq!(heights, [48.0, 96.0, 48.0]);
    }
}
