//! Stage: evaluates the champion, as written, once on the holdout, and diagnoses it.

use model_core::{Coverage, GroupCoverage, HoldoutScore, Predictor};

use super::check::Checked;
use super::outcome::TrainError;
use super::run::Run;
use crate::folds::fit_data::FitData;
use crate::folds::predict_table::predict_table;
use crate::judge::diagnosis::{Diagnosis, Subject, diagnose};
use crate::judge::groups::{CountedGroup, group_biases};
use crate::metrics::score;
use crate::table::Table;
use crate::table::cells::Cells;
use crate::table::row_idx::{narrow_rows, weights_of};
use crate::trust::coverage::coverage;

/// The champion and all its figures.
pub(super) struct Judged {
    pub(super) checked: Checked,
    /// Parsed from the written artifacts.
    pub(super) predictor: Predictor,
    pub(super) holdout: HoldoutFigures,
    pub(super) diagnosis: Diagnosis,
}

/// The champion's figures on the holdout.
pub(super) struct HoldoutFigures {
    pub(super) actual: Vec<f64>,
    /// Unbounded predictions.
    pub(super) predicted: Vec<f64>,
    /// The weights, if rows are weighted.
    pub(super) weights: Option<Vec<f64>>,
    pub(super) score: HoldoutScore,
    pub(super) coverage: Vec<Coverage>,
    pub(super) groups: Vec<GroupCoverage>,
    /// Of all records that cells stand for; empty where rows are looked at one by one.
    pub(super) biases: Vec<CountedGroup>,
}

pub(super) fn judge(run: &Run<'_>, checked: Checked) -> Result<Judged, TrainError> {
    let (split, artifacts) = (&checked.fitted.chosen.split, &checked.fitted.artifacts);
    let predictor = Predictor::from_json(&artifacts.preprocessor_json, &artifacts.model_json)?;
    let (single, single_split) = run.single_rows(split);
    let mut holdout = HoldoutFigures::new(&predictor, single, &single_split.holdout);
    // Of numbers that were rounded, the cells' R² would be that of other records.
    if let Some(cells) = run.learned.cells.as_ref().filter(|cells| cells.rounded.is_empty()) {
        holdout.count_all(&predictor, &run.learned, cells, &split.holdout);
    }
    let subject = Subject {
        predictor: &predictor,
        candidate: &checked.fitted.champion().candidate,
        cross_validation: run.single_cross_validation(checked.fitted.chosen.searched_rows()),
        holdout: &single_split.holdout,
    };
    let diagnosis = diagnose(&subject, run.stop())?;
    Ok(Judged { checked, predictor, holdout, diagnosis })
}

impl HoldoutFigures {
    fn new(predictor: &Predictor, table: &Table, holdout: &[u32]) -> Self {
        let rows = narrow_rows(holdout, table.n_rows());
        let actual: Vec<f64> = rows.iter().map(|row| table.target[*row as usize]).collect();
        let predicted = predict_table(predictor, table, &rows);
        let weights = weights_of(table, &rows);
        let score = score(&actual, &predicted, weights.as_deref());
        let (coverage, groups) = coverage(predictor, table, &rows);
        Self { actual, predicted, weights, score, coverage, groups, biases: Vec::new() }
    }

    /// Replaces figures that are means or sums of squares by those over all records of the cells `holdout`.
    fn count_all(&mut self, predictor: &Predictor, table: &Table, cells: &Cells, holdout: &[u32]) {
        let data = FitData::new(predictor.preprocessor(), table, holdout);
        let predicted = predict_table(predictor, table, data.rows());
        (self.score.r2, self.score.rmse) = (data.r2(&predicted), data.rmse(&predicted));
        // What is held back is one part, of which each cell has features of its own.
        self.biases = group_biases(table, cells, data.rows(), &predicted);
    }
}
