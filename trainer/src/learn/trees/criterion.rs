//! The parameter `criterion`: the impurity that splits of trees and forests minimise.

use super::quantile::{Weighted, weighted_quantile};
use crate::folds::fit_data::FitData;
use crate::learn::engine::{GrowConfig, GrownTree, Score, Stat};
use crate::learn::error::FitError;
use crate::learn::params::Choice;

/// The impurity of a node. Friedman's criterion orders splits like the squared error, so both grow the same trees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Criterion {
    Squared,
    Absolute,
    Poisson,
}

impl Choice for Criterion {
    const CHOICES: &'static [(&'static str, Self)] = &[
        ("squared_error", Self::Squared),
        ("friedman_mse", Self::Squared),
        ("absolute_error", Self::Absolute),
        ("poisson", Self::Poisson),
    ];
}

impl Criterion {
    pub(super) fn configure(self, config: GrowConfig) -> GrowConfig {
        match self {
            Self::Squared => config,
            Self::Absolute => GrowConfig { absolute: true, ..config },
            Self::Poisson => GrowConfig { score: Score::Poisson, ..config },
        }
    }

    /// Refuses targets for which the Poisson deviance is undefined, if it is the criterion.
    pub(super) fn check(self, family: &'static str, data: &FitData) -> Result<(), FitError> {
        let target = data.target();
        let has_deviance = target.iter().all(|target| *target >= 0.0) && target.iter().any(|target| *target > 0.0);
        if self != Self::Poisson || has_deviance {
            return Ok(());
        }
        let problem =
            "the criterion poisson needs targets that are not negative and not all zero; choose another criterion";
        Err(FitError::Data { family, problem: problem.into() })
    }

    /// Sets the leaves to the best constant if it is not the mean.
    pub(super) fn finish(self, tree: &mut GrownTree, stats: &[Stat]) {
        if self != Self::Absolute {
            return;
        }
        for leaf in tree.leaves.clone() {
            let cells = tree.rows[leaf.start..leaf.end].iter().map(|row| stats[*row as usize]);
            let cells = cells.map(|Stat { g, h }| Weighted { number: g / h, weight: h });
            tree.values[leaf.node] = weighted_quantile(cells.collect(), 0.5);
        }
    }
}
