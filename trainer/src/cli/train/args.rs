//! What `scorecast train` takes.

use std::path::PathBuf;

use trainer::{Config, IngestOptions, KindConfig, MIN_CATEGORY_ROWS};

use crate::cli::failure::Failure;
use crate::cli::input::ReadArgs;

/// What `scorecast train` takes.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Args {
    /// The records to learn from, or - for standard input
    #[arg(value_name = "FILE.csv")]
    pub(super) file: PathBuf,

    /// What to know about the columns, the card and the gates [default: scorecast.toml beside the CSV or here, if there]
    #[arg(long, value_name = "FILE.toml")]
    pub(super) config: Option<PathBuf>,

    /// The folder to write preprocessor.json, model.json, report.json, report.html and run.json to
    #[arg(long, short, default_value = "artifacts", value_name = "DIR")]
    pub(super) output: PathBuf,

    /// Columns to leave out
    #[arg(long, value_name = "COLUMN,…", value_delimiter = ',')]
    drop: Vec<String>,

    /// Columns whose cells must be numbers
    #[arg(long, value_name = "COLUMN,…", value_delimiter = ',')]
    numeric: Vec<String>,

    /// Columns whose cells are categories even where they look like numbers
    #[arg(long, value_name = "COLUMN,…", value_delimiter = ',')]
    categorical: Vec<String>,

    #[command(flatten)]
    pub(super) read: ReadArgs,

    /// What scorecast.toml may say, too; the command line wins.
    #[command(flatten)]
    pub(super) options: Config,

    /// What to print to standard output
    #[arg(long, default_value = "text", value_name = "FORMAT")]
    pub(super) format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, clap::ValueEnum)]
pub(crate) enum Format {
    /// A summary for people
    Text,
    /// The content of report.json
    Json,
}

impl Args {
    /// How the file is to be read, where `config` is what the command line and the configuration say together.
    pub(super) fn ingest_options(&self, config: &Config) -> Result<IngestOptions, Failure> {
        let Some(target) = config.target_name().map(str::to_owned) else {
            return Err(Failure::usage(
                "no target is given; name the column to predict with --target, or in scorecast.toml (`scorecast init` writes one)"
                    .into(),
            ));
        };
        // What the command line says about a column replaces what the file says about it.
        let is_said =
            |name: &String| self.drop.contains(name) || self.numeric.contains(name) || self.categorical.contains(name);
        let with = |said: &[String], configured: Vec<String>| {
            let others = configured.into_iter().filter(|name| !is_said(name) && *name != target);
            said.iter().cloned().chain(others).collect::<Vec<_>>()
        };
        let of_kind = |kind: KindConfig| config.columns_that(|column| column.kind == Some(kind));
        let name = |name: &Option<toml::Spanned<String>>| name.as_ref().map(|name| name.get_ref().clone());
        Ok(IngestOptions {
            drop: with(&self.drop, config.columns_that(|column| column.drop)),
            numeric: with(&self.numeric, of_kind(KindConfig::Numeric)),
            categorical: with(&self.categorical, of_kind(KindConfig::Categorical)),
            date: with(&[], of_kind(KindConfig::Date)),
            weights: name(&config.weights),
            group: name(&config.group),
            time: name(&config.time),
            missing: config.missing(),
            decimal: config.decimals(),
            date_orders: config.date_orders(),
            directions: config.directions(),
            min_category_rows: MIN_CATEGORY_ROWS,
            target,
        })
    }
}
