//! Boosting with symmetric trees on many rows without weights: on all rows, with a single permutation.

use super::columns::Column;
use super::ensemble::{Boosted, SymmetricTree, candidates, noise_on_scores};
use super::params::Params;
use super::permuted::permutation;
use crate::folds::fit_data::FitData;
use crate::learn::decimals::Decimals;
use crate::learn::engine::{ManyRows, SymmetricColumn, SymmetricConfig};
use crate::random::SplitMix64;

/// `None` if there are too many columns.
pub(super) fn boost(
    params: &Params,
    data: &FitData,
    columns: &[Column],
    decimals: Decimals,
    random: &mut SplitMix64,
) -> Option<Boosted> {
    let has_statistics = columns.iter().any(|column| column.bins.is_none());
    let order = if has_statistics { permutation(data.n_rows(), random) } else { Vec::new() };
    let bins = |column: &Column| column.bins.clone().unwrap_or_else(|| column.ordered_bins(data, &order));
    let bins: Vec<Vec<u8>> = columns.iter().map(bins).collect();
    let n_bins: Vec<usize> = columns.iter().map(|column| column.n_bins).collect();
    let base = decimals.round(data.targets().sum::<f64>() / data.n_rows() as f64);
    let residuals: Vec<f64> = data.targets().map(|target| target - base).collect();
    let bins: Vec<&[u8]> = bins.iter().map(Vec::as_slice).collect();
    let mut rows = ManyRows::of_bins(&n_bins, &bins, &residuals)?;
    let shape = |column: &Column| SymmetricColumn {
        n_bins: column.n_bins,
        n_tests: column.thresholds.len(),
        is_category: column.is_category,
    };
    let shapes: Vec<SymmetricColumn> = columns.iter().map(shape).collect();
    let mut candidates = candidates(columns, params.model_size_reg);
    let grow = |iteration: usize| {
        let config = SymmetricConfig {
            columns: &shapes,
            depth: params.depth,
            learning_rate: params.learning_rate,
            l2_leaf_reg: params.l2_leaf_reg,
            noise: noise_on_scores(params, rows.residual_size(), data.n_rows(), iteration),
        };
        let (tests, leaves) = rows.grow_symmetric(&config, &mut candidates, random);
        SymmetricTree { tests, leaves }
    };
    let trees = (0..params.iterations).take_while(|_| !data.is_stopped()).map(grow).collect();
    Some(Boosted { trees, base })
}
