//! A saved model on new records whose scores are known.

use model_core::Predictor;
use serde::Serialize;

use crate::drift::{ColumnDrift, Reference, drift};
use crate::groups::{GroupErrors, group_errors};
use crate::metrics::{mean_and_sd, score};
use crate::table::Table;
use crate::train::predict_table;

/// What was found; errors in the target's unit, of unbounded predictions.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evaluation {
    /// Records with a known score.
    pub rows: usize,
    /// The share of the target's variance that is explained.
    pub r2: f64,
    /// Mean absolute error.
    pub mae: f64,
    /// Root of the mean squared error.
    pub rmse: f64,
    /// Mean of prediction − target.
    pub bias: f64,
    /// Half the width of the 95 % interval of the bias (normal approximation); nothing for one record.
    pub bias_margin: Option<f64>,
    /// Errors by every value of every categorical column that at least 10 records have.
    pub groups: Vec<GroupErrors>,
    /// How each column differs from training; nothing where there is no `reference.json`.
    pub drift: Option<Vec<ColumnDrift>>,
}

/// Judges `predictor` by `table`, whose columns are those of its schema in their order.
#[must_use]
pub fn evaluate(predictor: &Predictor, table: &Table, reference: Option<&Reference>) -> Evaluation {
    let rows: Vec<usize> = (0..table.n_rows()).collect();
    let predicted = predict_table(predictor, table, &rows);
    let scores = score(&table.target.to_vec(), &predicted);
    let errors: Vec<f64> = table.target.iter().zip(&predicted).map(|(actual, predicted)| predicted - actual).collect();
    let (bias, sd) = mean_and_sd(&errors);
    Evaluation {
        rows: rows.len(),
        r2: scores.r2,
        mae: scores.mae,
        rmse: scores.rmse,
        bias,
        bias_margin: (rows.len() > 1).then(|| 1.96 * sd / ((rows.len() - 1) as f64).sqrt()),
        groups: group_errors(table, &rows, &predicted),
        drift: reference.map(|reference| drift(reference, table)),
    }
}
