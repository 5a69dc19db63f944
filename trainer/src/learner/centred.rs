//! Samples with the means taken out, and the intercept that puts them back.

use model_core::LinearModel;
use ndarray::{Array1, Array2, Axis};

use crate::samples::Samples;

/// Features and target around zero.
pub(super) struct Centred {
    pub(super) features: Array2<f64>,
    pub(super) target: Vec<f64>,
    feature_means: Array1<f64>,
    target_mean: f64,
}

impl Centred {
    pub(super) fn new(samples: &Samples) -> Self {
        let n_rows = samples.target.len() as f64;
        let feature_means = samples.features.sum_axis(Axis(0)) / n_rows;
        let target_mean = samples.target.iter().sum::<f64>() / n_rows;
        Self {
            features: &samples.features - &feature_means,
            target: samples.target.iter().map(|value| value - target_mean).collect(),
            feature_means,
            target_mean,
        }
    }

    /// The model for features as they were, from the coefficients for centred ones.
    pub(super) fn model(&self, coefficients: Vec<f64>) -> LinearModel {
        let shift: f64 = coefficients.iter().zip(&self.feature_means).map(|(slope, mean)| slope * mean).sum();
        LinearModel { intercept: self.target_mean - shift, coefficients }
    }
}
