//! What the families made of trees have in common.

use model_core::{Combine, Model, Params};

use crate::folds::fit_data::{Features, FitData};
use crate::learn::engine::{GrowConfig, GrownTree, MaxFeatures, Score, Splitter, Stat, assemble};
use crate::learn::params::ParamReader;
use crate::learn::{Abilities, FitError};

/// What a family of trees can do that is grown on imputed columns.
pub(crate) const TREES: Abilities = Abilities {
    features: Features::Native,
    weights: true,
    missing_values: false,
    native_categories: false,
    monotone: false,
    stores_rows: false,
};

/// How the impurity of a node is measured, as the classic grid names it. Friedman's criterion orders splits as the
/// squared error does, so the two grow the same trees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Criterion {
    Squared,
    Absolute,
    Poisson,
}

pub(super) fn criterion(reader: &ParamReader<'_>) -> Result<Criterion, FitError> {
    let choices = [
        ("squared_error", Criterion::Squared),
        ("friedman_mse", Criterion::Squared),
        ("absolute_error", Criterion::Absolute),
        ("poisson", Criterion::Poisson),
    ];
    reader.choice("criterion", &choices, "squared_error, friedman_mse, absolute_error or poisson")
}

/// The parameters that shape a single tree; `criterion` apart.
pub(super) fn grow_config(
    reader: &ParamReader<'_>,
    default_depth: Option<usize>,
    default_features: MaxFeatures,
) -> Result<GrowConfig, FitError> {
    let choices = [("all", MaxFeatures::All), ("sqrt", MaxFeatures::Sqrt), ("log2", MaxFeatures::Log2)];
    let max_features = match reader.get("max_features") {
        None => default_features,
        Some(json) => match json.as_f64() {
            Some(share) if share > 0.0 && share <= 1.0 => MaxFeatures::Share(share),
            Some(_) => {
                return Err(reader.error("max_features", json, "all, sqrt, log2 or a share above 0 and up to 1"));
            }
            None => reader.choice("max_features", &choices, "all, sqrt, log2 or a share above 0 and up to 1")?,
        },
    };
    Ok(GrowConfig {
        max_depth: reader.bound("max_depth", default_depth, 1)?,
        min_samples_split: reader.count("min_samples_split", 2, 2)?,
        min_samples_leaf: reader.count("min_samples_leaf", 1, 1)?,
        max_features,
        ..GrowConfig::default()
    })
}

pub(super) fn splitter(reader: &ParamReader<'_>) -> Result<Splitter, FitError> {
    reader.choice("splitter", &[("best", Splitter::Best), ("random", Splitter::Random)], "best or random")
}

/// Sets how nodes are scored.
pub(super) fn with_criterion(config: GrowConfig, criterion: Criterion) -> GrowConfig {
    match criterion {
        Criterion::Squared => config,
        Criterion::Absolute => GrowConfig { absolute: true, ..config },
        Criterion::Poisson => GrowConfig { score: Score::Poisson, ..config },
    }
}

/// What a tree learns from when it learns the target itself, each row with its weight times `counts`.
pub(super) fn target_stats(data: &FitData, counts: Option<&[u32]>) -> Vec<Stat> {
    let weight = |row: usize| {
        data.weights().map_or(1.0, |weights| weights[row]) * counts.map_or(1.0, |counts| f64::from(counts[row]))
    };
    data.target().iter().enumerate().map(|(row, target)| Stat { g: weight(row) * target, h: weight(row) }).collect()
}

/// All rows.
pub(super) fn all_rows(data: &FitData) -> Vec<u32> {
    (0..u32::try_from(data.n_rows()).unwrap_or(u32::MAX)).collect()
}

/// Puts the median of its rows' targets into each leaf.
pub(super) fn use_medians(tree: &mut GrownTree, stats: &[Stat]) {
    for leaf in tree.leaves.clone() {
        let cells = tree.rows[leaf.start..leaf.end].iter().map(|row| stats[*row as usize]);
        tree.values[leaf.node] = weighted_quantile(cells.map(|stat| (stat.g / stat.h, stat.h)).collect(), 0.5);
    }
}

/// The quantile of weighted numbers: interpolated where all weigh the same, as NumPy's `percentile`; else the smallest
/// number at which the share is reached. A median that lies between two numbers is their middle, so that in a median a
/// weight of 2 is a row given twice.
pub(super) fn weighted_quantile(mut cells: Vec<(f64, f64)>, share: f64) -> f64 {
    cells.sort_unstable_by(|left, right| left.0.total_cmp(&right.0));
    let Some((_, first_weight)) = cells.first().copied() else { return 0.0 };
    if cells.iter().all(|(_, weight)| *weight == first_weight) {
        let place = share * (cells.len() - 1) as f64;
        let (below, above) = (cells[place.floor() as usize].0, cells[place.ceil() as usize].0);
        return below + (above - below) * (place - place.floor());
    }
    let wanted = share * cells.iter().map(|(_, weight)| weight).sum::<f64>();
    let mut reached = 0.0;
    for (place, (number, weight)) in cells.iter().enumerate() {
        reached += weight;
        if reached >= wanted {
            let is_between = share == 0.5 && reached == wanted;
            return cells.get(place + 1).filter(|_| is_between).map_or(*number, |next| f64::midpoint(*number, next.0));
        }
    }
    cells[cells.len() - 1].0
}

/// The model that the trees make.
pub(super) fn model<'a>(data: &FitData, trees: impl IntoIterator<Item = &'a GrownTree>, combine: Combine) -> Model {
    Model::Trees(assemble(data.is_categorical(), trees, combine))
}

/// The key of a group whose members differ only in what they share a path of stages over, or in what has no effect.
pub(crate) fn key_without(params: &Params, without: &[&str]) -> String {
    let rest: Params = params
        .iter()
        .filter(|(name, _)| !without.contains(&name.as_str()))
        .map(|(name, value)| {
            // Friedman's criterion is the squared error by another name.
            let is_friedman = name == "criterion" && value == "friedman_mse";
            (name.clone(), if is_friedman { "squared_error".into() } else { value.clone() })
        })
        .collect();
    format!("{rest:?}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_worked_by_hand() {
        let even = |numbers: &[f64]| numbers.iter().map(|number| (*number, 1.0)).collect::<Vec<_>>();
        assert_eq!(weighted_quantile(even(&[3.0, 1.0, 2.0, 10.0]), 0.5), 2.5);
        // A place of 0.9 × 4 = 3.6 among five numbers: 60 % of the way from the fourth to the fifth.
        assert_eq!(weighted_quantile(even(&[0.0, 1.0, 2.0, 3.0, 13.0]), 0.9), 9.0);
        // 1, 1, 2, 2: the middle; 1, 2, 2: the 2; nine tenths of 3 are reached at 2.
        assert_eq!(weighted_quantile(vec![(2.0, 2.0), (1.0, 1.0), (1.0, 1.0)], 0.5), 1.5);
        assert_eq!(weighted_quantile(vec![(2.0, 2.0), (1.0, 1.0)], 0.5), 2.0);
        assert_eq!(weighted_quantile(vec![(2.0, 2.0), (1.0, 1.0)], 0.9), 2.0);
    }
}
