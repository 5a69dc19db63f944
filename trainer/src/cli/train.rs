//! `scorecast train`

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use model_core::Report;
use serde_json::json;
use trainer::{
    Candidate, Config, Day, Grid, IngestOptions, Ingested, KindConfig, Learner, LimitsChoice, Outcome, SearchConfig,
    SearchControl, SelectRule, Selection, StopSignal, Table, TrainOptions, candidates, families, ingest_from, learner,
    publish, read_grid, read_params, train,
};

use super::config;
use super::failure::Failure;
use super::interrupt::Stop;

/// The report of a run whose model failed a gate; the artifacts of earlier runs stay as they are.
const REFUSED: &str = "report.refused.json";
const REFUSED_PAGE: &str = "report.refused.html";

/// What `scorecast train` takes.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Args {
    /// The records to learn from
    #[arg(value_name = "FILE.csv")]
    file: PathBuf,

    /// The column to predict; scorecast.toml may name it instead
    #[arg(long, short, value_name = "COLUMN")]
    target: Option<String>,

    /// What to know about the columns, the card and the gates [default: scorecast.toml beside the CSV or here, if there]
    #[arg(long, value_name = "FILE.toml")]
    config: Option<PathBuf>,

    /// The folder to write preprocessor.json, model.json, report.json, report.html and run.json to
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

    /// Share of the rows held back to judge the champion once [default: 0.2]
    #[arg(long, value_name = "SHARE")]
    test_size: Option<f64>,

    /// Folds of the cross-validation that chooses the champion [default: 3]
    #[arg(long, value_name = "FOLDS")]
    cv: Option<usize>,

    /// Seed of the split and of everything random [default: 42]
    #[arg(long, value_name = "SEED")]
    seed: Option<u32>,

    /// Refuse to write a model whose mean cross-validated R² is lower [default: 0.6]
    #[arg(long, value_name = "R2", allow_negative_numbers = true)]
    min_r2: Option<f64>,

    /// Ends of the target's scale, as MIN:MAX; a shown prediction stays within them [default: auto]
    #[arg(long, value_name = "MIN:MAX|none|auto", allow_hyphen_values = true)]
    limits: Option<LimitsChoice>,

    /// The families to search
    #[arg(long, value_name = "FAMILY,…", value_delimiter = ',', value_parser = clap::builder::PossibleValuesParser::new(families()))]
    families: Vec<String>,

    /// Which candidates of each family to try: classic, default, thorough, or a TOML file of one's own [default: default]
    #[arg(long, value_name = "GRID|FILE.toml", conflicts_with = "no_search")]
    grid: Option<String>,

    /// Fit the one candidate that --families and --params name
    #[arg(long, requires = "params", requires = "families")]
    no_search: bool,

    /// The parameters of that candidate, as a TOML file
    #[arg(long, value_name = "FILE.toml", requires = "no_search")]
    params: Option<PathBuf>,

    /// How the champion is chosen: the simplest family within one standard error of the best, or the best [default: simplest]
    #[arg(long, value_name = "RULE")]
    select: Option<SelectChoice>,

    /// How often the cross-validation is repeated for that comparison [default: 5 up to 20,000 rows, else 0]
    #[arg(long, value_name = "N")]
    repeats: Option<usize>,

    /// Stop searching after this time, with the best found, such as 60s or 5m
    #[arg(long, value_name = "TIME")]
    time_limit: Option<humantime::Duration>,

    /// Most bytes of preprocessor.json and model.json together [default: 300000]
    #[arg(long, value_name = "BYTES")]
    size_budget: Option<usize>,

    /// Publish also families whose models hold rows of the training data (knn, svr)
    #[arg(long)]
    allow_records: bool,

    /// The column that says how much each row counts
    #[arg(long, value_name = "COLUMN")]
    weights: Option<String>,

    /// The day of this training for the model card, as YYYY-MM-DD; never read off the clock, so that a run can be repeated
    #[arg(long, value_name = "DAY")]
    date: Option<Day>,

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
pub(crate) enum Format {
    /// A summary for people
    Text,
    /// The content of report.json
    Json,
}

/// Enough of a file to have its header.
const HEAD_BYTES: u64 = 1 << 20;

/// Learns from a file and writes the artifacts.
pub(crate) fn run(args: &Args, quiet: bool) -> Result<(), Failure> {
    let started = Instant::now();
    log::info!("training on {}", args.file.display());
    let reading = |problem: std::io::Error| Failure::reading(&args.file, &problem);
    let mut input = fs::File::open(&args.file).map_err(reading)?;
    // The header tells what is configured for it; the rows are read once that is known.
    let mut head = Vec::new();
    input.by_ref().take(HEAD_BYTES).read_to_end(&mut head).map_err(reading)?;
    let configured = config::find(args.config.as_deref(), &args.file)?;
    let target = args.target.as_deref().or_else(|| configured.target());
    let args = &args.filled(&configured.config);
    configured.check(&args.file, &head, target)?;
    configured.tell(quiet);
    let Ingested { table, sha256 } =
        ingest_from(&args.file, head.chain(input), &ingest_options(args, &configured.config)?)?;
    let reading = started.elapsed();
    let talkative = !quiet && args.format == Format::Text;
    log::info!("read {} rows of {} columns in {reading:.2?}", table.n_rows(), table.columns.len());
    tell_notices(&table.notices, quiet);

    let options = train_options(args, &table, configured.config, quiet)?;
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
    bar.set_length((n_candidates * options.n_folds) as u64);
    let signal = stop.clone();
    let control = SearchControl { must_stop: StopSignal::new(move || signal.is_due()), on_done: &on_done };
    let outcome = train(&table, &sha256, &options, &control);
    bar.finish_and_clear();
    if stop.is_interrupted() {
        return Err(Failure::interrupted());
    }
    let outcome = outcome?;
    if stop.is_due() {
        tell_notices(&["the time limit was reached: the best of what was scored until then is taken".into()], quiet);
    }
    tell_notices(&outcome.notices, quiet);

    if !outcome.failed_gates.is_empty() {
        publish(&args.output, &[(REFUSED, outcome.report_json.as_str()), (REFUSED_PAGE, &outcome.report_html)])?;
        return Err(Failure::gates(&outcome.failed_gates, &args.output.join(REFUSED_PAGE)));
    }
    let run_json = run_json(args, &outcome, reading);
    publish(
        &args.output,
        &[
            ("preprocessor.json", outcome.preprocessor_json.as_str()),
            ("model.json", &outcome.model_json),
            ("report.json", &outcome.report_json),
            ("report.html", &outcome.report_html),
            ("reference.json", &outcome.reference_json),
            ("run.json", &run_json),
        ],
    )?;
    // What an earlier run was refused for is over.
    for name in [REFUSED, REFUSED_PAGE] {
        let _ = fs::remove_file(args.output.join(name));
    }
    log_outcome(&outcome);
    log::info!("wrote the artifacts to {} after {:.2?}", args.output.display(), started.elapsed());
    match args.format {
        Format::Json => print!("{}", outcome.report_json),
        Format::Text if !quiet => print!("{}", summary(args, &table, &outcome.report, started.elapsed())),
        Format::Text => {}
    }
    Ok(())
}

impl Args {
    /// With what `config` says where the command line says nothing.
    fn filled(&self, config: &Config) -> Self {
        let SearchConfig {
            families,
            grid,
            cv,
            seed,
            test_size,
            select,
            repeats,
            time_limit,
            size_budget,
            allow_records,
        } = config.search.clone();
        let mut args = self.clone();
        let text = |text: &Option<toml::Spanned<String>>| text.as_ref().map(|text| text.get_ref().clone());
        args.target = args.target.or_else(|| text(&config.target));
        args.weights = args.weights.or_else(|| text(&config.weights));
        // Both were parsed when the file was read.
        args.limits = args.limits.or_else(|| text(&config.limits).and_then(|limits| limits.parse().ok()));
        args.time_limit = args.time_limit.or_else(|| text(&time_limit).and_then(|limit| limit.parse().ok()));
        args.fictional |= config.fictional.unwrap_or(false);
        args.min_r2 = args.min_r2.or(config.gates.min_r2);
        args.cv = args.cv.or(cv);
        args.seed = args.seed.or(seed);
        args.test_size = args.test_size.or(test_size);
        args.repeats = args.repeats.or(repeats);
        args.size_budget = args.size_budget.or(size_budget);
        args.allow_records |= allow_records;
        args.select = args.select.or(select.map(|rule| match rule {
            SelectRule::Simplest => SelectChoice::Simplest,
            SelectRule::Best => SelectChoice::Best,
        }));
        if args.families.is_empty() {
            args.families = families.into_iter().map(toml::Spanned::into_inner).collect();
        }
        if !args.no_search {
            args.grid = args.grid.or(grid);
        }
        args
    }
}

fn ingest_options(args: &Args, config: &Config) -> Result<IngestOptions, Failure> {
    let Some(target) = args.target.clone() else {
        return Err(Failure::usage(
            "no target is given; name the column to predict with --target, or in scorecast.toml (`scorecast init` writes one)"
                .into(),
        ));
    };
    // What the command line says about a column replaces what the file says about it.
    let is_said =
        |name: &String| args.drop.contains(name) || args.numeric.contains(name) || args.categorical.contains(name);
    let with = |said: &[String], configured: Vec<String>| {
        let others = configured.into_iter().filter(|name| !is_said(name) && *name != target);
        said.iter().cloned().chain(others).collect::<Vec<_>>()
    };
    Ok(IngestOptions {
        drop: with(&args.drop, config.columns_that(|column| column.drop)),
        numeric: with(&args.numeric, config.columns_that(|column| column.kind == Some(KindConfig::Numeric))),
        categorical: with(
            &args.categorical,
            config.columns_that(|column| column.kind == Some(KindConfig::Categorical)),
        ),
        weights: args.weights.clone(),
        target,
    })
}

fn train_options(args: &Args, table: &Table, mut config: Config, quiet: bool) -> Result<TrainOptions, Failure> {
    config.card.date = args.date.clone().or(config.card.date);
    let defaults = TrainOptions::default();
    let min_r2 = args.min_r2.unwrap_or(defaults.min_r2);
    if min_r2.is_nan() {
        return Err(Failure::usage("--min-r2 is not a number; write one such as 0.6".into()));
    }
    let mut learners: Vec<&'static dyn Learner> = args.families.iter().filter_map(|family| learner(family)).collect();
    if learners.is_empty() {
        learners = TrainOptions::default().learners;
    }
    let read = |path: &Path| fs::read_to_string(path).map_err(|problem| Failure::reading(path, &problem));
    let (mut grid, mut candidates) = (Grid::Default, None);
    match (&args.params, args.grid.as_deref().unwrap_or("default")) {
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
        test_size: args.test_size.unwrap_or(defaults.test_size),
        seed: args.seed.unwrap_or(defaults.seed),
        n_folds: args.cv.unwrap_or(defaults.n_folds),
        min_r2,
        limits: args.limits.unwrap_or(defaults.limits),
        fictional: args.fictional,
        learners,
        grid,
        candidates,
        selection: if args.select == Some(SelectChoice::Best) { Some(Selection::Best) } else { repeats },
        size_budget: args.size_budget.unwrap_or(defaults.size_budget),
        allow_records: args.allow_records,
        config,
    })
}

pub(crate) fn tell_notices(notices: &[String], quiet: bool) {
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
    if let Some(r2) = champion.out_of_bag_r2 {
        let _ = writeln!(text, "on rows out of each tree's bag: R² {r2:.4}");
    }
    let _ = writeln!(text, "for people: {}", args.output.join("report.html").display());
    let _ = writeln!(text, "artifacts: {} ({:.2} s)", args.output.display(), elapsed.as_secs_f64());
    text
}

fn params_text(params: &model_core::Params) -> String {
    params.iter().map(|(name, value)| format!(" {name}={value}")).collect()
}
