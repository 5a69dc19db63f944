//! `scorecast sql`

use std::path::{Path, PathBuf};

use trainer::{Queries, QueryOptions, Roundings, SqlDialect, queries};

use super::console::{print, say};
use super::failure::Failure;
use super::output::write_whole;

/// What `scorecast sql` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The engine that will be asked
    #[arg(long, value_name = "DIALECT", value_parser = parse_dialect)]
    dialect: SqlDialect,

    /// The table or view with the records, as SCHEMA.TABLE where it has a schema
    #[arg(long, value_name = "TABLE")]
    table: String,

    /// The column that names what rows are of (a pupil, or a school): rows with equal ids are never on both sides
    #[arg(long, value_name = "COLUMN")]
    id: String,

    /// The column to predict
    #[arg(long, value_name = "COLUMN")]
    target: String,

    /// The columns to predict from
    #[arg(long, value_name = "COLUMN,…", value_delimiter = ',', required = true)]
    columns: Vec<String>,

    /// About how many rows the table has; the share that is drawn follows from it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    rows: u64,

    /// About how many rows to draw
    #[arg(long, value_name = "N", default_value_t = 40_000, value_parser = clap::value_parser!(u64).range(1..))]
    sample: u64,

    /// Decimals of the target that are counted
    #[arg(long, value_name = "0…9", default_value_t = 2, value_parser = clap::value_parser!(u32).range(0..=9))]
    decimals: u32,

    /// Folds of the cross-validation
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u16).range(2..=126))]
    cv: u16,

    /// The share of rows held back, above 0 and below 1
    #[arg(long, value_name = "SHARE", default_value_t = 0.2, value_parser = parse_share)]
    test_size: f64,

    /// Which rows are held back and drawn: the same seed gives the same everywhere
    #[arg(long, value_name = "SEED", default_value_t = 42)]
    seed: u32,

    /// The folder to write cells.sql and sample.sql to [default: both to standard output]
    #[arg(long, short, value_name = "DIR")]
    output: Option<PathBuf>,
}

fn parse_dialect(text: &str) -> Result<SqlDialect, String> {
    let known = SqlDialect::COUNTING.iter().find(|(name, _)| *name == text).map(|(_, dialect)| *dialect);
    known.ok_or_else(|| format!("write one of {}", SqlDialect::COUNTING.map(|(name, _)| name).join(", ")))
}

fn parse_share(text: &str) -> Result<f64, String> {
    let share = text.parse().ok().filter(|share: &f64| *share > 0.0 && *share < 1.0);
    share.ok_or_else(|| "write a share above 0 and below 1, such as 0.2".into())
}

/// Prints the queries.
pub(crate) fn run(args: &Args) -> Result<(), Failure> {
    let Queries { sample, cells, .. } = queries(&QueryOptions {
        dialect: args.dialect,
        table: args.table.clone(),
        id: args.id.clone(),
        target: args.target.clone(),
        columns: args.columns.clone(),
        roundings: Roundings::new(),
        seed: args.seed,
        test_size: args.test_size,
        n_folds: usize::from(args.cv),
        decimals: args.decimals,
        share: args.sample as f64 / args.rows as f64,
    });
    let Some(folder) = &args.output else {
        return print(&format!("-- cells.csv\n{cells};\n\n-- sample.csv\n{sample};\n"));
    };
    std::fs::create_dir_all(folder).map_err(|problem| Failure::writing(folder, &problem))?;
    let write = |name: &str, sql: &str| -> Result<(), Failure> {
        let path: &Path = &folder.join(name);
        write_whole(path, None, |output| output.write_all(sql.as_bytes()))
            .map_err(|problem| Failure::writing(path, &problem))
    };
    write("cells.sql", &cells)?;
    write("sample.sql", &sample)?;
    say(format_args!(
        "keep what cells.sql gives as cells.csv and what sample.sql gives as sample.csv, both with a header; then scorecast train \
         --cells cells.csv --sample sample.csv --target {}",
        args.target
    ));
    Ok(())
}
