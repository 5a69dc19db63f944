//! Ablation: the champion without each of its columns, so that "just remove gender" can be judged by its effect.

use serde::Serialize;

use crate::decode::impl_from_json;

/// The champion refitted without each column in turn, on the folds that it was selected on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ablation {
    /// How many training rows were used; not all rows of a large table.
    pub rows: usize,
    /// Folds of the cross-validation.
    pub n_folds: usize,
    /// Mean cross-validated R² with all columns, on these rows.
    pub r2: f64,
    /// The groups whose bias is reported, of at least 10 rows each.
    pub groups: Vec<GroupBias>,
    /// One per column that was left out, the largest loss of R² first; not all columns if there are many.
    pub columns: Vec<LeftOutColumn>,
    /// The champion's family fitted to the columns marked as sensitive only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sensitive_only: Option<SensitiveOnly>,
}

impl_from_json!(Ablation { rows, n_folds, r2, groups, columns, sensitive_only = None });

/// The rows that share a category.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupBias {
    /// The column's name.
    pub column: String,
    /// The category.
    pub value: String,
    /// How many rows have it.
    pub n: usize,
    /// Mean of prediction − target with all columns, in the target's unit: above 0 the group is estimated too high.
    pub bias: f64,
}

impl_from_json!(GroupBias { column, value, n, bias });

/// The champion without one column.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LeftOutColumn {
    /// The column's name.
    pub column: String,
    /// Mean cross-validated R² without it.
    pub r2: f64,
    /// Standard error of the difference in R² over the folds (Nadeau & Bengio 2003).
    pub r2_error: f64,
    /// The bias of each group, in the order of [`Ablation::groups`].
    pub biases: Vec<f64>,
}

impl_from_json!(LeftOutColumn { column, r2, r2_error, biases });

/// What the columns marked as sensitive predict on their own.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SensitiveOnly {
    /// Their names.
    pub columns: Vec<String>,
    /// Mean cross-validated R² of the champion's family fitted to them alone.
    pub r2: f64,
}

impl_from_json!(SensitiveOnly { columns, r2 });
