//! Boosting with symmetric trees on several permutations of the rows, one of which is the model's.
//!
//! A tree's tests are chosen on a learning permutation, drawn anew for each tree; its leaves are then fitted in every
//! permutation to that permutation's residuals and statistics, as in CatBoost.

use super::columns::Column;
use super::ensemble::{Boosted, SymmetricTree, candidates, noise_on_scores};
use super::params::Params;
use super::permuted::{Leaves, Permuted};
use super::structure::{Prefix, Rows, StructureConfig, grow};
use super::subsample::subsample;
use crate::folds::fit_data::FitData;
use crate::learn::decimals::Decimals;
use crate::learn::engine::Stat;
use crate::learn::monotone::directions;
use crate::random::SplitMix64;

/// Permutations for choosing tests; another one is used to fit the model's leaves.
const N_LEARNING: usize = 3;

pub(super) fn boost(params: &Params, data: &FitData, columns: &[Column], decimals: Decimals, seed: u64) -> Boosted {
    let mut random = SplitMix64::new(seed);
    let directions = directions(data);
    let n_rows = data.n_rows();
    if data.has_many_rows()
        && data.weights().is_none()
        && directions.is_empty()
        && let Some(boosted) = super::many_rows::boost(params, data, columns, decimals, &mut random)
    {
        return boosted;
    }
    let weights: Vec<f64> = data.weights().map_or_else(|| vec![1.0; n_rows], <[f64]>::to_vec);
    let total: f64 = weights.iter().sum();
    let base = data.target().iter().zip(&weights).map(|(target, weight)| target * weight).sum::<f64>() / total;
    let base = decimals.round(base);
    let is_ordered = params.is_ordered(data);
    let is_random = is_ordered || columns.iter().any(|column| column.bins.is_none());
    let n_permutations = if is_random { 1 + N_LEARNING } else { 1 };
    // The model's permutation comes first.
    let mut permutations: Vec<Permuted> =
        (0..n_permutations).map(|idx| Permuted::new(data, columns, base, is_ordered && idx > 0, &mut random)).collect();
    let mut candidates = candidates(columns, params.model_size_reg);
    let leaves = Leaves { data, weights: &weights, columns, params, decimals, directions: &directions };
    let mut trees: Vec<SymmetricTree> = Vec::new();
    for iteration in 0..params.iterations {
        if data.is_stopped() {
            break;
        }
        let learning = if is_random { 1 + (random.next_u64() % N_LEARNING as u64) as usize } else { 0 };
        let permuted = &permutations[learning];
        let mut stats = permuted.residuals(data, &weights);
        let noise = noise(params, &stats, &weights, iteration);
        let last_mean = trees.last().map(|tree| mean_size(&tree.leaves));
        subsample(&mut stats, params.subsample, last_mean, &mut random);
        let structure = StructureConfig { depth: params.depth, l2_leaf_reg: params.l2_leaf_reg, noise };
        let residuals = permuted.prefix_residuals(data, &weights);
        let prefixes: Vec<Prefix<'_>> =
            residuals.iter().enumerate().map(|(prefix, stats)| permuted.judged_prefix(prefix, stats)).collect();
        let rows = Rows { columns, bins: &permuted.all_bins(columns), stats: &stats, prefixes: &prefixes };
        let tests = grow(&rows, &structure, &mut candidates, &mut random);
        let mut fitted = permutations.iter_mut().map(|permuted| permuted.fit_leaves(&leaves, &tests));
        let of_model = fitted.next().unwrap_or_default();
        fitted.for_each(drop);
        trees.push(SymmetricTree { tests, leaves: of_model });
    }
    Boosted { trees, base }
}

/// The noise, given the weighted residuals.
fn noise(params: &Params, stats: &[Stat], weights: &[f64], iteration: usize) -> f64 {
    let squares: f64 = stats.iter().zip(weights).map(|(stat, weight)| stat.g * stat.g / weight).sum();
    let total: f64 = weights.iter().sum();
    noise_on_scores(params, (squares / total).sqrt(), stats.len(), iteration)
}

fn mean_size(leaves: &[f64]) -> f64 {
    leaves.iter().map(|leaf| leaf.abs()).sum::<f64>() / leaves.len() as f64
}
