//! Typed hyper-parameters from a JSON map. Unknown names and values out of range are errors that name the parameter.
//!
//! A family's parameters are a struct with derived `Deserialize` and `#[serde(deny_unknown_fields, default)]`. The
//! range of each field is checked by one of the functions below, as in `#[serde(deserialize_with = "positive")]`: it
//! returns the value, or an error whose text is the valid range.

use model_core::Params as ParamMap;
use serde::de::{DeserializeOwned, Deserializer, Error as _, Visitor, value};
use serde::{Deserialize, forward_to_deserialize_any};
use serde_json::Value as Json;

use super::error::FitError;

/// The maximal number of trees, or rounds, of an ensemble.
pub(super) const MAX_STEPS: usize = 100_000;

/// Reads a family's parameters; missing ones have their defaults.
pub(super) fn read<P: DeserializeOwned>(family: &'static str, params: &ParamMap) -> Result<P, FitError> {
    from_entries(params.iter()).map_err(|error| {
        // serde does not report which field is invalid: deserialise each one alone to find it.
        let alone = params.iter().find_map(|entry| Some((entry, from_entries::<P>(std::iter::once(entry)).err()?)));
        let known = field_names::<P>();
        match alone {
            Some(((name, _), _)) if !known.contains(&name.as_str()) => FitError::UnknownParameter {
                family,
                name: name.clone(),
                known: known.iter().map(ToString::to_string).collect(),
            },
            Some(((name, found), range)) => FitError::Parameter {
                family,
                name: name.clone(),
                found: found.to_string(),
                expected: range.to_string(),
            },
            None => FitError::Data { family, problem: error.to_string() },
        }
    })
}

fn from_entries<'a, P: DeserializeOwned>(
    entries: impl Iterator<Item = (&'a String, &'a Json)>,
) -> Result<P, serde_json::Error> {
    serde_json::from_value(entries.map(|(name, value)| (name.clone(), value.clone())).collect())
}

/// The names of the fields of a struct with derived `Deserialize`.
fn field_names<P: DeserializeOwned>() -> &'static [&'static str] {
    struct Fields<'a>(&'a mut &'static [&'static str]);

    impl<'de> Deserializer<'de> for Fields<'_> {
        type Error = value::Error;

        fn deserialize_struct<V: Visitor<'de>>(
            self,
            _name: &'static str,
            fields: &'static [&'static str],
            visitor: V,
        ) -> Result<V::Value, Self::Error> {
            *self.0 = fields;
            self.deserialize_any(visitor)
        }

        fn deserialize_any<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, Self::Error> {
            Err(Self::Error::custom("there is no value, only names are asked for"))
        }

        forward_to_deserialize_any! {
            bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
            unit_struct newtype_struct seq tuple tuple_struct map enum identifier ignored_any
        }
    }

    let mut names: &'static [&'static str] = &[];
    drop(P::deserialize(Fields(&mut names)));
    names
}

/// A number of at least 0.
pub(super) fn not_negative<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    number(deserializer, |number| number >= 0.0, "at least 0")
}

/// A number above 0.
pub(super) fn positive<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    number(deserializer, |number| number > 0.0, "above 0")
}

/// A share of rows or columns.
pub(super) fn share<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    number(deserializer, |share| share > 0.0 && share <= 1.0, "above 0 and up to 1")
}

/// A finite number that `is_valid` accepts.
pub(super) fn number<'de, D: Deserializer<'de>>(
    deserializer: D,
    is_valid: impl Fn(f64) -> bool,
    expected: &str,
) -> Result<f64, D::Error> {
    let json = Json::deserialize(deserializer)?;
    json.as_f64().filter(|number| number.is_finite() && is_valid(*number)).ok_or_else(|| D::Error::custom(expected))
}

/// An integer of at least `MIN`.
pub(super) fn at_least<'de, const MIN: usize, D: Deserializer<'de>>(deserializer: D) -> Result<usize, D::Error> {
    whole(&Json::deserialize(deserializer)?, MIN, usize::MAX)
        .ok_or_else(|| D::Error::custom(format_args!("a whole number of at least {MIN}")))
}

/// An integer of at least `MIN`, or null for no bound.
pub(super) fn at_least_or_null<'de, const MIN: usize, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<usize>, D::Error> {
    let json = Json::deserialize(deserializer)?;
    if json.is_null() {
        return Ok(None);
    }
    let expected = || D::Error::custom(format_args!("a whole number of at least {MIN}, or null"));
    whole(&json, MIN, usize::MAX).map(Some).ok_or_else(expected)
}

/// An integer from `MIN` to `MAX`.
pub(super) fn within<'de, const MIN: usize, const MAX: usize, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<usize, D::Error> {
    whole(&Json::deserialize(deserializer)?, MIN, MAX)
        .ok_or_else(|| D::Error::custom(format_args!("a whole number from {MIN} to {MAX}")))
}

fn whole(json: &Json, min: usize, max: usize) -> Option<usize> {
    json.as_u64().and_then(|number| usize::try_from(number).ok()).filter(|number| (min..=max).contains(number))
}

/// True or false.
pub(super) fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Json::deserialize(deserializer)?.as_bool().ok_or_else(|| D::Error::custom("true or false"))
}

/// A parameter with a few named values.
pub(super) trait Choice: Copy + 'static {
    const CHOICES: &'static [(&'static str, Self)];
}

/// One of the named values.
pub(super) fn choice<'de, T: Choice, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let json = Json::deserialize(deserializer)?;
    let found = T::CHOICES.iter().find(|(name, _)| json.as_str() == Some(name));
    found.map(|(_, value)| *value).ok_or_else(|| {
        let names: Vec<&str> = T::CHOICES.iter().map(|(name, _)| *name).collect();
        let (last, others) = names.split_last().unwrap_or((&"", &[]));
        D::Error::custom(format_args!("{} or {last}", others.join(", ")))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::learn::learner;
    use crate::learn::test_data::data;

    fn refusal(family: &str, params: Json) -> String {
        let params: ParamMap = serde_json::from_value(params).unwrap();
        learner(family).unwrap().fit(&params, &data(&[1.0, 2.0, 3.0, 5.0]), 1).unwrap_err().to_string()
    }

    #[test]
    fn what_is_wrong_is_named_with_its_range() {
        let expected = [
            ("linear", json!({"alpha": 1}), "linear: there is no parameter alpha; it has none"),
            ("ridge", json!({"alpha": -1}), "ridge: parameter alpha is -1; it must be at least 0"),
            ("ridge", json!({"beta": 1, "alpha": 2}), "ridge: there is no parameter beta; it has alpha"),
            ("elastic-net", json!({"l1_ratio": 1.5}), "elastic-net: parameter l1_ratio is 1.5; it must be 0 to 1"),
            (
                "lasso",
                json!({"monotone": {"z": 1}}),
                "lasso: parameter monotone is {\"z\":1}; it must be an object of numeric columns, each with 1, 0 or -1",
            ),
            ("knn", json!({"weights": "none"}), "knn: parameter weights is \"none\"; it must be uniform or distance"),
            (
                "knn",
                json!({"n_neighbors": 0}),
                "knn: parameter n_neighbors is 0; it must be a whole number of at least 1",
            ),
            ("svr", json!({"gamma": "auto"}), "svr: parameter gamma is \"auto\"; it must be scale or a number above 0"),
            (
                "tree",
                json!({"max_depth": 0}),
                "tree: parameter max_depth is 0; it must be a whole number of at least 1, or null",
            ),
            (
                "tree",
                json!({"criterion": 3}),
                "tree: parameter criterion is 3; it must be squared_error, friedman_mse, absolute_error or poisson",
            ),
            ("forest", json!({"bootstrap": 1}), "forest: parameter bootstrap is 1; it must be true or false"),
            (
                "forest",
                json!({"n_estimators": 1_000_000_000}),
                "forest: parameter n_estimators is 1000000000; it must be a whole number from 1 to 100000",
            ),
            (
                "gradient-boosting",
                json!({"max_features": 1.5}),
                "gradient-boosting: parameter max_features is 1.5; it must be all, sqrt, log2 or a share above 0 and up to 1",
            ),
            ("xgboost", json!({"subsample": 0}), "xgboost: parameter subsample is 0; it must be above 0 and up to 1"),
            (
                "catboost",
                json!({"depth": 13}),
                "catboost: parameter depth is 13; it must be a whole number from 1 to 12",
            ),
            ("ebm", json!({"learning_rate": null}), "ebm: parameter learning_rate is null; it must be above 0"),
            (
                "blend",
                json!({}),
                "blend: parameter members is null; it must be a list of tables, each with the family, params and weight of a model that is no blend",
            ),
        ];
        for (family, params, message) in expected {
            assert_eq!(refusal(family, params), message);
        }
    }

    #[test]
    fn an_unknown_parameter_is_told_the_known_ones_in_their_order() {
        let message = refusal("tree", json!({"depth": 3}));
        let known = "criterion, splitter, max_features, max_depth, min_samples_split, min_samples_leaf, ccp_alpha";
        assert_eq!(message, format!("tree: there is no parameter depth; it has {known}"));
    }
}
