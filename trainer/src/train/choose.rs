//! Stage: chooses the champion by cross-validation alone.

use model_core::Race;

use super::blend::Blended;
use super::outcome::TrainError;
use super::rows::TrainingRows;
use super::run::Run;
use crate::folds::split::Split;
use crate::search::leaderboard::Scored;
use crate::search::select::{Choice, Selection, select};
use crate::table::keys::Parting;

/// The leaderboard and the order of preference of its candidates.
pub(super) struct Chosen {
    pub(super) split: Split,
    pub(super) rows: TrainingRows,
    pub(super) leaderboard: Vec<Scored>,
    pub(super) choice: Choice,
    /// See [`Searched`](super::search::Searched).
    pub(super) n_rows: usize,
    pub(super) race: Option<Race>,
}

impl Chosen {
    /// The first choice.
    pub(super) fn first(&self) -> &Scored {
        &self.leaderboard[self.choice.order.first().copied().unwrap_or_default()]
    }

    /// The rows on which the champion was chosen.
    pub(super) fn searched_rows(&self) -> &[u32] {
        &self.split.train[..self.n_rows]
    }
}

pub(super) fn choose(run: &Run<'_>, blended: Blended) -> Result<Chosen, TrainError> {
    let Blended { split, rows, leaderboard, n_rows, race } = blended;
    let work = race.iter().flat_map(|race| &race.rungs).map(|rung| rung.cells).sum();
    let n_records = run.table.n_records_of(&split.train[..n_rows]);
    let selection = match (run.config.search.selection(n_records, work), &run.table.keys.parting) {
        // Splits by time and given splits are unique and cannot be repeated.
        (Selection::Simplest { most_work, .. }, Parting::Time(_) | Parting::Given(_)) => {
            Selection::Simplest { repeats: 0, most_work }
        }
        (selection, _) => selection,
    };
    let choice = select(&leaderboard, &run.cross_validation(&split.train[..n_rows]), selection, run.stop())?;
    Ok(Chosen { split, rows, leaderboard, choice, n_rows, race })
}
