//! Hyper-parameters, independent of any family's type.

use std::collections::BTreeMap;

use serde_json::Value as Json;

/// A candidate's hyper-parameters by name.
pub type Params = BTreeMap<String, Json>;
