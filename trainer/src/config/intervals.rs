//! `[intervals]`: groups with separate intervals.

use serde::Deserialize;
use toml::Spanned;

/// `[intervals]`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct IntervalsConfig {
    /// Categorical columns: intervals are valid for each of their groups separately if it has 100 residuals.
    pub by: Vec<Spanned<String>>,
}

impl IntervalsConfig {
    /// The names of the columns.
    #[must_use]
    pub fn by(&self) -> Vec<String> {
        self.by.iter().map(|name| name.get_ref().clone()).collect()
    }
}
