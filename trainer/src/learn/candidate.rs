//! A candidate of the search.

use std::fmt;

use model_core::Params;

use super::learner::Learner;

/// A family with a choice of hyper-parameters.
#[derive(Clone)]
pub struct Candidate {
    /// The family.
    pub learner: &'static dyn Learner,
    /// Its hyper-parameters.
    pub params: Params,
}

impl fmt::Debug for Candidate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {:?}", self.learner.family(), self.params)
    }
}
