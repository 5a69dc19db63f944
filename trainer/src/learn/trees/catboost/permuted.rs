//! A permutation of the rows, with its categories' statistics and its predictions.
//!
//! In ordered boosting a learning permutation keeps a set of predictions for each of its prefixes (whose sizes double);
//! the residual of a row comes from a prefix that ends before it, so that it does not depend on the row's own target.
//! The leaf values of a test are also fitted on each prefix, and evaluated on the rows after it.

use super::columns::Column;
use super::directed::in_direction;
use super::params::Params;
use super::structure::Prefix;
use crate::folds::fit_data::FitData;
use crate::learn::decimals::Decimals;
use crate::learn::engine::{Stat, SymmetricTest as Test};
use crate::random::SplitMix64;

/// A permutation of the rows.
pub(super) struct Permuted {
    order: Vec<u32>,
    /// The rows' bins of the columns of statistics.
    bins: Vec<Vec<u8>>,
    /// The size of each prefix; in plain boosting a single one with all rows.
    prefixes: Vec<usize>,
    /// For each prefix the predictions of the trees fitted on it, by row.
    raws: Vec<Vec<f64>>,
}

/// The data and hyper-parameters for fitting leaves, for any permutation.
pub(super) struct Leaves<'a> {
    pub(super) data: &'a FitData,
    /// One per row.
    pub(super) weights: &'a [f64],
    pub(super) columns: &'a [Column],
    pub(super) params: &'a Params,
    pub(super) decimals: Decimals,
    /// The direction of each column; empty if there are none.
    pub(super) directions: &'a [i8],
}

/// All rows in random order (Fisher & Yates).
pub(super) fn permutation(n_rows: usize, random: &mut SplitMix64) -> Vec<u32> {
    let mut order: Vec<u32> = (0..n_rows as u32).collect();
    for last in (1..n_rows).rev() {
        order.swap(last, (random.next_u64() % (last as u64 + 1)) as usize);
    }
    order
}

impl Permuted {
    pub(super) fn new(data: &FitData, columns: &[Column], base: f64, ordered: bool, random: &mut SplitMix64) -> Self {
        let n_rows = data.n_rows();
        let order = permutation(n_rows, random);
        let bins = columns.iter().filter(|column| column.bins.is_none());
        let bins = bins.map(|column| column.ordered_bins(data, &order)).collect();
        let first = if n_rows > 500 { (n_rows / 50).min(100) } else { 1 };
        let doubling = std::iter::successors(Some(first), |size| Some(2 * size));
        let prefixes: Vec<usize> = doubling.take_while(|size| ordered && *size < n_rows).collect();
        let prefixes = if prefixes.is_empty() { vec![n_rows] } else { prefixes };
        let raws = vec![vec![base; n_rows]; prefixes.len()];
        Self { order, bins, prefixes, raws }
    }

    /// Each column's bins in this permutation.
    pub(super) fn all_bins<'a>(&'a self, columns: &'a [Column]) -> Vec<&'a [u8]> {
        let mut own = self.bins.iter();
        let bins = |column: &'a Column| match &column.bins {
            Some(bins) => bins.as_slice(),
            None => own.next().map_or(&[] as &[u8], Vec::as_slice),
        };
        columns.iter().map(bins).collect()
    }

    /// Each row's residual, from the longest prefix that ends before the row.
    pub(super) fn residuals(&self, data: &FitData, weights: &[f64]) -> Vec<Stat> {
        let mut stats = vec![Stat::default(); data.n_rows()];
        for (position, row) in self.order.iter().map(|row| *row as usize).enumerate() {
            let prefix = self.prefixes.partition_point(|size| *size <= position).saturating_sub(1);
            stats[row] = Stat { g: weights[row] * (data.target()[row] - self.raws[prefix][row]), h: weights[row] };
        }
        stats
    }

    /// In ordered boosting, for each prefix the residuals of its rows under its own trees.
    pub(super) fn prefix_residuals(&self, data: &FitData, weights: &[f64]) -> Vec<Vec<Stat>> {
        let residuals = |(raw, size): (&Vec<f64>, &usize)| {
            let mut stats = vec![Stat::default(); data.n_rows()];
            for row in self.order[..*size].iter().map(|row| *row as usize) {
                stats[row] = Stat { g: weights[row] * (data.target()[row] - raw[row]), h: weights[row] };
            }
            stats
        };
        let is_whole = |size: &usize| *size == data.n_rows();
        self.raws.iter().zip(&self.prefixes).filter(|(_, size)| !is_whole(size)).map(residuals).collect()
    }

    pub(super) fn judged_prefix<'a>(&'a self, prefix: usize, stats: &'a [Stat]) -> Prefix<'a> {
        Prefix { order: &self.order[..self.judging_end(prefix)], n_fitting: self.prefixes[prefix], stats }
    }

    /// The end of the rows that evaluate a prefix: the end of the next one.
    fn judging_end(&self, prefix: usize) -> usize {
        self.prefixes.get(prefix + 1).copied().unwrap_or(self.order.len())
    }

    /// Fits a tree's leaves on each prefix and adds them to its predictions up to the end of the next prefix. Returns
    /// the last prefix's leaves.
    pub(super) fn fit_leaves(&mut self, leaves: &Leaves<'_>, tests: &[Test]) -> Vec<f64> {
        let Leaves { data, weights, columns, params, decimals, directions } = leaves;
        let directed: Vec<i8> =
            tests.iter().map(|test| directions.get(test.column).copied().unwrap_or_default()).collect();
        let mut leaf_of = vec![0_usize; data.n_rows()];
        let bins = self.all_bins(columns);
        for (level, test) in tests.iter().enumerate() {
            for (leaf, bin) in leaf_of.iter_mut().zip(bins[test.column]) {
                *leaf |= usize::from(columns[test.column].holds(test.test, *bin)) << level;
            }
        }
        let mut values = Vec::new();
        for (prefix, size) in self.prefixes.iter().copied().enumerate() {
            let raw = &self.raws[prefix];
            let mut sums = vec![Stat::default(); 1 << tests.len()];
            for row in self.order[..size].iter().map(|row| *row as usize) {
                let sum = &mut sums[leaf_of[row]];
                sum.g += weights[row] * (data.target()[row] - raw[row]);
                sum.h += weights[row];
            }
            let value = |sum: &Stat| {
                let divisor = sum.h + params.l2_leaf_reg;
                if divisor > 0.0 { decimals.round(params.learning_rate * sum.g / divisor) } else { 0.0 }
            };
            values = in_direction(sums.iter().map(value).collect(), &directed, *decimals);
            let end = self.judging_end(prefix);
            let raw = &mut self.raws[prefix];
            for row in self.order[..end].iter().map(|row| *row as usize) {
                raw[row] += values[leaf_of[row]];
            }
        }
        values
    }
}
