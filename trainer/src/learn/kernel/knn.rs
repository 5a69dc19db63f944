//! k-nearest neighbours (Cover & Hart 1967): the mean over the training rows that are nearest to the record.
//!
//! | parameter | default | purpose | range |
//! |---|---|---|---|
//! | `n_neighbors` | 5 | rows that are averaged; all if there are fewer | ≥ 1 |
//! | `weights` | uniform | all neighbours count the same, or by the inverse of their distance | uniform, distance |
//! | `metric` | minkowski | the distance | minkowski, euclidean, manhattan, chebyshev |
//! | `p` | 2 | power of the Minkowski distance | 1, 2 |
//! | `leaf_size` | 30 | none: accepted because scikit-learn has it | ≥ 1 |
//!
//! Among rows at the same distance those with the lowest index are taken. A row's weight multiplies the weight from its
//! distance, but does not change the number of neighbours; rows with weight 0 are left out.

use std::collections::BTreeMap;

use model_core::{Distance, Model, Neighbours, Params as ParamMap, Weighting};
use ndarray::ArrayView1;
use serde::{Deserialize, Deserializer};

use super::{KERNEL, MANY};
use crate::folds::fit_data::{Features, FitData};
use crate::learn::axis::{axis, product};
use crate::learn::error::FitError;
use crate::learn::family::{Evaluation, Family, Predictions};
use crate::learn::learner::{Abilities, Grid};
use crate::learn::params::{Choice, at_least, choice, number};

/// k-nearest neighbours regression.
#[derive(Debug)]
pub(crate) struct KNearestNeighbours;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Params {
    #[serde(deserialize_with = "at_least::<1, _>")]
    n_neighbors: usize,
    #[serde(deserialize_with = "choice")]
    weights: Weighting,
    #[serde(deserialize_with = "choice")]
    metric: Metric,
    #[serde(deserialize_with = "one_or_two")]
    p: f64,
    /// Has no effect.
    #[serde(deserialize_with = "at_least::<1, _>")]
    leaf_size: usize,
}

#[derive(Debug, Clone, Copy)]
enum Metric {
    Minkowski,
    Of(Distance),
}

impl Default for Params {
    fn default() -> Self {
        Self { n_neighbors: 5, weights: Weighting::Uniform, metric: Metric::Minkowski, p: 2.0, leaf_size: 30 }
    }
}

impl Choice for Weighting {
    const CHOICES: &'static [(&'static str, Self)] = &[("uniform", Self::Uniform), ("distance", Self::Distance)];
}

impl Choice for Metric {
    const CHOICES: &'static [(&'static str, Self)] = &[
        ("minkowski", Self::Minkowski),
        ("euclidean", Self::Of(Distance::Euclidean)),
        ("manhattan", Self::Of(Distance::Manhattan)),
        ("chebyshev", Self::Of(Distance::Chebyshev)),
    ];
}

fn one_or_two<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    number(deserializer, |power| [1.0, 2.0].contains(&power), "1 or 2")
}

impl Params {
    fn distance(&self) -> Distance {
        match self.metric {
            Metric::Of(distance) => distance,
            Metric::Minkowski if self.p < 2.0 => Distance::Manhattan,
            Metric::Minkowski => Distance::Euclidean,
        }
    }
}

impl Family for KNearestNeighbours {
    const NAME: &'static str = "knn";
    const ABILITIES: Abilities = KERNEL;
    type Params = Params;

    fn grid(grid: Grid) -> Vec<ParamMap> {
        match grid {
            Grid::Classic => product(&[
                axis("n_neighbors", [3, 5, 7, 9, 11]),
                axis("weights", ["uniform", "distance"]),
                axis("leaf_size", [10, 20, 30, 40, 50]),
                axis("p", [1, 2]),
                axis("metric", ["minkowski", "euclidean", "manhattan", "chebyshev"]),
            ]),
            Grid::Default | Grid::Deeper => product(&[
                axis("n_neighbors", [7, 15, 25]),
                axis("weights", ["distance"]),
                axis("metric", ["manhattan", "euclidean"]),
            ]),
            Grid::Thorough => product(&[
                axis("n_neighbors", [3, 5, 7, 9, 11, 15, 20, 25, 35, 50]),
                axis("weights", ["uniform", "distance"]),
                axis("metric", ["manhattan", "euclidean", "chebyshev"]),
            ]),
        }
    }

    fn passes(_params: &Params) -> f64 {
        MANY
    }

    fn fit(params: &Params, data: &FitData, _seed: u64) -> Result<Model, FitError> {
        Ok(Model::Neighbours(stored(params, data)))
    }

    /// Candidates with the same distance.
    fn group_key(_map: &ParamMap, params: &Params) -> String {
        format!("{:?}", params.distance())
    }

    /// One search for the largest number of neighbours serves every smaller number and every weighting.
    fn evaluate(
        group: &[Params],
        Evaluation { train, validation, .. }: Evaluation<'_>,
    ) -> Result<Predictions, FitError> {
        let Some(largest) = group.iter().max_by_key(|params| params.n_neighbors) else { return Ok(Vec::new()) };
        let stored = stored(largest, train);
        let features = validation.features(Features::OneHot);
        let nearest_to = |row: &ArrayView1<'_, f64>| stored.nearest(&row.to_vec(), largest.n_neighbors);
        let nearest: Vec<_> =
            features.outer_iter().map(|row| if train.is_stopped() { Vec::new() } else { nearest_to(&row) }).collect();
        // Many candidates differ only in parameters without effect.
        let mut known: BTreeMap<(usize, bool), Vec<f64>> = BTreeMap::new();
        let predict = |params: &Params| {
            let key = (params.n_neighbors, params.weights == Weighting::Distance);
            let predict = || {
                let average = |nearest: &Vec<_>| {
                    let k = nearest.len().min(params.n_neighbors);
                    stored.average(&nearest[..k], params.weights)
                };
                nearest.iter().map(average).collect()
            };
            known.entry(key).or_insert_with(predict).clone()
        };
        Ok(group.iter().map(predict).collect())
    }
}

/// The model, which consists of the rows with positive weight.
fn stored(params: &Params, data: &FitData) -> Neighbours {
    let samples = data.one_hot();
    let has_weight = |row: &usize| samples.weights.as_ref().is_none_or(|weights| weights[*row] > 0.0);
    let rows: Vec<usize> = (0..data.n_rows()).filter(has_weight).collect();
    let row_weights = |weights: &Vec<f64>| rows.iter().map(|row| weights[*row]).collect();
    Neighbours {
        n_neighbors: u32::try_from(params.n_neighbors).unwrap_or(u32::MAX),
        distance: params.distance(),
        weighting: params.weights,
        rows: rows.iter().flat_map(|row| samples.features.row(*row).to_vec()).collect(),
        targets: rows.iter().map(|row| samples.target[*row]).collect(),
        row_weights: samples.weights.as_ref().map_or_else(Vec::new, row_weights),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::learn::params::read;

    #[test]
    fn the_classic_candidates_come_to_thirty_in_three_groups() {
        let candidates = KNearestNeighbours::grid(Grid::Classic);
        assert_eq!(candidates.len(), 400);
        let read: Vec<Params> = candidates.iter().map(|map| read(KNearestNeighbours::NAME, map).unwrap()).collect();
        let groups: BTreeSet<String> = read.iter().map(|params| format!("{:?}", params.distance())).collect();
        assert_eq!(groups.len(), 3);
        let different: BTreeSet<String> = read
            .iter()
            .map(|params| format!("{} {:?} {:?}", params.n_neighbors, params.weights, params.distance()))
            .collect();
        assert_eq!(different.len(), 5 * 2 * 3);
    }
}
