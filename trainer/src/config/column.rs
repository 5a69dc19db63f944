//! `[columns.NAME]`: the configuration of one column.

use serde::Deserialize;
use toml::Spanned;

/// The configuration of one column.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ColumnConfig {
    /// The name for people.
    pub label: Option<String>,
    /// A sentence about it.
    pub help: Option<String>,
    /// What its numbers are measured in.
    pub unit: Option<String>,
    /// The smallest number that a form offers, where not the smallest observed.
    pub min: Option<Spanned<f64>>,
    /// The largest number that a form offers, where not the largest observed.
    pub max: Option<Spanned<f64>>,
    /// How far apart the numbers are that a form offers.
    pub step: Option<Spanned<f64>>,
    /// Whether a person can change it. Where this is set for any column, also the classic schema's columns are not by default.
    pub actionable: Option<bool>,
    /// Whether it says who a person is or where they come from. Where this is set for any column, none is by default.
    pub sensitive: Option<bool>,
    /// Numbers or categories, where the cells alone don't tell.
    pub kind: Option<KindConfig>,
    /// Whether it is left out.
    pub drop: bool,
}

/// What a column's cells are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KindConfig {
    /// Numbers.
    Numeric,
    /// Categories.
    Categorical,
}
