//! A blend: a weighted sum of models of other families.
//!
//! | parameter | default | purpose | range |
//! |---|---|---|---|
//! | `members` | none | the models: for each `family`, `params` and `weight` | at least one, no blend; weights ≥ 0 |
//!
//! It has no grid: [`crate::search::blend`] creates the only candidate from a leaderboard.

use model_core::{Blend as BlendModel, Member, Model, Params as ParamMap};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::{Value as Json, json};

use super::candidate::Candidate;
use super::error::FitError;
use super::family::Family;
use super::learner::{Abilities, Grid};
use super::params::{not_negative, read};
use super::registry::searched;
use crate::folds::fit_data::{Features, FitData};

/// Blending.
#[derive(Debug)]
pub struct Blend;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Params {
    #[serde(deserialize_with = "some_members")]
    members: Vec<MemberParams>,
}

#[derive(Debug, Deserialize)]
struct MemberParams {
    family: String,
    #[serde(default)]
    params: ParamMap,
    #[serde(deserialize_with = "not_negative")]
    weight: f64,
}

const EXPECTED: &str = "a list of tables, each with the family, params and weight of a model that is no blend";

fn some_members<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<MemberParams>, D::Error> {
    let json = Json::deserialize(deserializer)?;
    let members: Option<Vec<MemberParams>> = serde_json::from_value(json).ok();
    members.filter(|members| !members.is_empty()).ok_or_else(|| D::Error::custom(EXPECTED))
}

impl Params {
    /// The members and their weights.
    fn members(&self) -> Result<Vec<(Candidate, f64)>, FitError> {
        let wrong = |found: Json| FitError::Parameter {
            family: Blend::NAME,
            name: "members".into(),
            found: found.to_string(),
            expected: EXPECTED.into(),
        };
        if self.members.is_empty() {
            return Err(wrong(Json::Null));
        }
        let member = |member: &MemberParams| {
            let MemberParams { family, params, weight } = member;
            let learner = searched(family)
                .ok_or_else(|| wrong(json!([{"family": family, "params": params, "weight": weight}])))?;
            Ok((Candidate { learner, params: params.clone() }, *weight))
        };
        self.members.iter().map(member).collect()
    }
}

impl Family for Blend {
    const NAME: &'static str = "blend";
    /// Its members decide what it supports.
    const ABILITIES: Abilities = Abilities {
        features: Features::All,
        weights: true,
        cells: true,
        missing_values: false,
        native_categories: false,
        monotone: true,
        stores_rows: false,
    };
    type Params = Params;

    fn grid(_grid: Grid) -> Vec<ParamMap> {
        Vec::new()
    }

    fn passes(params: &Params) -> f64 {
        let passes = |(Candidate { learner, params }, _): &(Candidate, f64)| learner.passes(params);
        params.members().map_or(0.0, |members| members.iter().map(passes).sum())
    }

    fn fit(params: &Params, data: &FitData, seed: u64) -> Result<Model, FitError> {
        let fit = |(idx, (candidate, weight)): (u64, (Candidate, f64))| {
            let model = candidate.learner.fit(&candidate.params, data, seed.wrapping_add(idx))?;
            Ok((candidate, weight, model))
        };
        let members = (0..).zip(params.members()?).map(fit).collect::<Result<Vec<_>, FitError>>()?;
        Ok(assemble(members, data))
    }

    /// Weights are not negative, so a sum of increasing models is increasing.
    fn keeps_directions(params: &Params) -> bool {
        let keeps = |(Candidate { learner, params }, _): &(Candidate, f64)| learner.keeps_directions(params);
        params.members().is_ok_and(|members| members.iter().all(keeps))
    }

    fn learns_from_cells(params: &Params) -> bool {
        let learns = |(Candidate { learner, params }, _): &(Candidate, f64)| learner.learns_from_cells(params);
        params.members().is_ok_and(|members| members.iter().all(learns))
    }

    fn stores_rows(params: &Params) -> bool {
        let stores_rows = |(Candidate { learner, params }, _): &(Candidate, f64)| learner.stores_rows(params);
        params.members().is_ok_and(|members| members.iter().any(stores_rows))
    }
}

/// The blend of models fitted on `data`.
pub(crate) fn assemble(members: Vec<(Candidate, f64, Model)>, data: &FitData) -> Model {
    let n_one_hot = data.preprocessor(Features::OneHot).n_features();
    let n_columns = data.schema().columns.len();
    let member = |(candidate, weight, model): (Candidate, f64, Model)| {
        // The three encodings are concatenated.
        let (from, n_features) = match candidate.learner.abilities().features {
            Features::OneHot => (0, n_one_hot),
            Features::Native => (n_one_hot, n_columns),
            Features::NativeWithBlanks => (n_one_hot + n_columns, n_columns),
            Features::All => (0, n_one_hot + 2 * n_columns),
        };
        let narrow = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Member { weight, from: narrow(from), to: narrow(from + n_features), model }
    };
    Model::Blend(BlendModel { members: members.into_iter().map(member).collect() })
}

/// The members given by the parameters, with their weights.
pub(crate) fn members(params: &ParamMap) -> Result<Vec<(Candidate, f64)>, FitError> {
    read::<Params>(Blend::NAME, params)?.members()
}

/// The parameters for the given members.
pub(crate) fn params(members: &[(Candidate, f64)]) -> ParamMap {
    let member = |(Candidate { learner, params }, weight): &(Candidate, f64)| json!({"family": learner.family(), "params": params, "weight": weight});
    ParamMap::from_iter([("members".to_owned(), members.iter().map(member).collect())])
}
