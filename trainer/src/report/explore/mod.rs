//! A look at a file of records before anything is learned from it: one HTML page for the analyst.
//!
//! It shows what training would use and what it would leave out, what is suspicious, and what each column has to do with
//! the target. Figures of groups of fewer than 10 records are hidden unless asked for, but single records are drawn as
//! points, so the page is not for publication.

mod data;
mod page;
mod relations;
mod suspicious;

use reader::ReadingReport;

use crate::table::ingest::RawColumn;
use crate::table::target_guess::TargetGuess;

use self::data::Data;
pub(crate) use self::data::taken;
pub(crate) use self::page::{MAX_CODES, hidden};
pub(crate) use self::relations::{target_along, target_by_value};

/// What an exploration may be told.
#[derive(Debug, Clone)]
pub struct ExploreOptions {
    /// The file's name, for the page.
    pub file: String,
    /// The column to predict, with the reason why it is this one.
    pub target: Option<TargetGuess>,
    /// Whether figures of groups of fewer than 10 records are shown.
    pub show_small: bool,
    /// More rows than this are sampled.
    pub max_rows: usize,
    /// The seed of that sample, and of the folds.
    pub seed: u64,
    /// What was decided to read the file.
    pub reading: ReadingReport,
}

/// The page.
#[must_use]
pub fn explore(columns: &[RawColumn], options: &ExploreOptions) -> String {
    let data = Data::new(columns, options);
    page::page(&data, options).render()
}
