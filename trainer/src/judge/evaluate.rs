//! Evaluates a saved model on new records with known scores.

use model_core::Predictor;
use serde::Serialize;

use super::drift::{ColumnDrift, Reference, drift};
use super::groups::{GROUP_LEVEL, GroupErrors, MIN_GROUP, group_errors};
use crate::folds::predict_table::predict_table;
use crate::metrics::{each, mean_and_margin, score};
use crate::table::Table;
use crate::trust::coverage::{Covered, covered_rows, promised};

/// The evaluation; errors in the target's unit, of unbounded predictions.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evaluation {
    /// Records with a known score.
    pub rows: usize,
    /// The coefficient of determination.
    pub r2: f64,
    /// Mean absolute error.
    pub mae: f64,
    /// Root mean squared error.
    pub rmse: f64,
    /// Mean of prediction − target.
    pub bias: f64,
    /// Half the width of the 95 % interval of the bias (Student's t); `None` with fewer than 10 records.
    pub bias_margin: Option<f64>,
    /// The coverage of intervals at each level; empty for a model without intervals.
    pub coverage: Vec<Covered>,
    /// Errors by value of each categorical column, for values of at least 10 records.
    pub groups: Vec<GroupErrors>,
    /// The drift of each column; `None` without a `reference.json`.
    pub drift: Option<Vec<ColumnDrift>>,
}

/// Evaluates `predictor` on `table`, whose columns are those of its schema in the same order.
#[must_use]
pub fn evaluate(predictor: &Predictor, table: &Table, reference: Option<&Reference>) -> Evaluation {
    let rows: Vec<usize> = (0..table.n_rows()).collect();
    let predicted = predict_table(predictor, table, &rows);
    let weights = table.weights.as_deref();
    let scores = score(&table.target.to_vec(), &predicted, weights);
    let errors: Vec<f64> = table.target.iter().zip(&predicted).map(|(actual, predicted)| predicted - actual).collect();
    let (bias, bias_margin) = mean_and_margin(&errors, weights);
    let covered = covered_rows(predictor, table, &rows);
    let is_covered = |level_idx: usize| -> Option<Vec<bool>> {
        let (covered, _) = covered.as_ref()?;
        Some(covered.iter().map(|bits| bits >> level_idx & 1 == 1).collect())
    };
    let of_level = |(level_idx, level): (usize, &f64)| {
        Some(Covered::new(*level, is_covered(level_idx)?.into_iter().zip(each(weights))))
    };
    let of_groups = promised(predictor).iter().position(|level| *level == f64::from(GROUP_LEVEL)).and_then(is_covered);
    Evaluation {
        rows: rows.len(),
        r2: scores.r2,
        mae: scores.mae,
        rmse: scores.rmse,
        bias,
        bias_margin: (rows.len() >= MIN_GROUP).then_some(bias_margin),
        coverage: promised(predictor).iter().enumerate().filter_map(of_level).collect(),
        groups: group_errors(table, &rows, &predicted, of_groups.as_deref()),
        drift: reference.map(|reference| drift(reference, table)),
    }
}
