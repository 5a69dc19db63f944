//! The WebAssembly half of the JavaScript module `scorecast-core`: the predictor without a page, for scripts, workers
//! and Node. The other half, the public interface, is in `js/`; `cargo xtask package` combines the two.
//!
//! Calls between JavaScript and WebAssembly cost more than a prediction, above all with strings. So the JavaScript half
//! writes a record's cells as numbers into shared memory, calls once, and has only texts parsed here that are not known
//! categories: all errors in cells are worded in one place, `model-core`.

// What users can reach must not panic (docs/reliability.md).
#![cfg_attr(
    not(test),
    warn(
        clippy::expect_used,
        clippy::panic,
        clippy::print_stderr,
        clippy::print_stdout,
        clippy::unreachable,
        clippy::unwrap_used
    )
)]

mod error;
mod staging;
#[cfg(feature = "trust")]
mod trust;

use model_core::{BatchPredictor, Caution, ColumnKind, CurvePoint, Interval, Prediction, RecordError, Value};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

use crate::error::{artifact_error, record_error};
use crate::staging::Staging;

/// A predictor with the memory through which JavaScript passes data.
///
/// A cell is a number: NaN for a blank, the number itself, or the code of the category; an invalid code means an unseen
/// category.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Core {
    batch: BatchPredictor,
    /// One cell per column.
    record: Vec<f64>,
    values: Vec<Value>,
    /// The ends of the interval of the record that was predicted last; NaN for a model without intervals.
    interval: [f64; 2],
    staging: Staging,
}

#[wasm_bindgen]
impl Core {
    /// Loads the texts of `preprocessor.json` and `model.json`.
    ///
    /// # Errors
    /// A text, see `error.rs`: what is wrong with which file, and what to do.
    #[wasm_bindgen(constructor)]
    pub fn new(preprocessor: &str, model: &str) -> Result<Self, JsValue> {
        let predictor =
            model_core::Predictor::from_json(preprocessor, model).map_err(|error| artifact_error(&error))?;
        let n_columns = predictor.schema().columns.len();
        Ok(Self {
            batch: BatchPredictor::new(predictor),
            record: vec![f64::NAN; n_columns],
            values: vec![Value::Missing; n_columns],
            interval: [f64::NAN; 2],
            staging: Staging::new(n_columns),
        })
    }

    /// The address of the record's cells, one `f64` per column.
    #[wasm_bindgen(js_name = recordPointer)]
    #[must_use]
    pub fn record_pointer(&self) -> *const f64 {
        self.record.as_ptr()
    }

    /// The address of the ends of the record's interval, two `f64`s.
    #[wasm_bindgen(js_name = intervalPointer)]
    #[must_use]
    pub fn interval_pointer(&self) -> *const f64 {
        self.interval.as_ptr()
    }

    /// The highest level that intervals support, in percent; NaN for a model without intervals.
    #[wasm_bindgen(js_name = maxLevel)]
    #[must_use]
    pub fn max_level(&self) -> f64 {
        self.batch.predictor().levels().map_or(f64::NAN, |levels| levels.max)
    }

    /// Predicts the record, unbounded, in the target's unit; and its interval at `level` percent.
    #[wasm_bindgen(js_name = predictRecord)]
    pub fn predict_record(&mut self, level: f64) -> f64 {
        self.read_record();
        let value = self.batch.predict_values(&self.values);
        // The interval depends on the value only.
        let prediction = Prediction { value, shown: value };
        let interval = self.batch.predictor().interval_of(&self.values, prediction, level);
        self.interval = interval.map_or([f64::NAN; 2], |Interval { low, high }| [low, high]);
        value
    }

    /// The record's cautions, five values each: the code, the index of the column that it concerns (−1 for none), and
    /// up to three figures. Texts would take 7 kB, most of it the formatting of numbers.
    #[wasm_bindgen(js_name = cautionsOfRecord)]
    pub fn cautions_of_record(&mut self) -> Vec<JsValue> {
        self.read_record();
        let cautions = self.batch.predictor().cautions_of(&self.values);
        let values = |caution: Caution| {
            let column_idx = caution.column().map_or(-1.0, |column_idx| column_idx as f64);
            let code = JsValue::from_str(caution.code());
            let none = JsValue::UNDEFINED;
            let [first, second, third] = match caution {
                Caution::OutsideRange { value, observed, last_day, .. } => {
                    [value, observed.min, observed.max].map(|number| match last_day {
                        Some(last) => last.plus(number).to_string().into(),
                        None => number.into(),
                    })
                }
                Caution::FewRows { category, rows, .. } => {
                    [JsValue::from_str(&category), rows.map_or(none.clone(), JsValue::from), none]
                }
                Caution::UnusualCombination { distance, usual } => {
                    [JsValue::from_f64(distance), JsValue::from_f64(usual), none]
                }
                Caution::Blank { imputed, .. } => [JsValue::from_bool(imputed), none.clone(), none],
                Caution::Unseen { .. } => [none.clone(), none.clone(), none],
            };
            [code, JsValue::from_f64(column_idx), first, second, third]
        };
        cautions.into_iter().flat_map(values).collect()
    }

    /// Explains the record: the baseline, 1 if the rest is exact and 0 otherwise, and the contribution of each column.
    #[wasm_bindgen(js_name = explainRecord)]
    pub fn explain_record(&mut self) -> Vec<f64> {
        self.read_record();
        let explanation = self.batch.predictor().explain_values(&self.values);
        let mut answer = vec![explanation.baseline, f64::from(u8::from(explanation.exact))];
        answer.extend(explanation.contributions);
        answer
    }

    /// The record's response curves, one per input: the number of its points, and for each the cell, the value, the
    /// shown value and the ends of the interval at `level` percent (NaN for a model without intervals).
    #[wasm_bindgen(js_name = curvesOfRecord)]
    pub fn curves_of_record(&mut self, n_points: usize, level: f64) -> Vec<f64> {
        self.read_record();
        let mut answer = Vec::new();
        for curve in self.batch.predictor().curves_of(&self.values, n_points.max(2), level) {
            answer.push(curve.points.len() as f64);
            for CurvePoint { at, prediction, interval } in curve.points {
                let [low, high] = interval.map_or([f64::NAN; 2], |Interval { low, high }| [low, high]);
                answer.extend([cell(at), prediction.value, prediction.shown, low, high]);
            }
        }
        answer
    }

    /// The cell that `text` stands for in a column.
    ///
    /// # Errors
    /// A text: what is wrong with it, and what is accepted.
    #[wasm_bindgen(js_name = parseCell)]
    pub fn parse_cell(&self, column_idx: usize, text: &str) -> Result<f64, JsValue> {
        let value = self.batch.predictor().schema().columns[column_idx].parse(text);
        value.map(cell).map_err(|error| record_error(&error))
    }

    /// The error for a cell that is neither number, text nor blank.
    #[wasm_bindgen(js_name = wrongType)]
    #[must_use]
    pub fn wrong_type(&self, column_idx: usize) -> JsValue {
        record_error(&error::wrong_type(self.batch.predictor().schema(), column_idx))
    }

    /// The error for a column that the model doesn't have.
    #[wasm_bindgen(js_name = unknownColumn)]
    #[must_use]
    pub fn unknown_column(&self, name: &str) -> JsValue {
        record_error(&RecordError::unknown_column(self.batch.predictor().schema(), name))
    }

    /// The maximum number of rows for [`Core::predict_rows`].
    #[wasm_bindgen(js_name = nRows)]
    #[must_use]
    pub fn n_rows(&self) -> usize {
        self.staging.n_rows()
    }

    /// The address for the next rows' cells of a column: `f64` for numbers, for codes `u16` if they are wide, else
    /// `u8`. Allocation may grow the memory: call this for all columns before creating views.
    #[must_use]
    pub fn stage(&mut self, column_idx: usize, is_wide: bool) -> *const u8 {
        let kind = &self.batch.predictor().schema().columns[column_idx].kind;
        self.staging.stage(column_idx, matches!(kind, ColumnKind::Numeric { .. }), is_wide)
    }

    /// The address where [`Core::predict_rows`] writes the predictions, one `f64` per row.
    #[wasm_bindgen(js_name = valuesPointer)]
    #[must_use]
    pub fn values_pointer(&self) -> *const f64 {
        self.staging.values_pointer()
    }

    /// Predicts the staged rows, unbounded. Returns −1, or `column · nRows + row` for the first cell that is neither a
    /// blank nor a finite number or one of the column's codes.
    #[wasm_bindgen(js_name = predictRows)]
    pub fn predict_rows(&mut self, n_rows: usize) -> f64 {
        self.staging.predict(&mut self.batch, n_rows).map_or(-1.0, |row_idx| row_idx as f64)
    }

    /// The address where [`Core::estimate_rows`] writes the ends of intervals: [`Core::n_rows`] lower ones, then as
    /// many upper ones, each an `f64`, NaN if the model has no intervals. Allocation may grow the memory, as in
    /// [`Core::stage`].
    #[wasm_bindgen(js_name = endsPointer)]
    #[must_use]
    pub fn ends_pointer(&mut self) -> *const f64 {
        self.staging.ends_pointer()
    }

    /// Like [`Core::predict_rows`], with the rows' intervals at `level` percent. An invalid code means an unseen
    /// category. Must be called after [`Core::ends_pointer`].
    #[wasm_bindgen(js_name = estimateRows)]
    pub fn estimate_rows(&mut self, n_rows: usize, level: f64) -> f64 {
        self.staging.estimate(&mut self.batch, n_rows, level).map_or(-1.0, |row_idx| row_idx as f64)
    }

    fn read_record(&mut self) {
        let columns = &self.batch.predictor().schema().columns;
        for ((value, cell), column) in self.values.iter_mut().zip(&self.record).zip(columns) {
            *value = match column.kind {
                _ if cell.is_nan() => Value::Missing,
                ColumnKind::Numeric { .. } => Value::Number(*cell),
                ColumnKind::Categorical { ref values, .. } if *cell < values.len() as f64 => {
                    Value::Category(*cell as u32)
                }
                ColumnKind::Categorical { .. } => Value::Unseen,
            };
        }
    }
}

fn cell(value: Value) -> f64 {
    match value {
        Value::Number(number) => number,
        Value::Category(code) => f64::from(code),
        Value::Missing | Value::Unseen => f64::NAN,
    }
}
