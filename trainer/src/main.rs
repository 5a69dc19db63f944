//! The command line of Scorecast's trainer.

// What users can reach must not panic (docs/reliability.md).
#![cfg_attr(
    not(test),
    warn(
        clippy::expect_used,
        clippy::panic,
        clippy::print_stderr,
        clippy::print_stdout,
        clippy::unreachable,
        clippy::unwrap_used
    )
)]

mod cli;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::cli::console::say;
use crate::cli::failure::Failure;
use crate::cli::{compare, evaluate, explore, export, init, logging, predict, sample, sql, train};

/// Learn to predict a number from a CSV file, and predict with what was learned.
#[derive(Debug, Parser)]
#[command(name = "scorecast", version, propagate_version = true, after_help = EXIT_CODES)]
struct Cli {
    #[command(subcommand)]
    command: Command,

    /// Folder for the log of this run
    #[arg(long, global = true, default_value = "logs", env = "SCORECAST_LOG_DIR", value_name = "DIR")]
    log_dir: PathBuf,

    /// Print nothing but errors
    #[arg(long, short, global = true)]
    quiet: bool,
}

const EXIT_CODES: &str = "Exit codes: 0 done, 1 a file can't be read or written, 2 wrong usage, 3 the data or the \
                          artifacts are wrong, or rows have no prediction, 4 the best model is below the floor (--min-r2) or fails a gate, 130 interrupted";

#[derive(Debug, Subcommand)]
enum Command {
    /// Learn from a CSV file and write preprocessor.json, model.json and report.json
    Train(Box<train::Args>),
    /// Judge a saved model by new records whose scores are known, and tell how these differ from training
    Evaluate(evaluate::Args),
    /// Compare a saved model with one that may take its place, on new records: replace or keep
    Compare(compare::Args),
    /// Write one HTML page about a CSV file: columns, blanks, distributions, what is suspicious
    Explore(explore::Args),
    /// Write a commented scorecast.toml from the columns of a CSV file
    Init(init::Args),
    /// Predict each row of a CSV file
    Predict(predict::Args),
    /// Write a saved model as one SQL statement, to predict records where they are
    Export(export::Args),
    /// Print the queries that count and draw records in an engine, for `scorecast train --cells … --sample …`
    Sql(sql::Args),
    /// Write fictional students in the classic schema
    Sample(sample::Args),
}

fn main() -> ExitCode {
    let Cli { command, log_dir, quiet } = Cli::parse();
    let is_training = matches!(command, Command::Train(_));
    // A prediction should take milliseconds, so only training writes a log.
    let log = if is_training { logging::start(&log_dir, quiet) } else { None };
    let result = start_threads(&command).and_then(|()| run(command, quiet));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.log();
            say(format_args!("error: {failure}"));
            if let Some(log) = log {
                say(format_args!("  log: {}", log.display()));
            }
            failure.exit_code()
        }
    }
}

/// Starts the worker threads now: later a thread that cannot be started would cause a panic.
fn start_threads(command: &Command) -> Result<(), Failure> {
    if matches!(
        command,
        Command::Predict(_) | Command::Export(_) | Command::Sql(_) | Command::Sample(_) | Command::Init(_)
    ) {
        return Ok(());
    }
    rayon::ThreadPoolBuilder::new().build_global().map_err(|problem| Failure::threads(&problem))
}

fn run(command: Command, quiet: bool) -> Result<(), Failure> {
    match command {
        Command::Train(args) => train::run(&args, quiet),
        Command::Evaluate(args) => evaluate::run(&args, quiet),
        Command::Compare(args) => compare::run(&args, quiet),
        Command::Explore(args) => explore::run(&args, quiet),
        Command::Init(args) => init::run(&args, quiet),
        Command::Predict(args) => predict::run(&args, quiet),
        Command::Export(args) => export::run(&args),
        Command::Sql(args) => sql::run(&args),
        Command::Sample(args) => sample::run(&args),
    }
}
