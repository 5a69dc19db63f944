//! Permutation importance of a column: the loss of R² when its cells are shuffled among the holdout rows (Breiman
//! 2001), with the standard deviation over several shuffles.

use model_core::Value;
use rayon::prelude::*;

use crate::folds::preprocess::RowReader;
use crate::folds::stop_signal::StopSignal;
use crate::judge::diagnosis::Subject;
use crate::metrics::{mean_and_sd, r2};
use crate::random::SplitMix64;
use crate::search::cross_validation::CrossValidation;
use crate::table::row_idx::weights_of;

const N_SHUFFLES: usize = 5;
/// The total number of predictions, for models that predict fast and for others.
const MAX_PREDICTIONS: [usize; 2] = [400_000, 20_000];
/// With fewer rows a loss of R² is meaningless.
const MIN_ROWS: usize = 100;

/// A column's importance.
pub(crate) struct Importance {
    pub(crate) column: String,
    /// The mean loss of R².
    pub(crate) loss: f64,
    /// Its standard deviation over the shuffles.
    pub(crate) sd: f64,
}

/// One per column, the most important first; and the number of rows used.
pub(super) fn importance(subject: &Subject<'_>, stop: &StopSignal) -> (Vec<Importance>, usize) {
    let Subject { predictor, holdout, .. } = subject;
    let CrossValidation { table, seed, .. } = subject.cross_validation;
    let schema = predictor.schema();
    let is_fast = matches!(predictor.model(), model_core::Model::Linear(_));
    let budget = MAX_PREDICTIONS[usize::from(!is_fast)] / (N_SHUFFLES * schema.inputs().len().max(1));
    // The holdout rows are in random order: the first are a sample.
    let rows = &holdout[..holdout.len().min(if stop.is_due() { MIN_ROWS } else { budget.max(MIN_ROWS) })];
    let reader = RowReader::new(schema, table);
    let read = |row: &u32| {
        let mut values = vec![Value::Missing; table.columns.len()];
        reader.read(*row as usize, &mut values);
        values
    };
    let records: Vec<Vec<Value>> = rows.iter().map(read).collect();
    let actual: Vec<f64> = rows.iter().map(|row| table.target[*row as usize]).collect();
    let weights = weights_of(table, rows);
    let score = |column: usize, order: &[usize]| {
        let mut features = vec![0.0; predictor.preprocessor().n_features()];
        let mut values = vec![Value::Missing; table.columns.len()];
        let predict = |(record, other): (&Vec<Value>, &usize)| {
            values.clone_from_slice(record);
            values[column] = records[*other][column];
            predictor.predict_values(&values, &mut features).value
        };
        r2(&actual, &records.iter().zip(order).map(predict).collect::<Vec<_>>(), weights.as_deref())
    };
    let plain = score(0, &(0..rows.len()).collect::<Vec<_>>());
    let of_column = |column: usize| {
        let mut random = SplitMix64::nth(seed, column);
        let losses: Vec<f64> =
            (0..N_SHUFFLES).map(|_| plain - score(column, &random.permutation(rows.len()))).collect();
        let (loss, sd) = mean_and_sd(&losses);
        Importance { column: schema.columns[column].name.clone(), loss, sd }
    };
    let mut importance: Vec<Importance> = (0..schema.inputs().len()).into_par_iter().map(of_column).collect();
    importance.sort_by(|left, right| right.loss.total_cmp(&left.loss));
    (importance, rows.len())
}
