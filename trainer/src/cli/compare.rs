//! `scorecast compare`

use std::fmt::Write as _;
use std::path::PathBuf;

use model_core::Predictor;
use trainer::{Comparison, Contestant, Difference, Figures, MIN_GROUP, RowColumns, Verdict, compare, ingest_known};

use super::console::{figure, notify, print, signed};
use super::evaluate::{few_records, learned_from, records};
use super::failure::Failure;
use super::input::{self, ReadArgs};
use super::predict::load;
use super::train::Format;

/// What `scorecast compare` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The folder of the model in use
    #[arg(value_name = "OLD")]
    old: PathBuf,

    /// The folder of the model that may take its place
    #[arg(value_name = "NEW")]
    new: PathBuf,

    /// Records with known scores that neither model has learned from
    #[arg(value_name = "FILE.csv")]
    file: PathBuf,

    #[command(flatten)]
    read: ReadArgs,

    /// The column that names what records have in common, such as a pupil or a class: whole groups are drawn
    #[arg(long, value_name = "COLUMN")]
    group: Option<String>,

    /// The column that says how much each record counts
    #[arg(long, value_name = "COLUMN")]
    weights: Option<String>,

    /// What to print to standard output
    #[arg(long, default_value = "text", value_name = "FORMAT")]
    format: Format,
}

/// Compares two saved models on new records.
pub(crate) fn run(args: &Args, quiet: bool) -> Result<(), Failure> {
    let (old, new) = (load(&args.old)?, load(&args.new)?);
    let bytes = input::read_all(&args.file)?;
    for folder in [&args.old, &args.new] {
        notify(learned_from(folder, &args.file, &bytes).as_slice(), quiet);
    }
    let others = RowColumns { weights: args.weights.as_deref(), group: args.group.as_deref() };
    let table =
        |predictor: &Predictor| ingest_known(&args.file, &bytes, predictor.schema(), &args.read.options(), others);
    let (old_table, new_table) = (table(&old)?, table(&new)?);
    notify(&old_table.notices, quiet);
    let comparison =
        compare(Contestant { predictor: &old, table: &old_table }, Contestant { predictor: &new, table: &new_table })?;
    notify(few_records(comparison.rows).as_slice(), quiet);
    match args.format {
        Format::Json => print(&(serde_json::to_string(&comparison).map_err(Failure::internal)? + "\n")),
        Format::Text => print(&text(&comparison, &old.schema().target.name)),
    }
}

fn text(comparison: &Comparison, target: &str) -> String {
    let Comparison { rows, old, new, differences, method, draws, drawn_groups, groups, verdict } = comparison;
    let mut text = format!("{} with a known \"{target}\"\n\n", records(*rows));
    let _ = writeln!(text, "{:<22} {:>12} {:>12}   new − old (95 % interval)", "", "old", "new");
    let _ = writeln!(text, "{:<22} {:>12} {:>12}", "family", old.family, new.family);
    let mut line = |name: &str, of: fn(&Figures) -> f64, difference: Option<Difference>| {
        let interval = difference.map_or_else(String::new, |Difference { value, low, high }| {
            format!("   {} ({} to {})", signed(value, 4), signed(low, 4), signed(high, 4))
        });
        let _ = writeln!(text, "{name:<22} {:>12} {:>12}{interval}", figure(of(old), 4), figure(of(new), 4));
    };
    line("R²", |figures| figures.r2, Some(differences.r2));
    line("mean absolute error", |figures| figures.mae, Some(differences.mae));
    line("RMSE", |figures| figures.rmse, Some(differences.rmse));
    line("bias", |figures| figures.bias, None);
    let covered = |figures: &Figures| {
        figures.coverage.map_or_else(|| "–".to_owned(), |covered| format!("{:.1} %", 100.0 * covered.share))
    };
    let _ = writeln!(text, "{:<22} {:>12} {:>12}", "within 90 % interval", covered(old), covered(new));
    let what = match drawn_groups {
        Some(n_groups) => format!("whole groups, of {n_groups},"),
        None => "records".to_owned(),
    };
    let _ = writeln!(text, "\nintervals: {method}, {draws} draws of the same {what} for both");
    let worse: Vec<_> = groups.iter().filter(|group| group.is_worse()).collect();
    for group in &worse {
        let _ = writeln!(
            text,
            "caution: for {} = \"{}\" ({} records) the new model errs more: {} ± {} in mean absolute error, bias {} instead of {}",
            group.column,
            group.value,
            group.n,
            signed(group.mae_change, 3),
            figure(group.mae_change_margin, 3),
            signed(group.bias_new, 3),
            signed(group.bias_old, 3)
        );
    }
    if worse.is_empty() && !groups.is_empty() {
        let _ = writeln!(text, "no group of {MIN_GROUP} or more records is clearly worse off with the new model");
    }
    text.push_str(match verdict {
        Verdict::Replace => "\nreplace: the new model's errors are clearly smaller\n",
        Verdict::KeepBetter => "\nkeep: the new model's errors are clearly larger\n",
        Verdict::KeepUndecided => "\nkeep: these records don't tell that the new model is better\n",
    });
    text
}
