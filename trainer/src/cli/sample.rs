//! `scorecast sample`

use std::path::PathBuf;

use trainer::write_sample;

use super::failure::Failure;
use super::output::write_whole;

/// What `scorecast sample` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How many students
    #[arg(long, default_value_t = 1_000, value_name = "N")]
    rows: u64,

    /// Which students: the same seed gives the same file everywhere
    #[arg(long, default_value_t = 42, value_name = "SEED")]
    seed: u64,

    /// The file to write, or - for standard output
    #[arg(long, short, default_value = "-", value_name = "FILE")]
    output: PathBuf,
}

/// Writes fictional students.
pub(crate) fn run(args: &Args) -> Result<(), Failure> {
    write_whole(&args.output, None, |output| write_sample(output, args.rows, args.seed))
        .map_err(|problem| Failure::writing(&args.output, &problem))
}
