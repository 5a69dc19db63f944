//! Grids of hyper-parameters.

use model_core::Params as ParamMap;
use serde_json::Value as Json;

/// A parameter and its values to try.
#[derive(Debug, Clone)]
pub(crate) struct Axis {
    name: String,
    values: Vec<Json>,
}

/// The values to try of the parameter `name`.
pub(crate) fn axis<V: Into<Json>>(name: impl Into<String>, values: impl IntoIterator<Item = V>) -> Axis {
    Axis { name: name.into(), values: values.into_iter().map(Into::into).collect() }
}

/// Every combination of the values, the last axis varying fastest.
pub(crate) fn product(axes: &[Axis]) -> Vec<ParamMap> {
    axes.iter().fold(vec![ParamMap::new()], |candidates, axis| {
        let extend = |params: ParamMap| {
            let with = move |value: &Json| {
                let mut params = params.clone();
                params.insert(axis.name.clone(), value.clone());
                params
            };
            axis.values.iter().map(with)
        };
        candidates.into_iter().flat_map(extend).collect()
    })
}
