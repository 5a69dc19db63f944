//! Stage: adds a blend of the best candidates to the leaderboard, if blending is enabled.

use model_core::Race;

use super::outcome::TrainError;
use super::rows::TrainingRows;
use super::run::Run;
use super::search::Searched;
use crate::folds::split::Split;
use crate::search::blend::{self, BlendOptions};
use crate::search::leaderboard::Scored;

/// The complete leaderboard, and the rows to fit its champion to.
pub(super) struct Blended {
    pub(super) split: Split,
    pub(super) rows: TrainingRows,
    pub(super) leaderboard: Vec<Scored>,
    /// See [`Searched`].
    pub(super) n_rows: usize,
    pub(super) race: Option<Race>,
}

pub(super) fn add_blend(run: &Run<'_>, searched: Searched) -> Result<Blended, TrainError> {
    let Searched { split, n_rows, folds, mut leaderboard, race } = searched;
    let rows = TrainingRows::new(run, &split);
    let search = &run.config.search;
    if search.blends() && !run.stop().is_due() {
        let options =
            BlendOptions { allow_records: search.allow_records, size_budget: search.size_budget(), seed: run.seed() };
        let is_part = n_rows < split.train.len();
        // Member weights are fitted on the rows that members were scored on; only a champion is worth a fit to more.
        let data = if is_part { run.fit_data(&split.train[..n_rows]) } else { rows.all.clone() };
        blend::add_blend(&mut leaderboard, &folds, &data.stopped_by(run.stop().clone()), &options, run.stop())?;
        if is_part {
            leaderboard.iter_mut().for_each(|scored| scored.model = None);
        }
    }
    leaderboard.iter_mut().for_each(|scored| scored.predicted = None);
    Ok(Blended { split, rows, leaderboard, n_rows, race })
}
