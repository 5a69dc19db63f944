//! Options of the search for a champion: `[search]` in `scorecast.toml`, and options of `scorecast train`.

use std::convert::Infallible;
use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use serde::{Deserialize, Deserializer};
use toml::Spanned;

use super::family::Family;
use super::from_text::from_text;
use crate::learn::{BLEND, Candidate, Grid, LEARNERS, Learner};
use crate::search::candidates::candidates;
use crate::search::effort::Effort;
use crate::search::grid_file::{CandidatesError, read_grid, read_params};
use crate::search::select::Selection;

/// Repetitions up to this work, about 1.5 s on one core, are always allowed.
const CHEAP_WORK: f64 = 3e8;

/// From this number of rows on, a race includes deeper candidates.
const DEEPER_ROWS: usize = 3_000;

/// How the champion is searched. What isn't said has the default that the method of the same name gives.
///
/// | option | default | range |
/// |---|---|---|
/// | `families` | all | |
/// | `effort` | `normal` | without a grid |
/// | `grid` | none: a race | |
/// | `cv` | 3 | ≥ 2 |
/// | `seed` | 42 | any |
/// | `test_size` | 0.2 | above 0, below 1 |
/// | `select` | `simplest` | |
/// | `repeats` | at most 1, 5 or 10 by effort; with a grid 5 for up to 20,000 training rows, else 0 | any |
/// | `time_limit` | none | |
/// | `size_budget` | 300,000 bytes | any |
/// | `max_columns` | 256 | ≥ 1 |
/// | `allow_records` | false | |
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(deny_unknown_fields, default)]
pub struct SearchOptions {
    /// The families to search
    #[cfg_attr(
        feature = "cli",
        arg(long, value_name = "FAMILY,…", value_delimiter = ',', value_parser = Family::parser())
    )]
    pub families: Vec<Family>,

    /// How much work the search is worth: candidates race, those that can't win are dropped early [default: normal]
    #[cfg_attr(feature = "cli", arg(long, value_name = "EFFORT", conflicts_with_all = ["grid", "no_search"]))]
    pub effort: Option<Effort>,

    /// Score all candidates of a grid on all rows instead: classic, default, thorough, or a TOML file of one's own
    #[cfg_attr(feature = "cli", arg(long, value_name = "GRID|FILE.toml", conflicts_with = "no_search"))]
    pub grid: Option<GridChoice>,

    /// Fit the one candidate that --families and --params name
    #[cfg_attr(feature = "cli", arg(long, requires = "params", requires = "families"))]
    #[serde(skip)]
    pub no_search: bool,

    /// The parameters of that candidate, as a TOML file
    #[cfg_attr(feature = "cli", arg(long, value_name = "FILE.toml", requires = "no_search"))]
    #[serde(skip)]
    pub params: Option<PathBuf>,

    /// Folds of the cross-validation that chooses the champion [default: 3]
    #[cfg_attr(feature = "cli", arg(long, value_name = "FOLDS"))]
    pub cv: Option<usize>,

    /// Seed of the split and of everything random [default: 42]
    #[cfg_attr(feature = "cli", arg(long, value_name = "SEED"))]
    pub seed: Option<u32>,

    /// Share of the rows held back to judge the champion once [default: 0.2]
    #[cfg_attr(feature = "cli", arg(long, value_name = "SHARE"))]
    pub test_size: Option<f64>,

    /// How the champion is chosen: the simplest family within one standard error of the best, or the best [default: simplest]
    #[cfg_attr(feature = "cli", arg(long, value_name = "RULE"))]
    pub select: Option<SelectRule>,

    /// How often the cross-validation is repeated at the most for that comparison [default: by effort]
    #[cfg_attr(feature = "cli", arg(long, value_name = "N"))]
    pub repeats: Option<usize>,

    /// Stop searching after this time, with the best found, such as 60s or 5m
    // The command line, which has a clock, reads the text.
    #[cfg_attr(feature = "cli", arg(long, value_name = "TIME", value_parser = super::without_span))]
    pub time_limit: Option<Spanned<String>>,

    /// Most bytes of preprocessor.json and model.json together [default: 300000]
    #[cfg_attr(feature = "cli", arg(long, value_name = "BYTES"))]
    pub size_budget: Option<usize>,

    /// Most columns to learn from: of more, each fold takes those that tell the most about the target [default: 256]
    #[cfg_attr(feature = "cli", arg(long, value_name = "N"))]
    pub max_columns: Option<NonZeroUsize>,

    /// Publish also families whose models hold rows of the training data (knn, svr)
    #[cfg_attr(feature = "cli", arg(long))]
    pub allow_records: bool,

    /// These candidates, whatever `grid` and `params` say.
    #[cfg_attr(feature = "cli", arg(skip))]
    #[serde(skip)]
    pub candidates: Option<Vec<Candidate>>,
}

/// The candidates of each family that are scored on all rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GridChoice {
    /// The candidate lists of the classic scikit-learn project.
    Classic,
    /// A short list.
    Default,
    /// A long list.
    Thorough,
    /// The candidates of a TOML file, see [`read_grid`](crate::read_grid).
    File(PathBuf),
}

/// How the champion is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[serde(rename_all = "lowercase")]
pub enum SelectRule {
    /// The simplest family within one standard error of the best
    Simplest,
    /// The highest score
    Best,
}

impl SearchOptions {
    /// These options, with unset ones taken from `other`.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            families: if self.families.is_empty() { other.families } else { self.families },
            effort: self.effort.or(if self.grid.is_some() { None } else { other.effort }),
            grid: self.grid.or(if self.effort.is_some() { None } else { other.grid }),
            no_search: self.no_search || other.no_search,
            params: self.params.or(other.params),
            cv: self.cv.or(other.cv),
            seed: self.seed.or(other.seed),
            test_size: self.test_size.or(other.test_size),
            select: self.select.or(other.select),
            repeats: self.repeats.or(other.repeats),
            time_limit: self.time_limit.or(other.time_limit),
            size_budget: self.size_budget.or(other.size_budget),
            max_columns: self.max_columns.or(other.max_columns),
            allow_records: self.allow_records || other.allow_records,
            candidates: self.candidates.or(other.candidates),
        }
    }

    /// Folds of the cross-validation that chooses the champion.
    #[must_use]
    pub fn n_folds(&self) -> usize {
        self.cv.unwrap_or(3)
    }

    /// The seed of the split and of everything random.
    #[must_use]
    pub fn seed(&self) -> u32 {
        self.seed.unwrap_or(42)
    }

    /// The share of the rows in the holdout.
    #[must_use]
    pub fn test_size(&self) -> f64 {
        self.test_size.unwrap_or(0.2)
    }

    /// The maximal size of preprocessor and model together, in bytes.
    #[must_use]
    pub fn size_budget(&self) -> usize {
        self.size_budget.unwrap_or(300_000)
    }

    /// The maximal number of columns to learn from.
    #[must_use]
    pub fn max_columns(&self) -> usize {
        self.max_columns.map_or(256, NonZeroUsize::get)
    }

    /// How the champion is chosen after a search over `n_rows` training rows that cost `work`.
    #[must_use]
    pub fn selection(&self, n_rows: usize, work: f64) -> Selection {
        match (self.select, self.repeats) {
            (Some(SelectRule::Best), _) => Selection::Best,
            (_, Some(repeats)) => Selection::Simplest { repeats, most_work: f64::INFINITY },
            (_, None) => match self.race() {
                // Most of the evidence comes from the race itself: repetitions may cost half as much.
                Some(effort) => {
                    Selection::Simplest { repeats: effort.repeats(), most_work: (0.5 * work).max(CHEAP_WORK) }
                }
                None => Selection::for_rows(n_rows),
            },
        }
    }

    /// The effort of the race; `None` if all candidates are scored on all rows.
    #[must_use]
    pub fn race(&self) -> Option<Effort> {
        let is_exhaustive = self.grid.is_some() || self.no_search;
        (!is_exhaustive).then(|| self.effort.unwrap_or_default())
    }

    /// The families that a race leaves out because their models contain training rows and may not be published; none if
    /// families are named.
    #[must_use]
    pub fn unpublishable(&self) -> Vec<&'static str> {
        if self.allow_records || !self.families.is_empty() || self.race().is_none() {
            return Vec::new();
        }
        LEARNERS.iter().filter(|learner| learner.abilities().stores_rows).map(|learner| learner.family()).collect()
    }

    /// Whether a blend of the best candidates is tried.
    #[must_use]
    pub fn blends(&self) -> bool {
        self.learners().iter().any(|learner| learner.family() == BLEND.family())
    }

    /// The candidates for a table with `n_rows` rows, at least one.
    ///
    /// # Errors
    /// An unreadable file of candidates or parameters, or an empty list of candidates.
    pub fn candidates(&self, n_rows: usize) -> Result<Vec<Candidate>, CandidatesError> {
        let candidates = match (&self.candidates, &self.params) {
            (Some(candidates), _) => candidates.clone(),
            (None, Some(path)) => vec![self.one_candidate(path)?],
            (None, None) => self.grid_candidates(n_rows)?,
        };
        if candidates.is_empty() { Err(CandidatesError::NoCandidate) } else { Ok(candidates) }
    }

    fn grid_candidates(&self, n_rows: usize) -> Result<Vec<Candidate>, CandidatesError> {
        let grid = match self.grid.clone() {
            Some(GridChoice::Classic) => Grid::Classic,
            Some(GridChoice::Default) => Grid::Default,
            Some(GridChoice::Thorough) => Grid::Thorough,
            Some(GridChoice::File(path)) => return read_grid(&path.display().to_string(), &read(&path)?),
            None => return Ok(self.starters(n_rows)),
        };
        Ok(candidates(&self.learners(), grid))
    }

    /// The candidates that a race starts with.
    fn starters(&self, n_rows: usize) -> Vec<Candidate> {
        let unpublishable = self.unpublishable();
        let mut learners = self.learners();
        learners.retain(|learner| !unpublishable.contains(&learner.family()));
        let of = |learner: &'static dyn Learner| {
            let grid = if n_rows >= DEEPER_ROWS { Grid::Deeper } else { Grid::Default };
            let mut starters = learner.grid(grid);
            if self.effort == Some(Effort::Thorough) {
                let others = learner.grid(Grid::Thorough);
                starters.extend(others.into_iter().filter(|other| !learner.grid(grid).contains(other)));
            }
            starters.into_iter().map(move |params| Candidate { learner, params })
        };
        learners.into_iter().flat_map(of).collect()
    }

    fn one_candidate(&self, params: &Path) -> Result<Candidate, CandidatesError> {
        let [learner] = self.learners()[..] else { return Err(CandidatesError::NotOneFamily) };
        Ok(Candidate { learner, params: read_params(&params.display().to_string(), &read(params)?)? })
    }

    fn learners(&self) -> Vec<&'static dyn Learner> {
        if self.families.is_empty() {
            return LEARNERS.into_iter().chain([&BLEND as &dyn Learner]).collect();
        }
        self.families.iter().map(|Family(learner)| *learner).collect()
    }
}

fn read(path: &Path) -> Result<String, CandidatesError> {
    fs::read_to_string(path)
        .map_err(|problem| CandidatesError::Read { file: path.display().to_string(), problem: problem.to_string() })
}

impl FromStr for GridChoice {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(match text {
            "classic" => Self::Classic,
            "default" => Self::Default,
            "thorough" => Self::Thorough,
            file => Self::File(file.into()),
        })
    }
}

impl<'de> Deserialize<'de> for GridChoice {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        from_text(deserializer)
    }
}
