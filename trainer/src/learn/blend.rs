//! A blend: a weighted sum of models of other families.
//!
//! | parameter | default | purpose | range |
//! |---|---|---|---|
//! | `members` | none | the models: for each `family`, `params` and `weight` | at least one, no blend; weights from 0 on |
//!
//! There is nothing to search here: [`crate::search::blend`] makes the one candidate from a leaderboard.

use model_core::{Blend as BlendModel, Member, Model, Params};
use serde_json::Value as Json;

use super::params::ParamReader;
use crate::folds::fit_data::{Features, FitData};
use crate::learn::Candidate;
use crate::learn::{Abilities, FitError, Grid, Learner, learner};

/// Blending.
#[derive(Debug)]
pub struct Blend;

impl Learner for Blend {
    fn family(&self) -> &'static str {
        "blend"
    }

    /// What its members can do is up to them.
    fn abilities(&self) -> Abilities {
        Abilities {
            features: Features::All,
            weights: true,
            missing_values: false,
            native_categories: false,
            monotone: false,
            stores_rows: false,
        }
    }

    fn stores_rows(&self, params: &Params) -> bool {
        members(params)
            .is_ok_and(|members| members.iter().any(|(Candidate { learner, params }, _)| learner.stores_rows(params)))
    }

    fn grid(&self, _grid: Grid) -> Vec<Params> {
        Vec::new()
    }

    fn fit(&self, params: &Params, data: &FitData, seed: u64) -> Result<Model, FitError> {
        let fit = |(place, (candidate, weight)): (u64, (Candidate, f64))| {
            let model = candidate.learner.fit(&candidate.params, data, seed.wrapping_add(place))?;
            Ok((candidate, weight, model))
        };
        let members = (0..).zip(members(params)?).map(fit).collect::<Result<Vec<_>, FitError>>()?;
        Ok(assemble(members, data))
    }
}

/// The blend of models that were fitted to `data`.
pub(crate) fn assemble(members: Vec<(Candidate, f64, Model)>, data: &FitData) -> Model {
    let n_one_hot = data.preprocessor(Features::OneHot).n_features();
    let n_columns = data.schema().columns.len();
    let member = |(candidate, weight, model): (Candidate, f64, Model)| {
        let (from, n_features) = match candidate.learner.abilities().features {
            Features::OneHot => (0, n_one_hot),
            Features::Native => (n_one_hot, n_columns),
            Features::NativeWithBlanks => (n_one_hot + n_columns, n_columns),
            Features::All => (0, n_one_hot + 2 * n_columns),
        };
        let whole = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Member { weight, from: whole(from), to: whole(from + n_features), model }
    };
    Model::Blend(BlendModel { members: members.into_iter().map(member).collect() })
}

/// The members that the parameters name, with their weights.
pub(crate) fn members(params: &Params) -> Result<Vec<(Candidate, f64)>, FitError> {
    let reader = ParamReader::new("blend", params);
    let json = reader.get("members").unwrap_or(&Json::Null);
    let wrong = || {
        reader.error(
            "members",
            json,
            "a list of tables, each with the family, params and weight of a model that is no blend",
        )
    };
    let list = json.as_array().filter(|list| !list.is_empty()).ok_or_else(wrong)?;
    reader.finish()?;
    let member = |json: &Json| {
        let family = json["family"].as_str().filter(|family| *family != "blend")?;
        let learner = learner(family)?;
        let weight = json["weight"].as_f64().filter(|weight| *weight >= 0.0 && weight.is_finite())?;
        let params = json.get("params").cloned().unwrap_or_else(|| Json::Object(serde_json::Map::new()));
        Some((Candidate { learner, params: serde_json::from_value(params).ok()? }, weight))
    };
    list.iter().map(|json| member(json).ok_or_else(wrong)).collect()
}

/// The parameters that name the given members.
pub(crate) fn params(members: &[(Candidate, f64)]) -> Params {
    let member = |(Candidate { learner, params }, weight): &(Candidate, f64)| serde_json::json!({"family": learner.family(), "params": params, "weight": weight});
    Params::from_iter([("members".to_owned(), members.iter().map(member).collect())])
}
