//! Stage: checks the champion's out-of-fold errors against the gates.

use super::fit::Fitted;
use super::outcome::TrainError;
use super::run::Run;
use crate::judge::gates::GateCheck;
use crate::judge::out_of_fold::OutOfFoldFigures;
use crate::judge::suspicions::suspicions;
use crate::search::fit_seed::{FitPurpose, fit_seed};
use crate::table::keys::Parting;

/// The champion and its figures in cross-validation.
pub(super) struct Checked {
    pub(super) fitted: Fitted,
    pub(super) figures: OutOfFoldFigures,
    /// The failed gates, each with its figure.
    pub(super) failed_gates: Vec<String>,
    /// Suspicious findings in the records.
    pub(super) suspicions: Vec<String>,
    /// Out-of-bag R², for families with bootstrap samples.
    pub(super) out_of_bag_r2: Option<f64>,
}

pub(super) fn check(run: &Run<'_>, fitted: Fitted) -> Result<Checked, TrainError> {
    let (chosen, artifacts, champion) = (&fitted.chosen, &fitted.artifacts, fitted.champion());
    let figures = OutOfFoldFigures::new(
        run.learned.single_rows(),
        &artifacts.out_of_fold_rows,
        &artifacts.out_of_fold,
        &artifacts.intervals,
    );
    let gates = &run.config.gates;
    let check = GateCheck {
        gates,
        min_r2: gates.floor(),
        r2_mean: champion.r2_mean(),
        figures: &figures,
        cross_validation: run.single_cross_validation(chosen.searched_rows()),
    };
    let failed_gates = check.failed();
    let suspicions = suspicions(&check.cross_validation, champion.r2_mean());
    let candidate = &champion.candidate;
    let seed = fit_seed(run.seed(), candidate, FitPurpose::AllRows);
    // A tree's bag contains other rows of the groups out of it, and later rows; given parts may consist of groups, too.
    let out_of_bag_r2 = match run.table.keys.parting {
        Parting::Chance => candidate.learner.out_of_bag_r2(&candidate.params, &chosen.rows.all, seed)?,
        Parting::Groups(_) | Parting::Time(_) | Parting::Given(_) => None,
    };
    Ok(Checked { fitted, figures, failed_gates, suspicions, out_of_bag_r2 })
}
