//! Files of records on the command line: how to open them, and options for reading them.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use trainer::ReadOptions;

use super::failure::Failure;

/// What is said about a file; by default everything is found.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct ReadArgs {
    /// The line of the column names, from 1 [default: found]
    #[arg(long, value_name = "LINE", value_parser = clap::value_parser!(u64).range(1..), help_heading = "The file")]
    header_row: Option<u64>,

    /// Pass over so many lines at the top
    #[arg(long, value_name = "LINES", default_value_t = 0, help_heading = "The file")]
    skip_rows: u64,

    /// Pass over lines that start so
    #[arg(long, value_name = "TEXT", help_heading = "The file")]
    comment: Option<String>,

    /// The sheet of a workbook [default: the one whose columns fit]
    #[arg(long, value_name = "NAME", help_heading = "The file")]
    sheet: Option<String>,
}

impl ReadArgs {
    pub(crate) fn options(&self) -> ReadOptions {
        let Self { header_row, skip_rows, comment, sheet } = self.clone();
        ReadOptions { wanted: Vec::new(), header_row, skip_rows, comment, sheet, needed: None }
    }
}

/// The file at `path`, or standard input for `-`.
pub(crate) fn open(path: &Path) -> Result<Box<dyn Read + Send>, Failure> {
    if path == Path::new("-") {
        return Ok(Box::new(io::stdin()));
    }
    let file = File::open(path).and_then(|file| {
        if file.metadata()?.is_dir() {
            return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder"));
        }
        Ok(file)
    });
    Ok(Box::new(file.map_err(|problem| Failure::reading(path, &problem))?))
}

/// All bytes of the file at `path`, or of standard input for `-`.
pub(crate) fn read_all(path: &Path) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    open(path)?.read_to_end(&mut bytes).map_err(|problem| Failure::reading(path, &problem))?;
    Ok(bytes)
}
