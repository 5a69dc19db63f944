//! Intervals, explanations and curves of a record, for the comparison with the native build and for benchmarks. Not
//! part of published modules (feature `trust`), because of its size.

use model_core::{Record, parse_json};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

use crate::Core;
use crate::error::record_error;

#[wasm_bindgen]
impl Core {
    /// All results for a record, given as JSON, at `level` percent: its prediction, unbounded and shown, the ends of
    /// its interval, the baseline, each column's contribution and its standard error if it has one, then value and ends
    /// of each point of each column's curve over 7 points.
    ///
    /// # Errors
    /// A text: what is wrong with the record.
    pub fn trust(&self, record: &str, level: f64) -> Result<Vec<f64>, JsValue> {
        let predictor = self.batch.predictor();
        let json = parse_json(record).map_err(|error| JsValue::from_str(&error.to_string()))?;
        let object = json.as_object().cloned().unwrap_or_default();
        let record = Record::from_json(predictor.schema(), &object).map_err(|error| record_error(&error))?;
        let prediction = predictor.predict(&record);
        let mut numbers = vec![prediction.value, prediction.shown];
        numbers
            .extend(predictor.interval(&record, level).map_or([f64::NAN; 2], |interval| [interval.low, interval.high]));
        let explanation = predictor.explain(&record);
        numbers.push(explanation.baseline);
        numbers.extend(explanation.contributions);
        numbers.extend(explanation.standard_error.unwrap_or_default());
        for point in predictor.curves(&record, 7, level).into_iter().flat_map(|curve| curve.points) {
            let ends = point.interval.map_or([f64::NAN; 2], |interval| [interval.low, interval.high]);
            numbers.extend([point.prediction.value, ends[0], ends[1]]);
        }
        Ok(numbers)
    }

    /// Predicts a record, given as one cell per column, with its interval at `level` percent and its explanation;
    /// returns the sum of all results, so that none is optimised away.
    #[wasm_bindgen(js_name = tellRecord)]
    pub fn tell_record(&mut self, cells: &[f64], level: f64) -> f64 {
        for (cell, given) in self.record.iter_mut().zip(cells) {
            *cell = *given;
        }
        self.read_record();
        let predictor = self.batch.predictor();
        let mut features = vec![0.0; predictor.preprocessor().n_features()];
        let prediction = predictor.predict_values(&self.values, &mut features);
        let interval = predictor.interval_of(&self.values, prediction, level);
        let explanation = predictor.explain_values(&self.values);
        prediction.value
            + interval.map_or(0.0, |interval| interval.high - interval.low)
            + explanation.contributions.iter().sum::<f64>()
    }
}
