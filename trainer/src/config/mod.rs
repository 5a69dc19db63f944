//! `scorecast.toml`: what is worth saying once about a file of records, instead of at each call.
//!
//! Everything in it is optional, and the command line wins over it. A key that isn't known is an error rather than a
//! comment, because a gate that was misspelled is a gate that never closes; each error names line and column.

mod apply;
pub(crate) mod classic_schema;
mod day;
mod error;
pub(crate) mod limits;
mod template;

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use model_core::Card;

pub use self::day::Day;
pub use self::error::ConfigError;
use self::limits::LimitsChoice;
pub use self::template::write_config;
use crate::judge::gates::Gates;
use crate::learn::{LEARNERS, Learner, learner};

/// The file's name where none is given.
pub const CONFIG_FILE: &str = "scorecast.toml";

/// What the file says.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The column to predict.
    pub target: Option<Spanned<String>>,
    /// The ends of the target's scale: `MIN:MAX`, `none` or `auto`.
    pub limits: Option<Spanned<String>>,
    /// The column that says how much each row counts.
    pub weights: Option<Spanned<String>>,
    /// Whether the records describe no real person.
    pub fictional: Option<bool>,
    /// Columns that a form shows first, in this order.
    pub order: Vec<Spanned<String>>,
    /// What is said about each column, the target among them.
    pub columns: BTreeMap<Spanned<String>, ColumnConfig>,
    /// What the makers say about the model.
    pub card: CardConfig,
    /// What a model must reach to be published.
    pub gates: Gates,
    /// How the champion is searched.
    pub search: SearchConfig,
}

/// What is said about one column.
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
    /// Whether a person can change it. Once this is said of any column, of the classic schema's, too, none is by default.
    pub actionable: Option<bool>,
    /// Whether it says who a person is or where they come from. Once this is said of any column, none is by default.
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

/// `[card]`, as it stands in [`Card`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CardConfig {
    intended_use: Option<String>,
    not_for: Option<String>,
    data: Option<String>,
    limits: Option<String>,
    contact: Option<String>,
    /// The day the model is trained on.
    pub date: Option<Day>,
}

/// `[search]`: the options of the command line that choose the champion, under their names.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SearchConfig {
    /// `--families`
    pub families: Vec<Spanned<String>>,
    /// `--grid`
    pub grid: Option<String>,
    /// `--cv`
    pub cv: Option<usize>,
    /// `--seed`
    pub seed: Option<u32>,
    /// `--test-size`
    pub test_size: Option<f64>,
    /// `--select`
    pub select: Option<SelectRule>,
    /// `--repeats`
    pub repeats: Option<usize>,
    /// `--time-limit`
    pub time_limit: Option<Spanned<String>>,
    /// `--size-budget`
    pub size_budget: Option<usize>,
    /// `--allow-records`
    pub allow_records: bool,
}

/// How the champion is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SelectRule {
    /// The simplest family within one standard error of the best.
    Simplest,
    /// The highest score.
    Best,
}

impl Config {
    /// Reads the text of `file`, whose name is for messages only.
    ///
    /// # Errors
    /// The first thing that is wrong, with its line and column.
    pub fn parse(file: &str, text: &str) -> Result<Self, ConfigError> {
        let config: Self = toml::from_str(text).map_err(|error| ConfigError::from_toml(file, text, &error))?;
        config.check(file, text)?;
        Ok(config)
    }

    /// Refuses names of columns that the CSV's header doesn't have.
    ///
    /// # Errors
    /// The first such name, with its line and column and the nearest name of the header.
    pub fn check_columns(&self, file: &str, text: &str, header: &[String]) -> Result<(), ConfigError> {
        let names = [&self.target, &self.weights].into_iter().flatten().chain(&self.order).chain(self.columns.keys());
        for name in names {
            if !header.contains(name.get_ref()) {
                let what = format!("the CSV has no column \"{}\"", name.get_ref());
                let known: Vec<&str> = header.iter().map(String::as_str).collect();
                return Err(ConfigError::unknown(file, text, name.span(), &what, name.get_ref(), &known));
            }
        }
        Ok(())
    }

    /// The names of the columns for which `is_meant` holds.
    #[must_use]
    pub fn columns_that(&self, is_meant: impl Fn(&ColumnConfig) -> bool) -> Vec<String> {
        let of = |(name, column): (&Spanned<String>, &ColumnConfig)| is_meant(column).then(|| name.get_ref().clone());
        self.columns.iter().filter_map(of).collect()
    }

    /// What the makers say about the model.
    #[must_use]
    pub fn card(&self) -> Card {
        let CardConfig { intended_use, not_for, data, limits, contact, date } = self.card.clone();
        Card { intended_use, not_for, data, limits, contact, date: date.map(Day::into_text) }
    }

    fn check(&self, file: &str, text: &str) -> Result<(), ConfigError> {
        let wrong = |span: std::ops::Range<usize>, problem: String| Err(ConfigError::at(file, text, span, problem));
        if let Some(limits) = &self.limits
            && let Err(problem) = limits.get_ref().parse::<LimitsChoice>()
        {
            return wrong(limits.span(), problem.to_string());
        }
        if let Some(limit) = &self.search.time_limit
            && let Err(problem) = limit.get_ref().parse::<humantime::Duration>()
        {
            return wrong(limit.span(), format!("\"{}\" is no time: {problem}; write 60s or 5m", limit.get_ref()));
        }
        if let Some(family) = self.search.families.iter().find(|family| learner(family.get_ref()).is_none()) {
            let what = format!("there is no family \"{}\"", family.get_ref());
            let known = LEARNERS.map(Learner::family);
            return Err(ConfigError::unknown(file, text, family.span(), &what, family.get_ref(), &known));
        }
        for (place, name) in self.order.iter().enumerate() {
            if self.order[..place].iter().any(|other| other.get_ref() == name.get_ref()) {
                return wrong(name.span(), format!("\"{}\" stands in the order twice; remove one", name.get_ref()));
            }
            if self.target.as_ref().is_some_and(|target| target.get_ref() == name.get_ref()) {
                let problem = format!("\"{}\" is the target and no field of the form; remove it", name.get_ref());
                return wrong(name.span(), problem);
            }
        }
        for column in self.columns.values() {
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
             weights, fictional, order, columns, card, gates, search"
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
        for (text, place, words) in [
            ("target = \n", ":1:", "string"),
            ("target = 3\n", ":1:10:", "expected a string"),
            ("limits = \"100:0\"\n", ":1:10:", "neither MIN:MAX"),
            ("[search]\nfamilies = [\"ridge\", \"lin\"]\n", ":2:22:", "no family \"lin\""),
            ("[search]\ntime_limit = \"soon\"\n", ":2:14:", "no time"),
            ("order = [\"a\", \"a\"]\n", ":1:15:", "twice"),
            ("target = \"a\"\norder = [\"a\"]\n", ":2:10:", "the target"),
            ("[columns.a]\nstep = 0.0\n", ":2:8:", "above 0"),
            ("[columns.a]\nmin = 3\nmax = 2.0\n", ":3:7:", "above min"),
            ("[columns.a]\nmin = inf\n", ":2:7:", "finite"),
            ("[columns.a]\nkind = \"text\"\n", ":2:8:", "numeric"),
        ] {
            let message = error(text);
            assert!(message.contains(place) && message.contains(words), "{text:?}: {message}");
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
