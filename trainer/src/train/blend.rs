//! Stage: a blend of the best candidates joins the leaderboard, if families are to be blended.

use super::outcome::TrainError;
use super::rows::TrainingRows;
use super::run::Run;
use super::search::Searched;
use crate::folds::split::Split;
use crate::search::blend::{self, BlendOptions};
use crate::search::leaderboard::Scored;

/// The complete leaderboard, and the rows that its champion will be fitted to.
pub(super) struct Blended {
    pub(super) split: Split,
    pub(super) rows: TrainingRows,
    pub(super) leaderboard: Vec<Scored>,
}

pub(super) fn add_blend(run: &Run<'_>, searched: Searched) -> Result<Blended, TrainError> {
    let Searched { split, folds, mut leaderboard } = searched;
    let rows = TrainingRows::new(run, &split.train);
    let search = &run.config.search;
    if search.blends() && !run.stop().is_due() {
        let options =
            BlendOptions { allow_records: search.allow_records, size_budget: search.size_budget(), seed: run.seed() };
        let data = rows.all.clone().stopped_by(run.stop().clone());
        blend::add_blend(&mut leaderboard, &folds, &data, &options, run.stop())?;
    }
    leaderboard.iter_mut().for_each(|scored| scored.predicted = None);
    Ok(Blended { split, rows, leaderboard })
}
