//! `[columns.NAME]`: the configuration of one column.

use model_core::Direction;
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
    /// The way that predictions go with its numbers: never down when they rise, or never up.
    pub direction: Option<Spanned<DirectionConfig>>,
    /// Numbers, categories or dates, where the cells alone don't tell.
    pub kind: Option<KindConfig>,
    /// Whether it is left out.
    pub drop: bool,
    /// Texts that stand for "no value". Given, also empty, a number that looks like a code for that is a number.
    pub missing: Option<Vec<String>>,
    /// The sign before fractions.
    pub decimal: Option<DecimalConfig>,
    /// What dates begin with that don't begin with their year.
    pub dates: Option<DatesConfig>,
}

/// The sign before fractions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum DecimalConfig {
    /// `88.5`
    #[serde(rename = ".")]
    Point,
    /// `88,5`
    #[serde(rename = ",")]
    Comma,
}

/// What dates begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DatesConfig {
    /// `31/1/2026`
    DayFirst,
    /// `1/31/2026`
    MonthFirst,
}

/// The way that predictions go with a column's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DirectionConfig {
    /// They never fall when the numbers rise.
    Up,
    /// They never rise when the numbers rise.
    Down,
}

impl From<DirectionConfig> for Direction {
    fn from(said: DirectionConfig) -> Self {
        match said {
            DirectionConfig::Up => Self::Up,
            DirectionConfig::Down => Self::Down,
        }
    }
}

/// What a column's cells are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KindConfig {
    /// Numbers.
    Numeric,
    /// Categories.
    Categorical,
    /// Dates.
    Date,
}
