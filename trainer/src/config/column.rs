//! `[columns.NAME]`: the configuration of one column.

use model_core::Direction;
use serde::Deserialize;
use toml::Spanned;

/// The configuration of one column.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ColumnConfig {
    /// The display name.
    pub label: Option<String>,
    /// A sentence of help.
    pub help: Option<String>,
    /// The unit of its numbers.
    pub unit: Option<String>,
    /// The smallest number that a form offers; by default the smallest observed.
    pub min: Option<Spanned<f64>>,
    /// The largest number that a form offers; by default the largest observed.
    pub max: Option<Spanned<f64>>,
    /// The step between the numbers that a form offers.
    pub step: Option<Spanned<f64>>,
    /// Whether a person can change it. If set for any column, the defaults of the classic schema do not apply.
    pub actionable: Option<bool>,
    /// Whether it describes a person's identity or background. If set for any column, the defaults of the classic
    /// schema do not apply.
    pub sensitive: Option<bool>,
    /// The monotonicity constraint: predictions never fall, or never rise, with its numbers.
    pub direction: Option<Spanned<DirectionConfig>>,
    /// Numbers, categories or dates, if the cells are ambiguous.
    pub kind: Option<KindConfig>,
    /// Whether it is left out.
    pub drop: bool,
    /// Texts that mean "no value". If given, even as an empty list, numbers that look like such a code are numbers.
    pub missing: Option<Vec<String>>,
    /// The decimal sign.
    pub decimal: Option<DecimalConfig>,
    /// Whether dates that do not start with the year start with the day or the month.
    pub dates: Option<DatesConfig>,
}

/// The decimal sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum DecimalConfig {
    /// `88.5`
    #[serde(rename = ".")]
    Point,
    /// `88,5`
    #[serde(rename = ",")]
    Comma,
}

/// What dates start with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DatesConfig {
    /// `31/1/2026`
    DayFirst,
    /// `1/31/2026`
    MonthFirst,
}

/// The monotonicity constraint of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DirectionConfig {
    /// Predictions never fall when the numbers rise.
    Up,
    /// Predictions never rise when the numbers rise.
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

/// The kind of a column's cells.
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
