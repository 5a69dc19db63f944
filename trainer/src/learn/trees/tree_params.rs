//! Shared by the tree-based families.

use model_core::{Combine, Model};
use serde::{Deserialize, Deserializer, de};
use serde_json::Value as Json;

use crate::folds::fit_data::{Features, FitData};
use crate::learn::engine::{GrowConfig, GrownTree, MaxFeatures, Splitter, Stat, assemble};
use crate::learn::learner::Abilities;
use crate::learn::monotone::directions;
use crate::learn::params::Choice;

/// The capabilities of tree-based families on imputed columns.
pub(crate) const TREES: Abilities = Abilities {
    features: Features::Native,
    weights: true,
    cells: true,
    missing_values: false,
    native_categories: false,
    monotone: true,
    stores_rows: false,
};

/// The assumed depth of a tree without a bound on its depth.
pub(super) const DEEP: usize = 12;

/// The limits on the size of a single tree.
#[derive(Debug, Clone, Copy)]
pub(super) struct TreeSize {
    pub(super) max_depth: Option<usize>,
    pub(super) min_samples_split: usize,
    pub(super) min_samples_leaf: usize,
}

impl TreeSize {
    pub(super) fn grow_config(self, max_features: MaxFeatures, data: &FitData) -> GrowConfig {
        let Self { max_depth, min_samples_split, min_samples_leaf } = self;
        GrowConfig {
            max_depth,
            min_samples_split,
            min_samples_leaf,
            max_features,
            monotone: directions(data),
            are_cells: data.counts().is_some(),
            ..GrowConfig::default()
        }
    }
}

impl<'de> Deserialize<'de> for MaxFeatures {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = Json::deserialize(deserializer)?;
        let found = match (json.as_str(), json.as_f64()) {
            (Some("all"), _) => Some(Self::All),
            (Some("sqrt"), _) => Some(Self::Sqrt),
            (Some("log2"), _) => Some(Self::Log2),
            (_, Some(share)) if share > 0.0 && share <= 1.0 => Some(Self::Share(share)),
            // As in scikit-learn.
            _ => json.is_null().then_some(Self::All),
        };
        found.ok_or_else(|| de::Error::custom("all, sqrt, log2 or a share above 0 and up to 1"))
    }
}

impl Choice for Splitter {
    const CHOICES: &'static [(&'static str, Self)] = &[("best", Self::Best), ("random", Self::Random)];
}

/// The statistics of rows for a tree fitted to the target itself.
pub(super) fn target_stats(data: &FitData) -> Vec<Stat> {
    let weight = |row: usize| data.weights().map_or(1.0, |weights| weights[row]);
    data.target().iter().enumerate().map(|(row, target)| Stat { g: weight(row) * target, h: weight(row) }).collect()
}

/// The same with each row repeated `counts` times.
pub(super) fn target_stats_of_sample(data: &FitData, counts: &[u32]) -> Vec<Stat> {
    let weight = |row: usize| match (data.counts(), data.weights()) {
        // The number of rows drawn from a cell.
        (None, Some(weights)) => weights[row] * f64::from(counts[row]),
        _ => f64::from(counts[row]),
    };
    data.target().iter().enumerate().map(|(row, target)| Stat { g: weight(row) * target, h: weight(row) }).collect()
}

/// The indices of all rows.
pub(super) fn all_rows(data: &FitData) -> Vec<u32> {
    (0..u32::try_from(data.n_rows()).unwrap_or(u32::MAX)).collect()
}

/// The indices of the rows drawn at least once.
pub(super) fn drawn_rows(counts: &[u32]) -> Vec<u32> {
    (0_u32..).zip(counts).filter_map(|(row, count)| (*count > 0).then_some(row)).collect()
}

/// The model that the trees make.
pub(super) fn model<'a>(data: &FitData, trees: impl IntoIterator<Item = &'a GrownTree>, combine: Combine) -> Model {
    Model::Trees(assemble(data.is_categorical(), trees, combine))
}
