//! Rows in the form that linear models and kernels read.

use ndarray::Array2;

/// Encoded rows with their targets.
#[derive(Debug, Clone)]
pub struct Samples {
    /// One row per sample, one column per feature.
    pub features: Array2<f64>,
    /// One per row, in the target's unit.
    pub target: Vec<f64>,
    /// The weight of each row; `None` where all weigh the same.
    pub weights: Option<Vec<f64>>,
}
