//! `scorecast train`

mod args;
#[cfg(feature = "engines")]
mod from_engine;
mod progress;
#[cfg(feature = "engines")]
mod reducer;
mod run_json;
mod summary;

use std::time::{Duration, Instant};

use model_core::Report;
use trainer::{
    Config, Ingested, NewFile, OpenedFile, Outcome, Publication, Roundings, SearchControl, StopSignal, Table,
    ingest_cells, publish, resolve_candidates, train,
};

pub(crate) use self::args::{Args, Format};
use self::progress::Progress;
use self::run_json::run_json;
use self::summary::summary;
use super::config::{self, time_limit};
use super::console::{notify, print, say};
use super::failure::Failure;
use super::input;
use super::interrupt::Stop;

/// The report of a run whose model failed a gate; the artifacts of earlier runs stay as they are.
const REFUSED: &str = "report.refused.json";
const REFUSED_PAGE: &str = "report.refused.html";

/// Trains a model on a file and writes the artifacts.
pub(crate) fn run(args: &Args, quiet: bool) -> Result<(), Failure> {
    let started = Instant::now();
    log::info!("training on {}", args.rows().display());
    let (mut config, Ingested { table, sha256, report: reading_report, .. }, stop) = records(args, quiet)?;
    let reading = started.elapsed();
    log::info!("read {} rows of {} columns in {reading:.2?}", table.n_records(), table.columns.len());
    notify(&table.notices, quiet);
    if !quiet && args.format == Format::Text {
        say(format_args!("{reading_report}"));
    }
    choose_candidates(&mut config, &table, quiet)?;

    let outcome = learn(&table, &sha256, &config, &stop, !quiet && args.format == Format::Text);
    if stop.is_interrupted() {
        return Err(Failure::interrupted());
    }
    let outcome = outcome?;
    if stop.is_due() {
        notify(&["the time limit was reached: the best of what was scored until then is taken, which another run may not find again".into()], quiet);
    }
    notify(&outcome.notices, quiet);
    let guard = stop.before_writing()?;
    write(args, &outcome, reading)?;
    drop(guard);
    log_outcome(&outcome);
    log::info!("wrote the artifacts to {} after {:.2?}", args.output.display(), started.elapsed());
    match args.format {
        Format::Json => print(&outcome.report_json),
        Format::Text if quiet => Ok(()),
        Format::Text => print(&summary(&args.output, &table, &outcome.report, started.elapsed())),
    }
}

/// The complete configuration, the records, and the stop signal.
fn records(args: &Args, quiet: bool) -> Result<(Config, Ingested, Stop), Failure> {
    #[cfg(feature = "engines")]
    if args.engine.table().is_some() {
        return from_engine::read(args, quiet);
    }
    let (config, ingested) = read(args, quiet)?;
    let stop = Stop::new(time_limit(&config)?);
    Ok((config, ingested, stop))
}

/// The complete configuration and the records.
fn read(args: &Args, quiet: bool) -> Result<(Config, Ingested), Failure> {
    let file = input::open(args.rows())?;
    let mut configured = config::find(args.config.as_deref(), args.rows())?;
    let mut config = args.options.clone().or(configured.config.clone());
    if config.gates.floor().is_nan() {
        return Err(Failure::usage("--min-r2 is not a number; write one such as 0.6".into()));
    }
    // Check the configuration against the header before reading the rows.
    let opened = OpenedFile::open(args.rows(), file, config.target_name(), &args.read.options())?;
    configured.check(opened.names())?;
    config.take_names(opened.names());
    configured.announce(quiet);
    let mut ingested = opened.ingest(&args.ingest_options(&config)?)?;
    if args.has_parts() && (config.search.cv.is_some() || config.search.test_size.is_some()) {
        notify(&["--cv and --test-size have no effect here: the rows came with their parts".into()], quiet);
    }
    if let Some(path) = &args.cells {
        ingested = ingest_cells(path, input::open(path)?, ingested, &Roundings::new())?;
    }
    Ok((config, ingested))
}

/// Chooses the candidates, and reports what is left out.
fn choose_candidates(config: &mut Config, table: &Table, quiet: bool) -> Result<(), Failure> {
    let unpublishable = config.search.unpublishable();
    notify(&resolve_candidates(config, table)?, quiet);
    if !unpublishable.is_empty() {
        let families = unpublishable.join(" and ");
        log::info!("{families} are not tried: their models would hold rows of the training data (--allow-records)");
    }
    Ok(())
}

fn learn(
    table: &Table,
    sha256: &str,
    config: &Config,
    stop: &Stop,
    shows_progress: bool,
) -> Result<Outcome, trainer::TrainError> {
    let progress = Progress::new(shows_progress);
    let signal = stop.clone();
    let control =
        SearchControl { stop: StopSignal::new(move || signal.is_due()), on_event: &|event| progress.on_event(event) };
    let outcome = train(table, sha256, config, &control);
    progress.finish();
    outcome
}

/// Writes the artifacts, or only a report if the champion fails a gate.
fn write(args: &Args, outcome: &Outcome, reading: Duration) -> Result<(), Failure> {
    if !outcome.failed_gates.is_empty() {
        let files = [
            NewFile { name: REFUSED, content: &outcome.report_json },
            NewFile { name: REFUSED_PAGE, content: &outcome.report_html },
        ];
        publish(&args.output, &Publication { files: &files, obsolete: &[] })?;
        return Err(Failure::gates(&outcome.failed_gates, &args.output.join(REFUSED_PAGE)));
    }
    let files = [
        NewFile { name: "preprocessor.json", content: &outcome.preprocessor_json },
        NewFile { name: "model.json", content: &outcome.model_json },
        NewFile { name: "report.json", content: &outcome.report_json },
        NewFile { name: "report.html", content: &outcome.report_html },
        NewFile { name: "reference.json", content: &outcome.reference_json },
        NewFile { name: "run.json", content: &run_json(args.rows(), outcome, reading) },
    ];
    // This run supersedes the reports of earlier refused runs.
    publish(&args.output, &Publication { files: &files, obsolete: &[REFUSED, REFUSED_PAGE] })?;
    Ok(())
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
