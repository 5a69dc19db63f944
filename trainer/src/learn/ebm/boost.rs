//! Cyclic boosting: in each round a tree with few leaves is fitted to the residuals for each column in turn.

use super::pairs::{add_tables, choose};
use super::params::Params;
use super::residuals::{Fitted, Residuals};
use super::small_tree::small_tree;
use crate::folds::binned::{Binned, BinnedColumn};
use crate::folds::fit_data::FitData;
use crate::learn::monotone::directions;
use crate::learn::sampling::{draw_share, share_of_cells};
use crate::random::SplitMix64;

/// The share of rows in each of several bags.
const BAG_SHARE: f64 = 0.85;

/// The fit after each number of rounds in `stages`, averaged over bags.
pub(super) fn boost(params: &Params, data: &FitData, seed: u64, stages: &[usize]) -> Vec<Fitted> {
    let mut random = SplitMix64::new(seed);
    let n_rows = data.n_rows();
    let weights: Vec<f64> = data.weights().map_or_else(|| vec![1.0; n_rows], <[f64]>::to_vec);
    let binned = data.binned(false);
    let rows: Vec<u32> = (0..n_rows as u32).collect();
    let mut bagged = Vec::with_capacity(params.outer_bags);
    for _ in 0..params.outer_bags {
        let mut bag_weights = weights.clone();
        if params.outer_bags > 1 {
            if let Some(counts) = data.counts() {
                bag_weights = share_of_cells(counts, BAG_SHARE, &mut random);
            } else {
                bag_weights.fill(0.0);
                for row in draw_share(&rows, BAG_SHARE, &mut random) {
                    bag_weights[row as usize] = weights[row as usize];
                }
            }
        }
        bagged.push(boost_bag(params, binned, data, bag_weights, stages));
    }
    let mean = |stage: usize| {
        let mut mean = bagged[0][stage].clone();
        for other in &bagged[1..] {
            mean.intercept += other[stage].intercept;
            for (sum, value) in mean.shapes.iter_mut().flatten().zip(other[stage].shapes.iter().flatten()) {
                *sum += value;
            }
        }
        mean.intercept /= bagged.len() as f64;
        mean.shapes.iter_mut().flatten().for_each(|value| *value /= bagged.len() as f64);
        with_pairs(params, data, &weights, mean, stages[stage])
    };
    (0..stages.len()).map(mean).collect()
}

/// Adds the tables of the selected pairs, fitted to the residuals of the averaged shapes.
fn with_pairs(params: &Params, data: &FitData, weights: &[f64], mut fitted: Fitted, rounds: usize) -> Fitted {
    if params.interactions > 0 {
        let binned = data.binned(false);
        let residuals = data.target().iter().map(|target| target - fitted.intercept).collect();
        let mut residuals = Residuals { residuals, weights: weights.to_vec() };
        for (column, shape) in binned.columns.iter().zip(&fitted.shapes) {
            residuals.subtract(bins_of(column), shape);
        }
        let chosen = choose(params.interactions, data, &residuals);
        add_tables(params, chosen, data, &mut residuals, &mut fitted, rounds);
    }
    fitted
}

/// The fit of one bag after each number of rounds in `stages`.
fn boost_bag(params: &Params, binned: &Binned, data: &FitData, weights: Vec<f64>, stages: &[usize]) -> Vec<Fitted> {
    let target = data.target();
    let total: f64 = weights.iter().sum();
    let intercept = target.iter().zip(&weights).map(|(target, weight)| weight * target).sum::<f64>() / total;
    let mut residuals = Residuals { residuals: target.iter().map(|target| target - intercept).collect(), weights };
    let shapes = binned.columns.iter().map(|column| vec![0.0; column.n_bins]).collect();
    let mut fitted = Fitted { intercept, shapes, pairs: Vec::new() };
    let directions = directions(data);
    let mut at_stages = vec![None; stages.len()];
    for round in 1..=params.rounds {
        if data.is_stopped() {
            break;
        }
        for (column_idx, (column, shape)) in binned.columns.iter().zip(&mut fitted.shapes).enumerate() {
            let sums = residuals.sums(bins_of(column), column.n_bins);
            let direction = directions.get(column_idx).copied().unwrap_or_default();
            let steps = small_tree(params, column, &sums, direction);
            for (value, step) in shape.iter_mut().zip(&steps) {
                *value += step;
            }
            residuals.subtract(bins_of(column), &steps);
        }
        for (at_stage, _) in at_stages.iter_mut().zip(stages).filter(|(_, stage)| **stage == round) {
            *at_stage = Some(fitted.clone());
        }
    }
    at_stages.into_iter().map(|at_stage| at_stage.unwrap_or_else(|| fitted.clone())).collect()
}

fn bins_of(column: &BinnedColumn) -> impl Iterator<Item = usize> + '_ {
    column.bins.iter().map(|bin| usize::from(*bin))
}
