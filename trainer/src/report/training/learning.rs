//! The learning curve.

use maud::{Markup, html};

use crate::judge::diagnosis::learning_curve::{CurveSize, LearningCurve};
use crate::metrics::student_t;
use crate::report::html::Number;
use crate::report::html::chart::{Line, Series};
use crate::report::html::{grouped, hint};
use crate::report::training::{Findings, r2};
use crate::search::paired::Paired;

/// If a doubling gains less than this, more records are not worth the effort.
const LITTLE: f64 = 0.005;

pub(super) fn section(findings: &Findings<'_>) -> Markup {
    let Some(curve) = &findings.diagnosis.learning_curve else {
        return html! { p { "Not measured: the time was up, or there are too few records." } };
    };
    let others = Series {
        name: "on records that it had not seen",
        points: curve.sizes.iter().map(|size| (size.n_rows as f64, size.r2().0)).collect(),
        band: curve.sizes.iter().map(CurveSize::r2).map(|(mean, sd)| (mean - sd, mean + sd)).collect(),
    };
    let own = Series {
        name: "on those that it learned from",
        points: curve.sizes.iter().map(|size| (size.n_rows as f64, size.learned())).collect(),
        band: Vec::new(),
    };
    let n_most = curve.sizes.last().map_or(0, |size| size.n_rows);
    let n_sampled = findings.report.data.rows_train;
    let line = Line {
        title: "R² by the number of records learned from",
        subtitle: "the band is one standard deviation over the folds to either side",
        x_label: "records",
        series: &[others, own],
        is_marked: true,
    };
    html! {
        p { (verdict(curve)) }
        (line.render())
        // Each fold leaves out a part; a much smaller number means that a sample was used.
        @if 2 * n_most < n_sampled {
            (hint(&format!("Measured on a random sample of the {} records, not on all.", grouped(n_sampled))))
        }
        (hint("Both curves high and close: the columns tell what they can. Far apart: the model knows its records by heart, and more of them help. Both low: better columns help, not more records."))
    }
}

fn verdict(curve: &LearningCurve) -> String {
    let Paired { difference: gain, error } = curve.last_gain;
    let [.., half, all] = &curve.sizes[..] else { return String::new() };
    let figures = format!(
        "From {} to {} records R² changed by {} ± {} (standard error).",
        grouped(half.n_rows),
        grouped(all.n_rows),
        r2().signed().text(gain),
        Number::points(3).text(error)
    );
    // With three folds two standard errors are not significant.
    if gain > LITTLE && gain > student_t(all.r2_folds.len() as f64 - 1.0) * error {
        format!("More records would probably help, each doubling less than the one before. {figures}")
    } else if gain > LITTLE {
        format!("More records might help; it can't be told from chance. {figures}")
    } else {
        format!("More records of the same kind would hardly help. {figures}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_verdict_follows_the_gain_and_its_error() {
        let size = |n_rows| CurveSize { n_rows, r2_folds: vec![0.5; 3], learned_folds: vec![0.6] };
        let verdict = |gain, error| {
            verdict(&LearningCurve { sizes: vec![size(100), size(200)], last_gain: Paired { difference: gain, error } })
        };
        assert!(
            verdict(0.05, 0.01)
                .starts_with("More records would probably help, each doubling less than the one before. From 100 to 200 records R² changed by +0.050")
        );
        assert!(verdict(0.05, 0.04).starts_with("More records might help"));
        assert!(verdict(0.001, 0.0001).starts_with("More records of the same kind would hardly"));
    }
}
