//! Whether new records still look like those a model was trained on.
//!
//! `reference.json` says how each column was distributed in training, coarsely enough that no record can be told from it:
//! shares of at least [`MIN_GROUP`] rows only, between rounded edges. It is published beside the other artifacts but no
//! page loads it.

mod column;
mod ranges;
mod reference;
mod statistics;

use serde::Serialize;

pub use self::reference::{Reference, ReferenceColumn, ReferenceError};
use crate::table::Table;

/// How one column differs between training and the new records.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ColumnDrift {
    /// The column.
    pub column: String,
    /// New records whose cell is not blank.
    pub n: usize,
    /// The share of blanks in training; `None` where fewer than 10 rows, but some, were blank.
    pub blanks_then: Option<f64>,
    /// The share of blanks now.
    pub blanks_now: f64,
    /// Population stability index: below 0.1 little, above 0.25 much has changed, by custom. It grows by chance alone
    /// where few records are compared.
    pub psi: f64,
    /// `kolmogorov-smirnov` or `chi-squared`.
    pub test: &'static str,
    /// The test's statistic.
    pub statistic: f64,
    /// How often chance alone makes so large a difference.
    pub p_value: f64,
    /// The share of records whose number lies outside of the training rows' range, or whose category they didn't have.
    pub outside: f64,
}

/// Compares each column of `table`, whose columns are those of the reference in their order, with the reference.
#[must_use]
pub fn drift(reference: &Reference, table: &Table) -> Vec<ColumnDrift> {
    reference.columns.iter().zip(&table.columns).map(|(then, now)| then.drift(&now.data, reference.rows)).collect()
}

/// A share to four decimals.
fn share(count: usize, n: usize) -> f64 {
    (count as f64 / n.max(1) as f64 * 1e4).round() / 1e4
}
