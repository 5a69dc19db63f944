//! Interventional TreeSHAP (Lundberg et al. 2020) with the background aggregated when the model is first explained.
//!
//! A mixture of a record and a prototype reaches a leaf if each column on which one of the two fails a test is taken
//! from the other. So a leaf adds to the columns that only the record passes and subtracts from those that only the
//! prototype passes, with Shapley's weights for the numbers of both. Prototypes that fail on the same columns are
//! merged.

use super::{Prototypes, Shares, bits};
use crate::model::{Combine, Trees};

#[derive(Debug, Clone)]
pub(super) struct Paths {
    /// The bit that stands for each node's column within its tree.
    bits: Vec<u8>,
    /// The column of each bit, tree by tree.
    columns: Vec<u16>,
    /// Where each tree's columns start; one more entry for the end.
    column_starts: Vec<u32>,
    /// Where each node's failures start (only leaves have any); one more entry for the end.
    failure_starts: Vec<u32>,
    /// The sets of columns on which prototypes fail on the way to a leaf, with the weight of these prototypes.
    failures: Vec<(u64, f64)>,
    shares: Shares,
}

impl Paths {
    /// `None` if a tree reads too many columns.
    pub(super) fn new(trees: &Trees, prototypes: &Prototypes) -> Option<Self> {
        let n_nodes = trees.features.len();
        let mut paths = Self {
            bits: vec![0; n_nodes],
            columns: Vec::new(),
            column_starts: vec![0],
            failure_starts: Vec::with_capacity(n_nodes + 1),
            failures: Vec::new(),
            shares: Shares::new(0),
        };
        let (mut root, mut most) = (0, 0);
        for length in &trees.lengths {
            let end = root + *length as usize;
            let first = paths.columns.len();
            for node in (root..end).filter(|node| trees.rights[*node] != 0) {
                let column = u16::try_from(prototypes.column_of[usize::from(trees.features[node])]).ok()?;
                let known = paths.columns[first..].iter().position(|known| *known == column);
                let bit = known.unwrap_or_else(|| {
                    paths.columns.push(column);
                    paths.columns.len() - 1 - first
                });
                paths.bits[node] = u8::try_from(bit).ok().filter(|bit| *bit < 64)?;
            }
            most = most.max(paths.columns.len() - first);
            paths.column_starts.push(u32::try_from(paths.columns.len()).ok()?);
            paths.add_failures(trees, (root, end), prototypes)?;
            root = end;
        }
        paths.failure_starts.push(u32::try_from(paths.failures.len()).ok()?);
        paths.shares = Shares::new(most);
        Some(paths)
    }

    /// Collects the failures of the prototypes in the tree with the nodes from `root` to `end`.
    fn add_failures(&mut self, trees: &Trees, (root, end): (usize, usize), prototypes: &Prototypes) -> Option<()> {
        let mut of_node: Vec<Vec<(u64, f64)>> = vec![Vec::new(); end - root];
        for (features, weight) in prototypes.features.iter().zip(&prototypes.weights) {
            self.each_leaf(trees, root, features, |leaf, failed| {
                let failures = &mut of_node[leaf - root];
                match failures.iter_mut().find(|(mask, _)| *mask == failed) {
                    Some((_, sum)) => *sum += weight,
                    None => failures.push((failed, *weight)),
                }
            });
        }
        for failures in of_node {
            self.failure_starts.push(u32::try_from(self.failures.len()).ok()?);
            self.failures.extend(failures);
        }
        Some(())
    }

    /// Calls `visit` with each leaf of a tree and the columns whose tests on the way there `features` fail.
    fn each_leaf(&self, trees: &Trees, root: usize, features: &[f64], mut visit: impl FnMut(usize, u64)) {
        let mut pending = vec![(root, 0_u64)];
        while let Some((node, failed)) = pending.pop() {
            let right = trees.rights[node] as usize;
            if right == 0 {
                visit(node, failed);
                continue;
            }
            let bit = 1 << self.bits[node];
            let goes_left = trees.goes_left(node, features);
            pending.push((node + right, if goes_left { failed | bit } else { failed }));
            pending.push((node + 1, if goes_left { failed } else { failed | bit }));
        }
    }

    pub(super) fn explain(&self, trees: &Trees, features: &[f64], contributions: &mut [f64]) {
        let scale = if trees.combine == Combine::Mean { 1.0 / trees.n_trees() as f64 } else { 1.0 };
        let mut root = 0;
        for (length, columns) in trees.lengths.iter().zip(self.column_starts.windows(2)) {
            let columns = &self.columns[columns[0] as usize..columns[1] as usize];
            self.each_leaf(trees, root, features, |leaf, failed| {
                let value = scale * trees.values[leaf];
                let n_failed = failed.count_ones();
                let mut taken = 0.0;
                let range = self.failure_starts[leaf] as usize..self.failure_starts[leaf + 1] as usize;
                for (mask, weight) in &self.failures[range] {
                    // If both fail on a column, no mixture reaches the leaf.
                    if mask & failed != 0 {
                        continue;
                    }
                    let n_passed = mask.count_ones();
                    if n_passed > 0 {
                        let given = weight * value * self.shares.of(n_passed, n_failed);
                        bits(*mask).for_each(|bit| contributions[usize::from(columns[bit])] += given);
                    }
                    taken += weight * self.shares.of(n_failed, n_passed);
                }
                bits(failed).for_each(|bit| contributions[usize::from(columns[bit])] -= value * taken);
            });
            root += *length as usize;
        }
    }
}
