//! A single decision tree (Breiman, Friedman, Olshen & Stone 1984).
//!
//! | parameter | default | purpose | range |
//! |---|---|---|---|
//! | `criterion` | squared_error | how splits are judged | squared_error, friedman_mse, absolute_error, poisson |
//! | `splitter` | best | best threshold of each feature, or one at random | best, random |
//! | `max_features` | all | features looked at for each split | all, sqrt, log2, a share |
//! | `max_depth` | null | longest path | ≥ 1, or null for any |
//! | `min_samples_split` | 2 | fewest rows to split | ≥ 2 |
//! | `min_samples_leaf` | 1 | fewest rows in a leaf | ≥ 1 |
//! | `ccp_alpha` | 0 | cost-complexity pruning | ≥ 0; not with absolute_error |

use model_core::{Combine, Model, Params};
use serde_json::Value as Json;

use super::tree_params::{
    Criterion, TREES, all_rows, criterion, grow_config, model, splitter, target_stats, use_medians, with_criterion,
};
use crate::folds::fit_data::FitData;
use crate::learn::engine::{Grower, MaxFeatures, Splitter, prune};
use crate::learn::params::ParamReader;
use crate::learn::{Abilities, FitError, Grid, Learner, product};
use crate::random::SplitMix64;

/// Decision tree regression.
#[derive(Debug)]
pub(crate) struct DecisionTree;

impl Learner for DecisionTree {
    fn family(&self) -> &'static str {
        "tree"
    }

    fn abilities(&self) -> Abilities {
        TREES
    }

    fn grid(&self, grid: Grid) -> Vec<Params> {
        let texts = |texts: &[&str]| texts.iter().map(|text| Json::from(*text)).collect::<Vec<_>>();
        let numbers = |numbers: &[u64]| numbers.iter().map(|number| Json::from(*number)).collect::<Vec<_>>();
        match grid {
            Grid::Classic => product(&[
                ("criterion", texts(&["squared_error", "friedman_mse", "absolute_error", "poisson"])),
                ("splitter", texts(&["best", "random"])),
                ("max_features", texts(&["sqrt", "log2"])),
            ]),
            Grid::Default => product(&[("max_depth", numbers(&[4, 6])), ("min_samples_leaf", numbers(&[5, 15]))]),
            Grid::Thorough => product(&[
                ("max_depth", numbers(&[3, 4, 5, 6, 8, 12])),
                ("min_samples_leaf", numbers(&[2, 5, 10, 20, 40])),
                ("criterion", texts(&["squared_error", "absolute_error"])),
            ]),
        }
    }

    fn group_key(&self, params: &Params) -> String {
        super::tree_params::key_without(params, &[])
    }

    /// Candidates of a group cannot differ.
    fn evaluate(
        &self,
        group: &[&Params],
        train: &FitData,
        validation: &FitData,
        seed: u64,
    ) -> Result<Vec<Vec<f64>>, FitError> {
        let predicted = validation.predict(&self.fit(group[0], train, seed)?, TREES.features);
        Ok(vec![predicted; group.len()])
    }

    fn fit(&self, params: &Params, data: &FitData, seed: u64) -> Result<Model, FitError> {
        let reader = ParamReader::new(self.family(), params);
        let criterion = criterion(&reader)?;
        let splitter = splitter(&reader)?;
        let config = grow_config(&reader, None, MaxFeatures::All)?;
        let ccp_alpha = reader.number("ccp_alpha", 0.0, |alpha| alpha >= 0.0, "at least 0")?;
        reader.finish()?;
        if criterion == Criterion::Poisson {
            refuse_negative(self.family(), data)?;
        }
        let mut config = with_criterion(config, criterion);
        config.splitter = splitter;
        config.shuffles = splitter == Splitter::Random;
        let stats = target_stats(data, None);
        let mut tree = Grower::new(data.binned(true), &config).grow(all_rows(data), &stats, &mut SplitMix64::new(seed));
        if criterion == Criterion::Absolute {
            use_medians(&mut tree, &stats);
        } else {
            prune(&mut tree, ccp_alpha);
        }
        Ok(model(data, [&tree], Combine::Sum { base: 0.0 }))
    }
}

/// Poisson's deviance knows no negative target, and needs one that is not zero.
pub(super) fn refuse_negative(family: &'static str, data: &FitData) -> Result<(), FitError> {
    let is_usable =
        data.target().iter().all(|target| *target >= 0.0) && data.target().iter().any(|target| *target > 0.0);
    if is_usable {
        return Ok(());
    }
    let problem =
        "the criterion poisson needs targets that are not negative and not all zero; choose another criterion";
    Err(FitError::Data { family, problem: problem.into() })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::learn::test_data::fitted;

    #[test]
    fn pruning_worked_by_hand() {
        // The best split is in the middle; mean squared errors times their shares: all 32.75, left 0.5, right 2. Cutting
        // the left side costs 0.5 for one leaf, the right side 2, the root then (32.75 - 2.5) = 30.25.
        let pruned = |alpha: f64| fitted("tree", json!({"ccp_alpha": alpha}), &[0.0, 2.0, 10.0, 14.0]);
        assert_eq!(pruned(0.0), [0.0, 2.0, 10.0, 14.0]);
        assert_eq!(pruned(0.45), [0.0, 2.0, 10.0, 14.0]);
        assert_eq!(pruned(0.55), [1.0, 1.0, 10.0, 14.0]);
        assert_eq!(pruned(2.1), [1.0, 1.0, 12.0, 12.0]);
        assert_eq!(pruned(30.0), [1.0, 1.0, 12.0, 12.0]);
        assert_eq!(pruned(30.5), [6.5; 4]);
    }
}
