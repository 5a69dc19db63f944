//! Conditions for publishing a model: the minimal R² and the gates of `scorecast.toml`.
//!
//! Gates never use the holdout: the champion's scores and its errors by group come from cross-validation.

use serde::Deserialize;

use super::groups::{GROUP_LEVEL, GroupErrors, MIN_GROUP};
use super::out_of_fold::OutOfFoldFigures;
use super::single_column::single_column_r2;
use crate::folds::parted::folds_of;
use crate::search::cross_validation::CrossValidation;

/// `[gates]`: what a model must reach to be published.
#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(deny_unknown_fields, default)]
pub struct Gates {
    /// Refuse to write a model whose mean cross-validated R² is lower [default: 0.6]
    #[cfg_attr(feature = "cli", arg(long, value_name = "R2", allow_negative_numbers = true))]
    pub min_r2: Option<f64>,
    /// The largest absolute bias of a group of at least 10 rows, in the target's unit.
    #[cfg_attr(feature = "cli", arg(skip))]
    pub max_group_bias: Option<f64>,
    /// The largest deviation, in percentage points, of the coverage of intervals from 90 %, over all rows and in each
    /// group of at least 10; deviations that may be chance (the 95 % interval of the coverage contains the level) are
    /// ignored.
    #[cfg_attr(feature = "cli", arg(skip))]
    pub max_coverage_gap: Option<f64>,
    /// Whether the champion's mean cross-validated R² must exceed that of predicting the mean.
    #[cfg_attr(feature = "cli", arg(skip))]
    pub beat_mean: bool,
    /// Whether the champion's mean cross-validated R² must exceed that of the best single column.
    #[cfg_attr(feature = "cli", arg(skip))]
    pub beat_one_column: bool,
}

impl Gates {
    /// These gates, with unset ones taken from `other`.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            min_r2: self.min_r2.or(other.min_r2),
            max_group_bias: self.max_group_bias.or(other.max_group_bias),
            max_coverage_gap: self.max_coverage_gap.or(other.max_coverage_gap),
            beat_mean: self.beat_mean || other.beat_mean,
            beat_one_column: self.beat_one_column || other.beat_one_column,
        }
    }

    /// The minimal mean cross-validated R², 0.6 by default.
    #[must_use]
    pub fn floor(&self) -> f64 {
        self.min_r2.unwrap_or(0.6)
    }
}

/// The figures that the gates check.
pub(crate) struct GateCheck<'a> {
    pub(crate) gates: &'a Gates,
    /// The minimal mean cross-validated R².
    pub(crate) min_r2: f64,
    /// The champion's mean cross-validated R².
    pub(crate) r2_mean: f64,
    /// The champion's out-of-fold figures.
    pub(crate) figures: &'a OutOfFoldFigures,
    /// The cross-validation that selected the champion.
    pub(crate) cross_validation: CrossValidation<'a>,
}

impl GateCheck<'_> {
    /// A message for each failed gate, with the figure that fails it.
    pub(crate) fn failed(&self) -> Vec<String> {
        let Self { gates, min_r2, r2_mean, figures, .. } = *self;
        let mut failed = Vec::new();
        if r2_mean < min_r2 {
            failed.push(format!("min_r2: its mean cross-validated R² is {r2_mean:.4}, below the floor of {min_r2}"));
        }
        if gates.beat_mean && r2_mean.is_nan() | (r2_mean <= 0.0) {
            failed.push(format!(
                "beat_mean: the mean cross-validated R² is {r2_mean:.4}, no better than saying the mean"
            ));
        }
        if gates.beat_one_column {
            failed.extend(self.beaten_by_one_column());
        }
        failed.extend(gates.max_group_bias.and_then(|largest| group_bias(largest, figures)));
        failed.extend(gates.max_coverage_gap.and_then(|largest| coverage_gap(largest, figures)));
        failed
    }

    fn beaten_by_one_column(&self) -> Option<String> {
        let CrossValidation { table, rows, n_folds, .. } = self.cross_validation;
        let (r2_mean, target, folds) = (self.r2_mean, table.target.to_vec(), folds_of(table, rows, n_folds));
        let (name, best) = table
            .columns
            .iter()
            .map(|column| {
                (column.name.as_str(), single_column_r2(&column.data, &target, table.weights.as_deref(), &folds))
            })
            .max_by(|left, right| left.1.total_cmp(&right.1))?;
        (r2_mean.is_nan() || r2_mean <= best).then(|| {
            format!("beat_one_column: the mean cross-validated R² is {r2_mean:.4}, and \"{name}\" alone has {best:.4}")
        })
    }
}

fn group_bias(largest: f64, figures: &OutOfFoldFigures) -> Option<String> {
    let worst = figures.groups.iter().max_by(|left, right| left.bias.abs().total_cmp(&right.bias.abs()))?;
    (worst.bias.is_nan() || worst.bias.abs() > largest).then(|| {
        format!(
            "max_group_bias: {} = \"{}\" ({} rows) is estimated {:+.3} off on average, more than {largest} \
             (groups of fewer than {MIN_GROUP} aren't judged)",
            worst.column, worst.value, worst.n, worst.bias
        )
    })
}

/// The largest deviation of coverage, in a group or over all rows, that may not be chance.
fn coverage_gap(largest: f64, figures: &OutOfFoldFigures) -> Option<String> {
    let all = figures.coverage.iter().find(|covered| covered.level == f64::from(GROUP_LEVEL));
    let of_group = |group: &GroupErrors| {
        let name = format!("{} = \"{}\" ({} rows)", group.column, group.value, group.n);
        group.coverage.map(|covered| (name, covered))
    };
    let (name, covered) = all
        .map(|covered| (format!("all {} rows together", figures.rows.len()), *covered))
        .into_iter()
        .chain(figures.groups.iter().filter_map(of_group))
        .filter(|(_, covered)| covered.is_off())
        .max_by(|left, right| left.1.gap().total_cmp(&right.1.gap()))?;
    (covered.gap() > largest).then(|| {
        format!(
            "max_coverage_gap: for {name} intervals at {} % hold the truth in {:.1} %, {:.1} points off and more than \
             {largest} (95 % interval {:.1} to {:.1} %)",
            covered.level,
            100.0 * covered.share,
            covered.gap(),
            100.0 * covered.low,
            100.0 * covered.high
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trust::coverage::Covered;

    #[test]
    fn a_gap_counts_where_it_is_more_than_chance() {
        let figures = |n: usize, n_covered: usize| OutOfFoldFigures {
            rows: vec![0; n],
            actual: Vec::new(),
            predicted: Vec::new(),
            coverage: vec![Covered::new(90.0, (0..n).map(|row| (row < n_covered, 1.0)))],
            chances: Vec::new(),
            groups: Vec::new(),
            n_folds: 10,
        };
        let failed = coverage_gap(5.0, &figures(1_000, 800)).unwrap();
        assert!(failed.contains("all 1000 rows together") && failed.contains("80.0 %, 10.0 points off"), "{failed}");
        // The same share of ten rows may be chance, and a deviation within the gate is allowed.
        assert_eq!(coverage_gap(5.0, &figures(10, 8)), None);
        assert_eq!(coverage_gap(15.0, &figures(1_000, 800)), None);
    }
}
