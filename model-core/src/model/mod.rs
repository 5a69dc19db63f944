//! The models: an enum with one variant for each way of predicting. Each family has a learner in the trainer.

mod additive;
mod blend;
mod kernel;
mod linear;
mod neighbours;
mod symmetric;
mod trees;

use serde::Serialize;

use crate::decode::impl_from_json;

pub use additive::{Additive, Axis, PairShape, Shape};
pub use blend::{Blend, Member};
pub use kernel::{Kernel, KernelModel};
pub use linear::LinearModel;
pub use neighbours::{Distance, Neighbour, Neighbours, Weighting};
pub use symmetric::{Symmetric, SymmetricInput};
pub use trees::{Combine, Trees};

/// Models whose estimates could be beyond this are rejected. Squares and sums of many estimates, as in explanations,
/// stay finite.
pub(crate) const MAX_ESTIMATE: f64 = 1e150;

/// A fitted model: features in, a number out. An unfitted model cannot exist.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Model {
    /// An intercept and one coefficient a feature (linear regression, ridge, lasso, elastic net, linear support vectors).
    Linear(LinearModel),
    /// One shape function a column (explainable boosting), on natively encoded features with blanks.
    Additive(Additive),
    /// One or many decision trees (decision tree, forests, boosting), on natively encoded features.
    Trees(Trees),
    /// Symmetric trees (CatBoost style), on natively encoded features with blanks.
    Symmetric(Symmetric),
    /// The training rows themselves (k-nearest neighbours).
    Neighbours(Neighbours),
    /// A sum over some of the training rows (support vector regression).
    Kernel(KernelModel),
    /// A weighted sum of other models, on all encodings' features.
    Blend(Blend),
}

impl_from_json!(enum Model {
    "linear" => Linear(_),
    "additive" => Additive(_),
    "trees" => Trees(_),
    "symmetric" => Symmetric(_),
    "neighbours" => Neighbours(_),
    "kernel" => Kernel(_),
    "blend" => Blend(_),
});

impl Model {
    /// The prediction for one row of features, in the target's unit, unbounded.
    #[must_use]
    pub fn predict(&self, features: &[f64]) -> f64 {
        match self {
            Self::Linear(model) => model.predict(features),
            Self::Additive(model) => model.predict(features),
            Self::Trees(model) => model.predict(features),
            Self::Symmetric(model) => model.predict(features),
            Self::Neighbours(model) => model.predict(features),
            Self::Kernel(model) => model.predict(features),
            Self::Blend(model) => model.predict(features),
        }
    }

    /// An upper bound of the magnitude of a prediction and of all intermediate sums, for features whose magnitudes are
    /// at most `bounds`.
    fn max_magnitude(&self, bounds: &[f64]) -> f64 {
        match self {
            Self::Linear(model) => model.max_magnitude(bounds),
            Self::Additive(model) => model.max_magnitude(),
            Self::Trees(model) => model.max_magnitude(),
            Self::Symmetric(model) => model.max_magnitude(),
            Self::Neighbours(model) => model.max_magnitude(),
            Self::Kernel(model) => model.max_magnitude(bounds),
            Self::Blend(model) => model.max_magnitude(bounds),
        }
    }

    /// About how many elementary steps a prediction takes, each some tenths of a nanosecond.
    pub(crate) fn n_steps(&self) -> usize {
        match self {
            Self::Linear(model) => 4 * model.coefficients.len(),
            Self::Additive(model) => 32 * (model.shapes.len() + model.pairs.len()),
            Self::Trees(model) => model.n_steps(),
            Self::Symmetric(model) => 4 * (model.features.len() + model.depths.len()),
            Self::Neighbours(model) => model.n_steps(),
            Self::Kernel(model) => 8 * model.support_vectors.len(),
            Self::Blend(model) => model.members.iter().map(|member| member.model.n_steps()).sum(),
        }
    }

    /// What is wrong with the model for features whose magnitudes are at most `bounds`, if anything.
    pub(crate) fn problem(&self, bounds: &[f64]) -> Option<String> {
        self.structural_problem(bounds.len()).or_else(|| {
            // Written so that NaN is rejected, too.
            let is_bounded = self.max_magnitude(bounds) <= MAX_ESTIMATE;
            (!is_bounded).then(|| "it can give estimates beyond 1e150".into())
        })
    }

    /// What is wrong with the model's structure for rows of `n_features`, if anything.
    fn structural_problem(&self, n_features: usize) -> Option<String> {
        match self {
            Self::Linear(model) => model.structural_problem(n_features),
            Self::Additive(model) => model.structural_problem(n_features),
            Self::Trees(model) => model.structural_problem(n_features),
            Self::Symmetric(model) => model.structural_problem(n_features),
            Self::Neighbours(model) => model.structural_problem(n_features),
            Self::Kernel(model) => model.structural_problem(n_features),
            Self::Blend(model) => model.structural_problem(n_features),
        }
    }
}

/// The largest magnitude among `numbers`.
fn largest(numbers: &[f64]) -> f64 {
    numbers.iter().fold(0.0, |largest: f64, number| largest.max(number.abs()))
}
