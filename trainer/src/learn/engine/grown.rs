//! A grown tree, with the statistics that pruning and boosting need.

use super::histogram::Sum;
use super::split::Split;
use crate::folds::binned::Binned;

/// A tree in the layout of [`model_core::Trees`].
#[derive(Debug, Clone, Default)]
pub(crate) struct GrownTree {
    pub(crate) features: Vec<u16>,
    pub(crate) values: Vec<f64>,
    pub(crate) rights: Vec<u32>,
    pub(crate) blank_left: Vec<u32>,
    /// The sum of each node's rows.
    pub(crate) sums: Vec<Sum>,
    /// The bounds of each node's value, from the directions of splits above it.
    pub(super) bounds: Vec<(f64, f64)>,
    /// The squared error of each node's mean; only for [`Score::Squared`](super::config::Score::Squared).
    pub(crate) errors: Vec<f64>,
    /// The training rows of the tree, leaf by leaf.
    pub(crate) rows: Vec<u32>,
    pub(crate) leaves: Vec<Leaf>,
    pub(super) splits: Vec<Option<Split>>,
}

/// A leaf, and the range of its rows in [`GrownTree::rows`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Leaf {
    pub(crate) node: usize,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl GrownTree {
    /// The leaf that a row of the binned set reaches, whether or not the tree was grown on it.
    pub(crate) fn leaf_of(&self, binned: &Binned, row: usize) -> usize {
        let mut node = 0;
        while let Some(split) = &self.splits[node] {
            let column = &binned.columns[split.column];
            node += if split.goes_left(column, column.bins[row]) { 1 } else { self.rights[node] as usize };
        }
        node
    }

    /// The value of the leaf reached by natively encoded features.
    pub(crate) fn value_for(&self, features: &[f64], categorical: &[bool]) -> f64 {
        let mut node = 0;
        while self.rights[node] != 0 {
            let feature_idx = usize::from(self.features[node]);
            let feature = features[feature_idx];
            let goes_left = if feature.is_nan() {
                self.splits[node].is_some_and(|split| split.blank_left)
            } else if categorical[feature_idx] {
                feature != self.values[node]
            } else {
                feature <= self.values[node]
            };
            node += if goes_left { 1 } else { self.rights[node] as usize };
        }
        self.values[node]
    }

    /// Turns `node` into a leaf with the value `value`, or the nearest within its bounds, and removes its subtree.
    pub(crate) fn cut(&mut self, node: usize, value: f64) {
        let (least, most) = self.bounds[node];
        let value = value.clamp(least, most);
        let end = self.end_of(node);
        let n_cut = end - node - 1;
        // Right children behind the removed nodes move towards their parents in front.
        for (parent, right) in self.rights.iter_mut().enumerate().take(node) {
            if *right != 0 && parent + *right as usize >= end {
                *right -= u32::try_from(n_cut).unwrap_or_default();
            }
        }
        let first_row = self.leaves.iter().find(|leaf| leaf.node >= node).map_or(0, |leaf| leaf.start);
        let last_row = self.leaves.iter().rfind(|leaf| leaf.node < end).map_or(0, |leaf| leaf.end);
        self.leaves.retain(|leaf| leaf.node < node || leaf.node >= end);
        for leaf in &mut self.leaves {
            leaf.node -= if leaf.node >= end { n_cut } else { 0 };
        }
        let position = self.leaves.partition_point(|leaf| leaf.node < node);
        self.leaves.insert(position, Leaf { node, start: first_row, end: last_row });
        self.features.drain(node + 1..end);
        self.values.drain(node + 1..end);
        self.rights.drain(node + 1..end);
        self.sums.drain(node + 1..end);
        self.bounds.drain(node + 1..end);
        self.errors.drain(node + 1..end);
        self.splits.drain(node + 1..end);
        (self.features[node], self.values[node], self.rights[node], self.splits[node]) = (0, value, 0, None);
        let (gone, cut) = (node as u32..end as u32, n_cut as u32);
        self.blank_left.retain(|node| !gone.contains(node));
        for node in &mut self.blank_left {
            *node -= if *node >= gone.end { cut } else { 0 };
        }
    }

    /// The index after the subtree of `node`.
    pub(crate) fn end_of(&self, node: usize) -> usize {
        let mut last = node;
        while self.rights[last] != 0 {
            last += self.rights[last] as usize;
        }
        last + 1
    }
}
