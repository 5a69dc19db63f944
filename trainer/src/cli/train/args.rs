//! The arguments of `scorecast train`.

use std::path::{Path, PathBuf};

use trainer::{CellColumn, Config, IngestOptions};

use crate::cli::failure::Failure;
use crate::cli::input::ReadArgs;

/// What `scorecast train` takes.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Args {
    /// The records to learn from, or - for standard input
    #[cfg_attr(not(feature = "engines"), arg(value_name = "FILE.csv", required_unless_present = "sample"))]
    #[cfg_attr(feature = "engines", arg(value_name = "FILE.csv", required_unless_present_any = ["sample", "engine"]))]
    file: Option<PathBuf>,

    /// Rows that an engine drew, with the part of each, instead of FILE.csv: `scorecast sql` prints the query
    #[arg(long, value_name = "ROWS.csv", conflicts_with = "file", help_heading = "Records in an engine")]
    sample: Option<PathBuf>,

    /// Cells to learn from, which an engine counted over all rows; then the rows of --sample are only looked at
    #[arg(long, value_name = "CELLS.csv", requires = "sample", help_heading = "Records in an engine")]
    pub(super) cells: Option<PathBuf>,

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

    /// Records in an engine that is asked by this program.
    #[cfg(feature = "engines")]
    #[command(flatten)]
    pub(super) engine: super::from_engine::EngineArgs,

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
    /// The file with the rows.
    pub(super) fn rows(&self) -> &Path {
        #[cfg(feature = "engines")]
        if let Some(table) = self.engine.table() {
            return Path::new(table);
        }
        self.file.as_deref().or(self.sample.as_deref()).unwrap_or(Path::new("-"))
    }

    /// Whether the rows come with their assignment to holdout and folds.
    pub(super) fn has_parts(&self) -> bool {
        self.sample.is_some()
    }

    /// The options for reading the file; `config` merges the command line and the configuration.
    pub(super) fn ingest_options(&self, config: &Config) -> Result<IngestOptions, Failure> {
        let Some(mut options) = config.ingest_options() else {
            return Err(Failure::usage(
                "no target is given; name the column to predict with --target, or in scorecast.toml (`scorecast init` writes one)"
                    .into(),
            ));
        };
        // The command line's settings of a column replace the configuration's.
        let is_said =
            |name: &String| self.drop.contains(name) || self.numeric.contains(name) || self.categorical.contains(name);
        for (said, configured) in [
            (&self.drop, &mut options.drop),
            (&self.numeric, &mut options.numeric),
            (&self.categorical, &mut options.categorical),
        ] {
            configured.retain(|name| !is_said(name));
            configured.splice(0..0, said.iter().cloned());
        }
        if self.has_parts() {
            if options.group.is_some() || options.time.is_some() {
                return Err(Failure::usage(
                    "rows of --sample come with their parts, which --group and --time would be for: give the column of groups to \
                     `scorecast sql` as --id instead"
                        .into(),
                ));
            }
            options.part = Some(CellColumn::Part.name().into());
        }
        Ok(options)
    }
}
