//! The models: an enum with one variant for each way of predicting. A learner in the trainer mirrors each family.

mod additive;
mod blend;
mod kernel;
mod linear;
mod neighbours;
mod symmetric;
mod trees;

use serde::{Deserialize, Serialize};

pub use additive::{Additive, Axis, PairShape, Shape};
pub use blend::{Blend, Member};
pub use kernel::{Kernel, KernelModel};
pub use linear::LinearModel;
pub use neighbours::{Distance, Neighbour, Neighbours, Weighting};
pub use symmetric::{Symmetric, SymmetricInput};
pub use trees::{Combine, Trees};

/// A fitted model: features in, a number out. An unfitted model cannot exist.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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

    /// About how many elementary steps a prediction takes.
    pub(crate) fn n_steps(&self) -> usize {
        match self {
            Self::Linear(model) => model.coefficients.len(),
            Self::Additive(model) => 8 * (model.shapes.len() + model.pairs.len()),
            Self::Trees(model) => 8 * model.n_trees(),
            Self::Symmetric(model) => model.features.len(),
            Self::Neighbours(model) => model.rows.len(),
            Self::Kernel(model) => 2 * model.support_vectors.len(),
            Self::Blend(model) => model.members.iter().map(|member| member.model.n_steps()).sum(),
        }
    }

    /// What is wrong with the model for rows of `n_features`, if anything.
    pub(crate) fn problem(&self, n_features: usize) -> Option<String> {
        match self {
            Self::Linear(model) => model.problem(n_features),
            Self::Additive(model) => model.problem(n_features),
            Self::Trees(model) => model.problem(n_features),
            Self::Symmetric(model) => model.problem(n_features),
            Self::Neighbours(model) => model.problem(n_features),
            Self::Kernel(model) => model.problem(n_features),
            Self::Blend(model) => model.problem(n_features),
        }
    }
}
