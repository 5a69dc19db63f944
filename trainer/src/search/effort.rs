//! How much a search may cost.

use serde::Deserialize;

/// How much work a race is worth. It decides which candidates start, how many rows the last rung has, and how often its
/// cross-validation is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[serde(rename_all = "lowercase")]
pub enum Effort {
    /// A first look: few rows, one repetition
    Quick,
    /// About 10 s of one core for 1,000 rows at the most, a minute or two for a million
    #[default]
    Normal,
    /// Many candidates, more rows and more repetitions: minutes to an hour
    Thorough,
}

impl Effort {
    /// The name on the command line and in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Quick => "quick",
            Self::Normal => "normal",
            Self::Thorough => "thorough",
        }
    }

    /// The maximal number of rows that candidates are compared on; fewer for more columns, since wide rows cost more.
    #[must_use]
    pub fn most_rows(self, n_columns: usize) -> usize {
        let (n_cells, range) = match self {
            Self::Quick => (50_000, (2_000, 5_000)),
            Self::Normal => (100_000, (5_000, 20_000)),
            Self::Thorough => (1_600_000, (20_000, 200_000)),
        };
        (n_cells / n_columns.max(1)).clamp(range.0, range.1)
    }

    /// The maximal number of repetitions of the last rung's cross-validation.
    #[must_use]
    pub fn repeats(self) -> usize {
        match self {
            Self::Quick => 1,
            Self::Normal => 5,
            Self::Thorough => 10,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_tables_race_on_fewer_rows() {
        assert_eq!(Effort::Normal.most_rows(7), 14_285);
        assert_eq!(Effort::Normal.most_rows(20), 5_000);
        assert_eq!(Effort::Normal.most_rows(2), 20_000);
        assert_eq!(Effort::Quick.most_rows(20), 2_500);
    }
}
