//! The residuals of cyclic boosting, and its fit.

use model_core::PairShape;

use crate::learn::engine::Stat;

/// An intercept, and one value per bin for each column.
#[derive(Debug, Clone)]
pub(super) struct Fitted {
    pub(super) intercept: f64,
    pub(super) shapes: Vec<Vec<f64>>,
    pub(super) pairs: Vec<PairShape>,
}

/// Each row's residual, and its weight (0 out of the bag).
#[derive(Debug, Clone)]
pub(super) struct Residuals {
    pub(super) residuals: Vec<f64>,
    pub(super) weights: Vec<f64>,
}

impl Residuals {
    /// The weighted sums of the residuals by group.
    pub(super) fn sums(&self, groups: impl Iterator<Item = usize>, n_groups: usize) -> Vec<Stat> {
        let mut sums = vec![Stat::default(); n_groups];
        for ((group, residual), weight) in groups.zip(&self.residuals).zip(&self.weights) {
            let sum = &mut sums[group];
            sum.g += weight * residual;
            sum.h += weight;
        }
        sums
    }

    /// Subtracts the step of each row's group from its residual.
    pub(super) fn subtract(&mut self, groups: impl Iterator<Item = usize>, steps: &[f64]) {
        for (residual, group) in self.residuals.iter_mut().zip(groups) {
            *residual -= steps[group];
        }
    }
}
