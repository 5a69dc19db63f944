//! What a training run may be told.

use crate::config::Config;
use crate::config::limits::LimitsChoice;
use crate::learn::Candidate;
use crate::learn::{BLEND, Grid, LEARNERS, Learner};
use crate::search::select::Selection;

/// What a training run may be told.
///
/// | field | default | purpose | range |
/// |---|---|---|---|
/// | `test_size` | 0.2 | share of rows held back | above 0, below 1 |
/// | `seed` | 42 | seed of the split and of everything random | any |
/// | `n_folds` | 3 | folds of the cross-validation | ≥ 2 |
/// | `min_r2` | 0.6 | floor on the champion's mean cross-validated R² | any |
/// | `limits` | auto | ends of the target's scale | |
/// | `fictional` | false | the records describe no real person | |
/// | `learners` | all | the families to search | at least one |
/// | `grid` | default | which candidates of each family | |
/// | `candidates` | none | these instead of a grid's | |
/// | `selection` | simplest, for tables of up to 20,000 rows over 5 repetitions | how the champion is chosen | |
/// | `size_budget` | 300,000 | most bytes of preprocessor and model together | |
/// | `allow_records` | false | publish families that store training rows, too | |
/// | `config` | empty | what `scorecast.toml` says about columns, card and gates | |
pub struct TrainOptions {
    /// Share of rows held back.
    pub test_size: f64,
    /// Seed of the split and of everything random.
    pub seed: u32,
    /// Folds of the cross-validation.
    pub n_folds: usize,
    /// Floor on the champion's mean cross-validated R².
    pub min_r2: f64,
    /// Ends of the target's scale.
    pub limits: LimitsChoice,
    /// Whether the records describe no real person.
    pub fictional: bool,
    /// The families to search.
    pub learners: Vec<&'static dyn Learner>,
    /// Which candidates of each family.
    pub grid: Grid,
    /// These instead of a grid's.
    pub candidates: Option<Vec<Candidate>>,
    /// How the champion is chosen; by the number of rows where it is not said.
    pub selection: Option<Selection>,
    /// Most bytes of `preprocessor.json` and `model.json` together.
    pub size_budget: usize,
    /// Whether families that store training rows may be published.
    pub allow_records: bool,
    /// What is said about columns, the model card and the gates; the rest of it is not looked at.
    pub config: Config,
}

impl Default for TrainOptions {
    fn default() -> Self {
        Self {
            test_size: 0.2,
            seed: 42,
            n_folds: 3,
            min_r2: 0.6,
            limits: LimitsChoice::Auto,
            fictional: false,
            learners: LEARNERS.into_iter().chain([&BLEND as &dyn Learner]).collect(),
            grid: Grid::Default,
            candidates: None,
            selection: None,
            size_budget: 300_000,
            allow_records: false,
            config: Config::default(),
        }
    }
}
