//! What is worth knowing about a champion besides its scores: what its predictions depend on, how it would do without a
//! column, and whether more records would help. `report.html` shows it.
//!
//! Nothing here changes the model. Work is bounded by the number of rows and columns alone, never by the clock, so that
//! the same data gives the same bytes; only a time limit that is up leaves parts out.

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

/// What the champion's predictions depend on.
pub(crate) struct Diagnosis {
    /// One per column, the most important first.
    pub(crate) importance: Vec<Importance>,
    /// How many of the rows held back the importance was measured on.
    pub(crate) n_importance: usize,
    /// How predictions come about, over rows held back.
    pub(crate) shapley: ShapleySummary,
    /// What leaving each column out does; `None` where the time was up, or where there is but one column.
    pub(crate) ablation: Option<Ablation>,
    /// What more rows would do; `None` where the time was up, or where there are too few.
    pub(crate) learning_curve: Option<LearningCurve>,
    /// What rows have in common without having been told.
    pub(crate) repeats: Vec<RepeatedKey>,
}

/// The champion and the rows that it is diagnosed with.
pub(crate) struct Subject<'a> {
    pub(crate) predictor: &'a Predictor,
    pub(crate) candidate: &'a Candidate,
    /// What chose the champion.
    pub(crate) cross_validation: CrossValidation<'a>,
    /// The rows held back, in random order.
    pub(crate) holdout: &'a [u32],
}

/// Diagnoses the champion.
///
/// # Errors
/// When it can't be fitted again.
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
