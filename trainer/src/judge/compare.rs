//! Champion versus challenger on the same new records: should it be replaced?
//!
//! Both predict each record, so errors are paired (see `bootstrap`).

use model_core::Predictor;
use serde::Serialize;
use thiserror::Error;

pub use super::bootstrap::{Difference, Differences};
use super::bootstrap::{differences, n_draws};
use super::groups::{GROUP_LEVEL, Group, MIN_GROUP, groups_of};
use crate::folds::predict_table::predict_table;
use crate::metrics::{each, mean_and_margin, score, weighted_mean};
use crate::table::Table;
use crate::table::keys::MIN_GROUPS;
use crate::trust::coverage::{Covered, LEVELS, covered_rows, promised};

/// The comparison; errors in the target's unit, of unbounded predictions.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// Records with a known score.
    pub rows: usize,
    /// The current model's figures.
    pub old: Figures,
    /// The new model's figures.
    pub new: Figures,
    /// New minus old, each with its 95 % interval.
    pub differences: Differences,
    /// `paired bootstrap`, and the number of resamples.
    pub method: &'static str,
    /// The number of resamples.
    pub draws: usize,
    /// The number of resampled groups, if the old model's table has groups.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drawn_groups: Option<usize>,
    /// By value of each categorical column of the old model, for values of at least 10 records.
    pub groups: Vec<GroupChange>,
    /// The recommendation.
    pub verdict: Verdict,
}

/// One model's figures.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figures {
    /// Its family.
    pub family: String,
    /// The coefficient of determination.
    pub r2: f64,
    /// Mean absolute error.
    pub mae: f64,
    /// Root mean squared error.
    pub rmse: f64,
    /// Mean of prediction − target.
    pub bias: f64,
    /// The coverage of intervals at 90 %; `None` for a model without intervals.
    pub coverage: Option<Covered>,
}

/// How a group's errors change.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupChange {
    /// The column.
    pub column: String,
    /// The value, or "(blank)".
    pub value: String,
    /// The number of records.
    pub n: usize,
    /// Mean of prediction − target by the old model.
    pub bias_old: f64,
    /// The same by the new one.
    pub bias_new: f64,
    /// The mean absolute error of the new model minus that of the old one.
    pub mae_change: f64,
    /// Half the width of its 95 % interval (paired, Student's t).
    pub mae_change_margin: f64,
}

/// The recommendation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The new model's errors are clearly smaller.
    Replace,
    /// The new model's errors are clearly larger.
    KeepBetter,
    /// These records do not show which one is better.
    KeepUndecided,
}

/// Models that cannot be compared.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CompareError {
    /// They have different targets.
    #[error("the old model predicts \"{old}\" and the new one \"{new}\"; compare models of one target")]
    Targets {
        /// The old model's target.
        old: String,
        /// The new one's.
        new: String,
    },
    /// Too few groups to resample.
    #[error(
        "\"{column}\" names {n_groups} groups: --group needs at least 5 to draw from; take more records, or leave it out"
    )]
    TooFewGroups {
        /// The column.
        column: String,
        /// The number of its groups.
        n_groups: usize,
    },
    /// They were given different records.
    #[error("the models were given {old} and {new} records; give both the same file")]
    Rows {
        /// The old one's number of records.
        old: usize,
        /// The new one's number of records.
        new: usize,
    },
}

/// A model and the records to compare it on, as a table with the columns of its schema.
#[derive(Clone, Copy)]
pub struct Contestant<'a> {
    /// The model.
    pub predictor: &'a Predictor,
    /// The records.
    pub table: &'a Table,
}

/// Compares two models on the same records; whole groups are resampled if the old model's table has groups.
///
/// # Errors
/// When they cannot be compared.
pub fn compare(old: Contestant<'_>, new: Contestant<'_>) -> Result<Comparison, CompareError> {
    let target = |contestant: Contestant<'_>| contestant.predictor.schema().target.name.clone();
    if target(old) != target(new) {
        return Err(CompareError::Targets { old: target(old), new: target(new) });
    }
    let n_rows = |contestant: Contestant<'_>| contestant.table.n_rows();
    if n_rows(old) != n_rows(new) {
        return Err(CompareError::Rows { old: n_rows(old), new: n_rows(new) });
    }
    let rows: Vec<u32> = (0..u32::try_from(n_rows(old)).unwrap_or(u32::MAX)).collect();
    let actual = old.table.target.to_vec();
    let predicted = [old, new].map(|contestant| predict_table(contestant.predictor, contestant.table, &rows));
    let errors = [0, 1].map(|model: usize| {
        predicted[model].iter().zip(&actual).map(|(predicted, actual)| predicted - actual).collect::<Vec<f64>>()
    });
    let draws = n_draws(rows.len());
    let drawn = old.table.keys.groups();
    if let Some(key) = drawn.filter(|key| key.n_distinct < MIN_GROUPS) {
        return Err(CompareError::TooFewGroups { column: key.column.clone(), n_groups: key.n_distinct });
    }
    let weights = old.table.weights.as_deref();
    let differences = differences(&actual, &errors, weights, drawn, draws);
    let figures = |Contestant { predictor, table }: Contestant<'_>, model: usize| {
        let scores = score(&actual, &predicted[model], weights);
        let level_idx = promised(predictor).iter().position(|level| *level == f64::from(GROUP_LEVEL));
        let covered = |level_idx: usize, (bits, _): (Vec<u8>, [f64; LEVELS.len()])| {
            Covered::new(LEVELS[level_idx], bits.iter().map(|bits| bits >> level_idx & 1 == 1).zip(each(weights)))
        };
        Figures {
            family: predictor.family().to_owned(),
            r2: scores.r2,
            mae: scores.mae,
            rmse: scores.rmse,
            bias: weighted_mean(&errors[model], weights),
            coverage: level_idx.and_then(|level_idx| Some(covered(level_idx, covered_rows(predictor, table, &rows)?))),
        }
    };
    let group = |Group { column, value, positions }: Group<'_>| {
        let of = |list: &[f64]| positions.iter().map(|position| list[*position]).collect::<Vec<f64>>();
        let weights = weights.map(of);
        let mean = |model: usize| weighted_mean(&of(&errors[model]), weights.as_deref());
        let changes: Vec<f64> =
            positions.iter().map(|position| errors[1][*position].abs() - errors[0][*position].abs()).collect();
        let (mae_change, mae_change_margin) = mean_and_margin(&changes, weights.as_deref());
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
        // Resampling a handful of records cannot show how much others differ.
        verdict: if rows.len() < MIN_GROUP { Verdict::KeepUndecided } else { verdict(differences.rmse) },
        differences,
        method: "paired bootstrap",
        draws,
        drawn_groups: drawn.map(|key| key.n_distinct),
        groups: groups_of(old.table, &rows).into_iter().map(group).collect(),
    })
}

impl GroupChange {
    /// Whether the new model's error in the group is significantly larger.
    #[must_use]
    pub fn is_worse(&self) -> bool {
        self.mae_change > self.mae_change_margin
    }
}

/// A model is replaced only if the whole interval is in favour of the new one.
fn verdict(rmse: Difference) -> Verdict {
    if rmse.high < 0.0 {
        Verdict::Replace
    } else if rmse.low > 0.0 {
        Verdict::KeepBetter
    } else {
        Verdict::KeepUndecided
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_replaced_where_the_whole_interval_is_on_its_side() {
        let of = |low: f64, high: f64| verdict(Difference { value: 0.0, low, high });
        assert_eq!(of(-2.0, -1.0), Verdict::Replace);
        assert_eq!(of(1.0, 2.0), Verdict::KeepBetter);
        assert_eq!(of(-1.0, 1.0), Verdict::KeepUndecided);
    }
}
