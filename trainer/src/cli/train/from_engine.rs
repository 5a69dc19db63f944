//! Records that stay in an engine: what is taken from it depends on how many there are.
//!
//! A table of few rows is taken as it is. Of a larger one all rows are counted in cells, beside a sample; where the cells are too
//! many to be of use, the largest sample that fits is learned from instead.

use std::path::{Path, PathBuf};

use trainer::{CellColumn, Config, Decimal, IngestOptions, Ingested, OpenedFile, ingest_cells};

use super::args::Args;
use crate::cli::config;
use crate::cli::config::time_limit;
use crate::cli::console::{notify, say};
use crate::cli::engine::{Address, Connected, Source};
use crate::cli::failure::Failure;
use crate::cli::interrupt::Stop;

/// Decimals of a target that are counted at the most.
const MAX_DECIMALS: u32 = 6;
/// Beyond this, units of a target are no whole number of 64 bits.
const MOST_UNITS: f64 = 9e18;

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
    sample_rows: u64,

    /// Cells to learn from, at the most
    #[arg(long, value_name = "N", default_value_t = 2_000_000, requires = "engine")]
    max_cells: u64,

    /// Rows to draw and learn from where there are more cells
    #[arg(long, value_name = "N", default_value_t = 5_000_000, requires = "engine", value_parser = clap::value_parser!(u64).range(1..))]
    max_rows: u64,
}

impl EngineArgs {
    /// The table that is asked for, if one is.
    pub(super) fn table(&self) -> Option<&str> {
        self.engine.as_ref().and(self.table.as_deref())
    }
}

/// The whole configuration, the records, and what may stop the run, which listens from before the first query on.
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
    let (ingested, told) = take(engine, name, &mut connected, &inputs, &without_dropped(options))?;
    if !quiet {
        say(format_args!("{told}"));
    }
    log::info!("{told}");
    notify(&ingested.table.notices, true);
    Ok((config, ingested, stop))
}

/// What is said about columns, with what the engine knows of them.
fn options(args: &Args, config: &Config, connected: &Connected, source: &Source) -> Result<IngestOptions, Failure> {
    let mut options = args.ingest_options(config)?;
    if options.group.is_some() || options.time.is_some() {
        return Err(Failure::usage(
            "rows of an engine are parted by --id: name the column of groups there instead of --group; --time needs a file".into(),
        ));
    }
    options.part = Some(CellColumn::Part.name().into());
    // Engines write numbers with a point.
    let is_input = |name: &String| *name != source.id && !options.drop.contains(name);
    let numbers = connected.columns.iter().filter(|(name, is_number)| *is_number && is_input(name));
    options.decimal = numbers.map(|(name, _)| (name.clone(), Decimal::Point)).collect();
    Ok(options)
}

/// Columns that are left out are not asked for, so that nothing is to be said about them.
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

/// Rows, or cells with some rows beside them, and a sentence that says which.
fn take(
    engine: &EngineArgs,
    name: &Path,
    connected: &mut Connected,
    columns: &[String],
    options: &IngestOptions,
) -> Result<(Ingested, String), Failure> {
    let n_rows = connected.n_rows;
    let ingest = |csv: String| -> Result<Ingested, Failure> {
        Ok(OpenedFile::open(name, csv.as_bytes(), Some(&options.target), &trainer::ReadOptions::default())?
            .ingest(options)?)
    };
    let sample = ingest(connected.sample(columns, engine.sample_rows)?)?;
    if n_rows <= engine.sample_rows {
        return Ok((sample, format!("learning from all {n_rows} rows of {}", name.display())));
    }
    let inputs: Vec<String> = sample.table.columns.iter().map(|column| column.name.clone()).collect();
    let can_be_counted = sample.table.dates.is_empty() && sample.table.weights.is_none();
    if can_be_counted
        && let Some(decimals) = decimals(&sample)
        && let Some(cells) = connected.cells(&inputs, decimals, engine.max_cells)?
    {
        let counted = ingest_cells(name, cells.as_bytes(), sample)?;
        let n_counted = counted.table.n_records() as u64;
        if n_counted != n_rows {
            return Err(Failure::engine(format!(
                "{} changed while it was counted: it had {n_rows} rows with a target, and its cells have {n_counted}; run it again",
                name.display()
            )));
        }
        let told = format!("learning from all {n_rows} rows of {} as {} cells", name.display(), counted.table.n_rows());
        return Ok((counted, told));
    }
    let rows = ingest(connected.sample(columns, engine.max_rows)?)?;
    let n_drawn = rows.table.n_rows();
    let why = if can_be_counted { "too many combinations to be counted" } else { "columns that can't be counted" };
    let told =
        format!("learning from {n_drawn} of {n_rows} rows of {}, drawn by their id: there are {why}", name.display());
    Ok((rows, told))
}

/// How many decimals the targets of the sample have; `None` where they have too many to be counted exactly.
fn decimals(sample: &Ingested) -> Option<u32> {
    let targets = &sample.table.target;
    let most = targets.iter().fold(0.0, |most: f64, target| most.max(target.abs()));
    let is_whole = |target: &f64, unit: f64| {
        let units = target * unit;
        (units - units.round()).abs() <= 1e-9 * units.abs().max(1.0)
    };
    (0..=MAX_DECIMALS).find(|decimals| {
        let unit = 10_u32.pow(*decimals).into();
        most * unit < MOST_UNITS && targets.iter().all(|target| is_whole(target, unit))
    })
}
