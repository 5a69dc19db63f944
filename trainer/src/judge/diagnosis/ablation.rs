//! The effect of dropping each column on R² and on the bias of each group.
//!
//! Dropping a sensitive column rarely makes a model fair: other columns may be proxies for it, or the whole group is
//! then over- or underestimated. So the effect is measured.

use model_core::{Ablation, GroupBias, LeftOutColumn, SensitiveOnly};
use rayon::prelude::*;

use super::importance::Importance;
use super::refit::{MAX_COLUMNS, Refitted, Refitter};
use crate::judge::diagnosis::Subject;
use crate::judge::groups::{Group, groups_of};
use crate::learn::FitError;
use crate::learn::decimals::Decimals;
use crate::metrics::mean_and_sd;
use crate::search::cross_validation::CrossValidation;
use crate::search::paired::{Paired, paired};

/// The maximal number of groups whose bias is reported, those of sensitive columns first.
const MAX_GROUPS: usize = 40;

pub(super) fn ablation(
    subject: &Subject<'_>,
    refitter: &Refitter<'_>,
    base: &Refitted,
    importance: &[Importance],
) -> Result<Option<Ablation>, FitError> {
    let schema = subject.predictor.schema();
    let CrossValidation { table, n_folds, .. } = refitter.cross_validation;
    let rows = &base.rows;
    if schema.inputs().len() < 2 {
        return Ok(None);
    }
    let is_sensitive = |name: &str| schema.columns.iter().any(|column| column.sensitive && column.name == name);
    let mut names: Vec<&str> = importance.iter().map(|column| column.column.as_str()).collect();
    names.sort_by_key(|name| !is_sensitive(name));
    names.truncate(MAX_COLUMNS[usize::from(!refitter.is_fast)]);

    let mut groups = groups_of(table, rows);
    groups.sort_by_key(|group| !is_sensitive(group.column));
    groups.truncate(MAX_GROUPS);
    let target: Vec<f64> = rows.iter().map(|row| table.target[*row as usize]).collect();
    let (_, sd) = mean_and_sd(&target);
    let digits = Decimals::with_digits(sd, 4);
    let bias = |positions: &[usize], predicted: &[f64]| {
        let sum: f64 = positions.iter().map(|position| predicted[*position] - target[*position]).sum();
        digits.round(sum / positions.len() as f64)
    };

    let sensitive: Vec<String> =
        schema.columns.iter().filter(|column| column.sensitive).map(|column| column.name.clone()).collect();
    let has_others = sensitive.len() < schema.inputs().len();
    let only = || match (sensitive.is_empty(), has_others) {
        (false, true) => refitter.with_columns(|name| is_sensitive(name)),
        _ => Ok(None),
    };
    let without = |name: &&str| {
        // A family may fail without a column, which must not prevent the report.
        let refitted = refitter.with_columns(|other| other != *name).ok().flatten()?;
        let Paired { difference, error } = paired(&base.r2_folds, &refitted.r2_folds, n_folds);
        Some(LeftOutColumn {
            column: (*name).to_owned(),
            r2: rounded(mean_and_sd(&base.r2_folds).0 - difference),
            r2_error: rounded(error),
            biases: groups.iter().map(|group| bias(&group.positions, &refitted.predicted)).collect(),
        })
    };
    let (sensitive_only, columns) =
        rayon::join(only, || names.par_iter().with_max_len(1).map(without).collect::<Vec<_>>());
    if refitter.is_stopped() {
        return Ok(None);
    }
    let mut columns: Vec<LeftOutColumn> = columns.into_iter().flatten().collect();
    columns.sort_by(|left, right| left.r2.total_cmp(&right.r2));
    let group = |Group { column, value, positions }: &Group<'_>| GroupBias {
        column: (*column).to_owned(),
        value: (*value).to_owned(),
        n: positions.len(),
        bias: bias(positions, &base.predicted),
    };
    Ok(Some(Ablation {
        rows: rows.len(),
        n_folds,
        r2: rounded(mean_and_sd(&base.r2_folds).0),
        groups: groups.iter().map(group).collect(),
        columns,
        sensitive_only: sensitive_only
            .ok()
            .flatten()
            .map(|refitted| SensitiveOnly { r2: rounded(mean_and_sd(&refitted.r2_folds).0), columns: sensitive }),
    }))
}

/// Further digits would be noise, and bytes for a page to load.
fn rounded(r2: f64) -> f64 {
    (r2 * 1e5).round() / 1e5
}
