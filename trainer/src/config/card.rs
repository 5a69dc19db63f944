//! `[card]`: the makers' statements about the model.

use model_core::Card;
use serde::Deserialize;

use super::day::Day;

/// `[card]`, as it stands in [`Card`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(deny_unknown_fields, default)]
pub struct CardConfig {
    #[cfg_attr(feature = "cli", arg(skip))]
    intended_use: Option<String>,
    #[cfg_attr(feature = "cli", arg(skip))]
    not_for: Option<String>,
    #[cfg_attr(feature = "cli", arg(skip))]
    data: Option<String>,
    #[cfg_attr(feature = "cli", arg(skip))]
    limits: Option<String>,
    #[cfg_attr(feature = "cli", arg(skip))]
    contact: Option<String>,
    /// The day of this training for the model card, as YYYY-MM-DD; never read off the clock, so that a run can be repeated
    #[cfg_attr(feature = "cli", arg(long, value_name = "DAY"))]
    pub date: Option<Day>,
}

impl CardConfig {
    /// This card, with missing entries taken from `other`.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            intended_use: self.intended_use.or(other.intended_use),
            not_for: self.not_for.or(other.not_for),
            data: self.data.or(other.data),
            limits: self.limits.or(other.limits),
            contact: self.contact.or(other.contact),
            date: self.date.or(other.date),
        }
    }

    pub(super) fn card(&self) -> Card {
        let Self { intended_use, not_for, data, limits, contact, date } = self.clone();
        Card { intended_use, not_for, data, limits, contact, date: date.map(Day::into_text) }
    }
}
