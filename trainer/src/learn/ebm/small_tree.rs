//! A small tree on one column.

use super::params::Params;
use crate::folds::binned::BinnedColumn;
use crate::learn::engine::Stat;

/// The tree's value for each bin of the column. Each category is a leaf, and so are blanks; numbers are split
/// best-first. If the column has a direction, neighbouring leaves that violate it are merged, as in isotonic regression
/// (Ayer et al. 1955).
pub(super) fn small_tree(params: &Params, column: &BinnedColumn, sums: &[Stat], direction: i8) -> Vec<f64> {
    if column.is_categorical {
        return sums.iter().map(|sum| params.step(*sum)).collect();
    }
    let mut steps = vec![0.0; sums.len()];
    let numbers = &sums[..column.n_values()];
    let mut leaves = vec![Leaf::new(params, numbers, 0, numbers.len())];
    while leaves.len() < params.max_leaves {
        let gain = |leaf: &Leaf| leaf.cut.as_ref().map_or(0.0, |cut| cut.gain);
        let Some(best) = (0..leaves.len()).max_by(|left, right| {
            // Ties go to the first.
            gain(&leaves[*left]).total_cmp(&gain(&leaves[*right])).then(right.cmp(left))
        }) else {
            break;
        };
        let Some(Cut { bin, .. }) = leaves[best].cut else { break };
        let Leaf { start, end, .. } = leaves[best];
        leaves[best] = Leaf::new(params, numbers, start, bin);
        leaves.push(Leaf::new(params, numbers, bin, end));
    }
    for leaf in in_direction(params, leaves, direction) {
        steps[leaf.start..leaf.end].fill(params.step(leaf.sum));
    }
    if let Some(blank) = column.blank {
        steps[usize::from(blank)] = params.step(sums[usize::from(blank)]);
    }
    steps
}

/// The leaves, with neighbours merged until their steps are monotone in the direction.
fn in_direction(params: &Params, mut leaves: Vec<Leaf>, direction: i8) -> Vec<Leaf> {
    if direction == 0 {
        return leaves;
    }
    leaves.sort_unstable_by_key(|leaf| leaf.start);
    let mut kept: Vec<Leaf> = Vec::with_capacity(leaves.len());
    for mut leaf in leaves {
        while let Some(before) =
            kept.pop_if(|before| f64::from(direction) * (params.step(leaf.sum) - params.step(before.sum)) < 0.0)
        {
            leaf = Leaf { start: before.start, end: leaf.end, sum: add(before.sum, &leaf.sum), cut: None };
        }
        kept.push(leaf);
    }
    kept
}

/// A cut between two bins.
struct Cut {
    gain: f64,
    /// The first bin of the right side.
    bin: usize,
}

/// Consecutive bins, and their best cut.
struct Leaf {
    start: usize,
    end: usize,
    sum: Stat,
    cut: Option<Cut>,
}

impl Leaf {
    fn new(params: &Params, sums: &[Stat], start: usize, end: usize) -> Self {
        let sum = sums[start..end].iter().fold(Stat::default(), add);
        let mut left = Stat::default();
        let mut cut = None;
        let score = |sum: Stat| sum.g * sum.g / (sum.h + params.smoothing);
        let mut best = if sum.h > 0.0 { score(sum) } else { 0.0 };
        let whole = best;
        let least = params.min_samples_leaf.max(f64::MIN_POSITIVE);
        for (bin, bin_sum) in sums[..end].iter().enumerate().skip(start) {
            if left.h >= least && sum.h - left.h >= least {
                let after = score(left) + score(Stat { g: sum.g - left.g, h: sum.h - left.h });
                if after > best {
                    best = after;
                    cut = Some(Cut { gain: after - whole, bin });
                }
            }
            left = add(left, bin_sum);
        }
        Self { start, end, sum, cut }
    }
}

fn add(left: Stat, right: &Stat) -> Stat {
    Stat { g: left.g + right.g, h: left.h + right.h }
}
