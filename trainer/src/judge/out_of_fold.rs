//! How the champion's kind of model does on rows that it has not learned from.

use model_core::IntervalSummary;

use super::groups::{GROUP_LEVEL, GroupErrors, MIN_GROUP, group_errors};
use crate::folds::fit_data::FitData;
use crate::metrics::each;
use crate::table::Table;
use crate::trust::conformal::{OutOfFold, chances_out_of_fold, covered_out_of_fold};
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
    /// How often the truth lay within intervals made of the other folds' errors, one per level.
    pub(crate) coverage: Vec<Covered>,
    /// Rows by the chance to reach a mark that they were given, lowest first: its mean in percent as the level, and the
    /// share that reached it. Each row is asked for one of the target's deciles; few rows are left out.
    pub(crate) chances: Vec<Covered>,
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

/// The nine marks that cut the targets into tenths.
fn deciles(target: &[f64]) -> Vec<f64> {
    let mut ascending = target.to_vec();
    ascending.sort_unstable_by(f64::total_cmp);
    (1..10).map(|tenth| ascending[ascending.len() * tenth / 10]).collect()
}

/// Rows with similar chances together, by tenths.
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
        // 40 rows with a chance of 25 %, of which 10 reached their mark, and too few others.
        let rows: Vec<(f64, bool)> =
            (0..40).map(|row| (0.25, row % 4 == 0)).chain([(0.9, true), (1.0, true)]).collect();
        let chances = by_chance(&rows, None);
        assert_eq!(chances.len(), 1);
        assert_eq!((chances[0].level, chances[0].share, chances[0].is_off()), (25.0, 0.25, false));
        assert_eq!(deciles(&(0..100).map(f64::from).collect::<Vec<_>>())[0], 10.0);
    }
}
