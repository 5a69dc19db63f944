//! The straight line from a table to the artifacts.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use model_core::{
    ArtifactError, Champion, DataSummary, FORMAT, IntervalSummary, LeaderboardEntry, ModelFile, Predictor, RecordError,
    Report, Rival, TargetSummary, Trust, Value, Versions, sha256_hex, write_model, write_preprocessor,
};
use rayon::prelude::*;
use thiserror::Error;

use crate::background::summarise;
use crate::blend::{BlendOptions, blend};
use crate::cohort::histogram;
use crate::config::Config;
use crate::conformal::{self, intervals, out_of_fold};
use crate::coverage::coverage;
use crate::drift::Reference;
use crate::fit_data::FitData;
use crate::gates::{Judged, failed_gates};
use crate::golden::golden_records;
use crate::learner::{BLEND, FitError, Grid, LEARNERS, Learner};
use crate::limits::LimitsChoice;
use crate::metrics::{mean_and_sd, score};
use crate::preprocess::{RowReader, fit_preprocessor};
use crate::roles::mark_classic;
use crate::search::{Candidate, SearchControl, candidates, fold_seed, prepare_stoppable, search};
use crate::select::{Choice, Selection, select};
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
    /// The content of `reference.json`: how the columns were distributed.
    pub reference_json: String,
    /// The content of `report.json`, typed.
    pub report: Report,
    /// The parts of the run with their times.
    pub stages: Vec<Stage>,
    /// The time each candidate took, in the leaderboard's order.
    pub candidate_durations: Vec<Duration>,
    /// What a person should know besides the report.
    pub notices: Vec<String>,
    /// The gates that the champion fails, each with its figure: then it isn't to be published.
    pub failed_gates: Vec<String>,
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
    /// The search was told to stop before any candidate was done.
    #[error(
        "the search was stopped before any candidate was scored; nothing was written. Give it more time (--time-limit), or fewer --families"
    )]
    Stopped,
    /// No candidate may be written.
    #[error(
        "none of the {n_candidates} candidates can be published: {reason}; nothing was written. \
         Allow it with --allow-records or a larger --size-budget, or search other --families"
    )]
    NotPublishable {
        /// How many there are.
        n_candidates: usize,
        /// What is against the best of them.
        reason: String,
    },
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

/// Learns from `table`, whose CSV has the given SHA-256.
///
/// # Errors
/// See [`TrainError`].
pub fn train(
    table: &Table,
    data_sha256: &str,
    options: &TrainOptions,
    control: &SearchControl<'_>,
) -> Result<Outcome, TrainError> {
    let mut clock = Clock::start();
    let seed = u64::from(options.seed);
    let split = holdout_split(table.n_rows(), options.test_size, options.seed, options.n_folds)?;
    clock.lap("split");

    let mut candidates = options.candidates.clone().unwrap_or_else(|| candidates(&options.learners, options.grid));
    let parts = prepare_stoppable(table, &split.train, options.n_folds, &control.must_stop);
    let mut leaderboard = search(&parts, &candidates, seed, control)?;
    if leaderboard.entries.is_empty() {
        return Err(TrainError::Stopped);
    }
    clock.lap("search");
    let observed = fit_preprocessor(table, &split.train, None).schema.target.observed;
    let (limits, limits_notice) = options.limits.resolve(observed);
    let mut preprocessor = fit_preprocessor(table, &split.train, limits);
    options.config.apply(&mut preprocessor.schema);
    mark_classic(&mut preprocessor.schema);
    let data = FitData::new(&preprocessor, table, &split.train);
    if options.learners.iter().any(|learner| learner.family() == BLEND.family()) && !control.must_stop.is_due() {
        let TrainOptions { allow_records, size_budget, .. } = *options;
        let blend_options = BlendOptions { allow_records, size_budget, seed };
        let data = data.clone().stopped_by(control.must_stop.clone());
        let blended = blend(&leaderboard, &candidates, &parts, &data, &blend_options)?;
        // What was stopped on its way is no blend.
        if let Some((candidate, entry, duration)) = blended.filter(|_| !control.must_stop.is_due()) {
            leaderboard.insert(candidates.len(), entry, duration);
            candidates.push(candidate);
        }
    }
    drop(parts);
    clock.lap("blend");
    let selection = options.selection.unwrap_or_else(|| Selection::for_rows(split.train.len()));
    let choice = select(&leaderboard, &candidates, table, &split.train, (options.n_folds, seed), (selection, control))?;
    clock.lap("select");

    // Many rows are in the table's order by now: those that stand for them are the first of the split's random order.
    let first = FitData::new(&preprocessor, table, &split.train[..split.train.len().min(conformal::MAX_ROWS)]);
    let background = summarise(&first, &data);
    let fitted = fit_publishable(
        &choice,
        &leaderboard.entries,
        |place| {
            let candidate = &candidates[leaderboard.candidate_idx[place]];
            let trust = || {
                let out_of_fold = out_of_fold(table, &split.train, candidate, seed)?;
                let (intervals, summary) = intervals(&first, &out_of_fold);
                Ok((Trust { intervals: Some(intervals), background: background.clone() }, summary))
            };
            Fitted::new(candidate, &data, fold_seed(seed, candidate, usize::MAX), trust, options)
        },
        options,
    )?;
    clock.lap("refit");
    let judged = Judged {
        candidate: &candidates[leaderboard.candidate_idx[fitted.place]],
        r2_mean: leaderboard.entries[fitted.place].cv.r2_mean,
    };
    let gates = &options.config.gates;
    // Lists of all folds' rows are long: they are made only where a gate asks for them.
    let needs_folds = gates.beat_one_column || gates.max_group_bias.is_some();
    let folds = if needs_folds { k_folds(&split.train, options.n_folds) } else { Vec::new() };
    let out_of_bag_r2 = {
        let Candidate { learner, params } = judged.candidate;
        learner.out_of_bag_r2(params, &data, fold_seed(seed, judged.candidate, usize::MAX))?
    };
    let failed_gates = failed_gates(gates, &judged, table, &folds, seed)?;
    clock.lap("gates");

    // From here on it is the written model that is judged, not the one in memory.
    let predictor = Predictor::from_json(&fitted.preprocessor_json, &fitted.model_json)?;
    let actual: Vec<f64> = split.holdout.iter().map(|row| table.target[*row]).collect();
    let holdout = score(&actual, &predict_table(&predictor, table, &split.holdout));
    let (mean, sd) = mean_and_sd(data.target());
    let histogram = histogram(data.target(), data.schema().target.whole);
    let (coverage, groups) = coverage(&predictor, table, &split.holdout);
    let entry = &leaderboard.entries[fitted.place];
    let champion = Champion {
        family: entry.family.clone(),
        params: entry.params.clone(),
        cv: entry.cv.clone(),
        reason: reason(&choice, &leaderboard.entries, &fitted),
        rivals: if fitted.place == choice.order[0] { choice.rivals } else { Vec::new() },
        out_of_bag_r2,
    };
    let report = Report {
        format: FORMAT,
        data: DataSummary {
            sha256: data_sha256.into(),
            fictional: options.fictional,
            rows: table.n_rows(),
            rows_train: split.train.len(),
            rows_holdout: split.holdout.len(),
            target: TargetSummary { mean, sd, histogram },
            left_out: table.left_out.clone(),
        },
        champion,
        card: options.config.card(),
        holdout,
        n_candidates: leaderboard.entries.len(),
        intervals: IntervalSummary { coverage, groups, ..fitted.intervals },
        leaderboard: leaderboard.entries,
        seed,
        versions: Versions { scorecast: env!("CARGO_PKG_VERSION").into() },
        sha256: BTreeMap::from([
            ("preprocessor.json".into(), sha256_hex(fitted.preprocessor_json.as_bytes())),
            ("model.json".into(), sha256_hex(fitted.model_json.as_bytes())),
        ]),
        golden: golden_records(&predictor, seed)?,
    };
    let report_json = serde_json::to_string(&report)? + "\n";
    let preprocessor_sha256 = sha256_hex(fitted.preprocessor_json.as_bytes());
    let reference = Reference::new(predictor.schema(), table, &split.train, &preprocessor_sha256);
    let reference_json = reference.to_json()?;
    clock.lap("report");
    let Fitted { preprocessor_json, model_json, passed_over, .. } = fitted;
    let notices = limits_notice.into_iter().chain(passed_over).collect();
    let candidate_durations = leaderboard.durations;
    Ok(Outcome {
        preprocessor_json,
        model_json,
        report_json,
        reference_json,
        report,
        stages: clock.stages,
        candidate_durations,
        notices,
        failed_gates,
    })
}

/// A candidate fitted to all rows that were not held back.
struct Fitted {
    /// Its place in the leaderboard.
    place: usize,
    preprocessor_json: String,
    model_json: String,
    /// Without what is measured on the rows held back.
    intervals: IntervalSummary,
    /// Whoever was chosen before but can't be published, and why.
    passed_over: Vec<String>,
}

impl Fitted {
    /// Fits the candidate, or says why it can't be published.
    fn new(
        candidate: &Candidate,
        data: &FitData,
        seed: u64,
        trust: impl FnOnce() -> Result<(Trust, IntervalSummary), FitError>,
        options: &TrainOptions,
    ) -> Result<Result<Self, String>, TrainError> {
        let abilities = candidate.learner.abilities();
        if candidate.learner.stores_rows(&candidate.params) && !options.allow_records {
            return Ok(Err("its model would hold rows of the training data (--allow-records permits that)".into()));
        }
        let model = candidate.learner.fit(&candidate.params, data, seed)?;
        let preprocessor_json = write_preprocessor(&data.preprocessor(abilities.features))?;
        let mut file = ModelFile {
            family: candidate.learner.family().into(),
            params: candidate.params.clone(),
            preprocessor_sha256: sha256_hex(preprocessor_json.as_bytes()),
            model,
            trust: Trust::default(),
        };
        let over_budget = |model_json: &str| {
            let size = preprocessor_json.len() + model_json.len();
            let budget = options.size_budget;
            (size > budget).then(|| format!("its artifacts have {size} bytes, more than the budget of {budget}"))
        };
        // A model that is too large by itself needs no intervals, which take many fits.
        if let Some(reason) = over_budget(&write_model(&file)?) {
            return Ok(Err(reason));
        }
        let (trust, intervals) = trust()?;
        file.trust = trust;
        let model_json = write_model(&file)?;
        if let Some(reason) = over_budget(&model_json) {
            return Ok(Err(reason));
        }
        Ok(Ok(Self { place: 0, preprocessor_json, model_json, intervals, passed_over: Vec::new() }))
    }
}

/// The first candidate in the order of choice that can be published and is above the floor.
fn fit_publishable(
    choice: &Choice,
    entries: &[LeaderboardEntry],
    fit: impl Fn(usize) -> Result<Result<Fitted, String>, TrainError>,
    options: &TrainOptions,
) -> Result<Fitted, TrainError> {
    let mut passed_over = Vec::new();
    // Of a family that can't be published at all, one candidate tells for all.
    let mut out_of_question: Vec<&str> = Vec::new();
    for place in &choice.order {
        let LeaderboardEntry { family, cv, .. } = &entries[*place];
        if out_of_question.contains(&family.as_str()) {
            continue;
        }
        // A score that is not a number is below every floor.
        if cv.r2_mean.is_nan() || cv.r2_mean < options.min_r2 {
            if passed_over.is_empty() {
                return Err(TrainError::BelowFloor {
                    family: family.clone(),
                    found: cv.r2_mean,
                    floor: options.min_r2,
                });
            }
            continue;
        }
        match fit(*place)? {
            Ok(fitted) => return Ok(Fitted { place: *place, passed_over, ..fitted }),
            Err(reason) => {
                if reason.contains("--allow-records") {
                    out_of_question.push(family);
                }
                passed_over.push(format!("{family} is not published: {reason}"));
            }
        }
    }
    let reason = passed_over.first().cloned().unwrap_or_default();
    Err(TrainError::NotPublishable { n_candidates: entries.len(), reason })
}

/// Why the champion was chosen, in a sentence.
fn reason(choice: &Choice, entries: &[LeaderboardEntry], fitted: &Fitted) -> String {
    let family = &entries[fitted.place].family;
    if let Some(passed_over) = fitted.passed_over.first() {
        return format!("{family} has the highest score of all that can be published; {passed_over}.");
    }
    let closest = choice.rivals.iter().max_by(|left, right| left.r2_difference.total_cmp(&right.r2_difference));
    match closest {
        None if entries.len() == 1 => format!("{family} was the only candidate."),
        None => format!("{family} has the highest mean R² of {} candidates.", entries.len()),
        Some(Rival { family: rival, r2_difference, r2_error, n_folds }) => {
            let figures = format!("{r2_difference:+.4} ± {r2_error:.4} in R² over {n_folds} folds");
            if *r2_difference > 0.0 {
                format!("{family} is the simplest family that the best, {rival}, does not clearly beat ({figures}).")
            } else {
                format!("{rival}, the best of the other families, does not beat {family} here ({figures}).")
            }
        }
    }
}

/// The unbounded predictions for the given rows.
pub(crate) fn predict_table(predictor: &Predictor, table: &Table, rows: &[usize]) -> Vec<f64> {
    let reader = RowReader::new(predictor.schema(), table);
    let predict = |(values, buffer): &mut (Vec<Value>, Vec<f64>), row: &usize| {
        reader.read(*row, values);
        predictor.predict_values(values, buffer).value
    };
    let buffers = || (vec![Value::Missing; table.columns.len()], vec![0.0; predictor.preprocessor().n_features()]);
    rows.par_iter().with_min_len(1_024).map_init(buffers, predict).collect()
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
