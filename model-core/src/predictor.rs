//! A preprocessor and a model that belong together.

use crate::artifact::{ArtifactError, ArtifactFile, ModelFile, read_model, read_preprocessor, sha256_hex};
use crate::model::Model;
use crate::preprocessor::Preprocessor;
use crate::record::{Record, Value};
use crate::schema::Schema;

/// Predicts records. Holds a validated pair, so predicting cannot fail.
#[derive(Debug, Clone, PartialEq)]
pub struct Predictor {
    preprocessor: Preprocessor,
    model: Model,
    family: String,
}

/// What is predicted for one record, in the target's unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prediction {
    /// What the model says, unbounded.
    pub value: f64,
    /// The value within the target's configured limits.
    pub shown: f64,
}

impl Predictor {
    /// Puts a pair together that was fitted in this process.
    ///
    /// # Errors
    /// [`ArtifactError::Invalid`] when the two don't fit each other.
    pub fn new(preprocessor: Preprocessor, model: Model, family: &str) -> Result<Self, ArtifactError> {
        if let Some(problem) = model.problem(preprocessor.n_features()) {
            return Err(ArtifactError::Invalid { file: ArtifactFile::Model, problem });
        }
        Ok(Self { preprocessor, model, family: family.into() })
    }

    /// Loads the pair of files that `scorecast train` wrote.
    ///
    /// # Errors
    /// See [`ArtifactError`]: each way in which a file can be wrong has its own variant.
    pub fn from_json(preprocessor: &str, model: &str) -> Result<Self, ArtifactError> {
        let fitted = read_preprocessor(preprocessor)?;
        let ModelFile { family, preprocessor_sha256, model, .. } = read_model(model)?;
        let found = sha256_hex(preprocessor.as_bytes());
        if found != preprocessor_sha256 {
            return Err(ArtifactError::NotAPair { expected: preprocessor_sha256, found });
        }
        Self::new(fitted, model, &family)
    }

    /// The columns that a record has, and the target.
    #[must_use]
    pub fn schema(&self) -> &Schema {
        &self.preprocessor.schema
    }

    /// The fitted preprocessing.
    #[must_use]
    pub fn preprocessor(&self) -> &Preprocessor {
        &self.preprocessor
    }

    /// The fitted model.
    #[must_use]
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// The family the model was learned by, such as `linear` or `ridge`.
    #[must_use]
    pub fn family(&self) -> &str {
        &self.family
    }

    /// Predicts one record.
    #[must_use]
    pub fn predict(&self, record: &Record) -> Prediction {
        self.predict_values(record.values(), &mut vec![0.0; self.preprocessor.n_features()])
    }

    /// Predicts one row of a batch: like [`Predictor::predict`], with a buffer of
    /// [`Preprocessor::n_features`] numbers to reuse, and with [`Value::Unseen`] allowed.
    #[must_use]
    pub fn predict_values(&self, values: &[Value], features: &mut [f64]) -> Prediction {
        self.preprocessor.encode(values, features);
        let value = self.model.predict(features);
        let shown = self.schema().target.limits.map_or(value, |limits| value.clamp(limits.min, limits.max));
        Prediction { value, shown }
    }
}
