//! A file of cells: combinations of features with the number of rows that have them, as a `GROUP BY` gives them.
//!
//! Columns are read as those of the rows drawn beside them were, so that both are one table. Cells come in any order and in
//! any spelling of blanks and categories: what is the same cell is added up, in whole numbers, so that no order shows.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use reader::{ANOTHER, Cell, ColumnBuilder, Decision, ReadOptions, TableReader, read_cells};
use sha2::{Digest, Sha256};

use super::cell_columns::CellColumn;
use super::cells_error::CellsError;
use super::{IngestError, Ingested};
use crate::table::cells::Cells;
use crate::table::keys::{Parting, RowKeys};
use crate::table::order::{compare, parts_of, taken_columns};
use crate::table::{BLANK, ColumnData, Table, TableColumn};

/// Decimals of a target that are counted, at the most.
const MAX_DECIMALS: i128 = 9;
/// By so much of its last decimal a number of that many decimals may be off in binary.
const MOST_OFF: f64 = 1e-4;

/// What is known of one cell, in units of the target's last decimal.
#[derive(Debug, Clone, Copy)]
struct Counted {
    part: i8,
    n: i128,
    sum: i128,
    squares: i128,
    low: i128,
    high: i128,
}

/// Reads the cells in `input` for rows that were drawn from what they count: a table of cells with those rows beside it. `path`
/// is for messages only.
///
/// # Errors
/// See [`IngestError`].
pub fn ingest_cells(path: &Path, input: impl Read + Send, sample: Ingested) -> Result<Ingested, IngestError> {
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
    let counted = counted(&file, &mut take)?;
    let decimals = whole_numbers(&file, CellColumn::Decimals, &take(CellColumn::Decimals.name())?)?;
    let decimals = one_of(&file, &decimals)?;
    let table = Merged::new(&file, &columns, &counted)?.table(&file, &columns, sample, decimals)?;
    Ok(Ingested { sha256: digest(&table), table, formats, report })
}

/// Cells must be able to hold the rows that are drawn.
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

/// Cells of a column with the categories of the sample's; a category that it hasn't is too rare to be named.
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

fn counted(
    file: &str,
    take: &mut impl FnMut(&str) -> Result<ColumnBuilder, CellsError>,
) -> Result<Vec<Counted>, CellsError> {
    let mut numbers = |column: CellColumn| whole_numbers(file, column, &take(column.name())?);
    let (parts, n) = (numbers(CellColumn::Part)?, numbers(CellColumn::N)?);
    let (sums, squares) = (numbers(CellColumn::Sum)?, numbers(CellColumn::Squares)?);
    let (low, high) = (numbers(CellColumn::Low)?, numbers(CellColumn::High)?);
    let mut counted = Vec::with_capacity(n.len());
    for (row, n) in n.into_iter().enumerate() {
        let (sum, squares, low, high) = (sums[row], squares[row], low[row], high[row]);
        let part = i8::try_from(parts[row]).ok().filter(|part| *part >= -1);
        let part = part.ok_or(CellsError::Part { file: file.to_owned(), part: parts[row] })?;
        // The mean of squares is never below the square of the mean.
        let product = |left: i128, right: i128| left.checked_mul(right);
        let is_possible = n >= 1
            && matches!((product(n, squares), product(sum, sum)), (Some(own), Some(least)) if own >= least)
            && matches!((product(n, low), product(n, high)), (Some(low), Some(high)) if low <= sum && sum <= high);
        if !is_possible {
            return Err(CellsError::Impossible { file: file.to_owned(), n, sum, squares, low, high });
        }
        counted.push(Counted { part, n, sum, squares, low, high });
    }
    Ok(counted)
}

/// One per row. Engines write whole numbers with a fraction of zeros where they are decimals.
fn whole_numbers(file: &str, column: CellColumn, builder: &ColumnBuilder) -> Result<Vec<i128>, CellsError> {
    let fault = |line: u64, cell: &str| CellsError::NotWhole {
        file: file.to_owned(),
        line,
        column: column.name(),
        cell: cell.to_owned(),
    };
    let whole = |(text, line): (&str, u64)| {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let number = whole.parse().ok().filter(|_| fraction.bytes().all(|digit| digit == b'0'));
        number.ok_or_else(|| fault(line, text))
    };
    let numbers = builder.texts().map(whole).collect::<Result<Vec<i128>, _>>()?;
    let number = |index: u32| numbers.get(index as usize).copied();
    builder.indices().map(|index| number(index).ok_or_else(|| fault(builder.first_blank_line(), ""))).collect()
}

fn one_of(file: &str, decimals: &[i128]) -> Result<i32, CellsError> {
    let first = decimals.first().copied().unwrap_or_default();
    let is_one = (0..=MAX_DECIMALS).contains(&first) && decimals.iter().all(|own| *own == first);
    let one = i32::try_from(first).ok().filter(|_| is_one);
    one.ok_or_else(|| CellsError::Decimals { file: file.to_owned() })
}

/// Cells that are different, sorted by their features and then their parts.
struct Merged {
    /// A row of the file for each.
    rows: Vec<u32>,
    counted: Vec<Counted>,
}

impl Merged {
    fn new(file: &str, columns: &[TableColumn], counted: &[Counted]) -> Result<Self, CellsError> {
        let mut order: Vec<u32> = (0..u32::try_from(counted.len()).unwrap_or(u32::MAX)).collect();
        let by_cell = |left: &u32, right: &u32| {
            let (left, right) = (*left as usize, *right as usize);
            compare(columns, left, columns, right).then(counted[left].part.cmp(&counted[right].part))
        };
        order.sort_by(by_cell);
        let mut merged = Self { rows: Vec::new(), counted: Vec::<Counted>::new() };
        for row in order {
            let own = counted[row as usize];
            match (merged.rows.last(), merged.counted.last_mut()) {
                (Some(last), Some(sum)) if by_cell(last, &row) == Ordering::Equal => {
                    sum.add(own).ok_or_else(|| CellsError::TooLarge { file: file.to_owned() })?;
                }
                _ => {
                    merged.rows.push(row);
                    merged.counted.push(own);
                }
            }
        }
        Ok(merged)
    }

    fn table(self, file: &str, columns: &[TableColumn], mut sample: Table, decimals: i32) -> Result<Table, CellsError> {
        let file = || file.to_owned();
        let n_records: i128 = self.counted.iter().map(|cell| cell.n).sum();
        if n_records > i128::from(u32::MAX) {
            return Err(CellsError::TooManyRows { file: file(), n: n_records });
        }
        let columns = taken_columns(columns, &self.rows);
        self.find_sample(&columns, &sample, decimals).map_err(|n| CellsError::NotInCells {
            file: file(),
            n,
            n_sampled: sample.n_rows(),
        })?;
        let parts: BTreeSet<i8> = self.counted.iter().map(|cell| cell.part).collect();
        if parts != parts_of(&sample.keys).unwrap_or_default().iter().copied().collect() {
            return Err(CellsError::OtherParts { file: file() });
        }
        let unit = libm::pow(10.0, f64::from(decimals));
        let is_rounded = |target: &f64| (target * unit - (target * unit).round()).abs() > MOST_OFF;
        if sample.target.iter().any(is_rounded) {
            sample.notices.push(format!(
                "\"{}\" has more decimals than the {decimals} that cells count: what is learned is of rounded numbers (--decimals in \
                 `scorecast sql`)",
                sample.target_name
            ));
        }
        let mut combination = 0;
        let combinations = (0..self.rows.len()).map(|row| {
            combination += u32::from(row > 0 && compare(&columns, row - 1, &columns, row).is_ne());
            combination
        });
        let combination = combinations.collect();
        let of_each = |of: &dyn Fn(&Counted) -> Option<f64>| {
            self.counted
                .iter()
                .map(of)
                .collect::<Option<Vec<f64>>>()
                .ok_or_else(|| CellsError::TooLarge { file: file() })
        };
        let cells = Cells {
            n: self.counted.iter().map(|cell| u32::try_from(cell.n).unwrap_or(u32::MAX)).collect(),
            within: of_each(&|cell| Some(cell.squares_within()? / (unit * unit)))?,
            low: of_each(&|cell| Some(cell.low as f64 / unit))?,
            high: of_each(&|cell| Some(cell.high as f64 / unit))?,
            combination,
            sample: Box::new(sample),
        };
        let sample = &cells.sample;
        Ok(Table {
            columns,
            target: of_each(&|cell| Some(cell.sum as f64 / (cell.n as f64 * unit)))?.into(),
            target_name: sample.target_name.clone(),
            weights: None,
            keys: RowKeys {
                parting: Parting::Given(self.counted.iter().map(|cell| cell.part).collect::<Vec<i8>>().into()),
                repeated: Vec::new(),
            },
            directions: sample.directions.clone(),
            most_columns: None,
            dates: sample.dates.clone(),
            left_out: sample.left_out.clone(),
            notices: sample.notices.clone(),
            reading: sample.reading.clone(),
            cells: Some(Arc::new(cells)),
        })
    }

    /// Whether each row that was drawn is in a cell; else how many are not.
    fn find_sample(&self, columns: &[TableColumn], sample: &Table, decimals: i32) -> Result<(), usize> {
        let parts = parts_of(&sample.keys).unwrap_or_default();
        let unit = libm::pow(10.0, f64::from(decimals));
        let indices: Vec<usize> = (0..self.rows.len()).collect();
        let is_counted = |row: &usize| {
            let position = indices.binary_search_by(|cell| {
                compare(columns, *cell, &sample.columns, *row).then(self.counted[*cell].part.cmp(&parts[*row]))
            });
            let target = (sample.target[*row] * unit).round() as i128;
            position.is_ok_and(|cell| (self.counted[cell].low..=self.counted[cell].high).contains(&target))
        };
        let n_missing = (0..sample.n_rows()).filter(|row| !is_counted(row)).count();
        if n_missing == 0 { Ok(()) } else { Err(n_missing) }
    }
}

impl Counted {
    fn add(&mut self, other: Self) -> Option<()> {
        self.n = self.n.checked_add(other.n)?;
        self.sum = self.sum.checked_add(other.sum)?;
        self.squares = self.squares.checked_add(other.squares)?;
        (self.low, self.high) = (self.low.min(other.low), self.high.max(other.high));
        Some(())
    }

    /// About the mean, in units squared.
    fn squares_within(&self) -> Option<f64> {
        let difference = self.n.checked_mul(self.squares)?.checked_sub(self.sum.checked_mul(self.sum)?)?;
        Some(difference as f64 / self.n as f64)
    }
}

/// The SHA-256 of what a table says, whatever engine gave its rows in whatever order.
pub(super) fn digest(table: &Table) -> String {
    let mut sha256 = Sha256::new();
    add_table(&mut sha256, table);
    if let Some(cells) = &table.cells {
        for (n, within) in cells.n.iter().zip(&cells.within) {
            sha256.update(n.to_le_bytes());
            sha256.update(within.to_bits().to_le_bytes());
        }
        add_table(&mut sha256, &cells.sample);
    }
    base16ct::lower::encode_string(&sha256.finalize())
}

fn add_table(sha256: &mut Sha256, table: &Table) {
    let mut text = |text: &str| {
        sha256.update((text.len() as u64).to_le_bytes());
        sha256.update(text.as_bytes());
    };
    text(&table.target_name);
    for TableColumn { name, data } in &table.columns {
        text(name);
        if let ColumnData::Categorical { values, .. } = data {
            values.iter().for_each(|value| text(value));
        }
    }
    for row in 0..table.n_rows() {
        for column in &table.columns {
            match &column.data {
                ColumnData::Numeric(numbers) => sha256.update((numbers[row] + 0.0).to_bits().to_le_bytes()),
                ColumnData::Categorical { codes, .. } => sha256.update(codes[row].to_le_bytes()),
            }
        }
        sha256.update(table.target[row].to_bits().to_le_bytes());
        if let Some(parts) = parts_of(&table.keys) {
            sha256.update(parts[row].to_le_bytes());
        }
    }
}
