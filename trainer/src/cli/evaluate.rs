//! `scorecast evaluate`

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use model_core::{Schema, file_sha256, read_report, sha256_hex};
use trainer::{ColumnDrift, Covered, Evaluation, FolderLock, MIN_GROUP, Reference, RowColumns, evaluate, ingest_known};

use super::console::{figure, notify, print, signed};
use super::failure::Failure;
use super::input::{self, ReadArgs};
use super::predict::load;
use super::train::Format;

/// What `scorecast evaluate` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// New records whose scores are known
    #[arg(value_name = "FILE.csv")]
    file: PathBuf,

    #[command(flatten)]
    read: ReadArgs,

    /// The column that says how much each record counts
    #[arg(long, value_name = "COLUMN")]
    weights: Option<String>,

    /// The folder with preprocessor.json, model.json and reference.json
    #[arg(long, default_value = "artifacts", value_name = "DIR")]
    artifacts: PathBuf,

    /// What to print to standard output
    #[arg(long, default_value = "text", value_name = "FORMAT")]
    format: Format,
}

/// Evaluates a saved model on new records.
pub(crate) fn run(args: &Args, quiet: bool) -> Result<(), Failure> {
    let lock = FolderLock::shared(&args.artifacts);
    let predictor = load(&args.artifacts)?;
    let schema = predictor.schema();
    let reference = load_reference(&args.artifacts, schema)?;
    drop(lock);
    let bytes = input::read_all(&args.file)?;
    let others = RowColumns { weights: args.weights.as_deref(), group: None };
    let table = ingest_known(&args.file, &bytes, schema, &args.read.options(), others)?;
    notify(learned_from(&args.artifacts, &args.file, &bytes).as_slice(), quiet);
    notify(&table.notices, quiet);
    if reference.is_none() {
        notify(&["there is no reference.json beside the model, so drift can't be told".into()], quiet);
    }
    let evaluation = evaluate(&predictor, &table, reference.as_ref());
    notify(few_records(evaluation.rows).as_slice(), quiet);
    match args.format {
        Format::Json => print(&(serde_json::to_string(&evaluation).map_err(Failure::internal)? + "\n")),
        Format::Text => print(&text(&evaluation, schema)),
    }
}

/// A warning if the model in `folder` was trained on this very file, according to its report.
pub(crate) fn learned_from(folder: &Path, file: &Path, bytes: &[u8]) -> Option<String> {
    let report = read_report(&fs::read_to_string(folder.join("report.json")).ok()?).ok()?;
    (report.data.sha256 == sha256_hex(bytes)).then(|| {
        format!(
            "{} is the very file that the model in {} was trained on: this flatters it; take records that it has not seen",
            file.display(),
            folder.display()
        )
    })
}

/// A warning about figures from few records.
pub(crate) fn few_records(rows: usize) -> Option<String> {
    let text = || format!("{} with a known score: figures over so few are mostly chance; take more", records(rows));
    (rows < FEW_RECORDS).then(text)
}

/// With fewer records the figures are dominated by chance.
const FEW_RECORDS: usize = 30;

pub(crate) fn records(rows: usize) -> String {
    if rows == 1 { "1 record".into() } else { format!("{rows} records") }
}

/// The training distribution, if it was saved beside the model.
fn load_reference(folder: &Path, schema: &Schema) -> Result<Option<Reference>, Failure> {
    let path = folder.join("reference.json");
    if !path.exists() {
        return Ok(None);
    }
    let read = |path: &Path| fs::read_to_string(path).map_err(|problem| Failure::reading(path, &problem));
    let preprocessor = read(&folder.join("preprocessor.json"))?;
    Ok(Some(Reference::from_json(&read(&path)?, &file_sha256(&preprocessor), schema)?))
}

fn text(evaluation: &Evaluation, schema: &Schema) -> String {
    let Evaluation { rows, r2, mae, rmse, bias, bias_margin, coverage, groups, drift } = evaluation;
    let mut text = format!(
        "{} with a known \"{}\"\nR² {}, off by {} on average (RMSE {}), bias {}",
        records(*rows),
        schema.target.name,
        figure(*r2, 4),
        figure(*mae, 3),
        figure(*rmse, 3),
        signed(*bias, 3)
    );
    if let Some(margin) = bias_margin {
        let _ = write!(text, " ± {}", figure(*margin, 3));
    }
    text.push_str("\n(bias: estimate less score; ± is half of a 95 % interval)\n");
    for Covered { level, share, low, high } in coverage {
        let [share, low, high] = [share, low, high].map(|share| 100.0 * share);
        let _ = writeln!(
            text,
            "within the interval at {level} %: {share:.1} % of the scores (95 % interval {low:.1} to {high:.1})"
        );
    }
    let width = |lengths: &mut dyn Iterator<Item = usize>| lengths.max().unwrap_or_default().clamp(6, 40);
    if !groups.is_empty() {
        let names = width(&mut groups.iter().map(|group| group.column.chars().count()));
        let values = width(&mut groups.iter().map(|group| group.value.chars().count()));
        let _ = writeln!(
            text,
            "\n{:names$}  {:values$}  {:>7} {:>9} {:>8} {:>18}  within 90 %",
            "column", "value", "n", "mean", "MAE", "bias"
        );
        for group in groups {
            let bias = format!("{} ± {}", signed(group.bias, 3), figure(group.bias_margin, 3));
            let covered = group.coverage.as_ref().map_or_else(String::new, |coverage| {
                let [share, low, high] = [coverage.share, coverage.low, coverage.high].map(|share| 100.0 * share);
                format!("{share:.1} % ({low:.0} to {high:.0})")
            });
            let _ = writeln!(
                text,
                "{:names$}  {:values$}  {:>7} {:>9} {:>8} {bias:>18}  {covered}",
                group.column,
                group.value,
                group.n,
                figure(group.mean, 3),
                figure(group.mae, 3)
            );
        }
        let _ = writeln!(text, "groups of fewer than {MIN_GROUP} are not shown");
    }
    if let Some(drift) = drift {
        let names = width(&mut drift.iter().map(|column| column.column.chars().count()));
        let _ = writeln!(
            text,
            "\n{:names$}  {:>7} {:>9} {:>8} {:>8}  test against training",
            "column", "PSI", "outside", "blank", "before"
        );
        for column in drift {
            let ColumnDrift { column, blanks_then, blanks_now, psi, test, statistic, p_value, outside, .. } = column;
            let percent = |share: f64| format!("{:.1} %", 100.0 * share);
            let before = blanks_then.map_or_else(|| "few".into(), percent);
            let p = if *p_value < 0.0001 { "p < 0.0001".into() } else { format!("p = {p_value:.4}") };
            let _ = writeln!(
                text,
                "{column:names$}  {psi:>7.3} {:>9} {:>8} {before:>8}  {test} {statistic:.3}, {p}",
                percent(*outside),
                percent(*blanks_now)
            );
        }
        text.push_str(
            "PSI: below 0.1 little, above 0.25 much has changed, by custom; few records raise it by chance\n\
             p: how often chance alone would differ as much. Of 20 columns one has p < 0.05 where nothing has changed,\n\
             and with many records a small p may belong to a change too small to matter: look at the PSI, too\n",
        );
    }
    text
}
