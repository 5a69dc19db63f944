//! The JavaScript face of `model-core`: the predictor without a page, for scripts, workers and Node.

use model_core::{Record, parse_json};
use wasm_bindgen::prelude::{JsError, wasm_bindgen};

/// Predicts records with a pair of artifacts that `scorecast train` wrote.
#[wasm_bindgen]
pub struct Predictor(model_core::Predictor);

#[wasm_bindgen]
impl Predictor {
    /// Loads the texts of `preprocessor.json` and `model.json`.
    ///
    /// # Errors
    /// An `Error` that names the file, what is wrong with it and what to do.
    #[wasm_bindgen(js_name = fromJson)]
    pub fn from_json(preprocessor: &str, model: &str) -> Result<Self, JsError> {
        Ok(Self(model_core::Predictor::from_json(preprocessor, model)?))
    }

    /// Predicts the record in the JSON object `record`, unbounded, in the target's unit.
    ///
    /// # Errors
    /// An `Error` that names the column and what is wrong with its cell.
    #[wasm_bindgen(js_name = predictJson)]
    pub fn predict_json(&self, record: &str) -> Result<f64, JsError> {
        let tree = parse_json(record)?;
        let object = tree.as_object().ok_or_else(|| JsError::new("the record is not a JSON object"))?;
        let record = Record::from_json(self.0.schema(), object)?;
        Ok(self.0.predict(&record).value)
    }
}
