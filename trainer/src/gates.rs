//! What a model must reach, besides the floor on its R², to be published: the gates of `scorecast.toml`.
//!
//! Nothing here sees the holdout: the champion's scores and its errors by group come from the folds that chose it.

use crate::config::Gates;
use crate::fit_data::FitData;
use crate::groups::{MIN_GROUP, group_errors};
use crate::learner::FitError;
use crate::search::{Candidate, fold_seed, prepare};
use crate::solo::solo_r2;
use crate::split::Fold;
use crate::table::Table;

/// The champion as it is judged: its candidate and its mean cross-validated R².
pub(crate) struct Judged<'a> {
    pub(crate) candidate: &'a Candidate,
    pub(crate) r2_mean: f64,
}

/// Says of each gate that the champion fails which figure fails it.
///
/// # Errors
/// When the champion can't be fitted to a fold again.
pub(crate) fn failed_gates(
    gates: &Gates,
    champion: &Judged<'_>,
    table: &Table,
    folds: &[Fold],
    seed: u64,
) -> Result<Vec<String>, FitError> {
    let mut failed = Vec::new();
    let r2_mean = champion.r2_mean;
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
    if let Some(largest) = gates.max_group_bias {
        let (rows, predicted) = out_of_fold(champion.candidate, table, folds, seed)?;
        let groups = group_errors(table, &rows, &predicted);
        let worst = groups.iter().max_by(|left, right| left.bias.abs().total_cmp(&right.bias.abs()));
        if let Some(worst) = worst.filter(|worst| worst.bias.is_nan() || worst.bias.abs() > largest) {
            failed.push(format!(
                "max_group_bias: {} = \"{}\" ({} rows) is estimated {:+.3} off on average, more than {largest} \
                 (groups of fewer than {MIN_GROUP} aren't judged)",
                worst.column, worst.value, worst.n, worst.bias
            ));
        }
    }
    Ok(failed)
}

/// Every fold's validation rows with what the champion, fitted to the fold's other rows, predicts for them.
fn out_of_fold(
    candidate: &Candidate,
    table: &Table,
    folds: &[Fold],
    seed: u64,
) -> Result<(Vec<usize>, Vec<f64>), FitError> {
    let features = candidate.learner.abilities().features;
    let (mut rows, mut predicted) = (Vec::new(), Vec::new());
    for (fold_idx, (fold, data)) in folds.iter().zip(prepare(table, folds)).enumerate() {
        let (train, validation): (FitData, FitData) = data;
        let model = candidate.learner.fit(&candidate.params, &train, fold_seed(seed, candidate, fold_idx))?;
        predicted.extend(validation.predict(&model, features));
        rows.extend_from_slice(&fold.validation);
    }
    Ok((rows, predicted))
}
