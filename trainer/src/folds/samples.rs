//! Rows in the encoding of linear models and kernels.

use ndarray::Array2;

/// Encoded rows with their targets.
#[derive(Debug, Clone)]
pub struct Samples {
    /// One row per sample, one column per feature.
    pub features: Array2<f64>,
    /// The target of each row, in its unit.
    pub target: Vec<f64>,
    /// The weight of each row; `None` if all weigh the same.
    pub weights: Option<Vec<f64>>,
}
