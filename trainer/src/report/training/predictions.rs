//! Predicted against actual, and residuals.

use maud::{Markup, html};

use crate::metrics::mean_and_sd;
use crate::report::explore::{MAX_CODES, hidden, taken, target_along, target_by_value};
use crate::report::html::chart::{Density, Guide, MIN_CELL, dots};
use crate::report::html::{Number, grouped, hint};
use crate::report::training::Findings;
use crate::table::{ColumnData, TableColumn};

/// The maximal number of columns with a plot, the most important first.
const MAX_PLOTS: usize = 24;
/// The maximal number of values of one column.
const MAX_VALUES: usize = 24;

pub(super) fn section(findings: &Findings<'_>) -> Markup {
    let out_of_fold = findings.out_of_fold;
    let residuals: Vec<f64> =
        out_of_fold.actual.iter().zip(&out_of_fold.predicted).map(|(actual, predicted)| actual - predicted).collect();
    let pairs = |left: &[f64], right: &[f64]| left.iter().copied().zip(right.iter().copied()).collect::<Vec<_>>();
    let mut sizes: Vec<f64> = residuals.iter().map(|residual| residual.abs()).collect();
    sizes.sort_unstable_by(f64::total_cmp);
    let number = findings.number();
    let at = |share: f64| number.text(sizes[((sizes.len() - 1) as f64 * share).round() as usize]);
    let along_predicted = target_along(&out_of_fold.predicted, &residuals);
    let importance = &findings.diagnosis.importance;
    let shown: Vec<&TableColumn> = importance
        .iter()
        .take(MAX_PLOTS)
        .filter_map(|known| findings.table.columns.iter().find(|column| column.name == known.column))
        .collect();
    let plot_actual = Density {
        title: "Actual against predicted",
        subtitle: "actual upwards; on the straight line both are equal; the curve joins the means in tenths",
        x_label: &format!("predicted{}", findings.unit()),
        alternative: &format!(
            "Half of the estimates are within {} of the truth, nine of ten within {}.",
            at(0.5),
            at(0.9)
        ),
        points: &pairs(&out_of_fold.predicted, &out_of_fold.actual),
        curve: &target_along(&out_of_fold.predicted, &out_of_fold.actual),
        guide: Guide::Diagonal,
    };
    let plot_residuals = Density {
        title: "Error against predicted",
        subtitle: "actual − predicted upwards; above 0 the estimate was too low; the curve joins the means in tenths",
        x_label: &format!("predicted{}", findings.unit()),
        alternative: &drift_in_words(&along_predicted, number),
        points: &pairs(&out_of_fold.predicted, &residuals),
        curve: &along_predicted,
        guide: Guide::Zero,
    };
    html! {
        (findings.out_of_fold_rows())
        p {
            "Half of the estimates are within " (at(0.5)) (findings.unit()) " of the truth, nine of ten within " (at(0.9)) "."
        }
        (hint(&format!("In the plots a cell is the darker the more records lie in it; none is drawn for fewer than {MIN_CELL}.")))
        div.grid.wide { (plot_actual.render()) (plot_residuals.render()) }
        h3 { "Errors along each column" }
        (hint("Where a column has few values, the mean of actual − predicted with its 95 % interval; the small upright line is at 0. A model that has understood a column has errors around 0 all along it."))
        div.grid.wide { @for column in &shown { (along(findings, column, &residuals)) } }
        @if importance.len() > shown.len() {
            (hint(&format!("{} less important columns are not drawn.", grouped(importance.len() - shown.len()))))
        }
    }
}

/// The residuals along one column.
fn along(findings: &Findings<'_>, column: &TableColumn, residuals: &[f64]) -> Markup {
    let cells = taken(&column.data, &findings.out_of_fold.rows);
    let label = findings.label(&column.name);
    let number = findings.number();
    if let ColumnData::Numeric(numbers) = &cells
        && !has_few_values(&numbers.to_vec())
    {
        let numbers = numbers.to_vec();
        let curve = target_along(&numbers, residuals);
        return Density {
            title: &label,
            subtitle: "actual − predicted upwards",
            x_label: &label,
            alternative: &drift_in_words(&curve, number),
            points: &numbers.iter().copied().zip(residuals.iter().copied()).collect::<Vec<_>>(),
            curve: &curve,
            guide: Guide::Zero,
        }
        .render();
    }
    let mut groups = target_by_value(&cells, residuals, false);
    let n_more = groups.bars.len().saturating_sub(MAX_VALUES);
    groups.bars.truncate(MAX_VALUES);
    html! {
        div {
            (dots(&label, &groups.bars, number.signed()))
            (hidden(&groups))
            @if n_more > 0 { (hint(&format!("{n_more} more values have their own mean."))) }
        }
    }
}

fn has_few_values(numbers: &[f64]) -> bool {
    let mut distinct: Vec<f64> = numbers.iter().copied().filter(|number| !number.is_nan()).collect();
    distinct.sort_unstable_by(f64::total_cmp);
    distinct.dedup();
    distinct.len() <= MAX_CODES
}

/// Describes the curve of mean residuals.
fn drift_in_words(curve: &[(f64, f64)], number: Number) -> String {
    let means: Vec<f64> = curve.iter().map(|(_, mean)| *mean).collect();
    if means.is_empty() {
        return "There are too few rows for means.".into();
    }
    let (low, high) =
        means.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), mean| (low.min(*mean), high.max(*mean)));
    let (mean, _) = mean_and_sd(&means);
    let text = |value: f64| number.signed().text(value);
    format!("The mean error lies between {} and {} all along, {} on average.", text(low), text(high), text(mean))
}
