//! What a model must reach to be published: the floor on its R² and the gates of `scorecast.toml`.
//!
//! Nothing here sees the holdout: the champion's scores and its errors by group come from the folds that chose it.

use serde::Deserialize;

use super::diagnosis::Judged;
use super::groups::{GROUP_LEVEL, GroupErrors, MIN_GROUP};
use super::single_column::solo_r2;
use crate::folds::split::Fold;
use crate::table::Table;

/// `[gates]`: what a model must reach to be published.
#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Gates {
    /// Smallest mean cross-validated R².
    pub min_r2: Option<f64>,
    /// Largest absolute mean error of a group of at least 10 rows, in the target's unit.
    pub max_group_bias: Option<f64>,
    /// Most percentage points by which the share of rows within their interval at 90 % is off, over all rows and in each
    /// group of at least 10; gaps that may be chance (the share's 95 % interval holds the level) don't count.
    pub max_coverage_gap: Option<f64>,
    /// Whether the champion must beat the mean by its mean cross-validated R².
    pub beat_mean: bool,
    /// Whether the champion must beat the best single column by its mean cross-validated R².
    pub beat_one_column: bool,
}

/// Says of each gate that the champion fails which figure fails it. Its mean cross-validated R² is `r2_mean`, whose floor
/// is `min_r2`; `folds` are looked at only for `beat_one_column`.
pub(crate) fn failed_gates(
    (gates, min_r2): (&Gates, f64),
    r2_mean: f64,
    judged: &Judged,
    table: &Table,
    folds: &[Fold],
) -> Vec<String> {
    let mut failed = Vec::new();
    if r2_mean < min_r2 {
        failed.push(format!("min_r2: its mean cross-validated R² is {r2_mean:.4}, below the floor of {min_r2}"));
    }
    if gates.beat_mean && r2_mean.is_nan() | (r2_mean <= 0.0) {
        failed.push(format!("beat_mean: the mean cross-validated R² is {r2_mean:.4}, no better than saying the mean"));
    }
    if gates.beat_one_column {
        let target = table.target.to_vec();
        let best = table
            .columns
            .iter()
            .map(|column| (column.name.as_str(), solo_r2(&column.data, &target, folds)))
            .max_by(|left, right| left.1.total_cmp(&right.1));
        if let Some((name, solo)) = best.filter(|(_, solo)| r2_mean.is_nan() || r2_mean <= *solo) {
            failed.push(format!(
                "beat_one_column: the mean cross-validated R² is {r2_mean:.4}, and \"{name}\" alone has {solo:.4}"
            ));
        }
    }
    failed.extend(gates.max_group_bias.and_then(|largest| group_bias(largest, judged)));
    failed.extend(gates.max_coverage_gap.and_then(|largest| coverage_gap(largest, judged)));
    failed
}

fn group_bias(largest: f64, judged: &Judged) -> Option<String> {
    let worst = judged.groups.iter().max_by(|left, right| left.bias.abs().total_cmp(&right.bias.abs()))?;
    (worst.bias.is_nan() || worst.bias.abs() > largest).then(|| {
        format!(
            "max_group_bias: {} = \"{}\" ({} rows) is estimated {:+.3} off on average, more than {largest} \
             (groups of fewer than {MIN_GROUP} aren't judged)",
            worst.column, worst.value, worst.n, worst.bias
        )
    })
}

/// The largest gap that isn't mere chance, of a group or of all.
fn coverage_gap(largest: f64, judged: &Judged) -> Option<String> {
    let all = judged.coverage.iter().find(|covered| covered.level == f64::from(GROUP_LEVEL));
    let of_group = |group: &GroupErrors| {
        let name = format!("{} = \"{}\" ({} rows)", group.column, group.value, group.n);
        group.coverage.map(|covered| (name, covered))
    };
    let (name, covered) = all
        .map(|covered| (format!("all {} rows together", judged.rows.len()), *covered))
        .into_iter()
        .chain(judged.groups.iter().filter_map(of_group))
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
        let judged = |n: usize, n_covered: usize| Judged {
            rows: vec![0; n],
            actual: Vec::new(),
            predicted: Vec::new(),
            coverage: vec![Covered::new(90.0, (0..n).map(|row| row < n_covered))],
            groups: Vec::new(),
            n_folds: 10,
        };
        let failed = coverage_gap(5.0, &judged(1_000, 800)).unwrap();
        assert!(failed.contains("all 1000 rows together") && failed.contains("80.0 %, 10.0 points off"), "{failed}");
        // The same share of ten rows says nothing, and neither does a gap within the gate.
        assert_eq!(coverage_gap(5.0, &judged(10, 8)), None);
        assert_eq!(coverage_gap(15.0, &judged(1_000, 800)), None);
    }
}
