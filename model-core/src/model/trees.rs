//! Decision trees, one or many: what every tree-based family predicts with.
//!
//! All trees share one flat, columnar layout in preorder: a node's left child is the next node, its right child lies
//! `right` nodes further on, and a leaf is a node whose `right` is 0. Children always point forward, so traversal
//! terminates.

use serde::Serialize;

use super::largest;
use crate::decode::impl_from_json;

/// Trees on natively encoded features (one per column), and how their leaves become one number.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Trees {
    /// Whether each feature is a category's code, tested for equality, instead of a number, tested for order.
    pub categorical: Vec<bool>,
    /// How many nodes each tree has.
    pub lengths: Vec<u32>,
    /// The feature that each node tests; 0 for a leaf.
    pub features: Vec<u16>,
    /// What each node tests for: a record goes left with a number up to this, or with another category than this. For a
    /// leaf its value, in the target's unit (in boosting, multiplied by the learning rate).
    pub values: Vec<f64>,
    /// The offset of each node's right child; 0 for a leaf.
    pub rights: Vec<u32>,
    /// The nodes, ascending, at which a blank goes left; at all others it goes right.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub blank_left: Vec<u32>,
    /// How the trees' leaves are combined.
    pub combine: Combine,
}

impl_from_json!(Trees { categorical, lengths, features, values, rights, blank_left = Vec::new(), combine });

/// How the leaves that a record reaches become one number.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Combine {
    /// Added to a base value (boosting; a single tree with base 0).
    Sum {
        /// The prediction without any tree.
        base: f64,
    },
    /// Averaged (forests).
    Mean,
    /// The median, each tree weighted (AdaBoost.R2).
    WeightedMedian {
        /// One per tree.
        weights: Vec<f64>,
    },
}

impl_from_json!(enum Combine { "sum" => Sum { base }, "mean" => Mean {}, "weighted_median" => WeightedMedian { weights } });

impl Trees {
    /// How many trees there are.
    #[must_use]
    pub fn n_trees(&self) -> usize {
        self.lengths.len()
    }

    /// The leaf value that each tree gives for `features`, in the trees' order.
    pub fn leaves<'a>(&'a self, features: &'a [f64]) -> impl Iterator<Item = f64> + 'a {
        let mut root = 0;
        self.lengths.iter().map(move |length| {
            let leaf = self.leaf(root, features);
            root += *length as usize;
            self.values[leaf]
        })
    }

    pub(crate) fn predict(&self, features: &[f64]) -> f64 {
        match &self.combine {
            Combine::Sum { base } => self.leaves(features).fold(*base, |sum, leaf| sum + leaf),
            Combine::Mean => self.leaves(features).fold(0.0, |sum, leaf| sum + leaf) / self.n_trees() as f64,
            Combine::WeightedMedian { weights } => weighted_median(self.leaves(features).zip(weights.iter().copied())),
        }
    }

    /// The leaf that `features` reach from the node `root`.
    fn leaf(&self, root: usize, features: &[f64]) -> usize {
        let mut node = root;
        loop {
            let right = self.rights[node] as usize;
            if right == 0 {
                return node;
            }
            node += if self.goes_left(node, features) { 1 } else { right };
        }
    }

    /// The child of `node`, which is no leaf, for `features`.
    #[inline]
    pub(crate) fn goes_left(&self, node: usize, features: &[f64]) -> bool {
        let feature_idx = usize::from(self.features[node]);
        let feature = features[feature_idx];
        if feature.is_nan() {
            u32::try_from(node).is_ok_and(|node| self.blank_left.binary_search(&node).is_ok())
        } else if self.categorical[feature_idx] {
            feature != self.values[node]
        } else {
            feature <= self.values[node]
        }
    }

    /// About how many elementary steps a prediction takes: the longest path in each tree, and sorting for a median.
    pub(crate) fn n_steps(&self) -> usize {
        let (mut n_steps, mut root) = (0, 0);
        for length in &self.lengths {
            let end = root + *length as usize;
            // The depths of the right children still to visit; in preorder the last comes next.
            let (mut pending, mut depth, mut deepest) = (Vec::new(), 0_usize, 0);
            for right in self.rights.get(root..end).unwrap_or_default() {
                deepest = deepest.max(depth);
                if *right == 0 {
                    depth = pending.pop().unwrap_or_default();
                } else {
                    depth += 1;
                    pending.push(depth);
                }
            }
            n_steps += 2 * (deepest + 1);
            root = end;
        }
        n_steps + self.n_trees() * (12 + self.n_trees().max(1).ilog2() as usize)
    }

    /// An upper bound of the magnitude of a prediction and of all intermediate sums.
    pub(crate) fn max_magnitude(&self) -> f64 {
        let mut root = 0;
        let largest_of_each = self.lengths.iter().map(|length| {
            let end = root + *length as usize;
            let nodes = self.values.get(root..end).unwrap_or_default().iter().zip(self.rights.iter().skip(root));
            root = end;
            nodes.fold(0.0, |most: f64, (value, right)| if *right == 0 { most.max(value.abs()) } else { most })
        });
        let sum = largest_of_each.sum::<f64>();
        match &self.combine {
            Combine::Sum { base } => base.abs() + sum,
            Combine::Mean => sum,
            Combine::WeightedMedian { weights } => sum.max(largest(weights) * weights.len() as f64),
        }
    }

    /// What is wrong with the trees for rows of `n_features`, if anything.
    pub(crate) fn structural_problem(&self, n_features: usize) -> Option<String> {
        let n_nodes = self.features.len();
        if self.categorical.len() != n_features {
            return Some(format!("the trees read {} columns, the schema has {n_features}", self.categorical.len()));
        }
        if self.values.len() != n_nodes || self.rights.len() != n_nodes {
            return Some("the lists of nodes differ in length".into());
        }
        // In 64 bits, as forged lengths could overflow in wasm.
        let n_in_trees: u64 = self.lengths.iter().map(|length| u64::from(*length)).sum();
        if self.lengths.is_empty() || n_in_trees != n_nodes as u64 {
            return Some("the trees' lengths don't add up to the number of nodes".into());
        }
        if !self.values.iter().all(|value| value.is_finite()) {
            return Some("a node holds a number that is not finite".into());
        }
        let mut root = 0;
        for length in &self.lengths {
            let end = root + *length as usize;
            if root == end || !self.is_tree(root, end, n_features) {
                return Some(format!("the nodes from {root} on are no tree"));
            }
            root = end;
        }
        let blanks_in_order = self.blank_left.is_sorted_by(|left, right| left < right)
            && self.blank_left.last().is_none_or(|node| (*node as usize) < n_nodes);
        if !blanks_in_order {
            return Some("the nodes for blanks are out of order".into());
        }
        match &self.combine {
            Combine::Sum { base } if !base.is_finite() => Some("the base value is not finite".into()),
            Combine::WeightedMedian { weights }
                if weights.len() != self.n_trees()
                    || !weights.iter().all(|weight| weight.is_finite() && *weight >= 0.0) =>
            {
                Some("there is not one weight for each tree".into())
            }
            _ => None,
        }
    }

    /// Whether the nodes from `root` up to `end` are one tree in preorder: each but the last is followed by its left
    /// child or, if it is a leaf, by the nearest pending right child.
    fn is_tree(&self, root: usize, end: usize, n_features: usize) -> bool {
        let mut owed: Vec<usize> = Vec::new();
        for node in root..end {
            let right = self.rights[node] as usize;
            if right != 0 {
                if usize::from(self.features[node]) >= n_features || right < 2 || node + right >= end {
                    return false;
                }
                if owed.last().is_some_and(|next| node + right >= *next) {
                    return false;
                }
                owed.push(node + right);
            } else if owed.pop() != (node + 1 < end).then_some(node + 1) {
                return false;
            }
        }
        owed.is_empty()
    }
}

/// The smallest leaf at which half of the weight is reached, as in scikit-learn's AdaBoost.
fn weighted_median(found: impl Iterator<Item = (f64, f64)>) -> f64 {
    let mut leaves: Vec<(f64, f64)> = found.collect();
    // Stable: the order in which weights are added up decides their sum's last bits.
    leaves.sort_by(|(left, _), (right, _)| left.total_cmp(right));
    let half = 0.5 * leaves.iter().fold(0.0, |sum, (_, weight)| sum + weight);
    let mut reached = 0.0;
    for (leaf, weight) in &leaves {
        reached += weight;
        if reached >= half {
            return *leaf;
        }
    }
    leaves.last().map_or(0.0, |(leaf, _)| *leaf)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// x ≤ 5 ? (category 2 ? 30 : 10) : 20, then a stump on the category.
    fn trees(combine: Combine) -> Trees {
        Trees {
            categorical: vec![false, true],
            lengths: vec![5, 3],
            features: vec![0, 1, 0, 0, 0, 1, 0, 0],
            values: vec![5.0, 2.0, 10.0, 30.0, 20.0, 0.0, 1.0, 2.0],
            rights: vec![4, 2, 0, 0, 0, 2, 0, 0],
            blank_left: vec![0],
            combine,
        }
    }

    #[test]
    fn walks_worked_by_hand() {
        let sum = trees(Combine::Sum { base: 100.0 });
        assert_eq!(sum.structural_problem(2), None);
        assert_eq!(sum.predict(&[5.0, 2.0]), 131.0);
        assert_eq!(sum.predict(&[5.0, 0.0]), 112.0);
        assert_eq!(sum.predict(&[5.1, 2.0]), 121.0);
        // A blank goes left at node 0 and right elsewhere.
        assert_eq!(sum.predict(&[f64::NAN, f64::NAN]), 132.0);
        // An unseen category equals none.
        assert_eq!(sum.predict(&[0.0, crate::UNSEEN_CODE]), 111.0);
        assert_eq!(trees(Combine::Mean).predict(&[5.0, 2.0]), 15.5);
        let median = |weights| trees(Combine::WeightedMedian { weights }).predict(&[5.0, 2.0]);
        assert_eq!((median(vec![1.0, 2.0]), median(vec![2.0, 1.0])), (1.0, 30.0));
    }

    #[test]
    fn what_is_no_tree_is_refused() {
        let refused = |spoil: &dyn Fn(&mut Trees)| {
            let mut trees = trees(Combine::Mean);
            spoil(&mut trees);
            trees.structural_problem(2).is_some()
        };
        assert!(!refused(&|_| {}));
        assert!(refused(&|trees| trees.rights[0] = 3));
        assert!(refused(&|trees| trees.rights[0] = 5));
        assert!(refused(&|trees| trees.rights[0] = 1));
        assert!(refused(&|trees| trees.rights[4] = 2));
        assert!(refused(&|trees| trees.rights[1] = 0));
        assert!(refused(&|trees| trees.rights[1] = 3));
        assert!(refused(&|trees| trees.features[0] = 2));
        assert!(refused(&|trees| trees.lengths = vec![4, 4]));
        assert!(refused(&|trees| trees.lengths = vec![5, 3, 0]));
        assert!(refused(&|trees| trees.lengths = vec![]));
        assert!(refused(&|trees| trees.values[2] = f64::NAN));
        assert!(refused(&|trees| trees.blank_left = vec![8]));
        assert!(refused(&|trees| trees.combine = Combine::WeightedMedian { weights: vec![1.0] }));
        assert!(trees(Combine::Mean).structural_problem(3).is_some());
    }
}
