//! Splits by absolute error. Medians are not additive, so the rows are visited in the order of each column while the
//! targets on both sides are kept in a tree of counts by rank (Fenwick 1994): after each step the error of each side's
//! median is computed in logarithmic time.

use super::config::{GrowConfig, Splitter};
use super::histogram::{Stat, Sum};
use super::split::{Feature, Split, Test, midpoint};
use crate::folds::binned::Binned;
use crate::random::SplitMix64;

/// A node's rows with their targets and ranks.
pub(super) struct AbsoluteFinder<'a> {
    config: &'a GrowConfig,
    binned: &'a Binned,
    rows: &'a [u32],
    stats: &'a [Stat],
    /// Targets, sorted.
    sorted: Vec<f64>,
    /// The rank of each row's target among them.
    ranks: Vec<usize>,
}

/// Weights and weighted targets by rank.
struct Ranked<'a> {
    sorted: &'a [f64],
    weights: Vec<f64>,
    sums: Vec<f64>,
    weight: f64,
    sum: f64,
}

impl<'a> AbsoluteFinder<'a> {
    pub(super) fn new(config: &'a GrowConfig, binned: &'a Binned, rows: &'a [u32], stats: &'a [Stat]) -> Self {
        let target = |row: u32| stats[row as usize].g / stats[row as usize].h;
        let mut sorted: Vec<f64> = rows.iter().map(|row| target(*row)).collect();
        sorted.sort_unstable_by(f64::total_cmp);
        sorted.dedup();
        let rank = |row: &u32| sorted.partition_point(|value| *value < target(*row));
        let ranks = rows.iter().map(rank).collect();
        Self { config, binned, rows, stats, sorted, ranks }
    }

    /// The best split on one feature, and whether the feature is constant in the node.
    pub(super) fn find(&self, feature: Feature, total: Sum, random: &mut SplitMix64) -> (Option<Split>, bool) {
        let column = &self.binned.columns[feature.column];
        let key = |idx: usize| {
            let bin = column.bins[self.rows[idx] as usize];
            feature.category.map_or(bin, |category| u8::from(bin == category))
        };
        let mut order: Vec<usize> = (0..self.rows.len()).collect();
        order.sort_by_key(|idx| key(*idx));
        let (Some(first), Some(last)) = (order.first().map(|idx| key(*idx)), order.last().map(|idx| key(*idx))) else {
            return (None, true);
        };
        if first == last {
            return (None, true);
        }
        let random_value = (self.config.splitter == Splitter::Random && feature.category.is_none()).then(|| {
            let (min, max) = (column.lower[usize::from(first)], column.upper[usize::from(last)]);
            min + random.uniform() * (max - min)
        });
        let mut right = Ranked::new(&self.sorted);
        for idx in &order {
            right.add(self.ranks[*idx], self.stats[self.rows[*idx] as usize].h, 1.0);
        }
        let before = right.error();
        let mut left = Ranked::new(&self.sorted);
        let mut best: Option<Split> = None;
        let mut sum = Sum::default();
        for pair in order.windows(2) {
            let Stat { g, h } = self.stats[self.rows[pair[0]] as usize];
            left.add(self.ranks[pair[0]], h, 1.0);
            right.add(self.ranks[pair[0]], h, -1.0);
            sum += Sum { g, h, n: 1 };
            let (below, above) = (key(pair[0]), key(pair[1]));
            if below == above {
                continue;
            }
            if let Some(value) = random_value {
                let (low, high) = (column.upper[usize::from(below)], column.lower[usize::from(above)]);
                if !(low <= value && value < high) {
                    continue;
                }
            }
            let rest = total - sum;
            let is_large = |side: Sum| side.n as usize >= self.config.min_samples_leaf;
            if !is_large(sum) || !is_large(rest) {
                continue;
            }
            let gain = before - left.error() - right.error();
            if best.is_none_or(|best| gain > best.gain) {
                let (test, value) = match feature.category {
                    Some(category) => (Test::Not(category), column.lower[usize::from(category)]),
                    None => {
                        let middle = midpoint(column.upper[usize::from(below)], column.lower[usize::from(above)]);
                        (Test::UpTo(below), random_value.unwrap_or(middle))
                    }
                };
                let blank_left = sum.n >= rest.n;
                best = Some(Split { column: feature.column, test, value, blank_left, gain, left: sum, right: rest });
            }
        }
        (best, false)
    }
}

impl<'a> Ranked<'a> {
    fn new(sorted: &'a [f64]) -> Self {
        Self { sorted, weights: vec![0.0; sorted.len() + 1], sums: vec![0.0; sorted.len() + 1], weight: 0.0, sum: 0.0 }
    }

    fn add(&mut self, rank: usize, weight: f64, sign: f64) {
        let (weight, value) = (sign * weight, sign * weight * self.sorted[rank]);
        self.weight += weight;
        self.sum += value;
        let mut node = rank + 1;
        while node < self.weights.len() {
            self.weights[node] += weight;
            self.sums[node] += value;
            node += node & node.wrapping_neg();
        }
    }

    /// The sum of absolute deviations from the (lower) weighted median.
    fn error(&self) -> f64 {
        let half = 0.5 * self.weight;
        let (mut n_below, mut weight_below, mut sum_below) = (0, 0.0, 0.0);
        let mut step = (self.weights.len() - 1).next_power_of_two();
        while step > 0 {
            let next = n_below + step;
            if next < self.weights.len() && weight_below + self.weights[next] < half {
                n_below = next;
                weight_below += self.weights[next];
                sum_below += self.sums[next];
            }
            step /= 2;
        }
        // The rank of the median, from 0, is the number of ranks below it.
        let median = self.sorted[n_below.min(self.sorted.len() - 1)];
        median * weight_below - sum_below + (self.sum - sum_below) - median * (self.weight - weight_below)
    }
}
