//! From a CSV file as people have them to a [`Table`].
//!
//! Forgiving where the meaning is plain (delimiter, quotes, line ends, byte order mark, blank lines), strict where it
//! isn't, and every error says where it is and what to do.

mod column;
mod dialect;
mod error;
mod known;
mod raw;

use std::path::Path;

use csv::{ByteRecord, ReaderBuilder};
use model_core::LeftOut;

use self::column::ColumnBuilder;
pub use self::dialect::sniff_delimiter;
pub use self::error::{IngestError, Place};
pub use self::known::ingest_known;
pub use self::raw::{RawColumn, read_columns};
use crate::table::{ColumnData, Table, TableColumn};

/// What a person says about the file's columns.
#[derive(Debug, Clone, Default)]
pub struct IngestOptions {
    /// The column to predict.
    pub target: String,
    /// Columns to leave out.
    pub drop: Vec<String>,
    /// Columns whose cells must be numbers.
    pub numeric: Vec<String>,
    /// Columns whose cells are categories even where they look like numbers.
    pub categorical: Vec<String>,
    /// The column that says how much each row counts.
    pub weights: Option<String>,
}

/// Reads the CSV in `bytes`; `path` is for messages only.
///
/// # Errors
/// See [`IngestError`].
pub fn ingest(path: &Path, bytes: &[u8], options: &IngestOptions) -> Result<Table, IngestError> {
    let file = path.display().to_string();
    let assign = |names: &[String]| Roles::assign(&file, names, options);
    let Cells { names, builders, n_rows, roles } = read_cells(&file, bytes, Some(&options.target), assign)?;
    assemble(&file, &names, &builders, &roles, n_rows)
}

/// The names in the header of the CSV in `bytes`; `path` is for messages only.
///
/// # Errors
/// See [`IngestError`]; rows are not looked at.
pub fn read_header(path: &Path, bytes: &[u8], target: Option<&str>) -> Result<Vec<String>, IngestError> {
    let file = path.display().to_string();
    let mut names = Vec::new();
    // The first error is that the header is enough.
    let stop = |header: &[String]| {
        names = header.to_vec();
        Err::<(), _>(IngestError::NoRows { file: file.clone() })
    };
    match read_cells(&file, bytes, target, stop) {
        Err(IngestError::NoRows { .. }) if !names.is_empty() => Ok(names),
        Err(error) => Err(error),
        Ok(_) => Ok(names),
    }
}

/// A file's cells, before it is known what each column is.
struct Cells<R> {
    names: Vec<String>,
    builders: Vec<ColumnBuilder>,
    n_rows: usize,
    roles: R,
}

/// Reads every cell; `assign` sees the header first, and may refuse it.
fn read_cells<R>(
    file: &str,
    bytes: &[u8],
    target: Option<&str>,
    assign: impl FnOnce(&[String]) -> Result<R, IngestError>,
) -> Result<Cells<R>, IngestError> {
    let file = file.to_owned();
    refuse_what_is_no_csv(&file, bytes)?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let delimiter = sniff_delimiter(bytes, target);
    let mut reader = ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(bytes);
    let mut record = ByteRecord::new();
    let mut next = |record: &mut ByteRecord| {
        reader
            .read_byte_record(record)
            .map_err(|error| IngestError::Csv { file: file.clone(), problem: error.to_string() })
    };

    // The header is the first line that isn't blank.
    let mut names = Vec::new();
    while names.is_empty() {
        if !next(&mut record)? {
            return Err(IngestError::Empty { file });
        }
        if !is_blank(&record) {
            names = header_names(&file, &record, line_of(&record, bytes))?;
        }
    }
    let roles = assign(&names)?;

    let mut builders: Vec<ColumnBuilder> = names.iter().map(|_| ColumnBuilder::default()).collect();
    let mut n_rows = 0;
    while next(&mut record)? {
        let line = line_of(&record, bytes);
        if is_blank(&record) && names.len() > 1 {
            continue;
        }
        if record.len() != names.len() {
            return Err(IngestError::RaggedRow { file, line, found: record.len(), expected: names.len() });
        }
        for (field, (builder, cell)) in builders.iter_mut().zip(&record).enumerate() {
            let text = std::str::from_utf8(cell).map_err(|_| IngestError::NotUtf8 {
                place: Place { file: file.clone(), line, field: field + 1, column: names[field].clone() },
            })?;
            builder.push(text.trim(), line);
        }
        n_rows += 1;
    }
    if n_rows == 0 {
        return Err(IngestError::NoRows { file });
    }
    Ok(Cells { names, builders, n_rows, roles })
}

/// What each column is for, by its place in the header.
struct Roles {
    target: usize,
    weights: Option<usize>,
    dropped: Vec<bool>,
    forced: Vec<Option<Kind>>,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Numeric,
    Categorical,
}

impl Roles {
    fn assign(file: &str, names: &[String], options: &IngestOptions) -> Result<Self, IngestError> {
        let find = |name: &String| {
            names.iter().position(|known| known == name).ok_or_else(|| IngestError::NoSuchColumn {
                file: file.to_owned(),
                column: name.clone(),
                known: names.to_vec(),
            })
        };
        let target = find(&options.target)?;
        let weights = options.weights.as_ref().map(find).transpose()?;
        let mut dropped = vec![false; names.len()];
        for name in &options.drop {
            dropped[find(name)?] = true;
        }
        let mut forced = vec![None; names.len()];
        for (kind, list) in [(Kind::Numeric, &options.numeric), (Kind::Categorical, &options.categorical)] {
            for name in list {
                let place = &mut forced[find(name)?];
                if place.is_some_and(|other| other != kind) {
                    return Err(IngestError::TwoKinds { column: name.clone() });
                }
                *place = Some(kind);
            }
        }
        if dropped[target] || forced[target] == Some(Kind::Categorical) || weights == Some(target) {
            return Err(IngestError::TargetMisused { column: options.target.clone() });
        }
        Ok(Self { target, weights, dropped, forced })
    }
}

fn assemble(
    file: &str,
    names: &[String],
    builders: &[ColumnBuilder],
    roles: &Roles,
    n_rows: usize,
) -> Result<Table, IngestError> {
    let place =
        |field: usize, line: u64| Place { file: file.to_owned(), line, field: field + 1, column: names[field].clone() };
    let not_a_number = |field: usize, (line, cell): (u64, &str)| IngestError::NotANumber {
        place: place(field, line),
        cell: cell.to_owned(),
        is_target: field == roles.target,
    };

    let target = &builders[roles.target];
    if let Some(bad) = target.first_non_number() {
        return Err(not_a_number(roles.target, bad));
    }
    let with_blanks = target.numbers();
    let mut notices = Vec::new();
    let n_blank = with_blanks.iter().filter(|value| value.is_nan()).count();
    if n_blank == n_rows {
        return Err(IngestError::NoTarget { place: place(roles.target, target.first_blank_line()) });
    }
    if n_blank > 0 {
        notices.push(format!(
            "{n_blank} of {n_rows} rows have no \"{}\" and are not used (the first is line {})",
            names[roles.target],
            target.first_blank_line()
        ));
    }
    let has_target: Vec<bool> = with_blanks.iter().map(|value| !value.is_nan()).collect();

    let mut columns = Vec::new();
    let mut left_out = Vec::new();
    for (field, builder) in builders.iter().enumerate() {
        if field == roles.target || Some(field) == roles.weights {
            continue;
        }
        if roles.dropped[field] {
            left_out.push(LeftOut { column: names[field].clone(), reason: "left out on request".into() });
            continue;
        }
        let bad = builder.first_non_number();
        if let (Some(Kind::Numeric), Some(bad)) = (roles.forced[field], bad) {
            return Err(not_a_number(field, bad));
        }
        let is_numeric = bad.is_none() && roles.forced[field] != Some(Kind::Categorical);
        let reason = builder.constant_reason().or_else(|| match roles.forced[field] {
            None => builder.identifier_reason(&names[field], is_numeric),
            Some(_) => None,
        });
        if let Some(reason) = reason {
            notices.push(format!("column \"{}\" is left out: {reason}", names[field]));
            left_out.push(LeftOut { column: names[field].clone(), reason });
            continue;
        }
        let data = if is_numeric { ColumnData::Numeric(builder.numbers()) } else { builder.categories() };
        columns.push(TableColumn { name: names[field].clone(), data: keep_rows(data, &has_target) });
    }
    if columns.is_empty() {
        return Err(IngestError::NoInputs { file: file.to_owned(), target: names[roles.target].clone() });
    }
    let weights = match roles.weights {
        Some(field) => Some(
            read_weights(&builders[field], &has_target)
                .map_err(|(line, cell)| IngestError::NotAWeight { place: place(field, line), cell })?,
        ),
        None => None,
    };
    let target = with_blanks.into_iter().filter(|value| !value.is_nan()).collect();
    Ok(Table { columns, target_name: names[roles.target].clone(), target, weights, left_out, notices })
}

/// One weight a row that is kept; or the line and text of the first cell that is none.
fn read_weights(builder: &ColumnBuilder, keep: &[bool]) -> Result<Vec<f64>, (u64, String)> {
    if let Some((line, cell)) =
        builder.first_that(|text| !model_core::parse_number(text).is_some_and(|weight| weight > 0.0))
    {
        return Err((line, cell.to_owned()));
    }
    let weights: Vec<f64> =
        builder.numbers().into_iter().zip(keep).filter_map(|(weight, keep)| keep.then_some(weight)).collect();
    if weights.iter().any(|weight| weight.is_nan()) {
        return Err((builder.first_blank_line(), String::new()));
    }
    Ok(weights)
}

fn keep_rows(data: ColumnData, keep: &[bool]) -> ColumnData {
    fn filter<T>(cells: Vec<T>, keep: &[bool]) -> Vec<T> {
        cells.into_iter().zip(keep).filter_map(|(cell, keep)| keep.then_some(cell)).collect()
    }
    match data {
        ColumnData::Numeric(numbers) => ColumnData::Numeric(filter(numbers, keep)),
        ColumnData::Categorical { values, codes } => ColumnData::Categorical { values, codes: filter(codes, keep) },
    }
}

fn refuse_what_is_no_csv(file: &str, bytes: &[u8]) -> Result<(), IngestError> {
    let head = &bytes[..bytes.len().min(4_096)];
    let problem = if head.starts_with(b"PK\x03\x04") {
        "it is a zip or Excel file; save the sheet as CSV (UTF-8) first"
    } else if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
        "it is UTF-16 text; save it as CSV (UTF-8)"
    } else if head.contains(&0) {
        "it is a binary file; save the table as CSV (UTF-8)"
    } else {
        return Ok(());
    };
    Err(IngestError::Csv { file: file.to_owned(), problem: problem.into() })
}

/// The line that `record` starts at. The reader's own position lies before the blank lines that it skipped.
fn line_of(record: &ByteRecord, bytes: &[u8]) -> u64 {
    let Some(position) = record.position() else { return 1 };
    let start = usize::try_from(position.byte()).unwrap_or_default();
    let skipped = bytes.iter().skip(start).take_while(|byte| b"\r\n".contains(byte));
    position.line() + skipped.filter(|byte| **byte == b'\n').count() as u64
}

fn is_blank(record: &ByteRecord) -> bool {
    record.iter().all(|cell| cell.trim_ascii().is_empty()) && record.len() <= 1
}

fn header_names(file: &str, record: &ByteRecord, line: u64) -> Result<Vec<String>, IngestError> {
    let mut names: Vec<String> = Vec::with_capacity(record.len());
    for (field, cell) in record.iter().enumerate() {
        let text = std::str::from_utf8(cell).map_err(|_| IngestError::NotUtf8 {
            place: Place { file: file.to_owned(), line, field: field + 1, column: "header".into() },
        })?;
        // Index columns, as pandas writes them, have no name.
        let name = if text.trim().is_empty() { format!("column {}", field + 1) } else { text.trim().to_owned() };
        if let Some(first) = names.iter().position(|other| *other == name) {
            return Err(IngestError::DuplicateHeader {
                file: file.to_owned(),
                line,
                name,
                first: first + 1,
                second: field + 1,
            });
        }
        names.push(name);
    }
    Ok(names)
}
