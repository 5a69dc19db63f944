//! Rows to learn from or to judge by, in each of the forms that learners read. Every form is made once for a fold and
//! shared by all candidates.

use std::sync::OnceLock;

use model_core::{ColumnKind, Encoding, Model, Preprocessor, Schema, Value};
use ndarray::Array2;

use crate::preprocess::RowReader;
use crate::samples::Samples;
use crate::stop_signal::StopSignal;
use crate::table::Table;
use crate::tree::Binned;

/// Which form of the features a family reads, in training and in prediction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Features {
    /// Numbers standardised, categories one-hot, blanks imputed.
    OneHot,
    /// One feature a column, blanks imputed.
    Native,
    /// One feature a column, blanks left to the model.
    NativeWithBlanks,
    /// All of these, one after the other.
    All,
}

/// The rows of one fold's training or validation part (or of the final fit).
#[derive(Debug, Clone)]
pub struct FitData {
    /// With the one-hot encoding; fitted on the training part.
    preprocessor: Preprocessor,
    target: Vec<f64>,
    weights: Option<Vec<f64>>,
    values: Vec<Value>,
    one_hot: OnceLock<Samples>,
    native: [OnceLock<Array2<f64>>; 2],
    all: OnceLock<Array2<f64>>,
    binned: [OnceLock<Binned>; 2],
    stop: StopSignal,
}

impl FitData {
    /// The given rows of `table`, for a preprocessor (with its one-hot encoding) that was fitted to it or to some of its
    /// rows.
    #[must_use]
    pub fn new(preprocessor: &Preprocessor, table: &Table, rows: &[usize]) -> Self {
        let reader = RowReader::new(&preprocessor.schema, table);
        let n_columns = table.columns.len();
        let mut values = vec![Value::Missing; rows.len() * n_columns];
        for (row, values) in rows.iter().zip(values.chunks_mut(n_columns)) {
            reader.read(*row, values);
        }
        Self {
            preprocessor: preprocessor.clone(),
            target: rows.iter().map(|row| table.target[*row]).collect(),
            weights: table.weights.as_ref().map(|weights| rows.iter().map(|row| weights[*row]).collect()),
            values,
            one_hot: OnceLock::new(),
            native: [OnceLock::new(), OnceLock::new()],
            all: OnceLock::new(),
            binned: [OnceLock::new(), OnceLock::new()],
            stop: StopSignal::default(),
        }
    }

    /// Lets `stop` end fits to these rows early. What is fitted once it is due is incomplete and must not be used.
    #[must_use]
    pub fn stopped_by(self, stop: StopSignal) -> Self {
        Self { stop, ..self }
    }

    /// Whether a fit to these rows should end as it is.
    pub(crate) fn is_stopped(&self) -> bool {
        self.stop.is_due()
    }

    /// How many rows there are.
    #[must_use]
    pub fn n_rows(&self) -> usize {
        self.target.len()
    }

    /// One value a column, row after row.
    pub(crate) fn all_values(&self) -> &[Value] {
        &self.values
    }

    /// One a row, in the target's unit.
    #[must_use]
    pub fn target(&self) -> &[f64] {
        &self.target
    }

    /// One a row, where rows are weighted.
    #[must_use]
    pub fn weights(&self) -> Option<&[f64]> {
        self.weights.as_deref()
    }

    /// The schema fitted to the training part.
    #[must_use]
    pub fn schema(&self) -> &Schema {
        &self.preprocessor.schema
    }

    /// Whether each column is categorical.
    #[must_use]
    pub fn is_categorical(&self) -> Vec<bool> {
        self.schema().columns.iter().map(|column| matches!(column.kind, ColumnKind::Categorical { .. })).collect()
    }

    /// The preprocessor for a model that reads `features`.
    #[must_use]
    pub fn preprocessor(&self, features: Features) -> Preprocessor {
        let encoding = match (features, &self.preprocessor.encoding) {
            (Features::All, Encoding::OneHot(columns)) => Encoding::All(columns.clone()),
            (Features::OneHot | Features::All, encoding) => encoding.clone(),
            (Features::Native, _) => Encoding::Native { imputed: true },
            (Features::NativeWithBlanks, _) => Encoding::Native { imputed: false },
        };
        Preprocessor { schema: self.schema().clone(), encoding }
    }

    /// The standardised, one-hot form.
    pub fn one_hot(&self) -> &Samples {
        self.one_hot.get_or_init(|| Samples {
            features: self.encode(Features::OneHot),
            target: self.target.clone(),
            weights: self.weights.clone(),
        })
    }

    /// One row a row, one feature a column; blanks imputed or NaN.
    pub fn native(&self, imputed: bool) -> &Array2<f64> {
        let features = if imputed { Features::Native } else { Features::NativeWithBlanks };
        self.native[usize::from(imputed)].get_or_init(|| self.encode(features))
    }

    /// The columns in at most 256 bins each, for trees; blanks imputed or in a bin of their own.
    pub fn binned(&self, imputed: bool) -> &Binned {
        self.binned[usize::from(imputed)].get_or_init(|| Binned::new(self.native(imputed), self.schema()))
    }

    /// The features that `features` names.
    pub fn features(&self, features: Features) -> &Array2<f64> {
        match features {
            Features::OneHot => &self.one_hot().features,
            Features::Native => self.native(true),
            Features::NativeWithBlanks => self.native(false),
            Features::All => self.all.get_or_init(|| self.encode(Features::All)),
        }
    }

    /// The model's prediction for every row.
    #[must_use]
    pub fn predict(&self, model: &Model, features: Features) -> Vec<f64> {
        let features = self.features(features);
        let mut buffer = vec![0.0; features.ncols()];
        features
            .outer_iter()
            .map(|row| {
                for (cell, feature) in buffer.iter_mut().zip(row) {
                    *cell = *feature;
                }
                model.predict(&buffer)
            })
            .collect()
    }

    fn encode(&self, features: Features) -> Array2<f64> {
        let preprocessor = self.preprocessor(features);
        let n_columns = self.schema().columns.len();
        let mut encoded = Array2::zeros((self.n_rows(), preprocessor.n_features()));
        for (values, mut row) in self.values.chunks(n_columns).zip(encoded.outer_iter_mut()) {
            if let Some(row) = row.as_slice_mut() {
                preprocessor.encode(values, row);
            }
        }
        encoded
    }
}
