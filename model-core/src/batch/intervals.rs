//! The intervals of many rows.

use super::{BatchPredictor, Cells, n_codes};
use crate::predictor::Prediction;
use crate::record::Value;

impl BatchPredictor {
    /// Writes the ends of each row's interval at `level` percent, within the target's limits, in the target's unit,
    /// bit-identical to [`Predictor::interval_of`](crate::Predictor::interval_of). `values` are what
    /// [`BatchPredictor::predict`] wrote for the same `columns`; all slices are equally long. Returns `false` and
    /// writes nothing if the model has no intervals.
    #[must_use]
    pub fn intervals(
        &self,
        columns: &[Cells<'_>],
        values: &[f64],
        level: f64,
        (lows, highs): (&mut [f64], &mut [f64]),
    ) -> bool {
        if !self.predictor.has_intervals() {
            return false;
        }
        // Derived columns are computed for each row; the cells given for them are ignored.
        let n_codes: Vec<usize> = self.predictor.schema().inputs().iter().map(|column| n_codes(&column.kind)).collect();
        let mut row = vec![Value::Missing; columns.len()];
        for (row_idx, (value, (low, high))) in values.iter().zip(lows.iter_mut().zip(highs)).enumerate() {
            for ((cell, cells), n_codes) in row.iter_mut().zip(columns).zip(&n_codes) {
                *cell = cells.value(row_idx, *n_codes);
            }
            let prediction = Prediction { value: *value, shown: *value };
            if let Some(interval) = self.predictor.interval_of(&row, prediction, level) {
                (*low, *high) = (interval.low, interval.high);
            }
        }
        true
    }
}
