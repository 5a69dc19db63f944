//! What goes with a model so that its estimates can be trusted as far as they deserve.
//!
//! In: a candidate and the rows it learned from. Out: intervals from out-of-fold residuals, their coverage, the background
//! of explanations, golden records and the target's histogram. It does not choose between models.

pub(crate) mod background;
pub(crate) mod conformal;
pub(crate) mod coverage;
pub(crate) mod golden;
pub(crate) mod target_histogram;
