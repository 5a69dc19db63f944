//! Grows one tree, depth first.

use super::absolute::AbsoluteFinder;
use super::config::{GrowConfig, Score};
use super::grown::{GrownTree, Leaf};
use super::histogram::{Stat, Sum, add_column, difference, histogram};
use super::split::{Feature, Split, SplitFinder, better, features};
use crate::folds::binned::Binned;
use crate::random::SplitMix64;

/// Grows trees on one set of binned rows.
pub(crate) struct Grower<'a> {
    pub(super) binned: &'a Binned,
    pub(super) config: &'a GrowConfig,
    features: Vec<Feature>,
    n_drawn: usize,
}

/// A node to be processed.
struct Pending {
    start: usize,
    end: usize,
    depth: usize,
    /// The node whose right child this is.
    right_of: Option<usize>,
    sums: Option<Vec<Sum>>,
    bounds: (f64, f64),
}

impl<'a> Grower<'a> {
    pub(crate) fn new(binned: &'a Binned, config: &'a GrowConfig) -> Self {
        let is_used = |feature: &Feature| config.columns.get(feature.column).copied().unwrap_or(true);
        let features: Vec<Feature> = features(binned).into_iter().filter(is_used).collect();
        Self { binned, config, n_drawn: config.max_features.of(features.len()), features }
    }

    /// Grows a tree on `rows`; `stats` has the target or gradient of each row of the binned set.
    pub(crate) fn grow(&self, rows: Vec<u32>, stats: &[Stat], random: &mut SplitMix64) -> GrownTree {
        let mut tree = GrownTree { rows, ..GrownTree::default() };
        let mut buffer = Vec::with_capacity(tree.rows.len());
        let samples_columns = self.n_drawn < self.features.len();
        let mut pending = vec![Pending {
            start: 0,
            end: tree.rows.len(),
            depth: 0,
            right_of: None,
            sums: None,
            bounds: (f64::NEG_INFINITY, f64::INFINITY),
        }];
        while let Some(mut node) = pending.pop() {
            let node_idx = tree.features.len();
            if let Some(parent) = node.right_of {
                tree.rights[parent] = u32::try_from(node_idx - parent).unwrap_or(u32::MAX);
            }
            let rows = &tree.rows[node.start..node.end];
            let (total, error) = self.total_and_error(rows, stats);
            let split = if self.must_be_leaf(&node, error, total) {
                None
            } else {
                if node.sums.is_none() && !samples_columns && !self.config.absolute {
                    node.sums = Some(histogram(self.binned, rows, stats));
                }
                self.best_split(rows, stats, &node, total, random)
            };
            tree.sums.push(total);
            tree.bounds.push(node.bounds);
            tree.errors.push(error);
            tree.splits.push(split);
            tree.rights.push(0);
            let Some(split) = split else {
                tree.features.push(0);
                tree.values.push(self.config.score.leaf(total).clamp(node.bounds.0, node.bounds.1));
                tree.leaves.push(Leaf { node: node_idx, start: node.start, end: node.end });
                continue;
            };
            tree.features.push(u16::try_from(split.column).unwrap_or(u16::MAX));
            tree.values.push(split.value);
            if split.blank_left {
                tree.blank_left.push(u32::try_from(node_idx).unwrap_or(u32::MAX));
            }
            let middle = node.start + self.partition(&mut tree.rows[node.start..node.end], &split, &mut buffer);
            let (left_sums, right_sums) = match node.sums.take() {
                Some(sums) => self.child_histograms(&tree.rows, &node, middle, stats, &sums),
                None => (None, None),
            };
            let (left_bounds, right_bounds) = self.child_bounds(&split, node.bounds);
            let depth = node.depth + 1;
            pending.push(Pending {
                start: middle,
                end: node.end,
                depth,
                right_of: Some(node_idx),
                sums: right_sums,
                bounds: right_bounds,
            });
            pending.push(Pending {
                start: node.start,
                end: middle,
                depth,
                right_of: None,
                sums: left_sums,
                bounds: left_bounds,
            });
        }
        if let Some(max_leaf_nodes) = self.config.max_leaf_nodes {
            self.keep_best(&mut tree, max_leaf_nodes);
        }
        tree
    }

    /// Keeps only the splits of best-first growth up to `max_leaf_nodes`.
    fn keep_best(&self, tree: &mut GrownTree, max_leaf_nodes: usize) {
        let mut open = vec![0];
        for _ in 1..max_leaf_nodes {
            let gain = |node: usize| tree.splits[node].map(|split| split.gain);
            let best = (0..open.len())
                .filter_map(|idx| gain(open[idx]).map(|gain| (idx, gain)))
                .max_by(|left, right| left.1.total_cmp(&right.1).then(open[right.0].cmp(&open[left.0])));
            let Some((idx, _)) = best else { break };
            let node: usize = open.swap_remove(idx);
            open.extend([node + 1, node + tree.rights[node] as usize]);
        }
        open.sort_unstable();
        for node in open.into_iter().rev() {
            if tree.rights[node] != 0 {
                tree.cut(node, self.config.score.leaf(tree.sums[node]));
            }
        }
    }

    fn must_be_leaf(&self, node: &Pending, error: f64, total: Sum) -> bool {
        let config = self.config;
        let n_rows = config.n_rows(total);
        config.max_depth.is_some_and(|max_depth| node.depth >= max_depth)
            || n_rows < config.min_samples_split
            || n_rows < 2 * config.min_samples_leaf
            // As in scikit-learn: no variance beyond rounding errors.
            || error <= f64::EPSILON * total.h
    }

    /// The rows' sum, and the squared error of their mean; infinite if it is not defined.
    fn total_and_error(&self, rows: &[u32], stats: &[Stat]) -> (Sum, f64) {
        if matches!(self.config.score, Score::Newton { .. }) {
            return (Sum::of(rows, stats), f64::INFINITY);
        }
        let (mut total, mut squares) = (Sum::default(), 0.0);
        for row in rows {
            let Stat { g, h } = stats[*row as usize];
            total += Sum { g, h, n: 1 };
            squares += g * g / h;
        }
        (total, squares - total.g * total.g / total.h)
    }

    fn best_split(
        &self,
        rows: &[u32],
        stats: &[Stat],
        node: &Pending,
        total: Sum,
        random: &mut SplitMix64,
    ) -> Option<Split> {
        let finder = SplitFinder { config: self.config, binned: self.binned, total, bounds: node.bounds };
        let absolute = self.config.absolute.then(|| AbsoluteFinder::new(self.config, self.binned, rows, stats));
        let mut column_sums: Vec<Sum> = Vec::new();
        let mut summed_column = usize::MAX;
        let find = |feature: Feature, random: &mut SplitMix64| {
            if let Some(absolute) = &absolute {
                return absolute.find(feature, total, random);
            }
            let (from, to) = (self.binned.offsets[feature.column], self.binned.offsets[feature.column + 1]);
            match &node.sums {
                Some(sums) => finder.find(feature, &sums[from..to], random),
                None => {
                    if summed_column != feature.column {
                        column_sums.clear();
                        column_sums.resize(to - from, Sum::default());
                        add_column(self.binned, feature.column, rows, stats, &mut column_sums);
                        summed_column = feature.column;
                    }
                    finder.find(feature, &column_sums, random)
                }
            }
        };
        self.best_of_features(random, find)
    }

    /// The best result of `find` among the features considered.
    pub(super) fn best_of_features(
        &self,
        random: &mut SplitMix64,
        mut find: impl FnMut(Feature, &mut SplitMix64) -> (Option<Split>, bool),
    ) -> Option<Split> {
        let mut best = None;
        if self.n_drawn == self.features.len() && !self.config.shuffles {
            for feature in &self.features {
                best = better(best, find(*feature, random).0);
            }
        } else {
            // Draw without replacement until enough features were visited and one of them was not constant.
            let mut left: Vec<Feature> = self.features.clone();
            let (mut n_seen, mut n_varying) = (0, 0);
            while !left.is_empty() && (n_seen < self.n_drawn || n_varying == 0) {
                let drawn = (random.uniform() * left.len() as f64) as usize;
                let (split, is_constant) = find(left.swap_remove(drawn), random);
                n_seen += 1;
                n_varying += usize::from(!is_constant);
                best = better(best, split);
            }
        }
        best.filter(|split| split.gain > self.config.min_gain)
    }

    /// Moves the rows of the left side to the front, keeping the order on both sides, and returns their number.
    fn partition(&self, rows: &mut [u32], split: &Split, buffer: &mut Vec<u32>) -> usize {
        let column = &self.binned.columns[split.column];
        buffer.resize(rows.len().max(buffer.len()), 0);
        // A row's side is unpredictable: write it to both, and advance only one of the ends.
        let (mut n_left, mut n_right) = (0, 0);
        for idx in 0..rows.len() {
            let row = rows[idx];
            let goes_left = split.goes_left(column, column.bins[row as usize]);
            rows[n_left] = row;
            buffer[n_right] = row;
            n_left += usize::from(goes_left);
            n_right += usize::from(!goes_left);
        }
        rows[n_left..].copy_from_slice(&buffer[..n_right]);
        n_left
    }

    /// Computes the smaller side's histogram; the other is the difference from the parent's.
    fn child_histograms(
        &self,
        rows: &[u32],
        node: &Pending,
        middle: usize,
        stats: &[Stat],
        sums: &[Sum],
    ) -> (Option<Vec<Sum>>, Option<Vec<Sum>>) {
        if self.config.max_depth.is_some_and(|max_depth| node.depth + 1 >= max_depth) {
            return (None, None);
        }
        let is_left_smaller = middle - node.start <= node.end - middle;
        let smaller = if is_left_smaller { &rows[node.start..middle] } else { &rows[middle..node.end] };
        let smaller = histogram(self.binned, smaller, stats);
        let larger = difference(sums, &smaller);
        if is_left_smaller { (Some(smaller), Some(larger)) } else { (Some(larger), Some(smaller)) }
    }

    /// If the split column is monotone, the leaves of neither side may cross the midpoint of the two values.
    pub(super) fn child_bounds(&self, split: &Split, bounds: (f64, f64)) -> ((f64, f64), (f64, f64)) {
        let direction = self.config.monotone.get(split.column).copied().unwrap_or_default();
        if direction == 0 {
            return (bounds, bounds);
        }
        let leaf = |sum| self.config.score.leaf(sum).clamp(bounds.0, bounds.1);
        let middle = f64::midpoint(leaf(split.left), leaf(split.right));
        if direction > 0 { ((bounds.0, middle), (middle, bounds.1)) } else { ((middle, bounds.1), (bounds.0, middle)) }
    }
}
