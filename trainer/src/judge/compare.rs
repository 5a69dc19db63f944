//! Champion against challenger on the same new records: replace it or keep it?
//!
//! Both predict each record, so errors are compared record by record (see `bootstrap`).

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
    /// Of how many groups whole ones were drawn, where the old model's table has groups.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drawn_groups: Option<usize>,
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
    /// Whole groups can't be drawn from so few.
    #[error(
        "\"{column}\" names {n_groups} groups: --group needs at least 5 to draw from; take more records, or leave it out"
    )]
    TooFewGroups {
        /// The column.
        column: String,
        /// How many groups it names.
        n_groups: usize,
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

/// A model and the records that it is compared on, as a table of its own schema's columns.
#[derive(Clone, Copy)]
pub struct Contestant<'a> {
    /// The model.
    pub predictor: &'a Predictor,
    /// The records.
    pub table: &'a Table,
}

/// Compares two models on the same records; whole groups are drawn where the old model's table has groups.
///
/// # Errors
/// Where they can't be compared.
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
        // Drawing a handful of records anew shows a handful of records.
        verdict: if rows.len() < MIN_GROUP { Verdict::KeepUndecided } else { verdict(differences.rmse) },
        differences,
        method: "paired bootstrap",
        draws,
        drawn_groups: drawn.map(|key| key.n_distinct),
        groups: groups_of(old.table, &rows).into_iter().map(group).collect(),
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
