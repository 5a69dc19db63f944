//! A preprocessor and a model that belong together.

use std::sync::OnceLock;

use crate::artifact::{ArtifactError, ArtifactFile, ModelFile, Trust, file_sha256, read_model, read_preprocessor};
use crate::background::Background;
use crate::blank::BlankTreatment;
use crate::caution::Caution;
use crate::derived::{DerivedColumn, with_derived};
use crate::explain::{self, Explainer, Explanation};
use crate::interval::{Interval, Intervals, spread_features};
use crate::model::Model;
use crate::preprocessor::Preprocessor;
use crate::record::{Record, Value};
use crate::schema::{Range, Schema};

/// Predicts records. Holds a validated pair, so predicting cannot fail.
#[derive(Debug, Clone)]
pub struct Predictor {
    preprocessor: Preprocessor,
    model: Model,
    family: String,
    trust: Trust,
    derived: Vec<DerivedColumn>,
    /// Built for the first explanation: batches need none.
    explainer: OnceLock<Explainer>,
}

/// What is predicted for one record, in the target's unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prediction {
    /// The model's output, unbounded.
    pub value: f64,
    /// The value clamped to the target's configured limits.
    pub shown: f64,
}

impl Predictor {
    /// Combines a pair that was fitted in this process.
    ///
    /// # Errors
    /// [`ArtifactError::Invalid`] if the two don't fit each other.
    pub fn new(preprocessor: Preprocessor, model: Model, family: &str) -> Result<Self, ArtifactError> {
        if let Some(problem) = preprocessor.problem() {
            return Err(ArtifactError::Invalid { file: ArtifactFile::Preprocessor, problem });
        }
        let problem = model.problem(&preprocessor.feature_bounds());
        if let Some(problem) = problem.or_else(|| explain::problem(&model, preprocessor.schema.columns.len())) {
            return Err(ArtifactError::Invalid { file: ArtifactFile::Model, problem });
        }
        let (trust, explainer) = (Trust::default(), OnceLock::new());
        let derived = DerivedColumn::all(&preprocessor.schema);
        Ok(Self { preprocessor, model, family: family.into(), trust, derived, explainer })
    }

    /// Adds what intervals, cautions and explanations are based on.
    ///
    /// # Errors
    /// [`ArtifactError::Invalid`] if it doesn't fit the schema.
    pub fn with_trust(self, trust: Trust) -> Result<Self, ArtifactError> {
        let problem = trust
            .intervals
            .as_ref()
            .and_then(|intervals| intervals.problem(self.schema()))
            .or_else(|| trust.background.as_ref().and_then(|background| background.problem(self.schema())));
        match problem {
            Some(problem) => Err(ArtifactError::Invalid { file: ArtifactFile::Model, problem }),
            None => Ok(Self { trust, explainer: OnceLock::new(), ..self }),
        }
    }

    /// Loads the pair of files that `scorecast train` wrote.
    ///
    /// # Errors
    /// See [`ArtifactError`]: each way in which a file can be wrong has its own variant.
    pub fn from_json(preprocessor: &str, model: &str) -> Result<Self, ArtifactError> {
        let found = file_sha256(preprocessor);
        let preprocessor = read_preprocessor(preprocessor)?;
        let ModelFile { family, preprocessor_sha256, model, trust, .. } = read_model(model)?;
        if found != preprocessor_sha256 {
            return Err(ArtifactError::NotAPair { expected: preprocessor_sha256, found });
        }
        Self::new(preprocessor, model, &family)?.with_trust(trust)
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

    /// The model's family, such as `linear` or `ridge`.
    #[must_use]
    pub fn family(&self) -> &str {
        &self.family
    }

    /// The derived columns: values given for them in a record or a row are ignored.
    #[must_use]
    pub fn derived(&self) -> &[DerivedColumn] {
        &self.derived
    }

    /// Whether there are intervals.
    #[must_use]
    pub fn has_intervals(&self) -> bool {
        self.trust.intervals.is_some()
    }

    /// What its intervals are computed from, if it has any.
    #[must_use]
    pub fn intervals(&self) -> Option<&Intervals> {
        self.trust.intervals.as_ref()
    }

    /// The levels of intervals that can be requested, in percent; `None` for a model without intervals.
    #[must_use]
    pub fn levels(&self) -> Option<Range> {
        self.trust.intervals.as_ref().map(Intervals::levels)
    }

    /// The summary of the training rows, if the artifact has one.
    #[must_use]
    pub fn background(&self) -> Option<&Background> {
        self.trust.background.as_ref()
    }

    /// Predicts one record; the result is always finite.
    #[must_use]
    pub fn predict(&self, record: &Record) -> Prediction {
        self.predict_values(record.values(), &mut vec![0.0; self.preprocessor.n_features()])
    }

    /// Predicts one row of a batch: like [`Predictor::predict`], with a buffer of
    /// [`Preprocessor::n_features`] numbers to reuse, and with [`Value::Unseen`] allowed.
    #[must_use]
    pub fn predict_values(&self, values: &[Value], features: &mut [f64]) -> Prediction {
        self.preprocessor.encode(&with_derived(&self.derived, values), features);
        let value = self.model.predict(features);
        let shown = self.schema().target.limits.map_or(value, |limits| limits.clamp(value));
        Prediction { value, shown }
    }

    /// The interval that holds the true value for `record` in `level` of 100 cases (see [`Predictor::levels`]), in the
    /// target's unit and within its limits; `None` for a model without intervals.
    #[must_use]
    pub fn interval(&self, record: &Record, level: f64) -> Option<Interval> {
        self.interval_of(record.values(), self.predict(record), level)
    }

    /// Like [`Predictor::interval`], for values whose prediction is known.
    #[must_use]
    pub fn interval_of(&self, values: &[Value], prediction: Prediction, level: f64) -> Option<Interval> {
        let values = &with_derived(&self.derived, values)[..];
        let (intervals, features) = self.intervals_for(values, prediction)?;
        let half_width = intervals.half_width(values, &features, level);
        Some(Interval::around(prediction.value, half_width, self.schema().target.limits))
    }

    /// The share of cases, from 0 to 1, in which the true value is `mark` or more, given `prediction` for `values`;
    /// `None` for a model without intervals. Never exactly 0 or 1 for a mark on the scale.
    #[must_use]
    pub fn chance_of(&self, values: &[Value], prediction: Prediction, mark: f64) -> Option<f64> {
        let values = &with_derived(&self.derived, values)[..];
        let (intervals, features) = self.intervals_for(values, prediction)?;
        let target = &self.schema().target;
        match target.limits {
            Some(limits) if mark <= limits.min => Some(1.0),
            Some(limits) if mark > limits.max => Some(0.0),
            // For whole scores, the boundary is half way to the next lower score (continuity correction).
            _ if target.whole => Some(intervals.chance_of(values, &features, prediction.value, mark.ceil() - 0.5)),
            _ => Some(intervals.chance_of(values, &features, prediction.value, mark)),
        }
    }

    /// The intervals, and the features of their tree of typical errors, if they have one.
    fn intervals_for(&self, values: &[Value], prediction: Prediction) -> Option<(&Intervals, Vec<f64>)> {
        let intervals = self.trust.intervals.as_ref()?;
        let features = match intervals.spread {
            Some(_) => spread_features(self.schema(), values, prediction.value),
            None => Vec::new(),
        };
        Some((intervals, features))
    }

    /// How much each column contributes to the prediction.
    #[must_use]
    pub fn explain(&self, record: &Record) -> Explanation {
        self.explain_values(record.values())
    }

    /// Like [`Predictor::explain`], with [`Value::Unseen`] allowed.
    #[must_use]
    pub fn explain_values(&self, values: &[Value]) -> Explanation {
        let explainer = self.explainer.get_or_init(|| match &self.trust.background {
            Some(background) => Explainer::new(&self.preprocessor, &self.model, background),
            None => Explainer::new(&self.preprocessor, &self.model, &Background::typical(self.schema())),
        });
        let mut features = vec![0.0; self.preprocessor.n_features()];
        self.preprocessor.encode(&with_derived(&self.derived, values), &mut features);
        let mut explanation = explainer.explain(&self.model, &features);
        // The contributions of its month and weekday are added to the date's.
        for DerivedColumn { column, source, .. } in &self.derived {
            let errors = explanation.standard_error.as_mut();
            for parts in std::iter::once(&mut explanation.contributions).chain(errors) {
                parts[*source] += parts[*column];
                parts[*column] = 0.0;
            }
        }
        explanation
    }

    /// How a blank in the column at `column_idx` is treated.
    #[must_use]
    pub fn blank_treatment(&self, column_idx: usize) -> BlankTreatment {
        BlankTreatment::of(&self.preprocessor, column_idx)
    }

    /// The reasons to trust the prediction for `record` less.
    #[must_use]
    pub fn cautions(&self, record: &Record) -> Vec<Caution> {
        self.cautions_of(record.values())
    }

    /// Like [`Predictor::cautions`], with [`Value::Unseen`] allowed.
    #[must_use]
    pub fn cautions_of(&self, values: &[Value]) -> Vec<Caution> {
        Caution::all(&self.preprocessor, self.background(), &with_derived(&self.derived, values))
    }
}

/// The explainer follows from the other fields.
impl PartialEq for Predictor {
    fn eq(&self, other: &Self) -> bool {
        self.preprocessor == other.preprocessor
            && self.model == other.model
            && self.family == other.family
            && self.trust == other.trust
    }
}
