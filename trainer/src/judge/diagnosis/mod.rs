//! What is worth knowing about a champion besides its scores: where it errs, what it goes by, what it would be without
//! a column, and whether more records would help. `report.html` shows it.
//!
//! Nothing here changes the model. Work is bounded by the number of rows and columns alone, never by the clock, so that
//! the same data gives the same bytes; only a time limit that is up leaves parts out.

mod ablation;
mod importance;
pub(crate) mod learning_curve;
mod refit;
mod shapley;

use model_core::{Ablation, Predictor};

pub(crate) use self::importance::Importance;
use self::learning_curve::LearningCurve;
use self::refit::Refitter;
pub(crate) use self::shapley::ShapleySummary;
use super::groups::{GROUP_LEVEL, GroupErrors, group_errors};
use crate::folds::fit_data::FitData;
use crate::folds::stop_signal::StopSignal;
use crate::learn::Candidate;
use crate::learn::FitError;
use crate::table::Table;
use crate::trust::conformal::{OutOfFold, covered_out_of_fold};
use crate::trust::coverage::Covered;

/// The levels of intervals that are looked at, in percent.
const LEVELS: [u32; 10] = [50, 55, 60, 65, 70, 75, 80, 85, 90, 95];

/// The rows that were learned from, each predicted by a model that had not seen it.
pub(crate) struct Judged {
    /// Their places in the table; of a large table not all.
    pub(crate) rows: Vec<u32>,
    /// The target of each.
    pub(crate) actual: Vec<f64>,
    /// The unbounded prediction for each.
    pub(crate) predicted: Vec<f64>,
    /// How often the truth lay within intervals made of the other folds' errors, one a level.
    pub(crate) coverage: Vec<Covered>,
    /// Errors by every value of every categorical column that at least 10 of them have.
    pub(crate) groups: Vec<GroupErrors>,
    /// How many models there were.
    pub(crate) n_folds: usize,
}

impl Judged {
    /// `first` are the rows that `out_of_fold` has predictions for, and maybe more.
    pub(crate) fn new(table: &Table, first: &FitData, out_of_fold: &OutOfFold, varying: bool) -> Self {
        let n_rows = out_of_fold.predicted.len();
        let rows = first.rows()[..n_rows].to_vec();
        let is_covered = covered_out_of_fold(first, out_of_fold, varying, &LEVELS);
        let of_level =
            |(level, is_covered): (&u32, &Vec<bool>)| Covered::new(f64::from(*level), is_covered.iter().copied());
        let of_groups = LEVELS.iter().position(|level| *level == GROUP_LEVEL).map(|place| &is_covered[place][..]);
        Self {
            actual: first.target()[..n_rows].to_vec(),
            predicted: out_of_fold.predicted.clone(),
            coverage: LEVELS.iter().zip(&is_covered).map(of_level).collect(),
            groups: group_errors(table, &rows, &out_of_fold.predicted, of_groups),
            rows,
            n_folds: out_of_fold.n_folds,
        }
    }
}

/// What the champion goes by.
pub(crate) struct Diagnosis {
    /// One a column, the most important first.
    pub(crate) importance: Vec<Importance>,
    /// How many of the rows held back were looked at for the importance.
    pub(crate) n_importance: usize,
    /// How predictions come about, over rows held back.
    pub(crate) shapley: ShapleySummary,
    /// What leaving each column out does; `None` where the time was up, or where there is but one column.
    pub(crate) ablation: Option<Ablation>,
    /// What more rows would do; `None` where the time was up, or where there are too few.
    pub(crate) learning_curve: Option<LearningCurve>,
}

/// The champion and the rows that it is looked at with.
pub(crate) struct Subject<'a> {
    pub(crate) predictor: &'a Predictor,
    pub(crate) candidate: &'a Candidate,
    pub(crate) table: &'a Table,
    /// The rows that were learned from, in random order.
    pub(crate) train: &'a [u32],
    /// The rows held back, in random order.
    pub(crate) holdout: &'a [u32],
    /// Folds of the cross-validation that chose the champion.
    pub(crate) n_folds: usize,
    pub(crate) seed: u64,
}

/// Looks at the champion.
///
/// # Errors
/// When it can't be fitted again.
pub(crate) fn diagnose(subject: &Subject<'_>, stop: &StopSignal) -> Result<Diagnosis, FitError> {
    let (importance, n_importance) = importance::importance(subject);
    let shapley = shapley::shapley(subject);
    let refitter = Refitter::new(subject, stop);
    let base = refitter.all_columns()?;
    let (ablation, learning_curve) = match &base {
        Some(base) => {
            (ablation::ablation(subject, &refitter, base, &importance)?, learning_curve::curve(&refitter, base)?)
        }
        None => (None, None),
    };
    Ok(Diagnosis { importance, n_importance, shapley, ablation, learning_curve })
}
