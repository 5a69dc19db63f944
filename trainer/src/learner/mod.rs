//! The families of regressors that can be searched. Each has its grid and its fit; its predictions are in
//! `model-core/src/model`.

mod decomposed;
mod linear;
mod ridge;

use model_core::{Model, Params};
use thiserror::Error;

use crate::samples::Samples;

/// A family of regressors.
pub trait Learner: Sync {
    /// The name on the command line and in reports.
    fn family(&self) -> &'static str;

    /// The hyper-parameters to try.
    fn grid(&self) -> Vec<Params>;

    /// Fits one candidate.
    ///
    /// # Errors
    /// When the samples can't be fitted or a parameter is out of its range.
    fn fit(&self, params: &Params, samples: &Samples) -> Result<Model, FitError>;
}

/// Every family, the simplest first: of equals the earlier wins.
pub const LEARNERS: [&dyn Learner; 2] = [&linear::LinearRegression, &ridge::Ridge];

/// Why a candidate could not be fitted.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum FitError {
    /// A parameter that makes no sense.
    #[error("{family}: parameter {name} is {found}; it must be {expected}")]
    Parameter {
        /// The family.
        family: &'static str,
        /// The parameter.
        name: &'static str,
        /// Its value.
        found: String,
        /// What would do.
        expected: &'static str,
    },
    /// The numerical library gave up.
    #[error("{family}: the fit failed: {problem}")]
    Numerical {
        /// The family.
        family: &'static str,
        /// The library's words.
        problem: String,
    },
}

/// The learner of the family named `family`.
#[must_use]
pub fn learner(family: &str) -> Option<&'static dyn Learner> {
    LEARNERS.into_iter().find(|learner| learner.family() == family)
}
