//! Predictions for a table's rows.

use model_core::{Predictor, Value};
use rayon::prelude::*;

use super::preprocess::RowReader;
use crate::table::Table;
use crate::table::row_idx::RowIdx;

/// The unbounded predictions for the given rows.
pub(crate) fn predict_table<R: RowIdx>(predictor: &Predictor, table: &Table, rows: &[R]) -> Vec<f64> {
    let reader = RowReader::new(predictor.schema(), table);
    let predict = |(values, buffer): &mut (Vec<Value>, Vec<f64>), row: &R| {
        reader.read(row.to_usize(), values);
        predictor.predict_values(values, buffer).value
    };
    let buffers = || (vec![Value::Missing; table.columns.len()], vec![0.0; predictor.preprocessor().n_features()]);
    rows.par_iter().with_min_len(1_024).map_init(buffers, predict).collect()
}
