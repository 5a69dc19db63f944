//! Out-of-fold performance of the champion's family and parameters.

use model_core::IntervalSummary;

use super::groups::{GROUP_LEVEL, GroupErrors, MIN_GROUP, group_errors};
use crate::folds::fit_data::FitData;
use crate::metrics::each;
use crate::table::Table;
use crate::trust::conformal::{OutOfFold, chances_out_of_fold, covered_out_of_fold};
use crate::trust::coverage::Covered;

/// The levels at which coverage is measured, in percent.
const LEVELS: [u32; 10] = [50, 55, 60, 65, 70, 75, 80, 85, 90, 95];

/// The training rows, each predicted by a model that was not trained on it.
pub(crate) struct OutOfFoldFigures {
    /// Their indices in the table; a subset for a large table.
    pub(crate) rows: Vec<u32>,
    /// The target of each.
    pub(crate) actual: Vec<f64>,
    /// The unbounded prediction for each.
    pub(crate) predicted: Vec<f64>,
    /// The coverage of intervals from the other folds' residuals, one per level.
    pub(crate) coverage: Vec<Covered>,
    /// Calibration of the probability to reach a mark, in ascending order: the mean probability in percent as the
    /// level, and the share of rows that reached it. For each row the mark is one of the target's deciles; bins of few
    /// rows are left out.
    pub(crate) chances: Vec<Covered>,
    /// Errors by value of each categorical column, for values of at least 10 rows.
    pub(crate) groups: Vec<GroupErrors>,
    /// The number of folds.
    pub(crate) n_folds: usize,
}

impl OutOfFoldFigures {
    /// `data` are the rows predicted in `out_of_fold`; `intervals` are the inputs of intervals.
    pub(crate) fn new(table: &Table, data: &FitData, out_of_fold: &OutOfFold, intervals: &IntervalSummary) -> Self {
        let rows = out_of_fold.rows.clone();
        let is_covered = covered_out_of_fold(data, out_of_fold, intervals, &LEVELS);
        let of_level = |(level, is_covered): (&u32, &Vec<bool>)| {
            Covered::new(f64::from(*level), is_covered.iter().copied().zip(each(data.weights())))
        };
        let of_groups = LEVELS.iter().position(|level| *level == GROUP_LEVEL).map(|idx| &is_covered[idx][..]);
        Self {
            actual: data.target().to_vec(),
            predicted: out_of_fold.predicted.clone(),
            coverage: LEVELS.iter().zip(&is_covered).map(of_level).collect(),
            chances: by_chance(
                &chances_out_of_fold(data, out_of_fold, intervals, &deciles(data.target())),
                data.weights(),
            ),
            groups: group_errors(table, &rows, &out_of_fold.predicted, of_groups),
            rows,
            n_folds: out_of_fold.n_folds,
        }
    }
}

/// The nine deciles of the targets.
fn deciles(target: &[f64]) -> Vec<f64> {
    let mut ascending = target.to_vec();
    ascending.sort_unstable_by(f64::total_cmp);
    (1..10).map(|tenth| ascending[ascending.len() * tenth / 10]).collect()
}

/// Groups rows by tenths of their probability.
fn by_chance(chances: &[(f64, bool)], weights: Option<&[f64]>) -> Vec<Covered> {
    let of_tenth = |tenth: usize| {
        let weighted = chances.iter().zip(each(weights));
        let rows = || weighted.clone().filter(move |((chance, _), _)| ((chance * 10.0) as usize).min(9) == tenth);
        let count: f64 = rows().map(|(_, weight)| weight).sum();
        let percent = 100.0 * rows().map(|((chance, _), weight)| weight * chance).sum::<f64>() / count;
        (rows().count() >= MIN_GROUP)
            .then(|| Covered::new(percent, rows().map(|((_, is_reached), weight)| (*is_reached, weight))))
    };
    (0..10).filter_map(of_tenth).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_with_similar_chances_are_judged_together() {
        // 40 rows with a probability of 25 %, of which 10 reached their mark, and too few others.
        let rows: Vec<(f64, bool)> =
            (0..40).map(|row| (0.25, row % 4 == 0)).chain([(0.9, true), (1.0, true)]).collect();
        let chances = by_chance(&rows, None);
        assert_eq!(chances.len(), 1);
        assert_eq!((chances[0].level, chances[0].share, chances[0].is_off()), (25.0, 0.25, false));
        assert_eq!(deciles(&(0..100).map(f64::from).collect::<Vec<_>>())[0], 10.0);
    }
}
