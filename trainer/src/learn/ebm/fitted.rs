//! What cyclic boosting is asked for, what it works on, and what it has learned.

use model_core::PairShape;

use crate::learn::engine::Stat;

/// How is boosted.
pub(super) struct BoostConfig {
    pub(super) rounds: usize,
    pub(super) learning_rate: f64,
    pub(super) max_leaves: usize,
    pub(super) min_samples_leaf: f64,
    pub(super) smoothing: f64,
    pub(super) outer_bags: usize,
    pub(super) interactions: usize,
}

/// What was learned: an intercept, and for each column one value a bin.
#[derive(Debug, Clone)]
pub(super) struct Fitted {
    pub(super) intercept: f64,
    pub(super) shapes: Vec<Vec<f64>>,
    pub(super) pairs: Vec<PairShape>,
}

/// What is left of each row's target, and the row's weight (0 out of the bag).
#[derive(Debug, Clone)]
pub(super) struct Residuals {
    pub(super) left: Vec<f64>,
    pub(super) weights: Vec<f64>,
}

impl Residuals {
    /// The weighted sums of what is left, by group.
    pub(super) fn sums(&self, groups: impl Iterator<Item = usize>, n_groups: usize) -> Vec<Stat> {
        let mut sums = vec![Stat::default(); n_groups];
        for ((group, left), weight) in groups.zip(&self.left).zip(&self.weights) {
            let sum = &mut sums[group];
            sum.g += weight * left;
            sum.h += weight;
        }
        sums
    }
}

impl BoostConfig {
    /// What is added for the rows of a leaf.
    pub(super) fn step(&self, sum: Stat) -> f64 {
        let divisor = sum.h + self.smoothing;
        if divisor > 0.0 { self.learning_rate * sum.g / divisor } else { 0.0 }
    }
}
