//! Hyper-parameters, where no family's own type is known.

use std::collections::BTreeMap;

use serde_json::Value as Json;

/// A candidate's hyper-parameters by name.
pub type Params = BTreeMap<String, Json>;
