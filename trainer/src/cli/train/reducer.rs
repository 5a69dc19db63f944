//! What is taken of an engine's table, which depends on how many rows and how many different ones it has.
//!
//! A table of few rows is taken as it is. Of a larger one all rows are counted in cells, beside a sample. Where the cells are too
//! many, all rows are taken if they fit; else numbers are rounded until the cells fit; else the largest sample that fits is
//! learned from.

use std::path::Path;

use model_core::Reducer;
use trainer::{
    IngestError, IngestOptions, Ingested, OpenedFile, ReadOptions, Rounding, Roundings, cells_at_least, ingest_cells,
    roundings,
};

use super::from_engine::EngineArgs;
use crate::cli::engine::{Connected, Incoming};
use crate::cli::failure::Failure;

/// Decimals of a target that are counted at the most.
const MAX_DECIMALS: u32 = 6;
/// Beyond this, units of a target are no whole number of 64 bits.
const MOST_UNITS: f64 = 9e18;
/// How many values a column's numbers are rounded to: the first, unless there are too many cells with them.
const N_VALUES: [usize; 2] = [64, 16];

/// A table, and how much of it may be taken.
pub(super) struct AskedTable<'a> {
    pub(super) bounds: &'a EngineArgs,
    pub(super) name: &'a Path,
    /// Those that are asked for.
    pub(super) columns: &'a [String],
    pub(super) options: &'a IngestOptions,
}

/// What is learned from.
pub(super) struct Taken {
    pub(super) ingested: Ingested,
    pub(super) reducer: Reducer,
    /// Says what it is, and why, in a line.
    pub(super) told: String,
}

impl AskedTable<'_> {
    /// Asks for rows, or for cells with some rows beside them.
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

    /// About so many rows.
    fn rows(&self, connected: &mut Connected, n: u64) -> Result<Ingested, Failure> {
        let (name, options) = (self.name, self.options);
        let ingest = |csv: Incoming| {
            OpenedFile::open(name, csv, Some(&options.target), &ReadOptions::default())?.ingest(options)
        };
        Ok(connected.sample(self.columns, n, ingest)??)
    }

    /// All rows as cells; the sample, if these are too many.
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
        // Whoever reads too many cells gives the sample up.
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

/// How many decimals the targets of the sample have; `None` where they have too many to be counted exactly, or its columns
/// can't be counted.
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
