//! Grows one tree, best first.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use super::records::{Histogram, Records, Span};
use super::step::Step;
use crate::learn::engine::grow::Grower;
use crate::learn::engine::grown::GrownTree;
use crate::learn::engine::histogram::Sum;
use crate::learn::engine::split::{Split, SplitFinder};
use crate::random::SplitMix64;

/// A node of the growing tree.
struct Node {
    span: Span,
    depth: usize,
    bounds: (f64, f64),
    total: Sum,
    /// The split, and both children once it is applied.
    split: Option<Split>,
    children: Option<(usize, usize)>,
}

/// A node that can be split, with the histogram from which its children's are computed.
struct Open {
    gain: f64,
    node: usize,
    histogram: Histogram,
}

impl Ord for Open {
    /// By gain; ties go to the older node.
    fn cmp(&self, other: &Self) -> Ordering {
        self.gain.total_cmp(&other.gain).then(other.node.cmp(&self.node))
    }
}

impl PartialOrd for Open {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Open {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Open {}

pub(super) fn grow<const N: usize>(
    records: &mut Records<N>,
    grower: &Grower<'_>,
    step: &Step,
    random: &mut SplitMix64,
) -> GrownTree {
    if step.subsample < 1.0 {
        records.draw(step.subsample, random);
    }
    let max_leaves = grower.config.max_leaf_nodes.unwrap_or(usize::MAX);
    let mut nodes: Vec<Node> = Vec::new();
    let mut open: BinaryHeap<Open> = BinaryHeap::new();
    let mut sums = Vec::new();
    let root = records.all();
    let histogram = records.histogram(&root);
    let unbounded = (f64::NEG_INFINITY, f64::INFINITY);
    let root = NewNode { span: root, histogram, depth: 0, bounds: unbounded };
    add_node(records, grower, random, &mut nodes, &mut open, root, &mut sums);
    let mut n_leaves = 1;
    while n_leaves < max_leaves
        && let Some(Open { node, histogram, .. }) = open.pop()
    {
        let Some(split) = nodes[node].split else { continue };
        let column = &grower.binned.columns[split.column];
        let (bundle, goes_left) = records.bundles.table(split.column, |bin| split.goes_left(column, bin));
        let (left, right) = records.partition(&nodes[node].span, bundle, &goes_left);
        let (left_bounds, right_bounds) = grower.child_bounds(&split, nodes[node].bounds);
        // Sum the smaller side; the other is the difference.
        let is_left_smaller = left.range.len() <= right.range.len();
        let depth = nodes[node].depth + 1;
        let children_may_split = grower.config.max_depth.is_none_or(|max_depth| depth < max_depth);
        let (left_histogram, right_histogram) = if !children_may_split {
            (Histogram::new(), Histogram::new())
        } else if is_left_smaller {
            let smaller = records.histogram(&left);
            let larger = difference(histogram, &smaller);
            (smaller, larger)
        } else {
            let smaller = records.histogram(&right);
            let larger = difference(histogram, &smaller);
            (larger, smaller)
        };
        nodes[node].children = Some((nodes.len(), nodes.len() + 1));
        let left = NewNode { span: left, histogram: left_histogram, depth, bounds: left_bounds };
        add_node(records, grower, random, &mut nodes, &mut open, left, &mut sums);
        let right = NewNode { span: right, histogram: right_histogram, depth, bounds: right_bounds };
        add_node(records, grower, random, &mut nodes, &mut open, right, &mut sums);
        n_leaves += 1;
    }
    drop(open);
    finish(records, grower, step, &nodes)
}

/// A node to be added.
struct NewNode {
    span: Span,
    /// Empty if the node is too deep to be split.
    histogram: Histogram,
    depth: usize,
    bounds: (f64, f64),
}

/// Adds a node, and queues it if its best split gains enough.
fn add_node<const N: usize>(
    records: &Records<N>,
    grower: &Grower<'_>,
    random: &mut SplitMix64,
    nodes: &mut Vec<Node>,
    open: &mut BinaryHeap<Open>,
    NewNode { span, histogram, depth, bounds }: NewNode,
    sums: &mut Vec<i64>,
) {
    let mut node = Node { span, depth, bounds, total: Sum::default(), split: None, children: None };
    if !histogram.is_empty() {
        records.bundles.unbundle(&histogram, sums);
        let columns: Vec<Sum> = sums
            .iter()
            .map(|packed| {
                let (g, n) = records.unpack(*packed);
                Sum { g, h: f64::from(n), n }
            })
            .collect();
        for sum in &columns[..grower.binned.offsets[1]] {
            node.total += *sum;
        }
        node.split = best_split(records, grower, random, &node, &columns);
        if let Some(split) = node.split {
            open.push(Open { gain: split.gain, node: nodes.len(), histogram });
        }
    }
    nodes.push(node);
}

fn best_split<const N: usize>(
    records: &Records<N>,
    grower: &Grower<'_>,
    random: &mut SplitMix64,
    node: &Node,
    columns: &[Sum],
) -> Option<Split> {
    let Grower { binned, config, .. } = grower;
    let n = node.total.n as usize;
    if n < config.min_samples_split || n < 2 * config.min_samples_leaf {
        return None;
    }
    let finder = SplitFinder { config, binned, total: node.total, bounds: node.bounds };
    let split = grower.best_of_features(random, |feature, random| {
        let (from, to) = (binned.offsets[feature.column], binned.offsets[feature.column + 1]);
        finder.find(feature, &columns[from..to], random)
    })?;
    // A gain of less than one unit per row is a rounding error.
    (split.gain > f64::from(node.total.n) * records.unit() * records.unit()).then_some(split)
}

fn difference(mut parent: Histogram, child: &Histogram) -> Histogram {
    for (sum, child) in parent.iter_mut().flatten().zip(child.iter().flatten()) {
        *sum -= child;
    }
    parent
}

/// Puts the nodes in preorder, fits the leaves, and subtracts them from the residuals.
fn finish<const N: usize>(records: &mut Records<N>, grower: &Grower<'_>, step: &Step, nodes: &[Node]) -> GrownTree {
    let mut tree = GrownTree::default();
    let mut leaves: Vec<(Span, f64)> = Vec::new();
    // Each node with the parent whose right child it is, if any.
    let mut pending: Vec<(usize, Option<usize>)> = vec![(0, None)];
    while let Some((node, right_of)) = pending.pop() {
        let Node { span, bounds, total, split, children, .. } = &nodes[node];
        let node_idx = tree.features.len();
        if let Some(parent) = right_of {
            tree.rights[parent] = (node_idx - parent) as u32;
        }
        tree.rights.push(0);
        tree.sums.push(*total);
        if let (Some(split), Some((left, right))) = (split, children) {
            tree.features.push(split.column as u16);
            tree.values.push(split.value);
            tree.splits.push(Some(*split));
            if split.blank_left {
                tree.blank_left.push(node_idx as u32);
            }
            pending.push((*right, Some(node_idx)));
            pending.push((*left, None));
        } else {
            let (g, n) = records.sum(span);
            let sum = Sum { g, h: f64::from(n), n };
            let value = if n == 0 { 0.0 } else { grower.config.score.leaf(sum).clamp(bounds.0, bounds.1) };
            let value = records.round(step.learning_rate * value);
            tree.features.push(0);
            tree.values.push(value);
            tree.splits.push(None);
            leaves.push((span.clone(), value));
        }
    }
    records.finish(&leaves);
    tree
}
