//! How the champion's kind of model does on rows that it has not learned from.

use model_core::IntervalSummary;

use super::groups::{GROUP_LEVEL, GroupErrors, group_errors};
use crate::folds::fit_data::FitData;
use crate::table::Table;
use crate::trust::conformal::{OutOfFold, covered_out_of_fold};
use crate::trust::coverage::Covered;

/// The levels at which intervals are checked, in percent.
const LEVELS: [u32; 10] = [50, 55, 60, 65, 70, 75, 80, 85, 90, 95];

/// The rows that were learned from, each predicted by a model that had not seen it.
pub(crate) struct OutOfFoldFigures {
    /// Their indices in the table; of a large table not all.
    pub(crate) rows: Vec<u32>,
    /// The target of each.
    pub(crate) actual: Vec<f64>,
    /// The unbounded prediction for each.
    pub(crate) predicted: Vec<f64>,
    /// How often the truth lay within intervals made of the other folds' errors, one a level.
    pub(crate) coverage: Vec<Covered>,
    /// Errors by every value of every categorical column that at least 10 of them have.
    pub(crate) groups: Vec<GroupErrors>,
    /// How many models there were.
    pub(crate) n_folds: usize,
}

impl OutOfFoldFigures {
    /// `data` are the rows that `out_of_fold` has predictions for; `intervals` says what intervals are made of.
    pub(crate) fn new(table: &Table, data: &FitData, out_of_fold: &OutOfFold, intervals: &IntervalSummary) -> Self {
        let rows = out_of_fold.rows.clone();
        let is_covered = covered_out_of_fold(data, out_of_fold, intervals, &LEVELS);
        let of_level =
            |(level, is_covered): (&u32, &Vec<bool>)| Covered::new(f64::from(*level), is_covered.iter().copied());
        let of_groups = LEVELS.iter().position(|level| *level == GROUP_LEVEL).map(|idx| &is_covered[idx][..]);
        Self {
            actual: data.target().to_vec(),
            predicted: out_of_fold.predicted.clone(),
            coverage: LEVELS.iter().zip(&is_covered).map(of_level).collect(),
            groups: group_errors(table, &rows, &out_of_fold.predicted, of_groups),
            rows,
            n_folds: out_of_fold.n_folds,
        }
    }
}
