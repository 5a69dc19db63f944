//! Stage: the champion is chosen by cross-validation alone.

use super::blend::Blended;
use super::outcome::TrainError;
use super::rows::TrainingRows;
use super::run::Run;
use crate::folds::split::Split;
use crate::search::leaderboard::Scored;
use crate::search::select::{Choice, Selection, select};
use crate::table::keys::Parting;

/// The leaderboard and the order in which its candidates may be published.
pub(super) struct Chosen {
    pub(super) split: Split,
    pub(super) rows: TrainingRows,
    pub(super) leaderboard: Vec<Scored>,
    pub(super) choice: Choice,
}

pub(super) fn choose(run: &Run<'_>, blended: Blended) -> Result<Chosen, TrainError> {
    let Blended { split, rows, leaderboard } = blended;
    let selection = match (run.config.search.selection(split.train.len()), &run.table.keys.parting) {
        // Time has but one order.
        (Selection::Simplest { .. }, Parting::Time(_)) => Selection::Simplest { repeats: 0 },
        (selection, _) => selection,
    };
    let choice = select(&leaderboard, &run.cross_validation(&split.train), selection, run.stop())?;
    Ok(Chosen { split, rows, leaderboard, choice })
}
