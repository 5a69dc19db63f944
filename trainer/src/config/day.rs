//! A day, for the model card.

use std::str::FromStr;

use serde::{Deserialize, Deserializer};
use thiserror::Error;
use toml::value::Datetime;

use super::from_text::from_text;

/// A calendar day, as `YYYY-MM-DD`. It is given and never read from a clock: the same data and options give the same
/// bytes on any day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day(String);

/// Not a calendar day.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("\"{0}\" is no day; write it as YYYY-MM-DD, such as 2026-09-01")]
pub struct NoDay(String);

impl Day {
    /// The text.
    #[must_use]
    pub fn into_text(self) -> String {
        self.0
    }
}

impl FromStr for Day {
    type Err = NoDay;

    fn from_str(text: &str) -> Result<Self, NoDay> {
        let is_day = text.len() == "YYYY-MM-DD".len() && text.parse::<Datetime>().is_ok_and(|time| time.date.is_some());
        if is_day { Ok(Self(text.to_owned())) } else { Err(NoDay(text.to_owned())) }
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        from_text(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_one_of_the_calendar() {
        assert_eq!("2024-02-29".parse::<Day>().unwrap().into_text(), "2024-02-29");
        for text in ["2023-02-29", "2024-13-01", "1.9.2026", "2026-9-1", "2026-09-01T", "", "yesterday"] {
            let problem = text.parse::<Day>().unwrap_err().to_string();
            assert!(problem.contains(text) && problem.contains("YYYY-MM-DD"), "{problem}");
        }
    }
}
