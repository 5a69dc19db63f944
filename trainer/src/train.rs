//! The straight line from a table to the artifacts.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use model_core::{
    ArtifactError, Champion, DataSummary, FORMAT, ModelFile, Predictor, RecordError, Report, TargetSummary, Value,
    Versions, sha256_hex, write_model, write_preprocessor,
};
use thiserror::Error;

use crate::fit_data::FitData;
use crate::golden::golden_records;
use crate::learner::{FitError, Grid, Learner};
use crate::limits::LimitsChoice;
use crate::metrics::{mean_and_sd, score};
use crate::preprocess::{RowReader, fit_preprocessor};
use crate::search::{SearchControl, candidates, fold_seed, prepare, search};
use crate::split::{SplitError, holdout_split, k_folds};
use crate::table::Table;

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
}

/// A part of the run, with the time it took.
pub type Stage = (&'static str, Duration);

/// What a training run found.
#[derive(Debug)]
pub struct Outcome {
    /// The content of `preprocessor.json`.
    pub preprocessor_json: String,
    /// The content of `model.json`.
    pub model_json: String,
    /// The content of `report.json`.
    pub report_json: String,
    /// The same, typed.
    pub report: Report,
    /// The parts of the run with their times.
    pub stages: Vec<Stage>,
    /// The time each candidate took, in the leaderboard's order.
    pub candidate_durations: Vec<Duration>,
    /// What a person should know besides the report.
    pub notices: Vec<String>,
}

/// Why a training run ended without a model.
#[derive(Debug, Error)]
pub enum TrainError {
    /// Rows can't be split as asked.
    #[error(transparent)]
    Split(#[from] SplitError),
    /// A candidate can't be fitted.
    #[error(transparent)]
    Fit(#[from] FitError),
    /// The model can't be written.
    #[error(transparent)]
    Artifact(#[from] ArtifactError),
    /// A golden record doesn't fit the schema it was drawn from.
    #[error("golden records: {0}")]
    Golden(#[from] RecordError),
    /// The report can't be written.
    #[error("report.json: {0}")]
    Report(#[from] serde_json::Error),
    /// The champion isn't good enough to be published.
    #[error(
        "the best candidate, {family}, explains too little: its mean cross-validated R² is {found:.4}, below the floor of {floor}; \
         nothing was written. Add rows or columns that tell more about the target, or lower --min-r2 if so weak a model is of use"
    )]
    BelowFloor {
        /// The champion's family.
        family: String,
        /// Its mean cross-validated R².
        found: f64,
        /// The floor.
        floor: f64,
    },
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
            learners: crate::learner::LEARNERS.into(),
            grid: Grid::Default,
        }
    }
}

/// Learns from `table`, whose CSV has the given SHA-256; `on_progress` hears of fits done and fits in all.
///
/// # Errors
/// See [`TrainError`].
pub fn train(
    table: &Table,
    data_sha256: &str,
    options: &TrainOptions,
    on_progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Outcome, TrainError> {
    let mut clock = Clock::start();
    let split = holdout_split(table.n_rows(), options.test_size, options.seed, options.n_folds)?;
    let folds = k_folds(&split.train, options.n_folds);
    clock.lap("split");

    let candidates = candidates(&options.learners, options.grid);
    let n_fits = candidates.len() * folds.len();
    let n_done = std::sync::atomic::AtomicUsize::new(0);
    let on_done = |n: usize, _r2: f64| {
        on_progress(n_done.fetch_add(n, std::sync::atomic::Ordering::Relaxed) + n, n_fits);
    };
    let control = SearchControl { must_stop: &|| false, on_done: &on_done };
    let seed = u64::from(options.seed);
    let leaderboard = search(&prepare(table, &folds), &candidates, seed, &control)?;
    clock.lap("search");

    let best = &leaderboard.entries[0];
    let champion = Champion { family: best.family.clone(), params: best.params.clone(), cv: best.cv.clone() };
    // A score that is not a number is below every floor.
    if champion.cv.r2_mean.is_nan() || champion.cv.r2_mean < options.min_r2 {
        let (family, found) = (champion.family, champion.cv.r2_mean);
        return Err(TrainError::BelowFloor { family, found, floor: options.min_r2 });
    }

    let observed = fit_preprocessor(table, &split.train, None).schema.target.observed;
    let (limits, notice) = options.limits.resolve(observed);
    let data = FitData::new(&fit_preprocessor(table, &split.train, limits), table, &split.train);
    let chosen = &candidates[leaderboard.candidate_idx[0]];
    let model = chosen.learner.fit(&chosen.params, &data, fold_seed(seed, chosen, usize::MAX))?;
    let preprocessor = data.preprocessor(chosen.learner.abilities().features);
    clock.lap("refit");

    let preprocessor_json = write_preprocessor(&preprocessor)?;
    let model_json = write_model(&ModelFile {
        family: champion.family.clone(),
        params: champion.params.clone(),
        preprocessor_sha256: sha256_hex(preprocessor_json.as_bytes()),
        model,
    })?;
    // From here on it is the written model that is judged, not the one in memory.
    let predictor = Predictor::from_json(&preprocessor_json, &model_json)?;
    let actual: Vec<f64> = split.holdout.iter().map(|row| table.target[*row]).collect();
    let holdout = score(&actual, &predict_table(&predictor, table, &split.holdout));
    let (mean, sd) = mean_and_sd(data.target());
    let report = Report {
        format: FORMAT,
        data: DataSummary {
            sha256: data_sha256.into(),
            fictional: options.fictional,
            rows: table.n_rows(),
            rows_train: split.train.len(),
            rows_holdout: split.holdout.len(),
            target: TargetSummary { mean, sd },
            left_out: table.left_out.clone(),
        },
        champion,
        holdout,
        leaderboard: leaderboard.entries,
        seed,
        versions: Versions { scorecast: env!("CARGO_PKG_VERSION").into() },
        sha256: BTreeMap::from([
            ("preprocessor.json".into(), sha256_hex(preprocessor_json.as_bytes())),
            ("model.json".into(), sha256_hex(model_json.as_bytes())),
        ]),
        golden: golden_records(&predictor, seed)?,
    };
    let report_json = serde_json::to_string(&report)? + "\n";
    clock.lap("report");
    let notices = notice.into_iter().collect();
    let candidate_durations = leaderboard.durations;
    Ok(Outcome {
        preprocessor_json,
        model_json,
        report_json,
        report,
        stages: clock.stages,
        candidate_durations,
        notices,
    })
}

/// The unbounded predictions for the given rows.
fn predict_table(predictor: &Predictor, table: &Table, rows: &[usize]) -> Vec<f64> {
    let reader = RowReader::new(predictor.schema(), table);
    let mut values = vec![Value::Missing; table.columns.len()];
    let mut buffer = vec![0.0; predictor.preprocessor().n_features()];
    rows.iter()
        .map(|row| {
            reader.read(*row, &mut values);
            predictor.predict_values(&values, &mut buffer).value
        })
        .collect()
}

struct Clock {
    last: Instant,
    stages: Vec<Stage>,
}

impl Clock {
    fn start() -> Self {
        Self { last: Instant::now(), stages: Vec::new() }
    }

    fn lap(&mut self, name: &'static str) {
        self.stages.push((name, self.last.elapsed()));
        self.last = Instant::now();
    }
}
