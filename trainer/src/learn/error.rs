//! Errors of fitting a candidate.

use thiserror::Error;

/// Errors of fitting a candidate.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum FitError {
    /// A parameter's value is out of range.
    #[error("{family}: parameter {name} is {found}; it must be {expected}")]
    Parameter {
        /// The family.
        family: &'static str,
        /// The parameter.
        name: String,
        /// Its value, as JSON.
        found: String,
        /// The valid range.
        expected: String,
    },
    /// The family has no such parameter.
    #[error("{family}: there is no parameter {name}; it has {}", if known.is_empty() { "none".to_owned() } else { known.join(", ") })]
    UnknownParameter {
        /// The family.
        family: &'static str,
        /// The name.
        name: String,
        /// The family's parameters.
        known: Vec<String>,
    },
    /// The numerical library failed.
    #[error("{family}: the fit failed: {problem}")]
    Numerical {
        /// The family.
        family: &'static str,
        /// The library's message.
        problem: String,
    },
    /// The family cannot be fitted to the data.
    #[error("{family}: {problem}")]
    Data {
        /// The family.
        family: &'static str,
        /// The problem, and how to solve it.
        problem: String,
    },
}
