//! `scorecast explore`

use std::path::PathBuf;

use reader::{Found, find_names};
use trainer::{ExploreOptions, TargetGuess, explore, guess_target, read_columns};

use super::config;
use super::console::{notify, say};
use super::failure::Failure;
use super::input::{self, ReadArgs};
use super::output::{refuse_input, write_whole};

/// What `scorecast explore` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The records to look at
    #[arg(value_name = "FILE.csv")]
    file: PathBuf,

    #[command(flatten)]
    read: ReadArgs,

    /// The file to write, or - for standard output
    #[arg(long, short, default_value = "explore.html", value_name = "OUT.html")]
    output: PathBuf,

    /// The column to predict [default: that of scorecast.toml, else guessed, with the reason]
    #[arg(long, short, value_name = "COLUMN")]
    target: Option<String>,

    /// What to know about the columns [default: scorecast.toml beside the CSV or here, if there]
    #[arg(long, value_name = "FILE.toml")]
    config: Option<PathBuf>,

    /// Also show figures of groups of fewer than 10 records; such a page can tell about single persons
    #[arg(long)]
    show_small: bool,

    /// Look at a random sample of so many rows where there are more
    #[arg(long, default_value_t = 100_000, value_name = "N")]
    max_rows: usize,

    /// The seed of that sample and of the folds
    #[arg(long, default_value_t = 42, value_name = "SEED")]
    seed: u64,
}

/// Writes a page about a file of records.
pub(crate) fn run(args: &Args, quiet: bool) -> Result<(), Failure> {
    refuse_input(&args.output, &args.file)?;
    let bytes = input::read_all(&args.file)?;
    let mut configured = config::find(args.config.as_deref(), &args.file)?;
    let target = args.target.as_deref().or(configured.config.target_name());
    let (columns, report) = read_columns(&args.file, &bytes, target, &args.read.options())?;
    let names: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
    configured.check(&names)?;
    let asked_for = args.target.as_deref().map(|target| (target, "it was asked for"));
    let named =
        asked_for.or_else(|| configured.config.target_name().map(|target| (target, "the configuration names it")));
    configured.announce(quiet);
    notify(&report.all_notes(), quiet);
    if !quiet {
        say(format_args!("{report}"));
    }
    let target = match named {
        Some((target, reason)) => {
            let Some(Found::At(field)) = find_names(&names, &[vec![target]]).pop() else {
                let message = format!("there is no column \"{target}\"; the header has: {}", names.join(", "));
                return Err(Failure::usage(message));
            };
            let column = &columns[field];
            if !column.is_numeric() {
                let message =
                    format!("column \"{target}\" is not numeric and can't be the target; choose another --target");
                return Err(Failure::usage(message));
            }
            Some(TargetGuess { column: column.name.clone(), reason: reason.into(), word: None })
        }
        None => guess_target(&columns),
    };
    let file = args.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let options = ExploreOptions {
        file,
        target,
        show_small: args.show_small,
        max_rows: args.max_rows.max(1),
        seed: args.seed,
        reading: report,
    };
    let page = explore(&columns, &options);
    write_whole(&args.output, Some(&args.file), |output| output.write_all(page.as_bytes()))
        .map_err(|problem| Failure::writing(&args.output, &problem))?;
    if !quiet && args.output.as_os_str() != "-" {
        say(format_args!("wrote {}: for you, not for publication; it draws single records", args.output.display()));
    }
    Ok(())
}
