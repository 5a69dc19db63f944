//! Records that stay in an engine: the command-line options, and how the table is queried.

use std::path::{Path, PathBuf};

use model_core::EngineSource;
use trainer::{CellColumn, Config, Decimal, IngestOptions, Ingested};

use super::args::Args;
use super::reducer::{AskedTable, Taken};
use crate::cli::config;
use crate::cli::config::time_limit;
use crate::cli::console::{notify, say};
use crate::cli::engine::{Address, Connected, Source};
use crate::cli::failure::Failure;
use crate::cli::interrupt::Stop;

/// What `scorecast train` takes for records in an engine.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Records in an engine")]
pub(crate) struct EngineArgs {
    /// The engine to ask instead of reading FILE.csv: duckdb:FILE, spark (with SPARK_REMOTE set), sc://HOST:PORT, postgresql://…
    #[arg(long, value_name = "ADDRESS", value_parser = Address::parse, conflicts_with_all = ["file", "sample"],
          requires_all = ["table", "id"])]
    engine: Option<Address>,

    /// The table or view with the records, as SCHEMA.TABLE where it has a schema
    #[arg(long, value_name = "TABLE", requires = "engine")]
    table: Option<String>,

    /// The column that names what rows are of (a pupil, or a school): rows with equal ids are never on both sides
    #[arg(long, value_name = "COLUMN", requires = "engine")]
    id: Option<String>,

    /// The file of the ADBC driver [default: found by its name]
    #[arg(long, value_name = "FILE", requires = "engine")]
    driver: Option<PathBuf>,

    /// About how many rows to draw; a table of fewer is taken as it is
    #[arg(long, value_name = "N", default_value_t = 40_000, requires = "engine", value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) sample_rows: u64,

    /// Cells to learn from, at the most
    #[arg(long, value_name = "N", default_value_t = 2_000_000, requires = "engine")]
    pub(super) max_cells: u64,

    /// Rows to draw and learn from, at the most, where there are more cells
    #[arg(long, value_name = "N", default_value_t = 5_000_000, requires = "engine", value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) max_rows: u64,
}

impl EngineArgs {
    /// The table to query, if there is one.
    pub(super) fn table(&self) -> Option<&str> {
        self.engine.as_ref().and(self.table.as_deref())
    }
}

/// The complete configuration, the records, and the stop signal, which is active from before the first query.
pub(super) fn read(args: &Args, quiet: bool) -> Result<(Config, Ingested, Stop), Failure> {
    let engine = &args.engine;
    let (Some(address), Some(table), Some(id)) = (&engine.engine, &engine.table, &engine.id) else {
        return Err(Failure::usage("--engine needs --table and --id".into()));
    };
    let name = Path::new(table);
    let mut configured = config::find(args.config.as_deref(), name)?;
    let mut config = args.options.clone().or(configured.config.clone());
    let stop = Stop::new(time_limit(&config)?);
    let search = &config.search;
    let source = Source {
        address: address.clone(),
        driver: engine.driver.clone(),
        table: table.clone(),
        id: id.clone(),
        target: args.ingest_options(&config)?.target,
        seed: search.seed(),
        test_size: search.test_size(),
        n_folds: search.n_folds(),
    };
    let is_share = source.test_size > 0.0 && source.test_size < 1.0;
    if !is_share || !(2..=126).contains(&source.n_folds) {
        return Err(Failure::usage("--cv must be 2 to 126 here, and --test-size a share between 0 and 1".into()));
    }
    let mut connected = source.clone().connect(&stop)?;
    let header: Vec<String> = connected.columns.iter().map(|(name, _)| name.clone()).collect();
    configured.check(&header)?;
    config.take_names(&header);
    configured.announce(quiet);
    let options = options(args, &config, &connected, &source)?;
    let inputs: Vec<String> = header
        .into_iter()
        .filter(|name| ![&source.id, &source.target].contains(&name) && !options.drop.contains(name))
        .collect();
    let table = AskedTable { bounds: engine, name, columns: &inputs, options: &without_dropped(options) };
    let Taken { ingested, reducer, told } = table.take(&mut connected)?;
    if !quiet {
        say(format_args!("{told}"));
    }
    log::info!("{told}");
    notify(&ingested.table.notices, true);
    let rows = usize::try_from(connected.n_rows).unwrap_or(usize::MAX);
    config.engine = Some(EngineSource { engine: source.address.engine().into(), rows, reducer });
    Ok((config, ingested, stop))
}

/// The options for columns, completed by what the engine knows about them.
fn options(args: &Args, config: &Config, connected: &Connected, source: &Source) -> Result<IngestOptions, Failure> {
    let mut options = args.ingest_options(config)?;
    if options.group.is_some() || options.time.is_some() {
        return Err(Failure::usage(
            "rows of an engine are parted by --id: name the column of groups there instead of --group; --time needs a file".into(),
        ));
    }
    options.part = Some(CellColumn::Part.name().into());
    // Engines write numbers with a decimal point.
    let is_input = |name: &String| *name != source.id && !options.drop.contains(name);
    let numbers = connected.columns.iter().filter(|(name, is_number)| *is_number && is_input(name));
    options.decimal = numbers.map(|(name, _)| (name.clone(), Decimal::Point)).collect();
    Ok(options)
}

/// Dropped columns are not queried, so the options that concern them are removed.
fn without_dropped(options: IngestOptions) -> IngestOptions {
    let dropped = options.drop.clone();
    let kept = |names: Vec<String>| names.into_iter().filter(|name| !dropped.contains(name)).collect::<Vec<String>>();
    IngestOptions {
        drop: Vec::new(),
        numeric: kept(options.numeric),
        categorical: kept(options.categorical),
        date: kept(options.date),
        missing: options.missing.into_iter().filter(|(name, _)| !dropped.contains(name)).collect(),
        date_orders: options.date_orders.into_iter().filter(|(name, _)| !dropped.contains(name)).collect(),
        ..options
    }
}
