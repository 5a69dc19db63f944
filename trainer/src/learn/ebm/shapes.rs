//! The model's shape functions.

use model_core::{Additive, ColumnKind, Shape};

use super::residuals::Fitted;
use crate::folds::binned::BinnedColumn;
use crate::folds::fit_data::FitData;
use crate::learn::decimals::Decimals;
use crate::metrics::mean_and_sd;

/// The model: shapes centred over the training rows, numbers rounded, equal neighbouring steps merged.
pub(super) fn assemble(data: &FitData, mut fitted: Fitted) -> Additive {
    let binned = data.binned(false);
    let decimals = Decimals::for_spread(mean_and_sd(data.target()).1);
    let weight = |row: usize| data.weights().map_or(1.0, |weights| weights[row]);
    let total: f64 = (0..data.n_rows()).map(weight).sum();
    for (shape, column) in fitted.shapes.iter_mut().zip(&binned.columns) {
        let sum: f64 = column.bins.iter().enumerate().map(|(row, bin)| weight(row) * shape[usize::from(*bin)]).sum();
        fitted.intercept += sum / total;
        for value in shape.iter_mut() {
            *value = decimals.round(*value - sum / total);
        }
    }
    for pair in &mut fitted.pairs {
        for value in &mut pair.values {
            *value = decimals.round(*value);
        }
    }
    let kinds = data.schema().columns.iter().map(|column| &column.kind);
    let shapes = fitted.shapes.iter().zip(&binned.columns).zip(kinds);
    Additive {
        intercept: decimals.round(fitted.intercept),
        shapes: shapes.map(|((values, column), kind)| shape(values, column, kind)).collect(),
        pairs: fitted.pairs,
    }
}

fn shape(values: &[f64], column: &BinnedColumn, kind: &ColumnKind) -> Shape {
    // Without blanks in training, a blank adds nothing, which is the average.
    let blank = column.blank.map_or(0.0, |bin| values[usize::from(bin)]);
    match kind {
        ColumnKind::Numeric { .. } => {
            let (mut thresholds, mut steps) = (Vec::new(), vec![values.first().copied().unwrap_or(0.0)]);
            for (threshold, value) in column.thresholds().into_iter().zip(&values[1..]) {
                if steps.last() != Some(value) {
                    thresholds.push(threshold);
                    steps.push(*value);
                }
            }
            Shape::Steps { thresholds, values: steps, blank }
        }
        ColumnKind::Categorical { values: categories, .. } => {
            let value = |code: usize| bin_of_category(column, code).map_or(0.0, |bin| values[bin]);
            Shape::Categories { values: (0..categories.len()).map(value).collect(), blank }
        }
    }
}

/// The bin of a category's code: its own, or the shared one of rare categories.
pub(super) fn bin_of_category(column: &BinnedColumn, code: usize) -> Option<usize> {
    let own = column.lower.iter().position(|lower| *lower == code as f64);
    own.or_else(|| column.lower.iter().position(|lower| lower.is_nan()))
}
