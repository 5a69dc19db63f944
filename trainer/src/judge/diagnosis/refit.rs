//! Refits the champion on the folds that selected it, with fewer columns or fewer rows.

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

/// The maximal number of rows for fast families and for others; slow ones are further limited by [`MAX_WORK`].
const MAX_ROWS: [usize; 2] = [20_000, 4_000];
const LEAST_ROWS: usize = 600;
/// The number of columns dropped in turn, for fast families and for others: those marked as sensitive first, then the
/// most important.
pub(super) const MAX_COLUMNS: [usize; 2] = [60, 20];
/// The total work of all fits, in cells visited.
const MAX_WORK: f64 = 1.5e8;
/// The learning curve and the model of all columns together cost about as much as this number of fits.
const OTHER_FITS: usize = 4;
/// Families whose fit is one system of equations or a few passes.
const FAST: [&str; 4] = ["linear", "ridge", "lasso", "elastic-net"];

fn is_fast(candidate: &Candidate) -> bool {
    FAST.contains(&candidate.learner.family())
}

/// The number of rows that the champion is refitted on, of the `n_rows` that it was selected on, and the expected work.
pub(crate) fn rows_and_work(candidate: &Candidate, n_rows: usize, n_columns: usize, n_folds: usize) -> (usize, f64) {
    let idx = usize::from(!is_fast(candidate));
    let fits = (n_columns.min(MAX_COLUMNS[idx]) + OTHER_FITS) * (n_folds - 1);
    let work_a_row = work(candidate.learner.passes(&candidate.params), fits, n_columns);
    let within_work = ((MAX_WORK / work_a_row) as usize).max(LEAST_ROWS);
    let n_rows = n_rows.min(MAX_ROWS[idx]).min(within_work);
    (n_rows, work_a_row * n_rows as f64)
}

/// Refits the champion's candidate.
pub(super) struct Refitter<'a> {
    pub(super) candidate: &'a Candidate,
    /// The cross-validation that selected the champion, on the first of its rows.
    pub(super) cross_validation: CrossValidation<'a>,
    pub(super) is_fast: bool,
    stop: &'a StopSignal,
}

/// Out-of-fold predictions, one fold after the other.
pub(super) struct Refitted {
    pub(super) r2_folds: Vec<f64>,
    /// The rows that were predicted.
    pub(super) rows: Vec<u32>,
    pub(super) predicted: Vec<f64>,
    /// The prepared folds.
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

    /// R² on folds by another key, without the key's column; `None` once the time is up.
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

    /// With only the columns whose names match `is_kept`; `None` once the time is up.
    pub(super) fn with_columns(&self, is_kept: impl Fn(&str) -> bool) -> Result<Option<Refitted>, FitError> {
        let mut table = self.cross_validation.table.clone();
        // Columns derived from a date are dropped together with it.
        let source = |name: &str| match table.dates.get(name) {
            Some(DateRole::Month { of } | DateRole::Weekday { of }) => of.clone(),
            _ => name.to_owned(),
        };
        table.columns.retain(|column| is_kept(&source(&column.name)));
        self.refit(&table, &self.without_directions(is_kept))
    }

    /// The candidate's parameters without the directions of dropped columns, which would be an error.
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

    /// R² of a model trained on `train`, on `validation` and on `train` itself.
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
