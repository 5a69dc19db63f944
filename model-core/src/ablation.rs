//! What a champion would be without each of its columns, so that "just remove gender" can be judged by its effect.

use serde::Serialize;

use crate::decode::impl_from_json;

/// The champion fitted anew without each column in turn, on the folds that chose it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ablation {
    /// How many training rows took part; of a large table not all.
    pub rows: usize,
    /// Folds of the cross-validation.
    pub n_folds: usize,
    /// Mean cross-validated R² with all columns, on these rows.
    pub r2: f64,
    /// The groups whose bias is told, of at least 10 rows each.
    pub groups: Vec<GroupBias>,
    /// One per column that was left out, the one that costs most R² first; of many columns not all.
    pub columns: Vec<LeftOutColumn>,
    /// The champion fitted to nothing but the columns marked as sensitive.
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

/// What the champion is without one column.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LeftOutColumn {
    /// The column's name.
    pub column: String,
    /// Mean cross-validated R² without it.
    pub r2: f64,
    /// The standard error of the difference that it makes, fold by fold (Nadeau & Bengio 2003).
    pub r2_error: f64,
    /// The bias of each group of [`Ablation::groups`], in their order.
    pub biases: Vec<f64>,
}

impl_from_json!(LeftOutColumn { column, r2, r2_error, biases });

/// What columns that say who a person is tell by themselves.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SensitiveOnly {
    /// Their names.
    pub columns: Vec<String>,
    /// Mean cross-validated R² of the champion's family fitted to them alone.
    pub r2: f64,
}

impl_from_json!(SensitiveOnly { columns, r2 });
