//! Champion against challenger on the same new records: replace it or keep it?
//!
//! Both predict each record, so errors are compared record by record; how sure a difference is comes from a paired
//! bootstrap (Efron & Tibshirani 1993): records are drawn anew with replacement, for both models the same ones.

use model_core::Predictor;
use rayon::prelude::*;
use serde::Serialize;
use thiserror::Error;

use super::groups::{GROUP_LEVEL, MIN_GROUP, groups_of};
use crate::folds::predict_table::predict_table;
use crate::metrics::{mean_and_margin, score};
use crate::random::SplitMix64;
use crate::table::Table;
use crate::trust::coverage::{Covered, LEVELS, covered_rows};

/// Draws, for few and for many records.
const N_DRAWS: (usize, usize) = (200, 2_000);
/// Records that are drawn in all, about.
const N_DRAWN: usize = 200_000_000;
const SEED: u64 = 42;

/// What was found; errors in the target's unit, of unbounded predictions.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// Records with a known score.
    pub rows: usize,
    /// How the saved model does.
    pub old: Figures,
    /// How the one that may replace it does.
    pub new: Figures,
    /// New less old, each with its 95 % interval.
    pub differences: Differences,
    /// `paired bootstrap`, and how often it drew.
    pub method: &'static str,
    /// How often records were drawn anew.
    pub draws: usize,
    /// By every value of every categorical column of the old model that at least 10 records have.
    pub groups: Vec<GroupChange>,
    /// What to do.
    pub verdict: Verdict,
}

/// One model's figures.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figures {
    /// Its family.
    pub family: String,
    /// The share of the target's variance that is explained.
    pub r2: f64,
    /// Mean absolute error.
    pub mae: f64,
    /// Root of the mean squared error.
    pub rmse: f64,
    /// Mean of prediction − target.
    pub bias: f64,
    /// How often the score lay within its interval at 90 %; nothing for a model without intervals.
    pub coverage: Option<Covered>,
}

/// New less old.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Differences {
    /// Of R²; above 0 the new model is better.
    pub r2: Difference,
    /// Of the mean absolute error; below 0 the new model is better.
    pub mae: Difference,
    /// Of the root of the mean squared error; below 0 the new model is better.
    pub rmse: Difference,
}

/// A difference with its 95 % interval (percentiles of the draws).
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Difference {
    /// On the records as they are.
    pub value: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// How a group's errors change.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupChange {
    /// The column.
    pub column: String,
    /// The value, or "(blank)".
    pub value: String,
    /// How many records.
    pub n: usize,
    /// Mean of prediction − target by the old model.
    pub bias_old: f64,
    /// The same by the new one.
    pub bias_new: f64,
    /// The mean absolute error of the new model less that of the old one.
    pub mae_change: f64,
    /// Half the width of the 95 % interval of that (paired, Student's t).
    pub mae_change_margin: f64,
}

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The new model's errors are clearly smaller.
    Replace,
    /// The new model's errors are clearly larger.
    KeepBetter,
    /// Which is better can't be told from these records.
    KeepUndecided,
}

/// Models that can't be compared.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CompareError {
    /// They predict different things.
    #[error("the old model predicts \"{old}\" and the new one \"{new}\"; compare models of one target")]
    Targets {
        /// The old model's target.
        old: String,
        /// The new one's.
        new: String,
    },
    /// They were given different records.
    #[error("the models were given {old} and {new} records; give both the same file")]
    Rows {
        /// How many the old one was given.
        old: usize,
        /// How many the new one was given.
        new: usize,
    },
}

/// Compares two models, each with the same records as a table of its own schema's columns.
///
/// # Errors
/// Where they can't be compared.
pub fn compare(old: (&Predictor, &Table), new: (&Predictor, &Table)) -> Result<Comparison, CompareError> {
    let target = |(predictor, _): (&Predictor, &Table)| predictor.schema().target.name.clone();
    if target(old) != target(new) {
        return Err(CompareError::Targets { old: target(old), new: target(new) });
    }
    if old.1.n_rows() != new.1.n_rows() {
        return Err(CompareError::Rows { old: old.1.n_rows(), new: new.1.n_rows() });
    }
    let rows: Vec<u32> = (0..u32::try_from(old.1.n_rows()).unwrap_or(u32::MAX)).collect();
    let actual = old.1.target.to_vec();
    let predicted = [old, new].map(|(predictor, table)| predict_table(predictor, table, &rows));
    let errors = [0, 1].map(|model: usize| {
        predicted[model].iter().zip(&actual).map(|(predicted, actual)| predicted - actual).collect::<Vec<f64>>()
    });
    let draws = (N_DRAWN / rows.len().max(1)).clamp(N_DRAWS.0, N_DRAWS.1);
    let differences = differences(&actual, &errors, draws);
    let figures = |(predictor, table): (&Predictor, &Table), model: usize| {
        let scores = score(&actual, &predicted[model]);
        let level_idx = LEVELS.iter().position(|level| *level == f64::from(GROUP_LEVEL)).unwrap_or_default();
        let covered = |(bits, _): (Vec<u8>, [f64; LEVELS.len()])| {
            Covered::new(LEVELS[level_idx], bits.iter().map(|bits| bits >> level_idx & 1 == 1))
        };
        Figures {
            family: predictor.family().to_owned(),
            r2: scores.r2,
            mae: scores.mae,
            rmse: scores.rmse,
            bias: errors[model].iter().sum::<f64>() / errors[model].len() as f64,
            coverage: covered_rows(predictor, table, &rows).map(covered),
        }
    };
    let group = |(column, value, positions): (&str, &str, Vec<usize>)| {
        let mean = |model: usize| {
            positions.iter().map(|position| errors[model][*position]).sum::<f64>() / positions.len() as f64
        };
        let changes: Vec<f64> =
            positions.iter().map(|position| errors[1][*position].abs() - errors[0][*position].abs()).collect();
        let (mae_change, mae_change_margin) = mean_and_margin(&changes);
        GroupChange {
            column: column.to_owned(),
            value: value.to_owned(),
            n: positions.len(),
            bias_old: mean(0),
            bias_new: mean(1),
            mae_change,
            mae_change_margin,
        }
    };
    Ok(Comparison {
        rows: rows.len(),
        old: figures(old, 0),
        new: figures(new, 1),
        // Drawing a handful of records anew shows a handful of records.
        verdict: if rows.len() < MIN_GROUP { Verdict::KeepUndecided } else { verdict(differences.rmse) },
        differences,
        method: "paired bootstrap",
        draws,
        groups: groups_of(old.1, &rows).into_iter().map(group).collect(),
    })
}

impl GroupChange {
    /// Whether the new model errs clearly more for the group.
    #[must_use]
    pub fn is_worse(&self) -> bool {
        self.mae_change > self.mae_change_margin
    }
}

/// A model is replaced only where the whole interval is on the new model's side.
fn verdict(rmse: Difference) -> Verdict {
    if rmse.high < 0.0 {
        Verdict::Replace
    } else if rmse.low > 0.0 {
        Verdict::KeepBetter
    } else {
        Verdict::KeepUndecided
    }
}

fn differences(actual: &[f64], errors: &[Vec<f64>; 2], draws: usize) -> Differences {
    let of = |positions: &mut dyn Iterator<Item = usize>| {
        let (mut n, mut sum, mut squares) = (0.0, 0.0, 0.0);
        let (mut absolute, mut squared) = ([0.0; 2], [0.0; 2]);
        // Far from 0 the sum of squares would lose what matters.
        let origin = actual.first().copied().unwrap_or_default();
        for position in positions {
            let value = actual[position] - origin;
            (n, sum, squares) = (n + 1.0, sum + value, squares + value * value);
            for model in 0..2 {
                let error = errors[model][position];
                absolute[model] += error.abs();
                squared[model] += error * error;
            }
        }
        let total = squares - sum * sum / n;
        let r2 = if total > 0.0 { (squared[0] - squared[1]) / total } else { 0.0 };
        [r2, (absolute[1] - absolute[0]) / n, (squared[1] / n).sqrt() - (squared[0] / n).sqrt()]
    };
    let n = actual.len();
    let draw = |draw: usize| {
        let mut random = SplitMix64::nth(SEED, draw);
        of(&mut (0..n).map(|_| (random.uniform() * n as f64) as usize))
    };
    let drawn: Vec<[f64; 3]> = (0..draws).into_par_iter().map(draw).collect();
    let observed = of(&mut (0..n));
    let [r2, mae, rmse] = [0, 1, 2].map(|figure: usize| {
        let mut values: Vec<f64> = drawn.iter().map(|figures| figures[figure]).collect();
        values.sort_unstable_by(f64::total_cmp);
        let at = |share: f64| values[((values.len() - 1) as f64 * share).round() as usize];
        Difference { value: observed[figure], low: at(0.025), high: at(0.975) }
    });
    Differences { r2, mae, rmse }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_worked_by_hand() {
        // Old errors 1 and 3, new errors 0 and 1 in size; the target's squares about its mean are 2.
        let errors = [vec![1.0, -3.0], vec![0.0, 1.0]];
        let found = differences(&[1_000_001.0, 1_000_003.0], &errors, 50);
        assert_eq!(found.mae.value, 0.5 - 2.0);
        assert_eq!(found.r2.value, (10.0 - 1.0) / 2.0);
        assert_eq!(found.rmse.value, 0.5_f64.sqrt() - 5.0_f64.sqrt());
        assert!(found.mae.low <= found.mae.value && found.mae.value <= found.mae.high);
    }

    #[test]
    fn the_interval_has_the_width_that_theory_gives() {
        let mut random = SplitMix64::new(5);
        let mut list =
            |scale: f64, shift: f64| (0..2_000).map(|_| shift + scale * random.normal()).collect::<Vec<f64>>();
        let actual = list(10.0, 50.0);
        let old = list(1.0, 0.0);
        let noise = list(0.2, 0.0);
        let new: Vec<f64> = old.iter().zip(&noise).map(|(old, noise)| 0.9 * old + noise).collect();
        let found = differences(&actual, &[old.clone(), new.clone()], 2_000);
        let changes: Vec<f64> = old.iter().zip(&new).map(|(old, new)| new.abs() - old.abs()).collect();
        let (change, margin) = mean_and_margin(&changes);
        assert!((found.mae.value - change).abs() < 1e-12);
        for (end, expected) in [(found.mae.low, change - margin), (found.mae.high, change + margin)] {
            assert!((end - expected).abs() < 0.1 * margin, "{end} is not {expected}, margin {margin}");
        }
        assert_eq!(verdict(found.rmse), Verdict::Replace);
        let back = differences(&actual, &[new, old.clone()], 2_000);
        assert_eq!(verdict(back.rmse), Verdict::KeepBetter);
        assert_eq!(verdict(differences(&actual, &[old.clone(), old], 200).rmse), Verdict::KeepUndecided);
    }
}
