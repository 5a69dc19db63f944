//! The typical absolute error of similar records: a small regression tree of absolute errors.

use model_core::{Combine, Trees};
use ndarray::{Array2, Axis};
use rayon::prelude::*;

use super::residuals::n_folds;
use super::weights;
use crate::folds::binned::Binned;
use crate::folds::fit_data::FitData;
use crate::learn::decimals::Decimals;
use crate::learn::engine::{GrowConfig, Grower, Stat, assemble};
use crate::metrics::mean_and_sd;
use crate::random::SplitMix64;

/// The minimal number of rows in a leaf.
const MIN_LEAF: usize = 30;

/// A tree of typical absolute errors, and its training data.
pub(super) struct TypicalErrors {
    binned: Binned,
    native: Array2<f64>,
    categorical: Vec<bool>,
    stats: Vec<Stat>,
    floor: f64,
}

impl TypicalErrors {
    pub(super) fn new(data: &FitData, predicted: &[f64], residuals: &[f64]) -> Self {
        let n_rows = predicted.len();
        let mut native = data.native(true).slice(ndarray::s![..n_rows, ..]).to_owned();
        let column = ndarray::ArrayView1::from(predicted);
        // The shapes agree by construction; without the column the tree would only have less information.
        let _ = native.push(Axis(1), column);
        let mut categorical = data.is_categorical();
        categorical.push(false);
        let (mean, _) = mean_and_sd(residuals);
        Self {
            binned: Binned::of_features(&native, &categorical),
            native,
            categorical,
            stats: residuals
                .iter()
                .zip(weights(data, n_rows))
                .map(|(residual, weight)| Stat { g: residual * weight, h: weight })
                .collect(),
            // A typical error must not be zero.
            floor: if mean > 0.0 { mean / 20.0 } else { 1.0 },
        }
    }

    /// A small tree fitted to some of the rows.
    pub(super) fn tree(&self, rows: Vec<u32>) -> Trees {
        // A twentieth of the rows in each leaf keeps the tree as stable on many rows as on few.
        let min_samples_leaf = MIN_LEAF.max(rows.len() / 20);
        let config = GrowConfig { max_depth: Some(3), min_samples_leaf, ..GrowConfig::default() };
        let mut tree = Grower::new(&self.binned, &config).grow(rows, &self.stats, &mut SplitMix64::new(0));
        for leaf in tree.leaves.clone() {
            let value = tree.values[leaf.node].max(self.floor);
            tree.values[leaf.node] = Decimals::with_digits(value, 3).round(value);
        }
        assemble(self.categorical.clone(), [&tree], Combine::Sum { base: 0.0 })
    }

    /// Each row's typical error by a tree fitted without its fold.
    pub(super) fn out_of_fold(&self, fold_of: &[usize]) -> Vec<f64> {
        let n_folds = n_folds(fold_of);
        let tree_without = |fold: usize| {
            let rows = (0_u32..).zip(fold_of).filter(|(_, own)| **own != fold).map(|(row, _)| row).collect();
            self.tree(rows)
        };
        let trees: Vec<Trees> = (0..n_folds).into_par_iter().map(tree_without).collect();
        let spread = |(features, fold): (ndarray::ArrayView1<'_, f64>, &usize)| {
            trees[*fold].leaves(&features.to_vec()).next().unwrap_or(1.0)
        };
        self.native.outer_iter().zip(fold_of).map(spread).collect()
    }
}
