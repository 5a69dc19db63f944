//! Exploratory data analysis of a file of records before training: one HTML page for the analyst.
//!
//! It shows which columns training would use and which it would leave out, suspicious findings, and the relation of
//! each column to the target. Figures of groups of fewer than 10 records are hidden unless requested, but single
//! records are drawn as points, so the page is not for publication.

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

/// Options of an exploration.
#[derive(Debug, Clone)]
pub struct ExploreOptions {
    /// The file's name, for the page.
    pub file: String,
    /// The column to predict, with the reason for the choice.
    pub target: Option<TargetGuess>,
    /// Whether figures of groups of fewer than 10 records are shown.
    pub show_small: bool,
    /// A sample is taken if there are more rows than this.
    pub max_rows: usize,
    /// The seed of that sample, and of the folds.
    pub seed: u64,
    /// The decisions made in reading the file.
    pub reading: ReadingReport,
}

/// The page.
#[must_use]
pub fn explore(columns: &[RawColumn], options: &ExploreOptions) -> String {
    let data = Data::new(columns, options);
    page::page(&data, options).render()
}
