//! What learners learn from.

use ndarray::Array2;

/// Encoded rows with their targets.
#[derive(Debug, Clone)]
pub struct Samples {
    /// One row a sample, one column a feature.
    pub features: Array2<f64>,
    /// One a row, in the target's unit.
    pub target: Vec<f64>,
    /// How much each row counts; all the same where there are none.
    pub weights: Option<Vec<f64>>,
}
