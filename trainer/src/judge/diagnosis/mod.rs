//! Diagnostics of a champion besides its scores: what its predictions depend on, how it would perform without a column,
//! and whether more records would help. `report.html` shows them.
//!
//! Nothing here changes the model. The work depends only on the numbers of rows and columns, never on the clock, so
//! that the same data gives the same bytes; only an exceeded time limit leaves parts out.

mod ablation;
mod importance;
pub(crate) mod learning_curve;
mod refit;
mod repeats;
mod shapley;

use model_core::{Ablation, Predictor, RepeatedKey};

pub(crate) use self::importance::Importance;
use self::learning_curve::LearningCurve;
use self::refit::Refitter;
pub(crate) use self::refit::rows_and_work;
pub(crate) use self::shapley::ShapleySummary;
use crate::folds::stop_signal::StopSignal;
use crate::learn::Candidate;
use crate::learn::FitError;
use crate::search::cross_validation::CrossValidation;

/// The champion's diagnostics.
pub(crate) struct Diagnosis {
    /// One per column, the most important first.
    pub(crate) importance: Vec<Importance>,
    /// The number of holdout rows used for the importance.
    pub(crate) n_importance: usize,
    /// Contributions to predictions, over holdout rows.
    pub(crate) shapley: ShapleySummary,
    /// The effect of dropping each column; `None` if the time was up, or if there is only one column.
    pub(crate) ablation: Option<Ablation>,
    /// The effect of more rows; `None` if the time was up, or if there are too few.
    pub(crate) learning_curve: Option<LearningCurve>,
    /// Columns that may identify groups of rows although none were configured.
    pub(crate) repeats: Vec<RepeatedKey>,
}

/// The champion and the rows for its diagnostics.
pub(crate) struct Subject<'a> {
    pub(crate) predictor: &'a Predictor,
    pub(crate) candidate: &'a Candidate,
    /// The cross-validation that selected the champion.
    pub(crate) cross_validation: CrossValidation<'a>,
    /// The holdout rows, in random order.
    pub(crate) holdout: &'a [u32],
}

/// Diagnoses the champion.
///
/// # Errors
/// When it cannot be fitted again.
pub(crate) fn diagnose(subject: &Subject<'_>, stop: &StopSignal) -> Result<Diagnosis, FitError> {
    let (importance, n_importance) = importance::importance(subject, stop);
    let shapley = shapley::shapley(subject, stop);
    let refitter = Refitter::new(subject, stop);
    let base = refitter.all_columns()?;
    let (ablation, learning_curve) = match &base {
        Some(base) => {
            (ablation::ablation(subject, &refitter, base, &importance)?, learning_curve::curve(&refitter, base)?)
        }
        None => (None, None),
    };
    let repeats = repeats::repeats(&refitter, base.as_ref())?;
    Ok(Diagnosis { importance, n_importance, shapley, ablation, learning_curve, repeats })
}
