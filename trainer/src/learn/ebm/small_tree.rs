//! A small tree on one column.

use super::params::Params;
use crate::folds::binned::BinnedColumn;
use crate::learn::engine::Stat;

/// What the tree adds for each bin of the column. Categories and blanks are leaves of their own; numbers are cut
/// where that explains most, the best cut first.
pub(super) fn small_tree(params: &Params, column: &BinnedColumn, sums: &[Stat]) -> Vec<f64> {
    if column.is_categorical {
        return sums.iter().map(|sum| params.step(*sum)).collect();
    }
    let mut steps = vec![0.0; sums.len()];
    let numbers = &sums[..column.n_values()];
    let mut leaves = vec![Leaf::new(params, numbers, 0, numbers.len())];
    while leaves.len() < params.max_leaves {
        let gain = |leaf: &Leaf| leaf.cut.as_ref().map_or(0.0, |cut| cut.gain);
        let Some(best) = (0..leaves.len()).max_by(|left, right| {
            // Of equals the first.
            gain(&leaves[*left]).total_cmp(&gain(&leaves[*right])).then(right.cmp(left))
        }) else {
            break;
        };
        let Some(Cut { bin, .. }) = leaves[best].cut else { break };
        let Leaf { start, end, .. } = leaves[best];
        leaves[best] = Leaf::new(params, numbers, start, bin);
        leaves.push(Leaf::new(params, numbers, bin, end));
    }
    for leaf in leaves {
        steps[leaf.start..leaf.end].fill(params.step(leaf.sum));
    }
    if let Some(blank) = column.blank {
        steps[usize::from(blank)] = params.step(sums[usize::from(blank)]);
    }
    steps
}

/// A cut between two bins.
struct Cut {
    gain: f64,
    /// The first bin behind it.
    bin: usize,
}

/// Bins in a row, and their best cut.
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
