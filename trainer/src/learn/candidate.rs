//! What a search tries.

use model_core::Params;

use super::learner::Learner;

/// A family with one choice of its hyper-parameters.
#[derive(Clone)]
pub struct Candidate {
    /// The family.
    pub learner: &'static dyn Learner,
    /// Its hyper-parameters.
    pub params: Params,
}
