//! Learns a Scorecast predictor from a CSV file.
//!
//! The straight line of a training run stands in [`train()`]: split, search, choose, refit, judge once. Reading and
//! writing files, logs and the command line are left to the binary `scorecast`, except for [`publish`].

mod background;
mod batch;
mod blend;
mod blocks;
mod candidates_file;
mod cells;
mod cohort;
mod compare;
mod config;
mod conformal;
mod coverage;
mod diagnosis;
mod drift;
mod evaluate;
mod explore;
mod fit_data;
mod gates;
mod golden;
mod groups;
pub mod html;
mod ingest;
mod learner;
mod limits;
mod metrics;
mod preprocess;
mod publish;
mod random;
mod report_page;
mod roles;
mod rows;
mod sample;
mod samples;
mod search;
mod select;
mod solo;
mod split;
mod stop_signal;
mod table;
mod train;
mod tree;

pub use background::summarise;
pub use batch::{BatchColumns, BatchError, BatchSummary, predict_csv};
pub use blocks::sniff_delimiter;
pub use candidates_file::{CandidatesError, read_grid, read_params};
pub use cells::{Codes, Numbers};
pub use compare::{CompareError, Comparison, Difference, Differences, Figures, GroupChange, Verdict, compare};
pub use config::{
    CONFIG_FILE, ColumnConfig, Config, ConfigError, Day, Gates, KindConfig, SearchConfig, SelectRule, TargetGuess,
    guess_target, write_config,
};
pub use conformal::{OutOfFold, conformal_quantile, intervals, out_of_fold};
pub use coverage::{Covered, coverage};
pub use drift::{ColumnDrift, Reference, ReferenceColumn, ReferenceError, drift};
pub use evaluate::{Evaluation, evaluate};
pub use explore::{ExploreOptions, explore};
pub use fit_data::{Features, FitData};
pub use golden::golden_records;
pub use groups::{GroupErrors, MIN_GROUP, group_errors};
pub use ingest::{
    IngestError, IngestOptions, Ingested, Place, RawColumn, ingest, ingest_from, ingest_known, read_columns,
    read_header,
};
pub use learner::{Abilities, BLEND, FitError, Grid, LEARNERS, Learner, families, learner};
pub use limits::{LimitsChoice, LimitsError};
pub use metrics::{mean_and_sd, r2, score};
pub use preprocess::{RowReader, fit_preprocessor};
pub use publish::{PublishError, publish};
pub use random::SplitMix64;
pub use rows::RowIdx;
pub use sample::{HEADER, write_sample};
pub use samples::Samples;
pub use search::{Candidate, Leaderboard, SearchControl, candidates, fold_seed, prepare, prepare_k_folds, search};
pub use select::{Choice, Selection, select};
pub use split::{Fold, Split, SplitError, holdout_split, k_folds};
pub use stop_signal::StopSignal;
pub use table::{BLANK, ColumnData, Table, TableColumn};
pub use train::{Outcome, Stage, TrainError, TrainOptions, train};
pub use tree::{Binned, BinnedColumn};
