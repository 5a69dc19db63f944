//! `scorecast init`

use std::path::PathBuf;

use reader::{Found, find_names};
use trainer::{CONFIG_FILE, TargetGuess, guess_target, read_columns, write_config};

use super::console::say;
use super::failure::Failure;
use super::input::{self, ReadArgs};
use super::output::{refuse_input, write_whole};

/// What `scorecast init` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The records that will be learned from
    #[arg(value_name = "FILE.csv")]
    file: PathBuf,

    /// The column to predict [default: guessed, with the reason]
    #[arg(long, short, value_name = "COLUMN")]
    target: Option<String>,

    #[command(flatten)]
    read: ReadArgs,

    /// The file to write, or - for standard output [default: scorecast.toml beside the CSV]
    #[arg(long, short, value_name = "FILE.toml")]
    output: Option<PathBuf>,

    /// Replace a file that is there
    #[arg(long)]
    force: bool,
}

/// Writes a commented configuration from the data.
pub(crate) fn run(args: &Args, quiet: bool) -> Result<(), Failure> {
    let output = args.output.clone().unwrap_or_else(|| args.file.with_file_name(CONFIG_FILE));
    refuse_input(&output, &args.file)?;
    // A device such as /dev/null may be written to without --force.
    if output.is_file() && !args.force {
        return Err(Failure::usage(format!(
            "{} is there already; --force replaces it, --output writes elsewhere",
            output.display()
        )));
    }
    let bytes = input::read_all(&args.file)?;
    let (columns, report) = read_columns(&args.file, &bytes, args.target.as_deref(), &args.read.options())?;
    let names: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
    let target = match &args.target {
        Some(target) => match find_names(&names, &[vec![target]]).pop() {
            Some(Found::At(field)) => {
                TargetGuess { column: names[field].clone(), reason: "it was asked for".into(), word: None }
            }
            _ => {
                let message = format!("there is no column \"{target}\"; the header has: {}", names.join(", "));
                return Err(Failure::usage(message));
            }
        },
        None => guess_target(&columns).ok_or_else(|| {
            Failure::usage("no column could be a target: none is numeric and varies; name one with --target".into())
        })?,
    };
    let name = args.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let notes: Vec<String> = report.notes.iter().map(ToString::to_string).collect();
    let text = write_config(&name, &columns, &target, &notes);
    write_whole(&output, Some(&args.file), |output| output.write_all(text.as_bytes()))
        .map_err(|problem| Failure::writing(&output, &problem))?;
    if !quiet {
        say(format_args!("the target is taken to be \"{}\", because {}", target.column, target.reason));
        say(format_args!("wrote {}", output.display()));
    }
    Ok(())
}
