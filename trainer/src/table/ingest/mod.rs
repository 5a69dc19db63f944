//! Converts a file to a [`Table`]: the crate `reader` reads it, and here each column gets its role.

mod cell_columns;
mod cell_sums;
mod cells;
mod cells_error;
mod dates;
mod digest;
mod error;
mod for_model;
mod keys;
mod opened;
mod raw_columns;
mod roles;

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use model_core::{DateOrder, DateRole, Direction, LeftOut};
use reader::{
    Cells, ColumnReading, DateFormat, DecidedColumn, Decimal, Decision, Location, Note, ReadOptions, ReadingReport,
};

pub use self::cell_columns::CellColumn;
pub use self::cells::ingest_cells;
pub use self::cells_error::CellsError;
pub use self::error::IngestError;
pub use self::for_model::{RowColumns, ingest_known};
pub use self::opened::OpenedFile;
pub use self::raw_columns::{RawColumn, read_columns};
use self::roles::Roles;
use super::compact::Numbers;
use crate::table::keys::{Parting, RowKeys};
use crate::table::{ColumnData, Table, TableColumn};

/// Categories with fewer training rows are not named in artifacts.
pub const MIN_CATEGORY_ROWS: u64 = 10;

/// Options for a file's columns.
#[derive(Debug, Clone, Default)]
pub struct IngestOptions {
    /// The column to predict.
    pub target: String,
    /// Columns to leave out.
    pub drop: Vec<String>,
    /// Columns whose cells must be numbers.
    pub numeric: Vec<String>,
    /// Columns whose cells are categories even if they look like numbers.
    pub categorical: Vec<String>,
    /// Columns whose cells are dates even if they look like numbers.
    pub date: Vec<String>,
    /// The column of row weights.
    pub weights: Option<String>,
    /// The column of groups: rows of a group stay together. It is not an input unless its kind is given.
    pub group: Option<String>,
    /// The column of times: validation rows are later than training rows. It is not an input unless its kind is given.
    pub time: Option<String>,
    /// The column of parts (holdout or fold), with the values of [`CellColumn::Part`].
    pub part: Option<String>,
    /// Texts that mean "no value" in a column.
    pub missing: Vec<(String, Vec<String>)>,
    /// The monotonic constraints of numeric columns.
    pub directions: BTreeMap<String, Direction>,
    /// The decimal separator of a column.
    pub decimal: Vec<(String, Decimal)>,
    /// Whether a column's dates begin with the day or the month.
    pub date_orders: Vec<(String, DateOrder)>,
    /// Categories of fewer rows are combined as another value; 0 keeps all.
    pub min_category_rows: u64,
}

/// A file that was read.
#[derive(Debug, Clone)]
pub struct Ingested {
    /// The table.
    pub table: Table,
    /// The SHA-256 of its bytes.
    pub sha256: String,
    /// The decisions made while reading it.
    pub report: ReadingReport,
    /// The decision about each input of the table that is in the file, in the table's order.
    pub(crate) formats: Vec<Decision>,
}

/// Reads the file in `bytes`; `path` is for messages only.
///
/// # Errors
/// See [`IngestError`].
pub fn ingest(path: &Path, bytes: &[u8], options: &IngestOptions) -> Result<Table, IngestError> {
    ingest_from(path, bytes, options).map(|ingested| ingested.table)
}

/// Reads a file as a stream, on all cores and without holding all of it in memory.
///
/// # Errors
/// See [`IngestError`].
pub fn ingest_from(path: &Path, input: impl Read + Send, options: &IngestOptions) -> Result<Ingested, IngestError> {
    OpenedFile::open(path, input, Some(&options.target), &ReadOptions::default())?.ingest(options)
}

/// The columns, each in its role; columns derived from dates are last.
fn assemble(
    file: &str,
    cells: &Cells,
    mut columns: Vec<Option<DecidedColumn>>,
    roles: &Roles,
    report: &mut ReadingReport,
) -> Result<(Table, Vec<Decision>), IngestError> {
    let (names, n_rows) = (&cells.names[..], cells.n_rows);
    let location = |field: usize, line: u64| Location {
        file: file.to_owned(),
        line,
        field: field + 1,
        column: names[field].clone(),
    };
    let not_a_number = |field: usize, (line, cell): &(u64, String)| IngestError::NotANumber {
        location: location(field, *line),
        cell: cell.clone(),
        is_target: field == roles.target,
    };
    let missing = |field: usize| IngestError::NoSuchColumn {
        file: file.to_owned(),
        column: names[field].clone(),
        known: names.to_vec(),
    };
    let target = columns[roles.target].take().ok_or_else(|| missing(roles.target))?;
    if let Some(odd) = &target.odd {
        return Err(not_a_number(roles.target, odd));
    }
    let has_target = target.builder.present(|text| !has_value(&target.decision, text));
    let mut notices = Vec::new();
    let n_blank = has_target.iter().flatten().filter(|has_target| !**has_target).count();
    if n_blank == n_rows {
        return Err(IngestError::NoTarget { location: location(roles.target, target.builder.first_blank_line()) });
    }
    if n_blank > 0 {
        notices.push(format!(
            "{n_blank} of {n_rows} rows have no \"{}\" and are not used (the first is line {})",
            names[roles.target],
            target.builder.first_blank_line()
        ));
    }
    report.columns.push(ColumnReading { kind: "target", ..target.reading });
    let keep = has_target.as_deref();
    let mut row_keys = RowKeys { parting: keys::parting(file, cells, &columns, roles, keep)?, repeated: Vec::new() };
    let is_asked_for = row_keys.parting != Parting::Chance;
    if let Some(time) = roles.time.filter(|time| roles.dropped[*time] || roles.key_reason(*time).is_some()) {
        // It was read only for the order of rows.
        columns[time] = None;
    }
    let weights = match roles.weights {
        Some(field) => {
            let column = columns[field].take().ok_or_else(|| missing(field))?;
            report.columns.push(ColumnReading { kind: "weights", ..column.reading.clone() });
            Some(
                read_weights(column, keep)
                    .map_err(|(line, cell)| IngestError::NotAWeight { location: location(field, line), cell })?,
            )
        }
        None => None,
    };
    let target_numbers = kept_numbers(numbers_of(target.decision.apply(target.builder)), keep);
    let (mut inputs, mut formats) = (Vec::new(), Vec::new());
    let mut left_out = Vec::new();
    let mut dates: BTreeMap<String, DateRole> = BTreeMap::new();
    for (field, name) in names.iter().enumerate() {
        if field == roles.target || Some(field) == roles.weights {
            continue;
        }
        let Some(column) = columns[field].take() else {
            let reason = roles.key_reason(field).unwrap_or("left out on request").to_owned();
            left_out.push(LeftOut { column: name.clone(), reason });
            row_keys.repeated.extend(keys::dropped(name, &cells.columns[field], keep).filter(|_| !is_asked_for));
            continue;
        };
        let repeated = keys::decided(name, &column, keep).filter(|_| !is_asked_for);
        let date_format = column.dates();
        // Columns are converted one by one, since their texts and codes are not needed afterwards.
        let DecidedColumn { builder, decision, mut reading, constant, identifier, odd, .. } = column;
        if let Some(odd) = &odd {
            return Err(not_a_number(field, odd));
        }
        let mut reason = constant.or_else(|| if roles.forced[field].is_none() { identifier } else { None });
        if reason.is_none() {
            let data = decision.apply(builder);
            if let ColumnData::Categorical { values, .. } = &data
                && values.len() < 2
            {
                reason = Some(too_few_categories(values, &reading.notes));
            } else {
                let data = keep_rows(data, keep);
                if let Some(DateFormat { order, since, .. }) = date_format {
                    let text = format!("dates are read as days since {since}, with their month and weekday");
                    reading.notes.push(Note::new("dates", &[("last", &since)], text).public());
                    dates.insert(name.clone(), DateRole::Days { last: since, order });
                }
                reading.notes.extend(copies_target(&data, &target_numbers));
                inputs.push(TableColumn { name: name.clone(), data });
                formats.push(decision);
            }
        }
        row_keys.repeated.extend(repeated.filter(|_| reason.is_some() || keys::is_named_so(name)));
        if let Some(reason) = reason {
            notices.push(format!("column \"{name}\" is left out: {reason}"));
            reading.kind = "left out";
            reading.notes.clear();
            left_out.push(LeftOut { column: name.clone(), reason });
        }
        report.columns.push(reading);
    }
    for (name, role) in dates.clone() {
        let column = inputs.iter().find(|column| column.name == name).map(|column| &column.data);
        if let (DateRole::Days { last, .. }, Some(ColumnData::Numeric(days))) = (role, column) {
            for (column, role) in dates::derived(&name, days, last, roles.min_category_rows, names) {
                dates.insert(column.name.clone(), role);
                inputs.push(column);
            }
        }
    }
    if inputs.is_empty() {
        return Err(IngestError::NoInputs { file: file.to_owned(), target: names[roles.target].clone() });
    }
    // A model of a constant target would be perfect and useless.
    let first = target_numbers.iter().next().copied().unwrap_or_default();
    if target_numbers.len() > 1 && target_numbers.iter().all(|value| *value == first) {
        let (file, column) = (file.to_owned(), names[roles.target].clone());
        return Err(IngestError::ConstantTarget { file, column, value: first });
    }
    let position_of = |reading: &ColumnReading| names.iter().position(|name| *name == reading.name);
    report.columns.sort_by_key(position_of);
    notices.extend(report.all_notes());
    let is_numeric = |name: &String| {
        let is_meant = |column: &TableColumn| column.name == *name && matches!(column.data, ColumnData::Numeric(_));
        inputs.iter().any(is_meant)
    };
    // The direction of a column that was left out is ignored.
    let is_left_out = |name: &String| left_out.iter().any(|own| own.column == *name);
    if let Some(name) = roles.directions.keys().find(|name| !is_numeric(name) && !is_left_out(name)) {
        return Err(IngestError::NoDirection { file: file.to_owned(), column: name.clone() });
    }
    let mut directions = roles.directions.clone();
    directions.retain(|name, _| is_numeric(name));
    let target_name = names[roles.target].clone();
    let table = Table {
        columns: inputs,
        target_name,
        target: target_numbers,
        weights,
        keys: row_keys,
        directions,
        most_columns: None,
        cells: None,
        dates,
        left_out,
        notices,
        reading: report.clone(),
    };
    Ok((table, formats))
}

fn has_value(decision: &Decision, text: &str) -> bool {
    match decision {
        Decision::Numeric(format) => format.number(text).is_some(),
        Decision::Categorical(categories) => categories.label(text).is_some(),
    }
}

fn numbers_of(data: ColumnData) -> Numbers {
    match data {
        ColumnData::Numeric(numbers) => numbers,
        ColumnData::Categorical { .. } => Numbers::from(Vec::new()),
    }
}

/// Why a column with several texts has fewer than two categories.
fn too_few_categories(values: &[String], notes: &[Note]) -> String {
    let says = |code: &str| notes.iter().any(|note| note.code == code);
    match values {
        [only] if !says("rare-categories") => format!("every cell is \"{only}\", in one spelling or another"),
        _ if says("codes") => {
            "its codes, such as those with a leading zero, are texts that are all too rare to be named (--numeric reads them as \
             numbers, --categorical keeps them)"
                .into()
        }
        _ => "its categories are all too rare to be named (--categorical keeps it)".into(),
    }
}

/// A warning if a column is a copy of the target or a linear function of it.
fn copies_target(data: &ColumnData, target: &Numbers) -> Option<Note> {
    let ColumnData::Numeric(numbers) = data else { return None };
    let pairs = || numbers.iter().zip(target.iter()).filter(|(number, _)| !number.is_nan());
    let n = pairs().count() as f64;
    if n < 10.0 {
        return None;
    }
    let mean = |sum: f64| sum / n;
    let (x_mean, y_mean) = (mean(pairs().map(|(x, _)| x).sum()), mean(pairs().map(|(_, y)| y).sum()));
    let (mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0);
    for (x, y) in pairs() {
        xx += (x - x_mean) * (x - x_mean);
        yy += (y - y_mean) * (y - y_mean);
        xy += (x - x_mean) * (y - y_mean);
    }
    let is_copy = xx > 0.0 && yy > 0.0 && xy * xy > 0.999_999 * xx * yy;
    let text =
        "its numbers follow the target's exactly: if they are not known before the result is, leave it out with --drop";
    is_copy.then(|| Note::new("copies-target", &[], text.into()).public())
}

/// The weight of each kept row, or the line and text of the first cell that is not a weight.
fn read_weights(column: DecidedColumn, keep: Option<&[bool]>) -> Result<Vec<f64>, (u64, String)> {
    let DecidedColumn { builder, decision, odd, .. } = column;
    if let Some(odd) = odd {
        return Err(odd);
    }
    let is_no_weight = |text: &str| match &decision {
        Decision::Numeric(format) => format.number(text).is_some_and(|weight| weight <= 0.0),
        Decision::Categorical(_) => true,
    };
    if let Some((line, cell)) = builder.first_that(is_no_weight) {
        return Err((line, cell.to_owned()));
    }
    let first_blank_line = builder.first_blank_line();
    let weights = kept_numbers(numbers_of(decision.apply(builder)), keep).to_vec();
    if weights.iter().any(|weight| weight.is_nan()) {
        return Err((first_blank_line, String::new()));
    }
    Ok(weights)
}

/// The rows marked in `keep`, or all rows.
fn keep_rows(data: ColumnData, keep: Option<&[bool]>) -> ColumnData {
    let Some(keep) = keep else { return data };
    match data {
        ColumnData::Numeric(numbers) => ColumnData::Numeric(kept_numbers(numbers, Some(keep))),
        ColumnData::Categorical { values, codes } => {
            let codes = codes.iter().zip(keep).filter_map(|(code, keep)| keep.then_some(*code)).collect();
            ColumnData::Categorical { values, codes }
        }
    }
}

fn kept_numbers(numbers: Numbers, keep: Option<&[bool]>) -> Numbers {
    let Some(keep) = keep else { return numbers };
    numbers.iter().zip(keep).filter_map(|(number, keep)| keep.then_some(*number)).collect()
}
