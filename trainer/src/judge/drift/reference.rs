//! `reference.json`: the training distribution of each column.

use model_core::{ColumnKind, Schema};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::ranges::{Ascending, Ranges, ranges};
use super::share;
use crate::folds::preprocess::counts_of;
use crate::judge::groups::MIN_GROUP;
use crate::table::row_idx::RowIdx;
use crate::table::{ColumnData, Table};

/// `reference.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reference {
    /// The kind of file.
    kind: String,
    /// The SHA-256 of the `preprocessor.json` that it belongs to.
    preprocessor_sha256: String,
    /// The number of training rows.
    pub rows: usize,
    /// One per column, in the schema's order.
    pub columns: Vec<ReferenceColumn>,
}

/// One column's distribution.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReferenceColumn {
    pub(super) name: String,
    /// The share of blanks; `None` if there are some, but fewer than 10.
    pub(super) blanks: Option<f64>,
    pub(super) shares: Shares,
}

/// The distribution of the cells that are not blank; the shares add up to 1 except for rounding.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Shares {
    /// One share more than edges; a number on an edge belongs to the range below it. Each range has at least 10 rows.
    Ranges { edges: Vec<f64>, shares: Vec<f64>, min: f64, max: f64 },
    /// Categories with at least 10 rows, and all others together.
    Categories { values: Vec<String>, shares: Vec<f64>, others: f64, known: Vec<String> },
}

/// A `reference.json` that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReferenceError {
    /// It is not a valid reference.
    #[error("reference.json can't be read: {0}; train again, or use the file as `scorecast train` wrote it")]
    Malformed(String),
    /// It belongs to another model.
    #[error("reference.json belongs to another model; use the files that one run of `scorecast train` wrote")]
    NotAPair,
}

impl Reference {
    /// The distribution of `rows` of `table`, for a model with the given `preprocessor.json`.
    #[must_use]
    pub fn new<R: RowIdx>(schema: &Schema, table: &Table, rows: &[R], preprocessor_sha256: &str) -> Self {
        let column = |(column, data): (&model_core::Column, &ColumnData)| match (data, &column.kind) {
            (ColumnData::Numeric(numbers), ColumnKind::Numeric { observed, .. }) => {
                let Ranges { edges, shares, n } = ranges(&Ascending::new(numbers, rows));
                let shares = Shares::Ranges { edges, shares, min: observed.min, max: observed.max };
                ReferenceColumn { name: column.name.clone(), blanks: blanks(n, rows.len()), shares }
            }
            (data, _) => {
                let (values, mut counts): (&[String], Vec<usize>) = match data {
                    ColumnData::Categorical { values, codes } => (values, counts_of(codes, values.len(), rows)),
                    ColumnData::Numeric(_) => (&[], Vec::new()),
                };
                // The count of blanks follows those of the values.
                counts.truncate(values.len());
                let known = match &column.kind {
                    ColumnKind::Categorical { values, .. } => values.clone(),
                    ColumnKind::Numeric { .. } => Vec::new(),
                };
                let n: usize = counts.iter().sum();
                let shares = categories(values, &counts, known);
                ReferenceColumn { name: column.name.clone(), blanks: blanks(n, rows.len()), shares }
            }
        };
        let data = table.columns.iter().map(|column| &column.data);
        Self {
            kind: "reference".into(),
            preprocessor_sha256: preprocessor_sha256.into(),
            rows: rows.len(),
            columns: schema.columns.iter().zip(data).map(column).collect(),
        }
    }

    /// Parses the output of [`Reference::to_json`], for the model with the given `preprocessor.json` and schema.
    ///
    /// # Errors
    /// See [`ReferenceError`].
    pub fn from_json(text: &str, preprocessor_sha256: &str, schema: &Schema) -> Result<Self, ReferenceError> {
        let reference: Self =
            serde_json::from_str(text).map_err(|error| ReferenceError::Malformed(error.to_string()))?;
        let names = reference.columns.iter().map(|column| &column.name);
        if reference.preprocessor_sha256 != preprocessor_sha256
            || !names.eq(schema.columns.iter().map(|column| &column.name))
        {
            return Err(ReferenceError::NotAPair);
        }
        if !reference.columns.iter().all(ReferenceColumn::is_whole) {
            return Err(ReferenceError::Malformed("its shares don't fit together".into()));
        }
        Ok(reference)
    }

    /// One JSON object on one line.
    ///
    /// # Errors
    /// When a number cannot be represented.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        Ok(serde_json::to_string(self)? + "\n")
    }
}

impl ReferenceColumn {
    fn is_whole(&self) -> bool {
        let is_share = |share: &f64| (0.0..=1.0).contains(share);
        match &self.shares {
            Shares::Ranges { edges, shares, .. } => {
                shares.len() == edges.len() + 1 && edges.is_sorted() && shares.iter().all(is_share)
            }
            Shares::Categories { values, shares, others, .. } => {
                values.len() == shares.len() && shares.iter().chain([others]).all(is_share)
            }
        }
    }
}

/// Categories with at least [`MIN_GROUP`] rows. If the others together have fewer, the rarest of these are added to
/// them.
fn categories(values: &[String], counts: &[usize], known: Vec<String>) -> Shares {
    let n: usize = counts.iter().sum();
    let mut shown: Vec<usize> = (0..values.len()).filter(|code| counts[*code] >= MIN_GROUP).collect();
    let n_shown = |shown: &[usize]| shown.iter().map(|code| counts[*code]).sum::<usize>();
    while (1..MIN_GROUP).contains(&(n - n_shown(&shown))) && !shown.is_empty() {
        let rarest = (0..shown.len()).min_by_key(|idx| counts[shown[*idx]]).unwrap_or_default();
        shown.remove(rarest);
    }
    Shares::Categories {
        values: shown.iter().map(|code| values[*code].clone()).collect(),
        shares: shown.iter().map(|code| share(counts[*code], n)).collect(),
        others: share(n - n_shown(&shown), n),
        known,
    }
}

fn blanks(n_present: usize, n_rows: usize) -> Option<f64> {
    let n_blank = n_rows - n_present;
    let is_told = n_blank == 0 || n_blank >= MIN_GROUP;
    is_told.then(|| share(n_blank, n_rows))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_share_of_few_rows_can_be_inferred() {
        let values: Vec<String> = ["a", "b", "c", "d"].map(String::from).into();
        // c and d have 4 rows together: b is added to them.
        let Shares::Categories { values: shown, shares, others, .. } = categories(&values, &[50, 20, 3, 1], Vec::new())
        else {
            panic!("no categories")
        };
        assert_eq!((shown, shares, others), (vec!["a".to_owned()], vec![0.6757], 0.3243));
        assert_eq!(blanks(95, 100), None);
        assert_eq!(blanks(90, 100), Some(0.1));
    }
}
