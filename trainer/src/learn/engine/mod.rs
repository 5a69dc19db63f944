//! The engine that grows every tree of every family.

mod absolute;
mod candidates;
mod config;
mod grow;
mod grown;
mod histogram;
mod many;
mod prune;
mod split;
mod symmetric;
mod walk;

pub(crate) use candidates::{CandidateColumn, Candidates, Noise};
pub(crate) use config::{GrowConfig, MaxFeatures, Score, Splitter};
pub(crate) use grow::Grower;
pub(crate) use grown::GrownTree;
pub(crate) use histogram::Stat;
pub(crate) use many::{ManyRows, Step, SymmetricColumn, SymmetricConfig};
pub(crate) use prune::prune;
pub(crate) use symmetric::SymmetricTest;
pub(crate) use walk::predict_stages;

use model_core::{Combine, Trees};

/// The model of the given trees.
pub(crate) fn assemble<'a>(
    categorical: Vec<bool>,
    trees: impl IntoIterator<Item = &'a GrownTree>,
    combine: Combine,
) -> Trees {
    let mut model = Trees {
        categorical,
        lengths: Vec::new(),
        features: Vec::new(),
        values: Vec::new(),
        rights: Vec::new(),
        blank_left: Vec::new(),
        combine,
    };
    for tree in trees {
        let root = u32::try_from(model.features.len()).unwrap_or(u32::MAX);
        model.lengths.push(u32::try_from(tree.features.len()).unwrap_or(u32::MAX));
        model.features.extend_from_slice(&tree.features);
        model.values.extend_from_slice(&tree.values);
        model.rights.extend_from_slice(&tree.rights);
        model.blank_left.extend(tree.blank_left.iter().map(|node| root + node));
    }
    model
}
