//! k-nearest neighbours (Cover & Hart 1967): the mean over the training rows that are most like the record.
//!
//! | parameter | default | purpose | range |
//! |---|---|---|---|
//! | `n_neighbors` | 5 | rows that are averaged; all if there are fewer | ≥ 1 |
//! | `weights` | uniform | all count the same, or by the inverse of their distance | uniform, distance |
//! | `metric` | minkowski | the distance | minkowski, euclidean, manhattan, chebyshev |
//! | `p` | 2 | power of the Minkowski distance | 1, 2 |
//! | `leaf_size` | 30 | taken so that scikit-learn's parameters can be used; it changes nothing | ≥ 1 |
//!
//! Of rows equally near at the last place the lowest is taken. A row's weight multiplies that of its distance, but does
//! not change how many rows are averaged; rows without weight are left out.

use std::collections::HashMap;

use model_core::{Distance, Model, Neighbours, Params, Weighting};
use serde_json::Value as Json;

use crate::folds::fit_data::{Features, FitData};
use crate::learn::params::ParamReader;
use crate::learn::{Abilities, FitError, Grid, Learner, product};

/// k-nearest neighbours regression.
#[derive(Debug)]
pub(crate) struct KNearestNeighbours;

/// What a candidate comes to: parameters that cannot make a difference are gone.
#[derive(Debug, Clone, Copy)]
struct Config {
    n_neighbors: u32,
    weighting: Weighting,
    distance: Distance,
}

#[derive(Clone, Copy)]
enum Metric {
    Minkowski,
    Of(Distance),
}

impl Learner for KNearestNeighbours {
    fn family(&self) -> &'static str {
        "knn"
    }

    fn abilities(&self) -> Abilities {
        Abilities {
            features: Features::OneHot,
            weights: true,
            missing_values: false,
            native_categories: false,
            monotone: false,
            stores_rows: true,
        }
    }

    fn grid(&self, grid: Grid) -> Vec<Params> {
        let texts = |texts: &[&str]| texts.iter().map(|text| Json::from(*text)).collect::<Vec<_>>();
        let counts = |counts: &[u64]| counts.iter().map(|count| Json::from(*count)).collect::<Vec<_>>();
        match grid {
            Grid::Classic => product(&[
                ("n_neighbors", counts(&[3, 5, 7, 9, 11])),
                ("weights", texts(&["uniform", "distance"])),
                ("leaf_size", counts(&[10, 20, 30, 40, 50])),
                ("p", counts(&[1, 2])),
                ("metric", texts(&["minkowski", "euclidean", "manhattan", "chebyshev"])),
            ]),
            Grid::Default => product(&[
                ("n_neighbors", counts(&[7, 15, 25])),
                ("weights", texts(&["distance"])),
                ("metric", texts(&["manhattan", "euclidean"])),
            ]),
            Grid::Thorough => product(&[
                ("n_neighbors", counts(&[3, 5, 7, 9, 11, 15, 20, 25, 35, 50])),
                ("weights", texts(&["uniform", "distance"])),
                ("metric", texts(&["manhattan", "euclidean", "chebyshev"])),
            ]),
        }
    }

    fn fit(&self, params: &Params, data: &FitData, _seed: u64) -> Result<Model, FitError> {
        Ok(Model::Neighbours(stored(self.config(params)?, data)))
    }

    /// Candidates with the same distance.
    fn group_key(&self, params: &Params) -> String {
        self.config(params).map_or_else(|_| format!("{params:?}"), |config| format!("{:?}", config.distance))
    }

    /// One search for the most neighbours serves every number of them and every weighting.
    fn evaluate(
        &self,
        group: &[&Params],
        train: &FitData,
        validation: &FitData,
        _seed: u64,
    ) -> Result<Vec<Vec<f64>>, FitError> {
        let configs = group.iter().map(|params| self.config(params)).collect::<Result<Vec<Config>, _>>()?;
        let Some(largest) = configs.iter().max_by_key(|config| config.n_neighbors) else { return Ok(Vec::new()) };
        let stored = stored(*largest, train);
        let features = validation.features(Features::OneHot);
        let nearest: Vec<_> =
            features.outer_iter().map(|row| stored.nearest(&row.to_vec(), largest.n_neighbors as usize)).collect();
        let mut known: HashMap<(u32, bool), Vec<f64>> = HashMap::new();
        let predict = |config: &Config| {
            let key = (config.n_neighbors, config.weighting == Weighting::Distance);
            let predict = || {
                let average = |nearest: &Vec<_>| {
                    let k = nearest.len().min(config.n_neighbors as usize);
                    stored.average(&nearest[..k], config.weighting)
                };
                nearest.iter().map(average).collect()
            };
            known.entry(key).or_insert_with(predict).clone()
        };
        Ok(configs.iter().map(predict).collect())
    }
}

impl KNearestNeighbours {
    fn config(&self, params: &Params) -> Result<Config, FitError> {
        let reader = ParamReader::new(self.family(), params);
        let weighting = reader.choice(
            "weights",
            &[("uniform", Weighting::Uniform), ("distance", Weighting::Distance)],
            "uniform or distance",
        )?;
        let metric = reader.choice(
            "metric",
            &[
                ("minkowski", Metric::Minkowski),
                ("euclidean", Metric::Of(Distance::Euclidean)),
                ("manhattan", Metric::Of(Distance::Manhattan)),
                ("chebyshev", Metric::Of(Distance::Chebyshev)),
            ],
            "minkowski, euclidean, manhattan or chebyshev",
        )?;
        let power = reader.number("p", 2.0, |power| [1.0, 2.0].contains(&power), "1 or 2")?;
        let distance = match metric {
            Metric::Of(distance) => distance,
            Metric::Minkowski if power < 2.0 => Distance::Manhattan,
            Metric::Minkowski => Distance::Euclidean,
        };
        let n_neighbors = reader.count("n_neighbors", 5, 1)?;
        reader.count("leaf_size", 30, 1)?;
        reader.finish()?;
        Ok(Config { n_neighbors: u32::try_from(n_neighbors).unwrap_or(u32::MAX), weighting, distance })
    }
}

fn stored(config: Config, data: &FitData) -> Neighbours {
    let samples = data.one_hot();
    let weighs = |row: &usize| samples.weights.as_ref().is_none_or(|weights| weights[*row] > 0.0);
    let rows: Vec<usize> = (0..data.n_rows()).filter(weighs).collect();
    Neighbours {
        n_neighbors: config.n_neighbors,
        distance: config.distance,
        weighting: config.weighting,
        rows: rows.iter().flat_map(|row| samples.features.row(*row).to_vec()).collect(),
        targets: rows.iter().map(|row| samples.target[*row]).collect(),
        row_weights: samples
            .weights
            .as_ref()
            .map_or_else(Vec::new, |weights| rows.iter().map(|row| weights[*row]).collect()),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_classic_candidates_come_to_thirty_in_three_groups() {
        let knn = KNearestNeighbours;
        let candidates = knn.grid(Grid::Classic);
        assert_eq!(candidates.len(), 400);
        let groups: BTreeSet<String> = candidates.iter().map(|params| knn.group_key(params)).collect();
        assert_eq!(groups.len(), 3);
        let different: BTreeSet<String> =
            candidates.iter().map(|params| format!("{:?}", knn.config(params).unwrap())).collect();
        assert_eq!(different.len(), 5 * 2 * 3);
    }
}
