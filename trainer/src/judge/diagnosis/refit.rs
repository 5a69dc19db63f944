//! The champion fitted again to the folds that chose it: with fewer columns, or with fewer rows.

use model_core::{DateRole, Params};

use crate::folds::fit_data::FitData;
use crate::folds::prepare::PreparedFold;
use crate::folds::stop_signal::StopSignal;
use crate::judge::diagnosis::Subject;
use crate::learn::Candidate;
use crate::learn::FitError;
use crate::search::cross_validation::CrossValidation;
use crate::search::fit_seed::{FitPurpose, fit_seed};
use crate::search::work::work;
use crate::table::Table;
use crate::table::keys::{Key, Parting};

/// Rows for families that are fitted in no time, and for the others; of those that take long, as few as the work below allows.
const MAX_ROWS: [usize; 2] = [20_000, 4_000];
const LEAST_ROWS: usize = 600;
/// Columns that are left out in turn, of a fast family and of others; those marked as sensitive come first, then the most
/// important.
pub(super) const MAX_COLUMNS: [usize; 2] = [60, 20];
/// The work of all fits, in cells that they look at.
const MAX_WORK: f64 = 1.5e8;
/// Fits of all rows that the learning curve and the model of all columns come to, about.
const OTHER_FITS: usize = 4;
/// Families whose fit is one system of equations or a few passes.
const FAST: [&str; 4] = ["linear", "ridge", "lasso", "elastic-net"];

fn is_fast(candidate: &Candidate) -> bool {
    FAST.contains(&candidate.learner.family())
}

/// How many rows the champion is fitted to again, of so many that chose it, and about what work that is.
pub(crate) fn rows_and_work(candidate: &Candidate, n_rows: usize, n_columns: usize, n_folds: usize) -> (usize, f64) {
    let idx = usize::from(!is_fast(candidate));
    let fits = (n_columns.min(MAX_COLUMNS[idx]) + OTHER_FITS) * (n_folds - 1);
    let work_a_row = work(candidate.learner.passes(&candidate.params), fits, n_columns);
    let within_work = ((MAX_WORK / work_a_row) as usize).max(LEAST_ROWS);
    let n_rows = n_rows.min(MAX_ROWS[idx]).min(within_work);
    (n_rows, work_a_row * n_rows as f64)
}

/// Fits the champion's candidate again.
pub(super) struct Refitter<'a> {
    pub(super) candidate: &'a Candidate,
    /// That which chose the champion, over the first of its rows.
    pub(super) cross_validation: CrossValidation<'a>,
    pub(super) is_fast: bool,
    stop: &'a StopSignal,
}

/// Predictions of each fold's validation rows by a model of the others, one fold after the other.
pub(super) struct Refitted {
    pub(super) r2_folds: Vec<f64>,
    /// The rows that were predicted.
    pub(super) rows: Vec<u32>,
    pub(super) predicted: Vec<f64>,
    /// The folds that were fitted to.
    pub(super) folds: Vec<PreparedFold>,
}

impl<'a> Refitter<'a> {
    pub(super) fn new(subject: &Subject<'a>, stop: &'a StopSignal) -> Self {
        let CrossValidation { table, rows, n_folds, .. } = subject.cross_validation;
        let (n_rows, _) = rows_and_work(subject.candidate, rows.len(), table.columns.len(), n_folds);
        let (rows, is_fast) = (&rows[..n_rows], is_fast(subject.candidate));
        let cross_validation = CrossValidation { rows, ..subject.cross_validation };
        Self { candidate: subject.candidate, cross_validation, is_fast, stop }
    }

    /// With all columns; `None` once the time is up.
    pub(super) fn all_columns(&self) -> Result<Option<Refitted>, FitError> {
        self.refit(self.cross_validation.table, &self.candidate.params)
    }

    /// R² on the folds of another key, without what it stands for among the columns; `None` once the time is up.
    pub(super) fn by_groups(&self, key: &Key) -> Result<Option<Vec<f64>>, FitError> {
        let mut table = self.cross_validation.table.clone();
        table.columns.retain(|column| column.name != key.column);
        table.keys.parting = Parting::Groups(key.clone());
        if table.columns.is_empty() {
            return Ok(None);
        }
        let params = self.without_directions(|column| column != key.column);
        Ok(self.refit(&table, &params)?.map(|refitted| refitted.r2_folds))
    }

    /// With those columns only for whose names `is_kept` holds; `None` once the time is up.
    pub(super) fn with_columns(&self, is_kept: impl Fn(&str) -> bool) -> Result<Option<Refitted>, FitError> {
        let mut table = self.cross_validation.table.clone();
        // What follows from a date goes with it.
        let source = |name: &str| match table.dates.get(name) {
            Some(DateRole::Month { of } | DateRole::Weekday { of }) => of.clone(),
            _ => name.to_owned(),
        };
        table.columns.retain(|column| is_kept(&source(&column.name)));
        self.refit(&table, &self.without_directions(is_kept))
    }

    /// The candidate's parameters; a direction for a column that isn't there would be an error.
    fn without_directions(&self, is_kept: impl Fn(&str) -> bool) -> Params {
        let mut params = self.candidate.params.clone();
        if let Some(monotone) = params.get_mut("monotone").and_then(serde_json::Value::as_object_mut) {
            monotone.retain(|column, _| is_kept(column));
        }
        params
    }

    fn refit(&self, table: &Table, params: &Params) -> Result<Option<Refitted>, FitError> {
        if self.stop.is_due() {
            return Ok(None);
        }
        let folds = CrossValidation { table, ..self.cross_validation }.folds(self.stop);
        let rows = folds.iter().flat_map(|fold| fold.validation.rows()).copied().collect();
        let mut refitted = Refitted { r2_folds: Vec::new(), rows, predicted: Vec::new(), folds: Vec::new() };
        for (fold, PreparedFold { train, validation }) in folds.iter().enumerate() {
            let seed = self.seed(fold);
            let lists = self.candidate.learner.evaluate(&[params], train, validation, seed)?;
            let predicted = lists.into_iter().next().unwrap_or_default();
            if self.stop.is_due() {
                return Ok(None);
            }
            refitted.r2_folds.push(validation.r2(&predicted));
            refitted.predicted.extend(predicted);
        }
        refitted.folds = folds;
        Ok(Some(refitted))
    }

    /// R² of a model of `train` on `validation`, and on `train` itself.
    pub(super) fn scores(&self, fold: usize, train: &FitData, validation: &FitData) -> Result<(f64, f64), FitError> {
        let Candidate { learner, params } = self.candidate;
        let model = learner.fit(params, train, self.seed(fold))?;
        let features = learner.abilities().features;
        let score = |data: &FitData| data.r2(&data.predict(&model, features));
        Ok((score(validation), score(train)))
    }

    fn seed(&self, fold: usize) -> u64 {
        fit_seed(self.cross_validation.seed, self.candidate, FitPurpose::Fold(fold))
    }

    /// Ends fits to these rows when the time is up.
    pub(super) fn stoppable(&self, fold: PreparedFold) -> PreparedFold {
        fold.stopped_by(self.stop)
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.stop.is_due()
    }
}
