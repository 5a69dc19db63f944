//! A training run, from a table to the artifacts.
//!
//! In: a table, a configuration, and how to be stopped. Out: an [`Outcome`], the content of every file, and [`publish()`],
//! which writes a set of files. Each stage is a file here and takes what the one before it gives. It knows nothing of
//! terminals and of where files are.

mod ahead;
mod blend;
mod bounded;
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
use self::check::check;
use self::choose::choose;
use self::clock::Clock;
pub use self::clock::Stage;
use self::fit::fit;
use self::judge::judge;
pub use self::outcome::{Outcome, TrainError};
use self::report::report;
use self::run::Run;
use self::search::search;
use crate::config::Config;
use crate::search::cross_validation::SearchControl;
use crate::table::Table;

/// Learns from `table`, whose CSV has the given SHA-256.
///
/// # Errors
/// See [`TrainError`].
pub fn train(
    table: &Table,
    data_sha256: &str,
    config: &Config,
    control: &SearchControl<'_>,
) -> Result<Outcome, TrainError> {
    let mut clock = Clock::start();
    let (table, notices) = bounded(table, config);
    let (run, split) = Run::new(&table, data_sha256, config, control)?;
    clock.lap("split");
    let searched = search(&run, split)?;
    clock.lap("search");
    let searched = add_blend(&run, searched)?;
    clock.lap("blend");
    let chosen = choose(&run, searched)?;
    clock.lap("select");
    let ahead = Ahead::of(&run, &chosen.first().candidate, chosen.split.train.len());
    ahead.announce(&run);
    let fitted = fit(&run, chosen)?;
    ahead.fitted(&run);
    clock.lap("refit");
    let checked = check(&run, fitted)?;
    clock.lap("gates");
    let judged = judge(&run, checked)?;
    clock.lap("diagnosis");
    let reported = report(&run, judged)?;
    clock.lap("report");
    Ok(reported.outcome(clock.stages(), notices))
}
