//! `[intervals]`: for whom intervals are to hold.

use serde::Deserialize;
use toml::Spanned;

/// `[intervals]`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct IntervalsConfig {
    /// Categorical columns: intervals hold for each of their groups by itself, where it has 100 errors.
    pub by: Vec<Spanned<String>>,
}

impl IntervalsConfig {
    /// The names of the columns.
    #[must_use]
    pub fn by(&self) -> Vec<String> {
        self.by.iter().map(|name| name.get_ref().clone()).collect()
    }
}
