//! `scorecast.toml`: settings of a file of records, which need not be repeated at each call.
//!
//! Input: the file's text, and the command line. Output: one [`Config`], in which the command line takes precedence
//! over the file. Locating them is left to the caller. An unknown key is an error: a misspelled gate would never fail.
//! Each error names line and column.

mod apply;
mod card;
pub(crate) mod classic_schema;
mod column;
mod day;
mod error;
mod family;
mod from_text;
mod ingest;
mod intervals;
pub(crate) mod limits;
mod names;
mod search_options;
mod template;

use std::collections::BTreeMap;

use model_core::{Card, DateOrder, Direction, EngineSource};
use reader::Decimal;
use serde::Deserialize;
use toml::Spanned;

pub use self::card::CardConfig;
pub use self::column::{ColumnConfig, DatesConfig, DecimalConfig, DirectionConfig, KindConfig};
pub use self::day::Day;
pub use self::error::ConfigError;
pub use self::family::Family;
pub use self::intervals::IntervalsConfig;
use self::limits::LimitsChoice;
pub use self::search_options::{GridChoice, SearchOptions, SelectRule};
pub use self::template::write_config;
use crate::judge::gates::Gates;

/// The file's name where none is given.
pub const CONFIG_FILE: &str = "scorecast.toml";

/// What a training run may be told, by `scorecast.toml` and by the command line.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The column to predict; scorecast.toml may name it instead
    #[cfg_attr(feature = "cli", arg(long, short, value_name = "COLUMN", value_parser = without_span))]
    pub target: Option<Spanned<String>>,

    /// Ends of the target's scale, as MIN:MAX; a shown prediction stays within them [default: auto]
    #[cfg_attr(feature = "cli", arg(long, value_name = "MIN:MAX|none|auto", allow_hyphen_values = true))]
    pub limits: Option<LimitsChoice>,

    /// The column that says how much each row counts
    #[cfg_attr(feature = "cli", arg(long, value_name = "COLUMN", value_parser = without_span))]
    pub weights: Option<Spanned<String>>,

    /// The column that names what rows have in common, such as a pupil, a class or a school: its rows stay together, so that
    /// all figures are for groups not seen yet. It is no input unless its kind is said
    #[cfg_attr(feature = "cli", arg(long, value_name = "COLUMN", value_parser = without_span, conflicts_with = "time"))]
    pub group: Option<Spanned<String>>,

    /// The column that tells when rows came, such as a term or a day: later rows judge what earlier ones teach. It is no
    /// input unless its kind is said
    #[cfg_attr(feature = "cli", arg(long, value_name = "COLUMN", value_parser = without_span))]
    pub time: Option<Spanned<String>>,

    /// The records describe no real person, and the page says so
    #[cfg_attr(feature = "cli", arg(long))]
    pub fictional: bool,

    /// Columns that a form shows first, in this order.
    #[cfg_attr(feature = "cli", arg(skip))]
    pub order: Vec<Spanned<String>>,

    /// The configuration of columns, the target among them.
    #[cfg_attr(feature = "cli", arg(skip))]
    pub columns: BTreeMap<Spanned<String>, ColumnConfig>,

    /// What the makers say about the model.
    #[cfg_attr(feature = "cli", command(flatten))]
    pub card: CardConfig,

    /// What a model must reach to be published.
    #[cfg_attr(feature = "cli", command(flatten))]
    pub gates: Gates,

    /// For whom intervals are to hold.
    #[cfg_attr(feature = "cli", arg(skip))]
    pub intervals: IntervalsConfig,

    /// How the champion is searched.
    #[cfg_attr(feature = "cli", command(flatten))]
    pub search: SearchOptions,

    /// The engine that the records come from, where they come from one; a file can't say it.
    #[cfg_attr(feature = "cli", arg(skip))]
    #[serde(skip)]
    pub engine: Option<EngineSource>,
}

/// An option of the command line, without a position in a file.
#[cfg(feature = "cli")]
fn without_span(text: &str) -> Result<Spanned<String>, std::convert::Infallible> {
    Ok(Spanned::new(0..0, text.to_owned()))
}

impl Config {
    /// Parses the text of `file`, whose name is for messages only.
    ///
    /// # Errors
    /// The first error, with its line and column.
    pub fn parse(file: &str, text: &str) -> Result<Self, ConfigError> {
        let config: Self = toml::from_str(text).map_err(|error| ConfigError::from_toml(file, text, &error))?;
        config.check(file, text)?;
        Ok(config)
    }

    /// This configuration, with unset options taken from `other`.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        // Grouping and ordering by time exclude each other, so that either replaces both.
        let is_parted = self.group.is_some() || self.time.is_some();
        let (group, time) = if is_parted { (self.group, self.time) } else { (other.group, other.time) };
        Self {
            group,
            time,
            target: self.target.or(other.target),
            limits: self.limits.or(other.limits),
            weights: self.weights.or(other.weights),
            fictional: self.fictional || other.fictional,
            order: if self.order.is_empty() { other.order } else { self.order },
            columns: if self.columns.is_empty() { other.columns } else { self.columns },
            card: self.card.or(other.card),
            gates: self.gates.or(other.gates),
            intervals: if self.intervals.by.is_empty() { other.intervals } else { self.intervals },
            search: self.search.or(other.search),
            engine: self.engine.or(other.engine),
        }
    }

    /// Refuses columns that the CSV's header lacks.
    ///
    /// # Errors
    /// The first such name, with its line and column and the nearest name of the header.
    pub fn check_columns(&self, file: &str, text: &str, header: &[String]) -> Result<(), ConfigError> {
        let single = [&self.target, &self.weights, &self.group, &self.time].into_iter().flatten();
        let names = single.chain(&self.order).chain(&self.intervals.by).chain(self.columns.keys());
        for name in names {
            if !header.contains(name.get_ref()) {
                let what = format!("the CSV has no column \"{}\"", name.get_ref());
                let known: Vec<&str> = header.iter().map(String::as_str).collect();
                return Err(ConfigError::unknown(file, text, name.span(), &what, name.get_ref(), &known));
            }
        }
        Ok(())
    }

    /// The column to predict.
    #[must_use]
    pub fn target_name(&self) -> Option<&str> {
        self.target.as_ref().map(|target| target.get_ref().as_str())
    }

    /// The names of the columns that match `is_meant`.
    #[must_use]
    pub fn columns_that(&self, is_meant: impl Fn(&ColumnConfig) -> bool) -> Vec<String> {
        let of = |(name, column): (&Spanned<String>, &ColumnConfig)| is_meant(column).then(|| name.get_ref().clone());
        self.columns.iter().filter_map(of).collect()
    }

    /// Each column's texts that mean "no value".
    #[must_use]
    pub fn missing(&self) -> Vec<(String, Vec<String>)> {
        let of = |(name, column): (&Spanned<String>, &ColumnConfig)| {
            column.missing.as_ref().map(|missing| (name.get_ref().clone(), missing.clone()))
        };
        self.columns.iter().filter_map(of).collect()
    }

    /// The directions of columns.
    #[must_use]
    pub fn directions(&self) -> BTreeMap<String, Direction> {
        let of = |(name, column): (&Spanned<String>, &ColumnConfig)| {
            Some((name.get_ref().clone(), Direction::from(*column.direction.as_ref()?.get_ref())))
        };
        self.columns.iter().filter_map(of).collect()
    }

    /// The decimal signs of columns.
    #[must_use]
    pub fn decimals(&self) -> Vec<(String, Decimal)> {
        let of = |(name, column): (&Spanned<String>, &ColumnConfig)| {
            let decimal = match column.decimal? {
                DecimalConfig::Point => Decimal::Point,
                DecimalConfig::Comma => Decimal::Comma,
            };
            Some((name.get_ref().clone(), decimal))
        };
        self.columns.iter().filter_map(of).collect()
    }

    /// What the dates of each column start with.
    #[must_use]
    pub fn date_orders(&self) -> Vec<(String, DateOrder)> {
        let of = |(name, column): (&Spanned<String>, &ColumnConfig)| {
            let order = match column.dates? {
                DatesConfig::DayFirst => DateOrder::DayFirst,
                DatesConfig::MonthFirst => DateOrder::MonthFirst,
            };
            Some((name.get_ref().clone(), order))
        };
        self.columns.iter().filter_map(of).collect()
    }

    /// The makers' statements about the model.
    #[must_use]
    pub fn card(&self) -> Card {
        self.card.card()
    }

    fn check(&self, file: &str, text: &str) -> Result<(), ConfigError> {
        let wrong = |span: std::ops::Range<usize>, problem: String| Err(ConfigError::at(file, text, span, problem));
        for (position, name) in self.order.iter().enumerate() {
            if self.order[..position].iter().any(|other| other.get_ref() == name.get_ref()) {
                return wrong(name.span(), format!("\"{}\" stands in the order twice; remove one", name.get_ref()));
            }
            if self.target.as_ref().is_some_and(|target| target.get_ref() == name.get_ref()) {
                let problem = format!("\"{}\" is the target and no field of the form; remove it", name.get_ref());
                return wrong(name.span(), problem);
            }
        }
        for (name, column) in &self.columns {
            if let Some(direction) = &column.direction
                && (column.kind == Some(KindConfig::Categorical)
                    || self.target.as_ref().is_some_and(|target| target.get_ref() == name.get_ref()))
            {
                return wrong(direction.span(), "only a column of numbers that is no target has a direction".into());
            }
            for number in [&column.min, &column.max, &column.step].into_iter().flatten() {
                if !number.get_ref().is_finite() {
                    return wrong(number.span(), "this is not a finite number; write one such as 0.5".into());
                }
            }
            if let Some(step) = column.step.as_ref().filter(|step| *step.get_ref() <= 0.0) {
                return wrong(step.span(), "a step must be above 0".into());
            }
            if let (Some(min), Some(max)) = (&column.min, &column.max)
                && min.get_ref() >= max.get_ref()
            {
                return wrong(max.span(), "max must be above min".into());
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        Config::parse("scorecast.toml", text).unwrap_err().to_string()
    }

    #[test]
    fn an_empty_file_says_nothing() {
        let config = Config::parse("scorecast.toml", "").unwrap();
        assert!(config.target.is_none() && config.columns.is_empty() && config.card().is_empty());
        assert_eq!(config.gates, Gates::default());
    }

    #[test]
    fn unknown_keys_are_errors_with_line_column_and_the_nearest_known_key() {
        assert_eq!(
            error("target = \"y\"\nlimit = \"0:20\"\n"),
            "scorecast.toml:2:1: there is no key \"limit\" here; did you mean \"limits\"? Known here: target, limits, \
             weights, group, time, fictional, order, columns, card, gates, intervals, search"
        );
        let message = error("[gates]\nmin_r2 = 0.5\n  max_group_bais = 1.0\n");
        assert!(
            message.starts_with(
                "scorecast.toml:3:3: there is no key \"max_group_bais\" here; did you mean \"max_group_bias\"?"
            ),
            "{message}"
        );
        let message = error("[columns.lunch]\nsensitiv = true\n");
        assert!(message.contains(":2:1:") && message.contains("did you mean \"sensitive\"?"), "{message}");
        let message = error("xyzzyx = 1\n");
        assert!(message.contains("there is no key \"xyzzyx\"") && !message.contains("did you mean"), "{message}");
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        for (text, location, words) in [
            ("target = \n", ":1:", "string"),
            ("target = 3\n", ":1:10:", "expected a string"),
            ("limits = \"100:0\"\n", ":1:10:", "neither MIN:MAX"),
            ("[search]\nfamilies = [\"ridge\", \"lin\"]\n", ":2:22:", "no family \"lin\""),
            ("order = [\"a\", \"a\"]\n", ":1:15:", "twice"),
            ("target = \"a\"\norder = [\"a\"]\n", ":2:10:", "the target"),
            ("[columns.a]\nstep = 0.0\n", ":2:8:", "above 0"),
            ("[columns.a]\nmin = 3\nmax = 2.0\n", ":3:7:", "above min"),
            ("[columns.a]\nmin = inf\n", ":2:7:", "finite"),
            ("[columns.a]\nkind = \"text\"\n", ":2:8:", "numeric"),
        ] {
            let message = error(text);
            assert!(message.contains(location) && message.contains(words), "{text:?}: {message}");
        }
    }

    #[test]
    fn columns_that_the_csv_has_not_are_errors() {
        let text = "[columns.\"reading score\"]\nlabel = \"Reading\"\n";
        let config = Config::parse("c.toml", text).unwrap();
        let header = ["math_score", "reading_score"].map(String::from);
        let message = config.check_columns("c.toml", text, &header).unwrap_err().to_string();
        assert_eq!(
            message,
            "c.toml:1:10: the CSV has no column \"reading score\"; did you mean \"reading_score\"? Known here: math_score, \
             reading_score"
        );
    }
}
