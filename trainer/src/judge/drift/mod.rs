//! Drift: whether new records still resemble the training data of a model.
//!
//! `reference.json` describes the training distribution of each column, coarsely enough that no record can be
//! identified: shares of at least [`MIN_GROUP`](super::groups::MIN_GROUP) rows only, between rounded edges. It is
//! published beside the other artifacts but no page loads it.

mod column;
mod ranges;
mod reference;
mod statistics;

use serde::Serialize;

pub use self::reference::{Reference, ReferenceColumn, ReferenceError};
use crate::table::Table;

/// The drift of one column.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ColumnDrift {
    /// The column.
    pub column: String,
    /// The number of new records whose cell is not blank.
    pub n: usize,
    /// The share of blanks in training; `None` if some, but fewer than 10, rows were blank.
    pub blanks_then: Option<f64>,
    /// The share of blanks now.
    pub blanks_now: f64,
    /// Population stability index: by convention small below 0.1 and large above 0.25. It increases by chance alone if
    /// few records are compared.
    pub psi: f64,
    /// `kolmogorov-smirnov` or `chi-squared`.
    pub test: &'static str,
    /// The test's statistic.
    pub statistic: f64,
    /// The p-value of the test.
    pub p_value: f64,
    /// The share of records whose number is outside the training range, or whose category is unknown.
    pub outside: f64,
}

/// Compares each column of `table` with the reference, whose columns have the same order.
#[must_use]
pub fn drift(reference: &Reference, table: &Table) -> Vec<ColumnDrift> {
    reference.columns.iter().zip(&table.columns).map(|(then, now)| then.drift(&now.data, reference.rows)).collect()
}

/// A share to four decimals.
fn share(count: usize, n: usize) -> f64 {
    (count as f64 / n.max(1) as f64 * 1e4).round() / 1e4
}
