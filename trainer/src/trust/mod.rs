//! What goes with a model so that its estimates can be trusted as far as they deserve.
//!
//! In: a candidate and the rows it learned from. Out: intervals from out-of-fold residuals, their coverage, the background
//! of explanations, golden records, the target's histogram and that of the rows held back. It does not choose between models.

pub(crate) mod background;
pub(crate) mod conformal;
pub(crate) mod coverage;
pub(crate) mod golden;
pub(crate) mod held_back;
pub(crate) mod target_histogram;
