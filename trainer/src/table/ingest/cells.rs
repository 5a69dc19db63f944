//! A file of cells: combinations of features with the number of rows that have them, as from a `GROUP BY`.
//!
//! Columns are read in the same way as those of the sample, so that both have the same columns. Cells may be in any
//! order and have any spelling of blanks and categories: equal cells are added up in whole numbers, so that the order
//! has no effect.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use reader::{ANOTHER, Cell, ColumnBuilder, Decision, ReadOptions, TableReader, read_cells};

use super::cell_columns::CellColumn;
use super::cell_sums::{CellSum, CellSums, WholeNumbers};
use super::cells_error::CellsError;
use super::digest::digest;
use super::{IngestError, Ingested};
use crate::table::cells::Cells;
use crate::table::keys::{Parting, RowKeys};
use crate::table::order::{compare, parts_of, taken_columns};
use crate::table::rounding::{Roundings, rounded_columns};
use crate::table::{BLANK, ColumnData, Table, TableColumn};

/// The maximal number of decimals of a target that are counted.
const MAX_DECIMALS: i128 = 9;
/// The tolerance for the binary error of a number with that many decimals, in units of its last decimal.
const MOST_OFF: f64 = 1e-4;

/// Reads the cells in `input`, of whose rows `sample` was drawn, into a table of cells with this sample. `path` is for
/// messages only; `roundings` were applied to the cells' numbers before they were counted, but not to the sample's.
///
/// # Errors
/// See [`IngestError`].
pub fn ingest_cells(
    path: &Path,
    input: impl Read + Send,
    sample: Ingested,
    roundings: &Roundings,
) -> Result<Ingested, IngestError> {
    let file = path.display().to_string();
    let Ingested { table: sample, formats, report, .. } = sample;
    check_sample(&file, &sample)?;
    let wanted = CellColumn::ALL.iter().map(|column| column.name().to_owned());
    let wanted = wanted.chain(sample.columns.iter().map(|column| column.name.clone())).collect();
    let reader = TableReader::open(&file, input, &ReadOptions { wanted, ..ReadOptions::default() })?;
    let read = read_cells(reader)?;
    let mut builders: Vec<Option<ColumnBuilder>> = read.columns.into_iter().map(Some).collect();
    let mut take = |name: &str| -> Result<ColumnBuilder, CellsError> {
        let field = read.names.iter().position(|own| own == name);
        let builder = field.and_then(|field| builders.get_mut(field)).and_then(Option::take);
        builder.ok_or_else(|| CellsError::NoColumn {
            file: file.clone(),
            column: name.to_owned(),
            known: read.names.clone(),
        })
    };
    let mut columns = Vec::new();
    for (column, format) in sample.columns.iter().zip(&formats) {
        let builder = take(&column.name)?;
        if let Decision::Numeric(format) = format
            && let Some((line, cell)) = builder.first_that(|text| format.read(text) == Cell::Odd)
        {
            return Err(CellsError::NotANumber { file, line, column: column.name.clone(), cell: cell.into() }.into());
        }
        columns.push(TableColumn { name: column.name.clone(), data: aligned(&column.data, format.apply(builder)) });
    }
    let sums = CellSums::read(&file, &mut take)?;
    let decimals = WholeNumbers::read(&file, CellColumn::Decimals, &take(CellColumn::Decimals.name())?)?;
    let decimals = one_of(&file, &decimals.distinct)?;
    let merged = Merged::new(&file, &columns, &sums, decimals)?;
    // They are large for millions of cells.
    drop(sums);
    let table = merged.table(&file, columns, sample, roundings)?;
    Ok(Ingested { sha256: digest(&table), table, formats, report })
}

/// Checks that the sample has what cells need (parts), and nothing that they don't support (dates, weights).
fn check_sample(file: &str, sample: &Table) -> Result<(), CellsError> {
    let file = file.to_owned();
    if parts_of(&sample.keys).is_none() {
        return Err(CellsError::NoParts { file });
    }
    if let Some(column) = sample.dates.keys().next() {
        return Err(CellsError::Dates { file, column: column.clone() });
    }
    if sample.weights.is_some() {
        return Err(CellsError::Weights { file });
    }
    Ok(())
}

/// A column of cells with the categories of the sample; categories that the sample doesn't have are too rare to be
/// named.
fn aligned(sample: &ColumnData, cells: ColumnData) -> ColumnData {
    let (ColumnData::Categorical { values: known, .. }, ColumnData::Categorical { values, codes }) = (sample, &cells)
    else {
        return cells;
    };
    let position =
        |value: &str| known.iter().position(|own| own == value).and_then(|position| u32::try_from(position).ok());
    let another = position(ANOTHER).unwrap_or(BLANK);
    let code_of: Vec<u32> = values.iter().map(|value| position(value).unwrap_or(another)).collect();
    let codes = codes.iter().map(|code| code_of.get(*code as usize).copied().unwrap_or(BLANK)).collect();
    ColumnData::Categorical { values: known.clone(), codes }
}

fn one_of(file: &str, decimals: &[i128]) -> Result<i32, CellsError> {
    let first = decimals.first().copied().unwrap_or_default();
    let is_one = (0..=MAX_DECIMALS).contains(&first) && decimals.iter().all(|own| *own == first);
    let one = i32::try_from(first).ok().filter(|_| is_one);
    one.ok_or_else(|| CellsError::Decimals { file: file.to_owned() })
}

/// Distinct cells, sorted by features and then by part, in the target's unit.
struct Merged {
    /// A row of the file for each cell.
    rows: Vec<u32>,
    parts: Vec<i8>,
    n: Vec<u32>,
    means: Vec<f64>,
    within: Vec<f64>,
    low: Vec<f64>,
    high: Vec<f64>,
    /// The number of units in 1; a unit is the target's last decimal.
    unit: f64,
}

impl Merged {
    fn new(file: &str, columns: &[TableColumn], sums: &CellSums, decimals: i32) -> Result<Self, CellsError> {
        let mut order: Vec<u32> = (0..sums.n_cells()).collect();
        let by_cell = |left: &u32, right: &u32| {
            let by_features = compare(columns, *left as usize, columns, *right as usize);
            by_features.then_with(|| sums.part(*left).cmp(&sums.part(*right)))
        };
        order.sort_by(by_cell);
        let same = || order.chunk_by(|left, right| by_cell(left, right).is_eq());
        let n_cells = same().count();
        let mut merged = Self::with_capacity(n_cells, libm::pow(10.0, f64::from(decimals)));
        let mut n_records = 0;
        for rows in same() {
            let Some((first, others)) = rows.split_first() else { continue };
            let all = others.iter().try_fold(sums.of(*first), |all, row| all.with(sums.of(*row)));
            let squares = all.and_then(|all| Some((all, all.squares_within()?)));
            let (all, squares) = squares.ok_or_else(|| CellsError::TooLarge { file: file.to_owned() })?;
            n_records += all.n;
            merged.push(*first, sums.part(*first), all, squares);
        }
        if n_records > i128::from(u32::MAX) {
            return Err(CellsError::TooManyRows { file: file.to_owned(), n: n_records });
        }
        Ok(merged)
    }

    fn with_capacity(n_cells: usize, unit: f64) -> Self {
        let numbers = || Vec::with_capacity(n_cells);
        Self {
            rows: Vec::with_capacity(n_cells),
            parts: Vec::with_capacity(n_cells),
            n: Vec::with_capacity(n_cells),
            means: numbers(),
            within: numbers(),
            low: numbers(),
            high: numbers(),
            unit,
        }
    }

    fn push(&mut self, row: u32, part: i8, all: CellSum, squares: f64) {
        let unit = self.unit;
        self.rows.push(row);
        self.parts.push(part);
        // A count that doesn't fit is rejected once all are added up.
        self.n.push(u32::try_from(all.n).unwrap_or(u32::MAX));
        self.means.push(all.sum as f64 / (all.n as f64 * unit));
        self.within.push(squares / (unit * unit));
        self.low.push(all.low as f64 / unit);
        self.high.push(all.high as f64 / unit);
    }

    fn table(
        self,
        file: &str,
        columns: Vec<TableColumn>,
        mut sample: Table,
        roundings: &Roundings,
    ) -> Result<Table, CellsError> {
        let file = || file.to_owned();
        let taken = taken_columns(&columns, &self.rows);
        drop(columns);
        let (columns, n_cells) = (taken, self.rows.len());
        self.find_sample(&columns, &sample, roundings).map_err(|n| CellsError::NotInCells {
            file: file(),
            n,
            n_sampled: sample.n_rows(),
        })?;
        let parts: BTreeSet<i8> = self.parts.iter().copied().collect();
        if parts != parts_of(&sample.keys).unwrap_or_default().iter().copied().collect() {
            return Err(CellsError::OtherParts { file: file() });
        }
        let unit = self.unit;
        let is_rounded = |target: &f64| (target * unit - (target * unit).round()).abs() > MOST_OFF;
        if sample.target.iter().any(is_rounded) {
            sample.notices.push(format!(
                "\"{}\" has more decimals than the {} that cells count: what is learned is of rounded numbers (--decimals in \
                 `scorecast sql`)",
                sample.target_name,
                libm::log10(unit).round()
            ));
        }
        let mut combination = 0;
        let combinations = (0..n_cells).map(|row| {
            combination += u32::from(row > 0 && compare(&columns, row - 1, &columns, row).is_ne());
            combination
        });
        let combination = combinations.collect();
        let cells = Cells {
            n: self.n,
            within: self.within,
            low: self.low.into(),
            high: self.high.into(),
            combination,
            rounded: roundings.iter().map(|(name, rounding)| (name.clone(), rounding.n_values())).collect(),
            sample: Box::new(sample),
        };
        let sample = &cells.sample;
        Ok(Table {
            columns,
            target: self.means.into(),
            target_name: sample.target_name.clone(),
            weights: None,
            keys: RowKeys { parting: Parting::Given(self.parts.into()), repeated: Vec::new() },
            directions: sample.directions.clone(),
            most_columns: None,
            dates: sample.dates.clone(),
            left_out: sample.left_out.clone(),
            notices: sample.notices.clone(),
            reading: sample.reading.clone(),
            cells: Some(Arc::new(cells)),
        })
    }

    /// Checks that each row of the sample is in a cell; else returns how many are not.
    fn find_sample(&self, columns: &[TableColumn], sample: &Table, roundings: &Roundings) -> Result<(), usize> {
        let rounded = rounded_columns(&sample.columns, roundings);
        let parts = parts_of(&sample.keys).unwrap_or_default();
        let is_counted = |row: &usize| {
            let order =
                |cell: usize| compare(columns, cell, &rounded, *row).then_with(|| self.parts[cell].cmp(&parts[*row]));
            let target = (sample.target[*row] * self.unit).round() / self.unit;
            first_not_before(self.rows.len(), order)
                .is_some_and(|cell| order(cell).is_eq() && (self.low[cell]..=self.high[cell]).contains(&target))
        };
        let n_missing = (0..sample.n_rows()).filter(|row| !is_counted(row)).count();
        if n_missing == 0 { Ok(()) } else { Err(n_missing) }
    }
}

/// The first of `n` sorted positions that is not before the one searched for (binary search).
fn first_not_before(n: usize, order: impl Fn(usize) -> Ordering) -> Option<usize> {
    let (mut from, mut to) = (0, n);
    while from < to {
        let middle = from + (to - from) / 2;
        if order(middle).is_lt() { from = middle + 1 } else { to = middle }
    }
    (from < n).then_some(from)
}
