//! From a record to a model's features.
//!
//! The fitted steps are those of scikit-learn's `ColumnTransformer` with `SimpleImputer(median | most_frequent)`,
//! `StandardScaler` and `OneHotEncoder`; golden values in the trainer's tests verify this.

use serde::Serialize;

use crate::decode::impl_from_json;
use crate::number::MAX_MAGNITUDE;
use crate::record::Value;
use crate::schema::{ColumnKind, Schema};

/// A schema and the encoding fitted to it. The values for imputation are in the schema.
#[derive(Debug, Clone, PartialEq)]
pub struct Preprocessor {
    /// The columns read.
    pub schema: Schema,
    /// How they become features.
    pub encoding: Encoding,
}

/// How columns become features; the model's family determines which one is used.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// Numbers standardised, categories one-hot: one entry per column, features in the columns' order.
    OneHot(Vec<ColumnEncoding>),
    /// One feature per column: numbers as they are and category codes, for tree-based models. An unseen category is
    /// [`UNSEEN_CODE`]. Blanks are imputed or stay NaN, for models that handle them.
    Native {
        /// Whether blanks are imputed.
        imputed: bool,
    },
    /// All encodings, for a blend of models that read different ones: first the features of `OneHot`, then `Native`
    /// with blanks imputed, then `Native` with blanks.
    All(Vec<ColumnEncoding>),
}

impl_from_json!(enum Encoding { "one_hot" => OneHot(_), "native" => Native { imputed }, "all" => All(_) });

/// The native feature of a category that training never saw: equal to no code.
pub const UNSEEN_CODE: f64 = -1.0;

/// The fitted encoding of one column.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnEncoding {
    /// A numeric column: `(x − mean) / scale`, one feature.
    Scaled {
        /// The training rows' mean.
        mean: f64,
        /// The training rows' standard deviation (population), or 1 for a constant column.
        scale: f64,
    },
    /// A categorical column: one feature a value, `1 / scale` where the record has it, else 0.
    OneHot {
        /// The standard deviation of each value's indicator, or 1 where it is constant.
        scales: Vec<f64>,
    },
}

impl_from_json!(enum ColumnEncoding { "scaled" => Scaled { mean, scale }, "one_hot" => OneHot { scales } });

impl ColumnEncoding {
    /// How many features the column becomes.
    #[must_use]
    pub fn n_features(&self) -> usize {
        match self {
            Self::Scaled { .. } => 1,
            Self::OneHot { scales } => scales.len(),
        }
    }
}

impl Preprocessor {
    /// How many features a record becomes.
    #[must_use]
    pub fn n_features(&self) -> usize {
        match &self.encoding {
            Encoding::OneHot(columns) => n_one_hot(columns),
            Encoding::Native { .. } => self.schema.columns.len(),
            Encoding::All(columns) => n_one_hot(columns) + 2 * self.schema.columns.len(),
        }
    }

    /// The index of the column that each feature comes from.
    #[must_use]
    pub fn feature_columns(&self) -> Vec<usize> {
        let native = 0..self.schema.columns.len();
        match &self.encoding {
            Encoding::OneHot(columns) => one_hot_columns(columns).collect(),
            Encoding::Native { .. } => native.collect(),
            Encoding::All(columns) => one_hot_columns(columns).chain(native.clone()).chain(native).collect(),
        }
    }

    /// Writes the features of `values` (one per column, in the schema's order) to `features` (of length
    /// [`Preprocessor::n_features`]).
    ///
    /// A value of the wrong kind, which a [`crate::Record`] cannot hold, counts as unseen.
    pub fn encode(&self, values: &[Value], features: &mut [f64]) {
        match &self.encoding {
            Encoding::OneHot(encodings) => self.encode_one_hot(encodings, values, features),
            Encoding::Native { imputed } => self.encode_native(*imputed, values, features),
            Encoding::All(encodings) => {
                let (one_hot, native) = features.split_at_mut(n_one_hot(encodings));
                let (imputed, with_blanks) = native.split_at_mut(self.schema.columns.len());
                self.encode_one_hot(encodings, values, one_hot);
                self.encode_native(true, values, imputed);
                self.encode_native(false, values, with_blanks);
            }
        }
    }

    fn encode_native(&self, imputed: bool, values: &[Value], features: &mut [f64]) {
        for ((column, value), feature) in self.schema.columns.iter().zip(values).zip(features) {
            *feature = native_feature(&column.kind, *value, imputed);
        }
    }

    fn encode_one_hot(&self, encodings: &[ColumnEncoding], values: &[Value], features: &mut [f64]) {
        let mut rest = features;
        for ((column, encoding), value) in self.schema.columns.iter().zip(encodings).zip(values) {
            let (own, others) = rest.split_at_mut(encoding.n_features());
            rest = others;
            match (encoding, &column.kind) {
                (ColumnEncoding::Scaled { mean, scale }, ColumnKind::Numeric { median, .. }) => {
                    let number = if let Value::Number(number) = value { *number } else { *median };
                    own[0] = (number - mean) / scale;
                }
                (ColumnEncoding::OneHot { scales }, ColumnKind::Categorical { mode, .. }) => {
                    own.fill(0.0);
                    let code = match value {
                        Value::Category(code) => Some(*code as usize),
                        Value::Missing => Some(*mode as usize),
                        Value::Number(_) | Value::Unseen => None,
                    };
                    if let Some(code) = code.filter(|code| *code < scales.len()) {
                        own[code] = 1.0 / scales[code];
                    }
                }
                // `problem` rejects such a pair before.
                _ => own.fill(0.0),
            }
        }
    }

    /// The largest magnitude that each feature can have.
    pub(crate) fn feature_bounds(&self) -> Vec<f64> {
        let native = self.schema.columns.iter().map(|column| match &column.kind {
            ColumnKind::Numeric { .. } => MAX_MAGNITUDE,
            ColumnKind::Categorical { values, .. } => values.len() as f64,
        });
        let one_hot = |encodings: &[ColumnEncoding]| {
            let of = |encoding: &ColumnEncoding| match encoding {
                ColumnEncoding::Scaled { mean, scale } => vec![(MAX_MAGNITUDE + mean.abs()) / scale],
                ColumnEncoding::OneHot { scales } => scales.iter().map(|scale| 1.0 / scale).collect(),
            };
            encodings.iter().flat_map(of).collect::<Vec<_>>()
        };
        match &self.encoding {
            Encoding::OneHot(encodings) => one_hot(encodings),
            Encoding::Native { .. } => native.collect(),
            Encoding::All(encodings) => one_hot(encodings).into_iter().chain(native.clone()).chain(native).collect(),
        }
    }

    /// What is wrong with the schema or the encoding, if anything.
    pub(crate) fn problem(&self) -> Option<String> {
        self.schema.validate().err().map(|error| error.to_string()).or_else(|| self.encoding_problem())
    }

    fn encoding_problem(&self) -> Option<String> {
        let (Encoding::OneHot(encodings) | Encoding::All(encodings)) = &self.encoding else { return None };
        if encodings.len() != self.schema.columns.len() {
            return Some(format!(
                "{} columns are encoded but the schema has {}",
                encodings.len(),
                self.schema.columns.len()
            ));
        }
        let usable = |scale: &f64| scale.is_finite() && *scale > 0.0;
        self.schema.columns.iter().zip(encodings).find_map(|(column, encoding)| {
            let fits = match (encoding, &column.kind) {
                (ColumnEncoding::Scaled { mean, scale }, ColumnKind::Numeric { .. }) => {
                    mean.is_finite() && usable(scale)
                }
                (ColumnEncoding::OneHot { scales }, ColumnKind::Categorical { values, .. }) => {
                    scales.len() == values.len() && scales.iter().all(usable)
                }
                _ => false,
            };
            (!fits).then(|| format!("the encoding of column \"{}\" does not fit its kind", column.name))
        })
    }
}

fn n_one_hot(columns: &[ColumnEncoding]) -> usize {
    columns.iter().map(ColumnEncoding::n_features).sum()
}

/// The column of each one-hot feature.
fn one_hot_columns(columns: &[ColumnEncoding]) -> impl Iterator<Item = usize> + '_ {
    columns.iter().enumerate().flat_map(|(column_idx, column)| std::iter::repeat_n(column_idx, column.n_features()))
}

/// One column's feature in [`Encoding::Native`].
pub(crate) fn native_feature(kind: &ColumnKind, value: Value, imputed: bool) -> f64 {
    match (kind, value) {
        (ColumnKind::Numeric { .. }, Value::Number(number)) => number,
        (ColumnKind::Numeric { median, .. }, _) if imputed => *median,
        (ColumnKind::Categorical { .. }, Value::Category(code)) => f64::from(code),
        (ColumnKind::Categorical { mode, .. }, Value::Missing) if imputed => f64::from(*mode),
        (ColumnKind::Categorical { .. }, Value::Number(_) | Value::Unseen) => UNSEEN_CODE,
        _ => f64::NAN,
    }
}
