//! Cyclic boosting: round after round, column after column, a tree of few leaves on what is left of the target.

use super::fitted::{BoostConfig, Fitted, Residuals};
use super::pairs::{add_tables, choose};
use crate::folds::binned::{Binned, BinnedColumn};
use crate::folds::fit_data::FitData;
use crate::learn::engine::Stat;
use crate::learn::trees::gradient_boosting::draw;
use crate::random::SplitMix64;

/// The share of rows in a bag, where there are several.
const BAG_SHARE: f64 = 0.85;

/// What was learned after each of the wished numbers of rounds, averaged over bags.
pub(super) fn boost(config: &BoostConfig, data: &FitData, seed: u64, stages: &[usize]) -> Vec<Fitted> {
    let mut random = SplitMix64::new(seed);
    let n_rows = data.n_rows();
    let weights: Vec<f64> = data.weights().map_or_else(|| vec![1.0; n_rows], <[f64]>::to_vec);
    let binned = data.binned(false);
    let rows: Vec<u32> = (0..n_rows as u32).collect();
    let mut bagged = Vec::with_capacity(config.outer_bags);
    for _ in 0..config.outer_bags {
        let mut bag_weights = weights.clone();
        if config.outer_bags > 1 {
            bag_weights.fill(0.0);
            for row in draw(&rows, ((BAG_SHARE * n_rows as f64) as usize).max(1), &mut random) {
                bag_weights[row as usize] = weights[row as usize];
            }
        }
        bagged.push((bag_weights.clone(), boost_bag(config, binned, data, bag_weights, stages)));
    }
    let mean = |stage: usize| {
        let mut mean = bagged[0].1[stage].clone();
        for (_, others) in &bagged[1..] {
            mean.intercept += others[stage].intercept;
            for (sum, value) in mean.shapes.iter_mut().flatten().zip(others[stage].shapes.iter().flatten()) {
                *sum += value;
            }
        }
        mean.intercept /= bagged.len() as f64;
        mean.shapes.iter_mut().flatten().for_each(|value| *value /= bagged.len() as f64);
        with_pairs(config, data, &weights, mean, stages[stage])
    };
    (0..stages.len()).map(mean).collect()
}

/// Adds the tables of the chosen pairs, fitted to what the averaged shapes leave over.
fn with_pairs(config: &BoostConfig, data: &FitData, weights: &[f64], mut fitted: Fitted, rounds: usize) -> Fitted {
    if config.interactions > 0 {
        let binned = data.binned(false);
        let mut left: Vec<f64> = data.target().iter().map(|target| target - fitted.intercept).collect();
        for (column, shape) in binned.columns.iter().zip(&fitted.shapes) {
            for (left, bin) in left.iter_mut().zip(&column.bins) {
                *left -= shape[usize::from(*bin)];
            }
        }
        let mut residuals = Residuals { left, weights: weights.to_vec() };
        let chosen = choose(config.interactions, data, &residuals);
        add_tables(config, chosen, data, &mut residuals, &mut fitted, rounds);
    }
    fitted
}

/// One bag's model after each of the wished numbers of rounds.
fn boost_bag(
    config: &BoostConfig,
    binned: &Binned,
    data: &FitData,
    weights: Vec<f64>,
    stages: &[usize],
) -> Vec<Fitted> {
    let target = data.target();
    let total: f64 = weights.iter().sum();
    let intercept = target.iter().zip(&weights).map(|(target, weight)| weight * target).sum::<f64>() / total;
    let mut residuals = Residuals { left: target.iter().map(|target| target - intercept).collect(), weights };
    let shapes = binned.columns.iter().map(|column| vec![0.0; column.n_bins]).collect();
    let mut fitted = Fitted { intercept, shapes, pairs: Vec::new() };
    let mut at_stages = vec![None; stages.len()];
    for round in 1..=config.rounds {
        if data.is_stopped() {
            break;
        }
        for (column, shape) in binned.columns.iter().zip(&mut fitted.shapes) {
            let sums = residuals.sums(column.bins.iter().map(|bin| usize::from(*bin)), column.n_bins);
            let steps = small_tree(config, column, &sums);
            for (value, step) in shape.iter_mut().zip(&steps) {
                *value += step;
            }
            for (left, bin) in residuals.left.iter_mut().zip(&column.bins) {
                *left -= steps[usize::from(*bin)];
            }
        }
        for (at_stage, _) in at_stages.iter_mut().zip(stages).filter(|(_, stage)| **stage == round) {
            *at_stage = Some(fitted.clone());
        }
    }
    at_stages.into_iter().map(|at_stage| at_stage.unwrap_or_else(|| fitted.clone())).collect()
}

/// What a tree on one column adds for each of its bins. Categories and blanks are leaves of their own; numbers are cut
/// where that explains most, the best cut first.
fn small_tree(config: &BoostConfig, column: &BinnedColumn, sums: &[Stat]) -> Vec<f64> {
    if column.is_categorical {
        return sums.iter().map(|sum| config.step(*sum)).collect();
    }
    let mut steps = vec![0.0; sums.len()];
    let numbers = &sums[..column.n_values()];
    let mut leaves = vec![Leaf::new(config, numbers, 0, numbers.len())];
    while leaves.len() < config.max_leaves {
        let gain = |leaf: &Leaf| leaf.cut.map_or(0.0, |(gain, _)| gain);
        let Some(best) = (0..leaves.len()).max_by(|left, right| {
            // Of equals the first.
            gain(&leaves[*left]).total_cmp(&gain(&leaves[*right])).then(right.cmp(left))
        }) else {
            break;
        };
        let Some((_, place)) = leaves[best].cut else { break };
        let Leaf { start, end, .. } = leaves[best];
        leaves[best] = Leaf::new(config, numbers, start, place);
        leaves.push(Leaf::new(config, numbers, place, end));
    }
    for leaf in leaves {
        steps[leaf.start..leaf.end].fill(config.step(leaf.sum));
    }
    if let Some(blank) = column.blank {
        steps[usize::from(blank)] = config.step(sums[usize::from(blank)]);
    }
    steps
}

/// A stretch of bins, and its best cut.
struct Leaf {
    start: usize,
    end: usize,
    sum: Stat,
    /// What the cut gains, and the first bin behind it.
    cut: Option<(f64, usize)>,
}

impl Leaf {
    fn new(config: &BoostConfig, sums: &[Stat], start: usize, end: usize) -> Self {
        let sum = sums[start..end].iter().fold(Stat::default(), add);
        let mut left = Stat::default();
        let mut cut = None;
        let score = |sum: Stat| sum.g * sum.g / (sum.h + config.smoothing);
        let mut best = if sum.h > 0.0 { score(sum) } else { 0.0 };
        let whole = best;
        let least = config.min_samples_leaf.max(f64::MIN_POSITIVE);
        for (place, bin) in sums[..end].iter().enumerate().skip(start) {
            if left.h >= least && sum.h - left.h >= least {
                let gained = score(left) + score(Stat { g: sum.g - left.g, h: sum.h - left.h });
                if gained > best {
                    best = gained;
                    cut = Some((gained - whole, place));
                }
            }
            left = add(left, bin);
        }
        Self { start, end, sum, cut }
    }
}

fn add(left: Stat, right: &Stat) -> Stat {
    Stat { g: left.g + right.g, h: left.h + right.h }
}
