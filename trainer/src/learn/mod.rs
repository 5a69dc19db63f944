//! The families of regressors. Each has its hyper-parameters, grid and fit; predictions are implemented in
//! `model-core/src/model`.
//!
//! Input: hyper-parameters, a fold's rows, a seed. Output: a fitted model. This module knows neither scores nor other
//! candidates.

mod axis;
mod blend;
mod candidate;
pub(crate) mod decimals;
mod ebm;
pub(crate) mod engine;
mod error;
mod family;
mod kernel;
mod learner;
mod linear;
mod monotone;
mod params;
mod registry;
mod sampling;
#[cfg(test)]
mod test_data;
mod trees;

pub(crate) use self::axis::{Axis, axis, product};
pub(crate) use self::blend::{assemble as assemble_blend, members as blend_members, params as blend_params};
pub use self::candidate::Candidate;
pub use self::error::FitError;
pub use self::learner::{Abilities, Grid, Learner};
pub use self::registry::LEARNERS;

/// The family that combines the best models of the others, the least simple of all.
pub const BLEND: blend::Blend = blend::Blend;

/// Every family's name, the simplest first.
#[must_use]
pub fn families() -> Vec<&'static str> {
    LEARNERS.into_iter().map(Learner::family).chain([BLEND.family()]).collect()
}

/// The learner of the family named `family`.
#[must_use]
pub fn learner(family: &str) -> Option<&'static dyn Learner> {
    registry::searched(family).or_else(|| (family == BLEND.family()).then_some(&BLEND as &dyn Learner))
}
