//! `scorecast train`

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use model_core::{Report, sha256_hex};
use serde_json::json;
use trainer::{
    Candidate, Grid, IngestOptions, Learner, LimitsChoice, Outcome, SearchControl, Selection, StopSignal, Table,
    TrainOptions, candidates, families, ingest, learner, publish, read_grid, read_params, train,
};

use crate::failure::Failure;
use crate::stop::Stop;

/// What `scorecast train` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The records to learn from
    #[arg(value_name = "FILE.csv")]
    file: PathBuf,

    /// The column to predict
    #[arg(long, short, value_name = "COLUMN")]
    target: String,

    /// The folder to write preprocessor.json, model.json, report.json and run.json to
    #[arg(long, short, default_value = "artifacts", value_name = "DIR")]
    output: PathBuf,

    /// Columns to leave out
    #[arg(long, value_name = "COLUMN,…", value_delimiter = ',')]
    drop: Vec<String>,

    /// Columns whose cells must be numbers
    #[arg(long, value_name = "COLUMN,…", value_delimiter = ',')]
    numeric: Vec<String>,

    /// Columns whose cells are categories even where they look like numbers
    #[arg(long, value_name = "COLUMN,…", value_delimiter = ',')]
    categorical: Vec<String>,

    /// Share of the rows held back to judge the champion once
    #[arg(long, default_value_t = 0.2, value_name = "SHARE")]
    test_size: f64,

    /// Folds of the cross-validation that chooses the champion
    #[arg(long, default_value_t = 3, value_name = "FOLDS")]
    cv: usize,

    /// Seed of the split and of everything random
    #[arg(long, default_value_t = 42, value_name = "SEED")]
    seed: u32,

    /// Refuse to write a model whose mean cross-validated R² is lower
    #[arg(long, default_value_t = 0.6, value_name = "R2", allow_negative_numbers = true)]
    min_r2: f64,

    /// Ends of the target's scale, as MIN:MAX; a shown prediction stays within them
    #[arg(long, default_value = "auto", value_name = "MIN:MAX|none|auto", allow_hyphen_values = true)]
    limits: LimitsChoice,

    /// The families to search
    #[arg(long, value_name = "FAMILY,…", value_delimiter = ',', value_parser = clap::builder::PossibleValuesParser::new(families()))]
    families: Vec<String>,

    /// Which candidates of each family to try: classic, default, thorough, or a TOML file of one's own
    #[arg(long, default_value = "default", value_name = "GRID|FILE.toml", conflicts_with = "no_search")]
    grid: String,

    /// Fit the one candidate that --families and --params name
    #[arg(long, requires = "params", requires = "families")]
    no_search: bool,

    /// The parameters of that candidate, as a TOML file
    #[arg(long, value_name = "FILE.toml", requires = "no_search")]
    params: Option<PathBuf>,

    /// How the champion is chosen: the simplest family within one standard error of the best, or the best
    #[arg(long, default_value = "simplest", value_name = "RULE")]
    select: SelectChoice,

    /// How often the cross-validation is repeated for that comparison [default: 5 up to 20,000 rows, else 0]
    #[arg(long, value_name = "N")]
    repeats: Option<usize>,

    /// Stop searching after this time, with the best found, such as 60s or 5m
    #[arg(long, value_name = "TIME")]
    time_limit: Option<humantime::Duration>,

    /// Most bytes of preprocessor.json and model.json together
    #[arg(long, default_value_t = 300_000, value_name = "BYTES")]
    size_budget: usize,

    /// Publish also families whose models hold rows of the training data (knn, svr)
    #[arg(long)]
    allow_records: bool,

    /// The column that says how much each row counts
    #[arg(long, value_name = "COLUMN")]
    weights: Option<String>,

    /// The records describe no real person, and the page says so
    #[arg(long)]
    fictional: bool,

    /// What to print to standard output
    #[arg(long, default_value = "text", value_name = "FORMAT")]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, clap::ValueEnum)]
enum SelectChoice {
    /// The simplest family within one standard error of the best
    Simplest,
    /// The highest score
    Best,
}

#[derive(Debug, Clone, Copy, PartialEq, clap::ValueEnum)]
enum Format {
    /// A summary for people
    Text,
    /// The content of report.json
    Json,
}

/// Learns from a file and writes the artifacts.
pub(crate) fn run(args: &Args, quiet: bool) -> Result<(), Failure> {
    let started = Instant::now();
    log::info!("training on {} for \"{}\"", args.file.display(), args.target);
    let bytes = fs::read(&args.file).map_err(|problem| Failure::reading(&args.file, &problem))?;
    let table = ingest(&args.file, &bytes, &ingest_options(args))?;
    let reading = started.elapsed();
    let talkative = !quiet && args.format == Format::Text;
    log::info!("read {} rows of {} columns in {reading:.2?}", table.n_rows(), table.columns.len());
    tell_notices(&table.notices, quiet);

    let options = train_options(args, &table, quiet)?;
    let stop = Stop::new(args.time_limit.map(Duration::from));
    let bar = progress_bar(talkative);
    let best = Mutex::new(f64::NEG_INFINITY);
    let on_done = |n: usize, r2: f64| {
        bar.inc(n as u64);
        if let Ok(mut best) = best.lock()
            && r2 > *best
        {
            *best = r2;
            bar.set_message(format!("{r2:.3}"));
        }
    };
    let n_candidates =
        options.candidates.as_ref().map_or_else(|| candidates(&options.learners, options.grid).len(), Vec::len);
    bar.set_length((n_candidates * args.cv) as u64);
    let signal = stop.clone();
    let control = SearchControl { must_stop: StopSignal::new(move || signal.is_due()), on_done: &on_done };
    let outcome = train(&table, &sha256_hex(&bytes), &options, &control);
    bar.finish_and_clear();
    if stop.is_interrupted() {
        return Err(Failure::interrupted());
    }
    let outcome = outcome?;
    if stop.is_due() {
        tell_notices(&["the time limit was reached: the best of what was scored until then is taken".into()], quiet);
    }
    tell_notices(&outcome.notices, quiet);

    let run_json = run_json(args, &outcome, reading);
    publish(
        &args.output,
        &[
            ("preprocessor.json", outcome.preprocessor_json.as_str()),
            ("model.json", &outcome.model_json),
            ("report.json", &outcome.report_json),
            ("run.json", &run_json),
        ],
    )?;
    log_outcome(&outcome);
    log::info!("wrote the artifacts to {} after {:.2?}", args.output.display(), started.elapsed());
    match args.format {
        Format::Json => print!("{}", outcome.report_json),
        Format::Text if !quiet => print!("{}", summary(args, &table, &outcome.report, started.elapsed())),
        Format::Text => {}
    }
    Ok(())
}

fn ingest_options(args: &Args) -> IngestOptions {
    IngestOptions {
        target: args.target.clone(),
        drop: args.drop.clone(),
        numeric: args.numeric.clone(),
        categorical: args.categorical.clone(),
        weights: args.weights.clone(),
    }
}

fn train_options(args: &Args, table: &Table, quiet: bool) -> Result<TrainOptions, Failure> {
    if args.min_r2.is_nan() {
        return Err(Failure::usage("--min-r2 is not a number; write one such as 0.6".into()));
    }
    let mut learners: Vec<&'static dyn Learner> = args.families.iter().filter_map(|family| learner(family)).collect();
    if learners.is_empty() {
        learners = TrainOptions::default().learners;
    }
    let read = |path: &Path| fs::read_to_string(path).map_err(|problem| Failure::reading(path, &problem));
    let (mut grid, mut candidates) = (Grid::Default, None);
    match (&args.params, args.grid.as_str()) {
        (Some(path), _) => {
            let [learner] = learners[..] else {
                return Err(Failure::usage(
                    "--no-search fits one candidate; name exactly one of the --families".into(),
                ));
            };
            let params = read_params(&path.display().to_string(), &read(path)?)?;
            candidates = Some(vec![Candidate { learner, params }]);
        }
        (None, "classic") => grid = Grid::Classic,
        (None, "default") => {}
        (None, "thorough") => grid = Grid::Thorough,
        (None, file) => candidates = Some(read_grid(file, &read(Path::new(file))?)?),
    }
    if table.weights.is_some() {
        let is_able = |learner: &dyn Learner| learner.abilities().weights;
        for learner in learners.iter().filter(|learner| !is_able(**learner)) {
            tell_notices(&[format!("{} is left out: it can't weigh rows", learner.family())], quiet);
        }
        learners.retain(|learner| is_able(*learner));
        if let Some(candidates) = &mut candidates {
            candidates.retain(|candidate| candidate.learner.abilities().weights);
        }
    }
    let n_candidates = candidates.as_ref().map_or_else(|| trainer::candidates(&learners, grid).len(), Vec::len);
    if n_candidates == 0 {
        return Err(Failure::usage("there is no candidate to try; choose other --families or another --grid".into()));
    }
    let repeats = args.repeats.map(|repeats| Selection::Simplest { repeats });
    Ok(TrainOptions {
        test_size: args.test_size,
        seed: args.seed,
        n_folds: args.cv,
        min_r2: args.min_r2,
        limits: args.limits,
        fictional: args.fictional,
        learners,
        grid,
        candidates,
        selection: if args.select == SelectChoice::Best { Some(Selection::Best) } else { repeats },
        size_budget: args.size_budget,
        allow_records: args.allow_records,
    })
}

fn tell_notices(notices: &[String], quiet: bool) {
    for notice in notices {
        log::warn!("{notice}");
        if !quiet {
            eprintln!("notice: {notice}");
        }
    }
}

/// A bar on a terminal, nothing elsewhere.
fn progress_bar(is_shown: bool) -> ProgressBar {
    let target = if is_shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(None, target);
    if let Ok(style) =
        ProgressStyle::with_template("searching {bar:40} {pos}/{len} fits, best fold R² {msg}, {eta} left")
    {
        bar.set_style(style);
    }
    bar
}

/// What differs between two runs on the same data; it stays with whoever trained.
fn run_json(args: &Args, outcome: &Outcome, reading: Duration) -> String {
    let seconds = |duration: &Duration| duration.as_secs_f64();
    let stages: serde_json::Map<String, serde_json::Value> = std::iter::once(("read", seconds(&reading)))
        .chain(outcome.stages.iter().map(|(name, duration)| (*name, seconds(duration))))
        .map(|(name, seconds)| (name.to_owned(), json!(seconds)))
        .collect();
    let candidates: Vec<serde_json::Value> = outcome
        .report
        .leaderboard
        .iter()
        .zip(&outcome.candidate_durations)
        .map(|(entry, duration)| json!({"family": entry.family, "params": entry.params, "seconds": seconds(duration)}))
        .collect();
    let run = json!({
        "time": jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        "file": args.file.display().to_string(),
        "command": std::env::args().collect::<Vec<_>>(),
        "machine": {
            "os": std::env::consts::OS,
            "arch": std::env::consts::ARCH,
            "threads": std::thread::available_parallelism().map_or(1, usize::from),
        },
        "stage_seconds": stages,
        "candidates": candidates,
    });
    format!("{run:#}\n")
}

fn log_outcome(outcome: &Outcome) {
    for entry in &outcome.report.leaderboard {
        let params = serde_json::Value::from_iter(entry.params.clone());
        log::info!("{} {params}: cross-validated R2 {:.4} (sd {:.4})", entry.family, entry.cv.r2_mean, entry.cv.r2_sd);
    }
    let Report { champion, holdout, .. } = &outcome.report;
    log::info!(
        "champion {}: holdout R2 {:.4}, MAE {:.4}, RMSE {:.4}",
        champion.family,
        holdout.r2,
        holdout.mae,
        holdout.rmse
    );
}

fn summary(args: &Args, table: &Table, report: &Report, elapsed: Duration) -> String {
    use std::fmt::Write as _;
    let mut text = String::new();
    let Report { data, champion, holdout, leaderboard, .. } = report;
    let _ = writeln!(
        text,
        "{} rows, {} columns; learned from {}, held back {}\n",
        data.rows,
        table.columns.len(),
        data.rows_train,
        data.rows_holdout
    );
    let _ = writeln!(text, "{:<20} {:>18}   best of the family", "family", "cross-validated R²");
    let mut families: Vec<&str> = Vec::new();
    for entry in leaderboard {
        if !families.contains(&entry.family.as_str()) {
            families.push(&entry.family);
            let params = params_text(&entry.params);
            let _ = writeln!(text, "{:<20} {:>9.4} ± {:.4}  {params}", entry.family, entry.cv.r2_mean, entry.cv.r2_sd);
        }
    }
    let _ = writeln!(text, "{} candidates in all, each with its scores in report.json", leaderboard.len());
    let _ = writeln!(text, "\nchampion: {}{}", champion.family, params_text(&champion.params));
    let _ = writeln!(text, "{}", champion.reason);
    let _ = writeln!(
        text,
        "on held-back rows: R² {:.4}, off by {:.2} on average (RMSE {:.2})",
        holdout.r2, holdout.mae, holdout.rmse
    );
    let _ = writeln!(text, "artifacts: {} ({:.2} s)", args.output.display(), elapsed.as_secs_f64());
    text
}

fn params_text(params: &model_core::Params) -> String {
    params.iter().map(|(name, value)| format!(" {name}={value}")).collect()
}
