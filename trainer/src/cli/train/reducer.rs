//! Chooses what to read from an engine's table, depending on its number of rows and of distinct rows.
//!
//! A small table is read row by row. A larger one is aggregated into cells, and a sample of rows is read as well. If
//! there are too many cells, all rows are read if they fit; otherwise numbers are rounded until the cells fit; otherwise
//! the model is trained on the largest sample that fits.

use std::path::Path;

use model_core::Reducer;
use trainer::{
    IngestError, IngestOptions, Ingested, OpenedFile, ReadOptions, Rounding, Roundings, cells_at_least, ingest_cells,
    roundings,
};

use super::from_engine::EngineArgs;
use crate::cli::engine::{Connected, Incoming};
use crate::cli::failure::Failure;

/// The maximal number of decimals of a target that can be aggregated exactly.
const MAX_DECIMALS: u32 = 6;
/// Larger multiples of the unit do not fit into 64 bits.
const MOST_UNITS: f64 = 9e18;
/// The number of values that a column is rounded to: the second only if the first gives too many cells.
const N_VALUES: [usize; 2] = [64, 16];

/// A table, and the limits on what is read from it.
pub(super) struct AskedTable<'a> {
    pub(super) bounds: &'a EngineArgs,
    pub(super) name: &'a Path,
    /// The columns to read.
    pub(super) columns: &'a [String],
    pub(super) options: &'a IngestOptions,
}

/// The training data.
pub(super) struct Taken {
    pub(super) ingested: Ingested,
    pub(super) reducer: Reducer,
    /// One line that says what was read, and why.
    pub(super) told: String,
}

impl AskedTable<'_> {
    /// Reads rows, or cells and a sample of rows.
    pub(super) fn take(&self, connected: &mut Connected) -> Result<Taken, Failure> {
        let (n_rows, name) = (connected.n_rows, self.name.display());
        let sample = self.rows(connected, self.bounds.sample_rows)?;
        if n_rows <= self.bounds.sample_rows {
            let told = format!("learning from all {n_rows} rows of {name}");
            return Ok(Taken { ingested: sample, reducer: Reducer::AllRows, told });
        }
        let mut why = "columns that can't be counted";
        if let Some(decimals) = countable_decimals(&sample) {
            why = "too many combinations to be counted";
            let mut sample = sample;
            let do_fit = n_rows <= self.bounds.max_rows;
            let rounded = N_VALUES.iter().filter(|_| !do_fit).map(|n_values| roundings(&sample.table, *n_values));
            let ways: Vec<Roundings> =
                [Roundings::new()].into_iter().chain(rounded.filter(|way| !way.is_empty())).collect();
            for roundings in ways {
                match self.cells(connected, sample, decimals, &roundings)? {
                    Ok(taken) => return Ok(taken),
                    Err(unused) => sample = unused,
                }
            }
        }
        let ingested = self.rows(connected, self.bounds.max_rows)?;
        let n_drawn = ingested.table.n_rows();
        let (reducer, told) = if n_rows <= self.bounds.max_rows {
            (Reducer::AllRows, format!("learning from all {n_rows} rows of {name}, one by one: there are {why}"))
        } else {
            let told =
                format!("learning from {n_drawn} of {n_rows} rows of {name}, drawn by their id: there are {why}");
            (Reducer::DrawnRows, told)
        };
        Ok(Taken { ingested, reducer, told })
    }

    /// Reads about `n` rows.
    fn rows(&self, connected: &mut Connected, n: u64) -> Result<Ingested, Failure> {
        let (name, options) = (self.name, self.options);
        let ingest = |csv: Incoming| {
            OpenedFile::open(name, csv, Some(&options.target), &ReadOptions::default())?.ingest(options)
        };
        Ok(connected.sample(self.columns, n, ingest)??)
    }

    /// Reads all rows as cells; returns the sample if there are too many.
    fn cells(
        &self,
        connected: &mut Connected,
        sample: Ingested,
        decimals: u32,
        roundings: &Roundings,
    ) -> Result<Result<Taken, Ingested>, Failure> {
        let (name, most) = (self.name, self.bounds.max_cells);
        if cells_at_least(&sample.table, roundings) > most as f64 {
            log::info!("the sample tells that there are more than {most} cells");
            return Ok(Err(sample));
        }
        let inputs: Vec<String> = sample.table.columns.iter().map(|column| column.name.clone()).collect();
        // `ingest` consumes the sample, even if there turn out to be too many cells.
        let kept = sample.clone();
        let ingest =
            |cells: Incoming| -> Result<Ingested, IngestError> { ingest_cells(name, cells, sample, roundings) };
        let Some(counted) = connected.cells(&inputs, roundings, decimals, most, ingest)? else { return Ok(Err(kept)) };
        let ingested = counted?;
        let (n_rows, n_counted) = (connected.n_rows, ingested.table.n_records() as u64);
        let name = name.display();
        if n_counted != n_rows {
            return Err(Failure::engine(format!(
                "{name} changed while it was counted: it had {n_rows} rows with a target, and its cells have {n_counted}; run it again"
            )));
        }
        let mut told = format!("learning from all {n_rows} rows of {name} as {} cells", ingested.table.n_rows());
        let mut reducer = Reducer::Cells;
        if let Some(n_values) = roundings.values().map(Rounding::n_values).max() {
            let columns: Vec<&str> = roundings.keys().map(String::as_str).collect();
            told += &format!(
                ", with {} rounded to at most {n_values} of their values: there would be more than {most} otherwise",
                columns.join(", ")
            );
            reducer = Reducer::RoundedCells;
        }
        Ok(Ok(Taken { ingested, reducer, told }))
    }
}

/// The number of decimals of the sample's targets; `None` if there are too many for exact aggregation, or if the columns
/// can't be aggregated.
fn countable_decimals(sample: &Ingested) -> Option<u32> {
    let targets = &sample.table.target;
    if !sample.table.dates.is_empty() || sample.table.weights.is_some() {
        return None;
    }
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
