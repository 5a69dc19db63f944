//! A training run, from a table to the artifacts.
//!
//! Input: a table, a configuration, and a stop signal. Output: an [`Outcome`], the content of every file; and
//! [`publish::publish`], which writes a set of files. Each stage is a file here that takes the result of the previous
//! one. This module knows neither terminals nor paths.

mod ahead;
mod blend;
mod bounded;
mod candidates;
mod check;
mod choose;
mod clock;
mod fit;
mod judge;
mod outcome;
pub(crate) mod publish;
mod reason;
mod report;
mod rows;
mod run;
mod search;

use self::ahead::Ahead;
use self::blend::add_blend;
use self::bounded::bounded;
pub use self::candidates::resolve_candidates;
use self::check::check;
use self::choose::choose;
use self::clock::Clock;
pub use self::clock::Stage;
use self::fit::fit;
use self::judge::judge;
pub use self::outcome::{Outcome, TrainError};
use self::report::report;
use self::run::Run;
use self::search::{planned, search};
use crate::config::Config;
use crate::search::cross_validation::SearchControl;
use crate::table::Table;

/// Trains on `table`, whose CSV has the given SHA-256.
///
/// # Errors
/// See [`TrainError`].
pub fn train(
    table: &Table,
    data_sha256: &str,
    config: &Config,
    control: &SearchControl<'_>,
) -> Result<Outcome, TrainError> {
    let mut clock = Clock::new(control);
    let (table, notices) = bounded(table, config);
    let (run, split) = clock.time("split", || Run::new(&table, data_sha256, config, control))?;
    let searched = clock.time("search", || search(&run, split))?;
    let searched = clock.time("blend", || add_blend(&run, searched))?;
    let chosen = clock.time("select", || choose(&run, searched))?;
    let ahead = Ahead::of(&run, &chosen.first().candidate, chosen.split.train.len(), chosen.n_rows);
    ahead.announce(&run);
    let fitted = clock.time("refit", || fit(&run, chosen))?;
    ahead.fitted(&run);
    let checked = clock.time("gates", || check(&run, fitted))?;
    let judged = clock.time("diagnosis", || judge(&run, checked))?;
    let reported = clock.time("report", || report(&run, judged))?;
    Ok(reported.outcome(clock.stages(), notices))
}

/// The work of [`train()`], in cells visited by fits, each about 5 ns on one core; `None` if it is unknown.
///
/// # Errors
/// See [`TrainError`].
pub fn planned_work(table: &Table, config: &Config) -> Result<Option<f64>, TrainError> {
    let control = SearchControl::default();
    let (table, _) = bounded(table, config);
    let (run, split) = Run::new(&table, "", config, &control)?;
    planned(&run, &split)
}
