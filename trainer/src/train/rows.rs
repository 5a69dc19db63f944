//! All training rows, preprocessed: the champion is fitted to them.

use super::run::Run;
use crate::config::classic_schema::mark_classic;
use crate::folds::fit_data::FitData;
use crate::folds::preprocess::fit_preprocessor;
use crate::folds::split::Split;
use crate::table::row_idx::narrow_rows;
use crate::trust::{background, conformal};

/// The training rows, prepared for later stages.
pub(super) struct TrainingRows {
    /// All of them; if there are many, in the table's order.
    pub(super) all: FitData,
    /// The first single rows in the split's random order: a sample if there are many.
    pub(super) first: FitData,
    /// A notice if limits of the target are assumed.
    pub(super) limits_notice: Option<String>,
}

impl TrainingRows {
    /// Fits the preprocessor to the training rows and completes its schema from the configuration.
    pub(super) fn new(run: &Run<'_>, split: &Split) -> Self {
        let train = &split.train[..];
        let (single, single_split) = run.single_rows(split);
        let first = &single_split.train[..];
        let Run { learned: table, config, .. } = run;
        let rows = narrow_rows(train, table.n_rows());
        let mut preprocessor = fit_preprocessor(table, &rows, None);
        let schema = &mut preprocessor.schema;
        let (limits, limits_notice) = config.limits.unwrap_or_default().resolve(schema.target.observed);
        schema.target.limits = limits;
        config.apply(schema);
        mark_classic(schema, config);
        Self {
            first: FitData::new(
                &preprocessor,
                single,
                &first[..first.len().min(conformal::MAX_ROWS.max(background::MAX_ROWS))],
            ),
            all: FitData::of_rows(&preprocessor, table, rows),
            limits_notice,
        }
    }
}
