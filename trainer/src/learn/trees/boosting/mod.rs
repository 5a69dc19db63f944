//! Gradient boosting on trees (Friedman 2001, 2002): shared by the scikit-learn and XGBoost variants.
//!
//! With 50,000 rows or more, without weights, with squared error and without early stopping, trees are grown by an
//! engine for many rows ([`ManyRows`]): the trees are the same up to rounding, and `subsample` gives each row the same
//! probability.

mod early_stopping;
mod loss;
mod staged;

use std::borrow::Cow;

use model_core::{Combine, Model};

use self::early_stopping::EarlyStopping;
pub(super) use self::loss::Loss;
use super::tree_params::{all_rows, model};
use crate::folds::binned::Binned;
use crate::folds::fit_data::FitData;
use crate::learn::engine::{GrowConfig, Grower, GrownTree, ManyRows, Stat, Step};
use crate::learn::family::{Evaluation, Predictions};
use crate::learn::sampling::{draw, draw_share, share_of_cells};
use crate::random::SplitMix64;

/// The hyper-parameters of boosting.
pub(super) struct BoostConfig {
    pub(super) loss: Loss,
    /// The shrinkage of each tree.
    pub(super) learning_rate: f64,
    pub(super) n_estimators: usize,
    /// The share of rows sampled for each tree.
    pub(super) subsample: f64,
    /// Stop after this number of trees without improvement.
    pub(super) n_iter_no_change: Option<usize>,
    /// Whether trees use imputed columns.
    pub(super) imputed: bool,
}

/// The trees, whose leaves include the learning rate, and the initial value.
pub(super) struct Boosted {
    trees: Vec<GrownTree>,
    base: f64,
}

/// The share of rows used for early stopping.
const VALIDATION_SHARE: f64 = 0.1;

impl Boosted {
    pub(super) fn model(&self, data: &FitData) -> Model {
        model(data, &self.trees, Combine::Sum { base: self.base })
    }
}

/// Boosts trees and predicts with the first trees, for each number of trees in `stages`.
pub(super) fn predict_stages<'a>(
    config: &BoostConfig,
    stages: &[usize],
    Evaluation { train, validation, seed }: Evaluation<'_>,
    tree_config: impl Fn(&mut SplitMix64) -> Cow<'a, GrowConfig>,
) -> Predictions {
    staged::predict(&boost(config, train, seed, tree_config), validation, config.imputed, stages)
}

/// Boosts trees; `tree_config` returns the configuration of the next one.
pub(super) fn boost<'a>(
    config: &BoostConfig,
    data: &FitData,
    seed: u64,
    tree_config: impl Fn(&mut SplitMix64) -> Cow<'a, GrowConfig>,
) -> Boosted {
    let binned = data.binned(config.imputed);
    let mut random = SplitMix64::new(seed);
    let is_plain = config.loss == Loss::Squared && data.weights().is_none() && config.n_iter_no_change.is_none();
    if data.has_many_rows()
        && is_plain
        && let Some(boosted) = boost_many_rows(config, data, binned, &mut random, &tree_config)
    {
        return boosted;
    }
    let target = data.target();
    let weight = |row: usize| data.weights().map_or(1.0, |weights| weights[row]);
    let mut rows = all_rows(data);
    let held_back = if config.n_iter_no_change.is_some() { hold_back(&mut rows, &mut random) } else { Vec::new() };
    let mut early_stopping = EarlyStopping::new(config.n_iter_no_change);

    let base = config.loss.base(&rows, target, &weight);
    let mut raw = vec![base; data.n_rows()];
    let mut stats = vec![Stat::default(); data.n_rows()];
    let mut trees = Vec::new();
    for _ in 0..config.n_estimators {
        if data.is_stopped() {
            break;
        }
        let delta = config.loss.delta(&rows, target, &raw, &weight);
        for row in &rows {
            let row = *row as usize;
            stats[row] =
                Stat { g: weight(row) * config.loss.negative_gradient(target[row] - raw[row], delta), h: weight(row) };
        }
        let (in_bag, in_bag_stats) = match data.counts().filter(|_| config.subsample < 1.0) {
            Some(counts) => draw_from_cells(counts, &stats, config.subsample, &mut random),
            None => (draw_share(&rows, config.subsample, &mut random), Cow::Borrowed(&stats[..])),
        };
        let grow_config = tree_config(&mut random);
        let mut tree = Grower::new(binned, &grow_config).grow(in_bag, &in_bag_stats, &mut random);
        for leaf in tree.leaves.clone() {
            let rows = &tree.rows[leaf.start..leaf.end];
            let value = match config.loss {
                Loss::Squared => tree.values[leaf.node],
                loss => loss.leaf(rows, target, &raw, &weight, delta),
            };
            tree.values[leaf.node] = config.learning_rate * value;
        }
        add(&tree, binned, &mut raw);
        trees.push(tree);
        let error = held_back.iter().map(|row| {
            let residual = target[*row as usize] - raw[*row as usize];
            residual * residual
        });
        if early_stopping.is_due(error.sum::<f64>() / held_back.len().max(1) as f64) {
            break;
        }
    }
    Boosted { trees, base }
}

/// The cells with rows in a sample of this share of all rows, and the sums of each cell's sampled rows.
fn draw_from_cells<'a>(
    counts: &[f64],
    stats: &[Stat],
    share: f64,
    random: &mut SplitMix64,
) -> (Vec<u32>, Cow<'a, [Stat]>) {
    let drawn = share_of_cells(counts, share, random);
    let in_bag = (0_u32..).zip(&drawn).filter_map(|(row, drawn)| (*drawn > 0.0).then_some(row)).collect();
    let of_drawn = |((stat, drawn), count): ((&Stat, &f64), &f64)| Stat { g: stat.g * (drawn / count), h: *drawn };
    (in_bag, stats.iter().zip(&drawn).zip(counts).map(of_drawn).collect())
}

/// The same for the squared error on many rows without weights; `None` if there are too many columns.
fn boost_many_rows<'a>(
    config: &BoostConfig,
    data: &FitData,
    binned: &Binned,
    random: &mut SplitMix64,
    tree_config: impl Fn(&mut SplitMix64) -> Cow<'a, GrowConfig>,
) -> Option<Boosted> {
    let base = data.targets().sum::<f64>() / data.n_rows() as f64;
    let residuals: Vec<f64> = data.targets().map(|target| target - base).collect();
    let mut rows = ManyRows::new(binned, &residuals)?;
    let step = Step { learning_rate: config.learning_rate, subsample: config.subsample };
    let mut trees = Vec::new();
    for _ in 0..config.n_estimators {
        if data.is_stopped() {
            break;
        }
        let grow_config = tree_config(random);
        trees.push(rows.grow(&Grower::new(binned, &grow_config), &step, random));
    }
    Some(Boosted { trees, base })
}

/// Adds a tree to the predictions of all rows.
fn add(tree: &GrownTree, binned: &Binned, raw: &mut [f64]) {
    // The leaf is known for rows that the tree was grown on; only the others descend it.
    let mut is_in_bag = vec![false; raw.len()];
    for leaf in &tree.leaves {
        for row in &tree.rows[leaf.start..leaf.end] {
            raw[*row as usize] += tree.values[leaf.node];
            is_in_bag[*row as usize] = true;
        }
    }
    if tree.rows.len() < raw.len() {
        for (row, raw) in raw.iter_mut().enumerate().filter(|(row, _)| !is_in_bag[*row]) {
            *raw += tree.values[tree.leaf_of(binned, row)];
        }
    }
}

/// Removes a share of the rows from `rows` and returns it.
fn hold_back(rows: &mut Vec<u32>, random: &mut SplitMix64) -> Vec<u32> {
    let n_kept = rows.len() - ((VALIDATION_SHARE * rows.len() as f64) as usize).min(rows.len() - 1);
    let kept = draw(rows, n_kept, random);
    let held_back = rows.iter().copied().filter(|row| kept.binary_search(row).is_err()).collect();
    *rows = kept;
    held_back
}
