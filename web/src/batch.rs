//! Many records at a time, for the worker behind "A whole class" (`static/class/worker.js`): the page's own program, so
//! that a class and a single student can never be predicted by different code.

use model_core::{ColumnKind, Predictor, Value};
use wasm_bindgen::prelude::wasm_bindgen;

/// A model that predicts rows of numbers.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Batch {
    predictor: Predictor,
}

#[wasm_bindgen]
impl Batch {
    /// Opens the texts of `preprocessor.json` and `model.json`.
    ///
    /// # Errors
    /// What is wrong with them, in words.
    #[wasm_bindgen(constructor)]
    pub fn new(preprocessor: &str, model: &str) -> Result<Self, String> {
        let predictor = Predictor::from_json(preprocessor, model).map_err(|error| error.to_string())?;
        Ok(Self { predictor })
    }

    /// Predicts `n_rows` rows of cells, one column after the other: numbers, NaN for blanks, the codes of categories, and
    /// −1 for a category that the model doesn't know. Returns the shown predictions of all rows, then the lower and the
    /// upper ends of their intervals at `level` percent (NaN for a model without intervals), in the target's unit.
    #[must_use]
    pub fn predict(&self, cells: &[f64], n_rows: usize, level: f64) -> Vec<f64> {
        let columns = &self.predictor.schema().columns;
        let mut values = vec![Value::Missing; columns.len()];
        let mut features = vec![0.0; self.predictor.preprocessor().n_features()];
        let mut answer = vec![f64::NAN; 3 * n_rows];
        for row in 0..n_rows {
            for (place, (value, column)) in values.iter_mut().zip(columns).enumerate() {
                let cell = cells.get(place * n_rows + row).copied().unwrap_or(f64::NAN);
                *value = value_of(&column.kind, cell);
            }
            let prediction = self.predictor.predict_values(&values, &mut features);
            answer[row] = prediction.shown;
            if let Some(interval) = self.predictor.interval_of(&values, prediction, level) {
                answer[n_rows + row] = interval.low;
                answer[2 * n_rows + row] = interval.high;
            }
        }
        answer
    }
}

fn value_of(kind: &ColumnKind, cell: f64) -> Value {
    match kind {
        _ if cell.is_nan() => Value::Missing,
        ColumnKind::Numeric { .. } if cell.is_finite() => Value::Number(cell),
        ColumnKind::Categorical { values, .. } if cell >= 0.0 && (cell as usize) < values.len() => {
            Value::Category(cell as u32)
        }
        _ => Value::Unseen,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_of_a_batch_is_predicted_as_a_record_is() {
        let (preprocessor, model) = model_core::doc_example();
        let batch = Batch::new(&preprocessor, &model).unwrap();
        let answer = batch.predict(&[72.0, f64::NAN, 50.0], 3, 90.0);
        assert_eq!(answer[..3], [68.0, 66.0, 46.0]);
        assert!(answer[3..].iter().all(|end| end.is_nan()), "this model has no intervals");
    }

    #[test]
    fn codes_that_no_category_has_are_unseen() {
        let kind = ColumnKind::Categorical { values: vec!["a".into(), "b".into()], mode: 0 };
        let values = [-1.0, 0.0, 1.0, 2.0, f64::NAN].map(|cell| value_of(&kind, cell));
        let expected = [Value::Unseen, Value::Category(0), Value::Category(1), Value::Unseen, Value::Missing];
        assert_eq!(values, expected);
    }
}
