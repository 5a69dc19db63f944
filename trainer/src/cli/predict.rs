//! `scorecast predict`

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::thread;

use model_core::{DateOrder, LEVELS, Predictor};
use trainer::{
    BatchColumns, BatchError, BatchInput, BatchSummary, Decimal, FolderLock, Notation, WorkbookSink, predict_csv,
    predict_to,
};

use super::console::say;
use super::failure::Failure;
use super::input::{self, ReadArgs};
use super::output::{refuse_input, write_whole};

/// What `scorecast predict` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The records to predict, or - for standard input
    #[arg(value_name = "FILE.csv")]
    file: PathBuf,

    #[command(flatten)]
    read: ReadArgs,

    /// The sign before fractions, . or , [default: found]
    #[arg(long, value_name = "SIGN", value_parser = parse_decimal)]
    decimal: Option<Decimal>,

    /// What dates such as 1/5/2026 begin with [default: found]
    #[arg(long, value_name = "day-first|month-first", value_parser = parse_dates)]
    dates: Option<DateOrder>,

    /// Columns of the model that the file lacks: take them for blank in all rows
    #[arg(long, value_name = "COLUMN,…", value_delimiter = ',')]
    blank: Vec<String>,

    /// The folder with preprocessor.json and model.json
    #[arg(long, default_value = "artifacts", value_name = "DIR")]
    artifacts: PathBuf,

    /// The file to write, a workbook where it ends in .xlsx, or - for standard output
    #[arg(long, short, default_value = "-", value_name = "OUT.csv")]
    output: PathBuf,

    /// Add the ends of a prediction interval, as columns low and high: the true value lies within in so many of 100 cases
    #[arg(long, value_name = "50…99", value_parser = parse_level)]
    level: Option<f64>,

    /// Add how much each column of the model adds to the usual prediction, in columns of their own, and every caution to the
    /// note
    #[arg(long)]
    explain: bool,

    /// End with exit code 0 even where rows stay without a prediction
    #[arg(long)]
    allow_missing: bool,
}

fn parse_decimal(text: &str) -> Result<Decimal, String> {
    match text {
        "." => Ok(Decimal::Point),
        "," => Ok(Decimal::Comma),
        _ => Err("write . or ,".into()),
    }
}

fn parse_dates(text: &str) -> Result<DateOrder, String> {
    match text {
        "day-first" => Ok(DateOrder::DayFirst),
        "month-first" => Ok(DateOrder::MonthFirst),
        _ => Err("write day-first or month-first".into()),
    }
}

pub(crate) fn parse_level(text: &str) -> Result<f64, String> {
    let level = text.strip_suffix('%').unwrap_or(text).parse().ok().filter(|level| LEVELS.contains(*level));
    level.ok_or_else(|| format!("write a percentage from {} to {}, such as 90", LEVELS.min, LEVELS.max))
}

/// Predicts each row of a file.
pub(crate) fn run(args: &Args, quiet: bool) -> Result<(), Failure> {
    let predictor = load(&args.artifacts)?;
    check_level(args.level, &predictor, &args.artifacts)?;
    refuse_input(&args.output, &args.file)?;
    let columns = BatchColumns { level: args.level, explain: args.explain };
    let input = input::open(&args.file)?;
    let notation = Notation { decimal: args.decimal, dates: args.dates };
    let how = BatchInput { read: args.read.options(), notation, blank: args.blank.clone() };
    let n_threads = thread::available_parallelism().map_or(1, usize::from);
    let file = args.file.display().to_string();
    let mut failure = None;
    let is_workbook = args.output.extension().is_some_and(|end| end.eq_ignore_ascii_case("xlsx"));
    let summary = write_whole(&args.output, Some(&args.file), |output| {
        let predicted = if is_workbook {
            let mut sink = WorkbookSink::new(output);
            predict_to(&predictor, &file, input, &how, &mut sink, columns, n_threads)
        } else {
            predict_csv(&predictor, &file, input, &how, output, columns, n_threads)
        };
        predicted.map_err(|error| match error {
            BatchError::Write(problem) => problem,
            other => {
                failure = Some(other);
                io::Error::other("the input is wrong")
            }
        })
    });
    if let Some(failure) = failure {
        return Err(failure.into());
    }
    let summary = summary.map_err(|problem| Failure::writing(&args.output, &problem))?;
    if !quiet {
        say_summary(&summary);
    }
    if summary.n_failed > 0 && !args.allow_missing {
        return Err(Failure::missing_predictions(summary.n_failed, summary.n_rows));
    }
    Ok(())
}

/// Refuses a level for which the model in `folder` has no interval.
pub(crate) fn check_level(level: Option<f64>, predictor: &Predictor, folder: &Path) -> Result<(), Failure> {
    let Some(level) = level else { return Ok(()) };
    match predictor.levels() {
        None => Err(Failure::usage(format!(
            "the model in {} came without intervals: train again, or leave out --level",
            folder.display()
        ))),
        Some(levels) if level > levels.max => Err(Failure::usage(format!(
            "the model in {} has learned from too few records to promise more than {} %: give --level {} or less",
            folder.display(),
            levels.max,
            levels.max
        ))),
        Some(_) => Ok(()),
    }
}

/// Loads the predictor in `folder`; its files must belong to one publication.
pub(crate) fn load(folder: &Path) -> Result<Predictor, Failure> {
    let _lock = FolderLock::shared(folder);
    let read = |name: &str| {
        let path = folder.join(name);
        fs::read_to_string(&path).map_err(|problem| Failure::reading(&path, &problem))
    };
    let (preprocessor, model) = (read("preprocessor.json")?, read("model.json")?);
    Ok(Predictor::from_json(&preprocessor, &model)?)
}

fn say_summary(summary: &BatchSummary) {
    let BatchSummary { n_rows, n_imputed, n_unseen, n_respelled, n_outside, n_failed, examples, notes } = summary;
    for note in notes {
        say(format_args!("notice: {note}"));
    }
    say(format_args!("{} of {n_rows} rows predicted", n_rows - n_failed));
    if *n_imputed > 0 {
        say(format_args!("  {n_imputed} with blanks imputed (see the column \"note\")"));
    }
    if *n_unseen > 0 {
        say(format_args!("  {n_unseen} with a category that training never saw"));
    }
    if *n_respelled > 0 {
        say(format_args!("  {n_respelled} with a category in another spelling, which was recognised"));
    }
    if *n_outside > 0 {
        say(format_args!("  {n_outside} with a number beyond those that training saw: the estimate is a guess there"));
    }
    if *n_failed > 0 {
        say(format_args!("  {n_failed} without a prediction"));
    }
    for example in examples {
        say(format_args!("  {example}"));
    }
}
