//! Why a candidate could not be fitted.

use thiserror::Error;

/// Why a candidate could not be fitted.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum FitError {
    /// A value out of its parameter's range.
    #[error("{family}: parameter {name} is {found}; it must be {expected}")]
    Parameter {
        /// The family.
        family: &'static str,
        /// The parameter.
        name: String,
        /// Its value, as JSON.
        found: String,
        /// The range.
        expected: String,
    },
    /// A parameter that the family does not have.
    #[error("{family}: there is no parameter {name}; it has {}", if known.is_empty() { "none".to_owned() } else { known.join(", ") })]
    UnknownParameter {
        /// The family.
        family: &'static str,
        /// The name.
        name: String,
        /// The family's parameters.
        known: Vec<String>,
    },
    /// The numerical library gave up.
    #[error("{family}: the fit failed: {problem}")]
    Numerical {
        /// The family.
        family: &'static str,
        /// The library's message.
        problem: String,
    },
    /// Data that the family can't learn from.
    #[error("{family}: {problem}")]
    Data {
        /// The family.
        family: &'static str,
        /// What is wrong with it, and what to do.
        problem: String,
    },
}
