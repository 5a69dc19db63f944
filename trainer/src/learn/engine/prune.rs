//! Minimal cost-complexity pruning (Breiman, Friedman, Olshen & Stone 1984), like scikit-learn's `ccp_alpha`.

use super::grown::GrownTree;

/// Prunes, weakest first, every node whose subtree reduces the error by at most `alpha` per additional leaf. Errors are
/// mean squared errors, weighted by the node's share of all rows.
pub(crate) fn prune(tree: &mut GrownTree, alpha: f64) {
    if alpha <= 0.0 {
        return;
    }
    let total = tree.sums[0].h;
    while let Some((node, strength)) = weakest(tree, total) {
        if strength > alpha {
            return;
        }
        let sum = tree.sums[node];
        tree.cut(node, sum.g / sum.h);
    }
}

/// The weakest link: the inner node with the smallest reduction of error per additional leaf.
fn weakest(tree: &GrownTree, total: f64) -> Option<(usize, f64)> {
    let n_nodes = tree.rights.len();
    // Total error and number of the leaves below each node; children come after their parents.
    let mut below = vec![(0.0, 0_usize); n_nodes];
    let mut found: Option<(usize, f64)> = None;
    for node in (0..n_nodes).rev() {
        let right = tree.rights[node] as usize;
        if right == 0 {
            below[node] = (tree.errors[node] / total, 1);
            continue;
        }
        let ((left_error, n_left), (right_error, n_right)) = (below[node + 1], below[node + right]);
        below[node] = (left_error + right_error, n_left + n_right);
        let strength = (tree.errors[node] / total - below[node].0) / (below[node].1 - 1) as f64;
        if found.is_none_or(|(_, least)| strength <= least) {
            found = Some((node, strength));
        }
    }
    found
}
