//! Predicts many rows with fitted trees.
//!
//! Each test becomes a bitmap over a column's codes, so that any test on any kind of column is a single look-up. Blocks
//! of rows descend a tree together: while one row waits for memory, the others proceed.

use model_core::{Combine, Trees};
use rayon::prelude::*;

use crate::folds::column_features::ColumnFeatures;
use crate::folds::fit_data::FitData;

/// Rows that descend a tree together.
const WIDTH: usize = 32;
/// Rows of one task.
const BLOCK_ROWS: usize = 4_096;

struct Walker {
    trees: Vec<Vec<Node>>,
    depths: Vec<usize>,
}

/// A leaf is its own child.
struct Node {
    column: usize,
    goes_left: [u64; 4],
    children: [u32; 2],
    value: f64,
}

/// The sums of the first trees, for each number of trees in `sizes`; of all trees if there are fewer. `None` if the
/// data has columns without codes, or if the trees are not summed.
pub(crate) fn predict_stages(trees: &Trees, data: &FitData, imputed: bool, sizes: &[usize]) -> Option<Vec<Vec<f64>>> {
    let Combine::Sum { base } = trees.combine else { return None };
    let columns: Vec<(Vec<f64>, &[u8])> = (0..trees.categorical.len())
        .map(|column| match data.column_features(column, imputed) {
            ColumnFeatures::Coded(features, codes) => Some((features, codes)),
            ColumnFeatures::Plain(_) => None,
        })
        .collect::<Option<_>>()?;
    let walker = Walker::new(trees, &columns);
    let codes: Vec<&[u8]> = columns.iter().map(|(_, codes)| *codes).collect();
    let mut predicted = vec![vec![base; data.n_rows()]; sizes.len()];
    let mut blocks: Vec<Vec<&mut [f64]>> = (0..data.n_rows().div_ceil(BLOCK_ROWS)).map(|_| Vec::new()).collect();
    for stage in &mut predicted {
        for (block, part) in blocks.iter_mut().zip(stage.chunks_mut(BLOCK_ROWS)) {
            block.push(part);
        }
    }
    let rows = data.rows().par_chunks(BLOCK_ROWS);
    rows.zip(blocks).for_each(|(rows, mut stages)| walker.walk_block(base, rows, &codes, sizes, &mut stages));
    Some(predicted)
}

impl Walker {
    fn new(trees: &Trees, columns: &[(Vec<f64>, &[u8])]) -> Self {
        let mut walker = Self { trees: Vec::new(), depths: Vec::new() };
        let mut root = 0;
        for length in &trees.lengths {
            let end = root + *length as usize;
            let node = |node_idx: usize| {
                let own = (node_idx - root) as u32;
                let right = trees.rights[node_idx];
                let column = usize::from(trees.features[node_idx]);
                let value = trees.values[node_idx];
                if right == 0 {
                    return Node { column: 0, goes_left: [0; 4], children: [own; 2], value };
                }
                let blank_left = trees.blank_left.binary_search(&(node_idx as u32)).is_ok();
                let goes_left = |feature: f64| {
                    if feature.is_nan() {
                        blank_left
                    } else if trees.categorical[column] {
                        feature != value
                    } else {
                        feature <= value
                    }
                };
                let mut bits = [0; 4];
                for (code, feature) in columns[column].0.iter().enumerate() {
                    bits[code / 64] |= u64::from(goes_left(*feature)) << (code % 64);
                }
                Node { column, goes_left: bits, children: [own + right, own + 1], value }
            };
            let nodes: Vec<Node> = (root..end).map(node).collect();
            walker.depths.push(depth(&nodes));
            walker.trees.push(nodes);
            root = end;
        }
        walker
    }

    fn walk_block(&self, base: f64, rows: &[u32], codes: &[&[u8]], sizes: &[usize], stages: &mut [&mut [f64]]) {
        let mut cells = vec![[0_u8; WIDTH]; codes.len()];
        for (block, rows) in rows.chunks(WIDTH).enumerate() {
            for (cells, codes) in cells.iter_mut().zip(codes) {
                for (cell, row) in cells.iter_mut().zip(rows) {
                    *cell = codes[*row as usize];
                }
            }
            let mut sums = [base; WIDTH];
            for (tree, (nodes, depth)) in self.trees.iter().zip(&self.depths).enumerate() {
                let mut at = [0_u32; WIDTH];
                for _ in 0..*depth {
                    for (lane, at) in at.iter_mut().enumerate() {
                        let node = &nodes[*at as usize];
                        let code = cells[node.column][lane];
                        let bit = node.goes_left[usize::from(code >> 6)] >> (code & 63) & 1;
                        *at = node.children[bit as usize];
                    }
                }
                for (sum, at) in sums.iter_mut().zip(at) {
                    *sum += nodes[at as usize].value;
                }
                for (stage, size) in stages.iter_mut().zip(sizes) {
                    if *size == tree + 1 || (*size > tree && tree + 1 == self.trees.len()) {
                        stage[block * WIDTH..][..rows.len()].copy_from_slice(&sums[..rows.len()]);
                    }
                }
            }
        }
    }
}

/// The depth of the tree; children come after their parents.
fn depth(nodes: &[Node]) -> usize {
    let mut below = vec![0; nodes.len()];
    for (node_idx, node) in nodes.iter().enumerate().rev() {
        let [right, left] = node.children.map(|child| child as usize);
        if left != node_idx {
            below[node_idx] = 1 + below[left].max(below[right]);
        }
    }
    below.first().copied().unwrap_or_default()
}
