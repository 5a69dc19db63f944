//! The cost of an explanation, limited to about a second. A model that is too large for all prototypes is compared with
//! the most common ones only, which changes the baseline.

use super::{Prototypes, general};
use crate::model::{Axis, Combine, Model};

/// Maximum number of elementary steps of one explanation, about a second's.
const MAX_STEPS: u64 = 1 << 31;
/// Models that take more steps than this with a single prototype are rejected.
const MAX_STEPS_PER_PROTOTYPE: u64 = 1 << 35;

/// What is wrong with a model of `n_columns` columns, if it is too large to be explained.
pub(crate) fn problem(model: &Model, n_columns: usize) -> Option<String> {
    let n_steps = match model {
        Model::Kernel(_) | Model::Neighbours(_) => general::n_steps(model, n_columns),
        Model::Trees(trees) if matches!(trees.combine, Combine::WeightedMedian { .. }) => {
            general::n_steps(model, n_columns)
        }
        Model::Blend(blend) => return blend.members.iter().find_map(|member| problem(&member.model, n_columns)),
        _ => 0,
    };
    (n_steps > MAX_STEPS_PER_PROTOTYPE).then(|| "it is too large for its estimates to be explained".into())
}

/// How many prototypes a model can be compared with, as one of `n_models` that are explained together.
pub(super) fn max_prototypes(model: &Model, n_columns: usize, n_models: usize) -> usize {
    let budget = MAX_STEPS / n_models.max(1) as u64;
    let most = match model {
        Model::Linear(_) | Model::Blend(_) => return usize::MAX,
        Model::Additive(model) => {
            let axes = model.pairs.iter().flat_map(|pair| &pair.axes);
            let n_cells = axes.map(|axis| match axis {
                Axis::Steps(thresholds) => thresholds.len(),
                Axis::Categories(cells) => cells.len(),
            });
            budget / (32 * (n_cells.sum::<usize>() + model.pairs.len() + model.shapes.len()).max(1) as u64)
        }
        // Each leaf is compared with the failed tests of each prototype, and these with one another when they are
        // grouped.
        Model::Trees(trees) if !matches!(trees.combine, Combine::WeightedMedian { .. }) => {
            (budget / (4 * trees.features.len().max(1) as u64)).isqrt()
        }
        Model::Symmetric(trees) => {
            let n_steps = trees.depths.iter().map(|depth| (8 * u64::from(*depth)) << depth).sum::<u64>();
            budget / n_steps.max(1)
        }
        Model::Trees(_) | Model::Neighbours(_) | Model::Kernel(_) => budget / general::n_steps(model, n_columns).max(1),
    };
    usize::try_from(most).unwrap_or(usize::MAX).max(1)
}

impl Prototypes {
    /// The `most` most common ones, in their original order; all if there are no more.
    pub(super) fn most_common(self, most: usize) -> Self {
        if self.weights.len() <= most {
            return self;
        }
        let mut ascending = self.weights.clone();
        ascending.sort_unstable_by(f64::total_cmp);
        let least = ascending[ascending.len() - most];
        // Of equally common ones, the first are taken.
        let n_above = self.weights.iter().filter(|weight| **weight > least).count();
        let mut n_equal = most - n_above;
        let is_kept = |idx: &usize| {
            let is_equal = self.weights[*idx] == least && n_equal > 0;
            n_equal -= usize::from(is_equal);
            is_equal || self.weights[*idx] > least
        };
        let order: Vec<usize> = (0..self.weights.len()).filter(is_kept).collect();
        let total: f64 = order.iter().map(|idx| self.weights[*idx]).sum();
        Self {
            weights: order.iter().map(|idx| self.weights[*idx] / total).collect(),
            features: order.iter().map(|idx| self.features[*idx].clone()).collect(),
            ..self
        }
    }
}
