//! Learns a Scorecast predictor from a CSV file.
//!
//! Data passes through the modules in this order, and each imports only from those before it (checked by
//! `tests/library/layers.rs`): `table`, `engine`, `folds`, `learn`, `search`, `trust`, `judge`, `report`, `config`,
//! `train`; `predict` needs only a table's reader and a finished model. [`train()`] reads as the list of a run's
//! stages. The command line is in the binary.

// What users can reach must not panic (docs/reliability.md).
#![cfg_attr(
    not(test),
    warn(
        clippy::expect_used,
        clippy::panic,
        clippy::print_stderr,
        clippy::print_stdout,
        clippy::unreachable,
        clippy::unwrap_used
    )
)]

mod config;
mod engine;
mod folds;
mod judge;
mod learn;
mod metrics;
mod predict;
mod random;
mod report;
mod search;
mod sql;
mod table;
mod train;
mod trust;

pub use config::limits::{LimitsChoice, LimitsError};
pub use config::{
    CONFIG_FILE, CardConfig, ColumnConfig, Config, ConfigError, DatesConfig, Day, DecimalConfig, DirectionConfig,
    Family, GridChoice, IntervalsConfig, KindConfig, SearchOptions, SelectRule, write_config,
};
pub use engine::{Queries, QueryOptions, queries};
pub use folds::binned::{Binned, BinnedColumn};
pub use folds::fit_data::{Features, FitData};
pub use folds::parted::{folds_of, table_split};
pub use folds::prepare::{PreparedFold, prepare, prepare_k_folds};
pub use folds::preprocess::{RowReader, fit_preprocessor};
pub use folds::samples::Samples;
pub use folds::split::{Fold, Split, SplitError, holdout_split, k_folds};
pub use folds::stop_signal::StopSignal;
pub use judge::compare::{
    CompareError, Comparison, Contestant, Difference, Differences, Figures, GroupChange, Verdict, compare,
};
pub use judge::drift::{ColumnDrift, Reference, ReferenceColumn, ReferenceError, drift};
pub use judge::evaluate::{Evaluation, evaluate};
pub use judge::gates::Gates;
pub use judge::groups::{GroupErrors, MIN_GROUP, group_errors};
pub use learn::{Abilities, BLEND, Candidate, FitError, Grid, LEARNERS, Learner, families, learner};
pub use metrics::{mean_and_sd, r2, score};
#[cfg(feature = "cli")]
pub use predict::WorkbookSink;
pub use predict::sql::{SqlError, SqlOptions, to_sql};
pub use predict::{BatchColumns, BatchError, BatchInput, BatchSummary, Sink, Written, predict_csv, predict_to};
pub use random::SplitMix64;
pub use reader::{Decimal, Location, Notation, ReadError, ReadOptions, ReadingReport};
pub use report::explore::{ExploreOptions, explore};
pub use report::html;
pub use search::candidates::candidates;
pub use search::cross_validation::{CrossValidation, Event, Search, SearchControl};
pub use search::effort::Effort;
pub use search::fit_seed::{FitPurpose, fit_seed};
pub use search::grid_file::{CandidatesError, read_grid, read_params};
pub use search::leaderboard::Scored;
pub use search::select::{Choice, Selection, select};
pub use sql::Dialect as SqlDialect;
pub use table::cells::Cells;
pub use table::compact::{Codes, Numbers};
pub use table::fictional::{HEADER, write_sample};
pub use table::ingest::{
    CellColumn, CellsError, IngestError, IngestOptions, Ingested, MIN_CATEGORY_ROWS, OpenedFile, RawColumn, RowColumns,
    ingest, ingest_cells, ingest_from, ingest_known, read_columns,
};
pub use table::keys::{Key, Parting, RowKeys};
pub use table::rounding::{Rounding, Roundings, cells_at_least, roundings};
pub use table::row_idx::RowIdx;
pub use table::target_guess::{TargetGuess, guess_target};
pub use table::{BLANK, ColumnData, MostColumns, Table, TableColumn};
pub use train::publish::{FolderLock, NewFile, Publication, PublishError, publish};
pub use train::{Outcome, Stage, TrainError, planned_work, resolve_candidates, train};
pub use trust::background::summarise;
pub use trust::conformal::{OutOfFold, conformal_quantile, intervals, out_of_fold};
pub use trust::coverage::{Covered, coverage};
pub use trust::golden::golden_records;
