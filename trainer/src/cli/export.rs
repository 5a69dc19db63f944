//! `scorecast export`

use std::path::PathBuf;

use trainer::{SqlDialect, SqlOptions, to_sql};

use super::failure::Failure;
use super::output::write_whole;
use super::predict::{check_level, load, parse_level};

/// What `scorecast export` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The engine whose SQL is written
    #[arg(long, value_name = "DIALECT", value_parser = parse_dialect)]
    sql: SqlDialect,

    /// The table with the records, as SCHEMA.TABLE where it has a schema
    #[arg(long, value_name = "TABLE")]
    table: String,

    /// Columns of the table to write beside the predictions [default: those that the model reads]
    #[arg(long, value_name = "COLUMN,…", value_delimiter = ',')]
    id: Vec<String>,

    /// The folder with preprocessor.json and model.json
    #[arg(long, default_value = "artifacts", value_name = "DIR")]
    artifacts: PathBuf,

    /// Add the ends of a prediction interval: the true value lies within in so many of 100 cases
    #[arg(long, value_name = "50…99", value_parser = parse_level)]
    level: Option<f64>,

    /// The file to write, or - for standard output
    #[arg(long, short, default_value = "-", value_name = "OUT.sql")]
    output: PathBuf,
}

fn parse_dialect(text: &str) -> Result<SqlDialect, String> {
    let known = SqlDialect::SCORING.iter().find(|(name, _)| *name == text).map(|(_, dialect)| *dialect);
    known.ok_or_else(|| format!("write one of {}", SqlDialect::SCORING.map(|(name, _)| name).join(", ")))
}

/// Writes a saved model as a statement.
pub(crate) fn run(args: &Args) -> Result<(), Failure> {
    let predictor = load(&args.artifacts)?;
    check_level(args.level, &predictor, &args.artifacts)?;
    let options = SqlOptions { dialect: args.sql, table: args.table.clone(), keep: args.id.clone(), level: args.level };
    let sql = to_sql(&predictor, &options)?;
    write_whole(&args.output, None, |output| output.write_all(sql.as_bytes()))
        .map_err(|problem| Failure::writing(&args.output, &problem))
}
