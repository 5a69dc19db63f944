//! The champion fitted again to the folds that chose it: with fewer columns, or with fewer rows.

use model_core::Params;

use crate::folds::fit_data::FitData;
use crate::folds::stop_signal::StopSignal;
use crate::judge::diagnosis::Subject;
use crate::learn::Candidate;
use crate::learn::FitError;
use crate::metrics::r2_of;
use crate::search::leaderboard::{fold_seed, prepare_stoppable};
use crate::table::Table;

/// Rows for families that are fitted in no time, and for the others.
const MAX_ROWS: [usize; 2] = [20_000, 4_000];
/// Families whose fit is one system of equations or a few passes.
const FAST: [&str; 4] = ["linear", "ridge", "lasso", "elastic-net"];

/// Fits the champion's candidate again.
pub(super) struct Refitter<'a> {
    pub(super) candidate: &'a Candidate,
    pub(super) table: &'a Table,
    /// The rows that take part, in random order.
    pub(super) rows: &'a [u32],
    pub(super) n_folds: usize,
    pub(super) is_fast: bool,
    seed: u64,
    stop: &'a StopSignal,
}

/// Predictions of each fold's validation rows by a model of the others, one fold after the other: they stand for
/// [`Refitter::rows`] in their order.
pub(super) struct Refitted {
    pub(super) r2_folds: Vec<f64>,
    pub(super) predicted: Vec<f64>,
    /// The folds that were fitted to.
    pub(super) folds: Vec<(FitData, FitData)>,
}

impl<'a> Refitter<'a> {
    pub(super) fn new(subject: &Subject<'a>, stop: &'a StopSignal) -> Self {
        let is_fast = FAST.contains(&subject.candidate.learner.family());
        let max_rows = MAX_ROWS[usize::from(!is_fast)];
        Self {
            candidate: subject.candidate,
            table: subject.table,
            rows: &subject.train[..subject.train.len().min(max_rows)],
            n_folds: subject.n_folds,
            is_fast,
            seed: subject.seed,
            stop,
        }
    }

    /// With all columns; `None` once the time is up.
    pub(super) fn all_columns(&self) -> Result<Option<Refitted>, FitError> {
        self.refit(self.table, &self.candidate.params)
    }

    /// With those columns only for whose names `is_kept` holds; `None` once the time is up.
    pub(super) fn with_columns(&self, is_kept: impl Fn(&str) -> bool) -> Result<Option<Refitted>, FitError> {
        let mut table = self.table.clone();
        table.columns.retain(|column| is_kept(&column.name));
        let mut params = self.candidate.params.clone();
        // A direction for a column that isn't there would be an error.
        if let Some(monotone) = params.get_mut("monotone").and_then(serde_json::Value::as_object_mut) {
            monotone.retain(|column, _| is_kept(column));
        }
        self.refit(&table, &params)
    }

    fn refit(&self, table: &Table, params: &Params) -> Result<Option<Refitted>, FitError> {
        if self.stop.is_due() {
            return Ok(None);
        }
        let folds = prepare_stoppable(table, self.rows, self.n_folds, self.stop);
        let mut refitted = Refitted { r2_folds: Vec::new(), predicted: Vec::new(), folds: Vec::new() };
        for (fold, (train, validation)) in folds.iter().enumerate() {
            let seed = fold_seed(self.seed, self.candidate, fold);
            let lists = self.candidate.learner.evaluate(&[params], train, validation, seed)?;
            let predicted = lists.into_iter().next().unwrap_or_default();
            if self.stop.is_due() {
                return Ok(None);
            }
            refitted.r2_folds.push(r2_of(|| validation.targets(), &predicted));
            refitted.predicted.extend(predicted);
        }
        refitted.folds = folds;
        Ok(Some(refitted))
    }

    /// R² of a model of `train` on `validation`, and on `train` itself.
    pub(super) fn scores(&self, fold: usize, train: &FitData, validation: &FitData) -> Result<(f64, f64), FitError> {
        let Candidate { learner, params } = self.candidate;
        let model = learner.fit(params, train, fold_seed(self.seed, self.candidate, fold))?;
        let features = learner.abilities().features;
        let score = |data: &FitData| r2_of(|| data.targets(), &data.predict(&model, features));
        Ok((score(validation), score(train)))
    }

    /// Ends fits to these rows when the time is up.
    pub(super) fn stoppable(&self, data: FitData) -> FitData {
        data.stopped_by(self.stop.clone())
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.stop.is_due()
    }
}
