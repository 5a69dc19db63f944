//! From a CSV file as people have them to a [`Table`].
//!
//! Forgiving where the meaning is plain (delimiter, quotes, line ends, byte order mark, blank lines), strict where it
//! isn't, and every error says where it is and what to do.

mod column;
mod error;
mod for_model;
mod parallel;
mod raw_columns;

use std::io::{self, Read};
use std::path::Path;

use csv::ByteRecord;
use model_core::LeftOut;
use sha2::{Digest, Sha256};

use self::column::ColumnBuilder;
pub use self::error::{IngestError, Place};
pub use self::for_model::ingest_known;
use self::parallel::read_rows;
pub use self::raw_columns::{RawColumn, read_columns};
use super::compact::Numbers;
use super::csv::{BlockError, ChunkReader, RowSplitter};
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

/// A file that was read.
#[derive(Debug)]
pub struct Ingested {
    /// What it says.
    pub table: Table,
    /// The SHA-256 of its bytes.
    pub sha256: String,
}

/// Reads the CSV in `bytes`; `path` is for messages only.
///
/// # Errors
/// See [`IngestError`].
pub fn ingest(path: &Path, bytes: &[u8], options: &IngestOptions) -> Result<Table, IngestError> {
    ingest_from(path, bytes, options).map(|ingested| ingested.table)
}

/// Reads a CSV file from front to back, on all cores and without having all of it in memory.
///
/// # Errors
/// See [`IngestError`].
pub fn ingest_from(path: &Path, input: impl Read + Send, options: &IngestOptions) -> Result<Ingested, IngestError> {
    let file = path.display().to_string();
    let assign = |names: &[String]| Roles::assign(&file, names, options);
    let hashed = Hashed { input, sha256: Sha256::new() };
    let (Cells { names, builders, n_rows, roles }, hashed) = read_cells(&file, hashed, Some(&options.target), assign)?;
    let table = assemble(&file, &names, builders, &roles, n_rows)?;
    Ok(Ingested { table, sha256: hashed.hex() })
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

/// Reads every cell; `assign` sees the header first, and may refuse it. The input is given back.
fn read_cells<R, I: Read + Send>(
    file: &str,
    input: I,
    target: Option<&str>,
    assign: impl FnOnce(&[String]) -> Result<R, IngestError>,
) -> Result<(Cells<R>, I), IngestError> {
    let in_file = |error| IngestError::in_file(error, file);
    let mut reader = ChunkReader::new(input);
    refuse_what_is_no_csv(file, reader.peek().map_err(in_file)?)?;
    let head = reader.head(target).map_err(in_file)?;
    let names = header_names(file, &head.cells, head.line)?;
    let roles = assign(&names)?;
    let splitter = RowSplitter { delimiter: head.delimiter, n_fields: names.len() };
    let (builders, input) = read_rows(file, &names, splitter, reader)?;
    let n_rows = builders[0].n_rows();
    if n_rows == 0 {
        return Err(IngestError::NoRows { file: file.to_owned() });
    }
    Ok((Cells { names, builders, n_rows, roles }, input))
}

/// What goes through a reader, hashed on its way.
struct Hashed<R> {
    input: R,
    sha256: Sha256,
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n_read = self.input.read(buffer)?;
        self.sha256.update(&buffer[..n_read]);
        Ok(n_read)
    }
}

impl<R> Hashed<R> {
    fn hex(self) -> String {
        self.sha256.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl IngestError {
    fn in_file(error: BlockError, file: &str) -> Self {
        let file = file.to_owned();
        match error {
            BlockError::Read(problem) => Self::Read { file, problem },
            BlockError::Empty => Self::Empty { file },
            BlockError::EndlessRow { line, bytes } => Self::EndlessRow { file, line, bytes },
        }
    }
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
    mut builders: Vec<ColumnBuilder>,
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
    let has_target = target.present();
    let mut notices = Vec::new();
    let n_blank = has_target.iter().flatten().filter(|has_target| !**has_target).count();
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
    let mut columns = Vec::new();
    let mut left_out = Vec::new();
    for (field, builder) in builders.iter_mut().enumerate() {
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
        // One column after the other becomes cells: its texts and places are not needed any more.
        let builder = std::mem::take(builder);
        let data = if is_numeric { ColumnData::Numeric(builder.into_numbers()) } else { builder.into_categories() };
        columns.push(TableColumn { name: names[field].clone(), data: keep_rows(data, has_target.as_deref()) });
    }
    if columns.is_empty() {
        return Err(IngestError::NoInputs { file: file.to_owned(), target: names[roles.target].clone() });
    }
    let weights = match roles.weights {
        Some(field) => Some(
            read_weights(std::mem::take(&mut builders[field]), has_target.as_deref())
                .map_err(|(line, cell)| IngestError::NotAWeight { place: place(field, line), cell })?,
        ),
        None => None,
    };
    let target = kept_numbers(std::mem::take(&mut builders[roles.target]).into_numbers(), has_target.as_deref());
    // A model of it would be perfect, and tell nothing.
    let first = target.iter().next().copied().unwrap_or_default();
    if target.len() > 1 && target.iter().all(|value| *value == first) {
        let (file, column) = (file.to_owned(), names[roles.target].clone());
        return Err(IngestError::ConstantTarget { file, column, value: first });
    }
    Ok(Table { columns, target_name: names[roles.target].clone(), target, weights, left_out, notices })
}

/// One weight a row that is kept; or the line and text of the first cell that is none.
fn read_weights(builder: ColumnBuilder, keep: Option<&[bool]>) -> Result<Vec<f64>, (u64, String)> {
    if let Some((line, cell)) =
        builder.first_that(|text| !model_core::parse_number(text).is_some_and(|weight| weight > 0.0))
    {
        return Err((line, cell.to_owned()));
    }
    let first_blank_line = builder.first_blank_line();
    let weights = kept_numbers(builder.into_numbers(), keep).to_vec();
    if weights.iter().any(|weight| weight.is_nan()) {
        return Err((first_blank_line, String::new()));
    }
    Ok(weights)
}

/// The rows that are to be kept; all of them if that is not said.
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
