//! Information published with a model so that users can judge how far to trust its estimates.
//!
//! Input: a candidate and its training rows. Output: intervals from out-of-fold residuals, their coverage, the
//! background of explanations, golden records, and histograms of the target and of the holdout. This module does not
//! choose between models.

pub(crate) mod background;
pub(crate) mod conformal;
pub(crate) mod coverage;
pub(crate) mod golden;
pub(crate) mod held_back;
pub(crate) mod target_histogram;
