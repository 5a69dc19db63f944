//! The top of a file: its delimiter, its header, and other lines above and below the header.

use std::collections::BTreeMap;

use super::rows::line_end_length;
use super::sample::{SAMPLE_BYTES, SampleRow, sample};
use super::{Dialect, ReadOptions, units};
use crate::cells::looks_numeric;
use crate::error::{Location, ReadError};
use crate::names::unique_names;
use crate::note::Note;
use crate::source::Encoding;

const DELIMITERS: [u8; 4] = *b",;\t|";
/// The header is searched for in this many rows.
const MAX_HEADER_ROW: usize = 100;

/// What was found.
pub(super) struct Head {
    pub(super) dialect: Dialect,
    pub(super) names: Vec<String>,
    /// The header's cells.
    pub(super) cells: Vec<Vec<u8>>,
    pub(super) raw: Vec<u8>,
    pub(super) line: u64,
    /// Where the first record starts.
    pub(super) rows_start: usize,
    pub(super) notes: Vec<Note>,
    /// Whether more of the file is needed to find the header's end.
    pub(super) is_cut: bool,
}

/// The delimiter with which the head of `bytes` is most plausibly a table: the one that gives a header with most of the
/// `wanted` names, then the one with most rows of equal length, then the one with most columns.
#[must_use]
pub fn find_delimiter(bytes: &[u8], wanted: &[String]) -> u8 {
    let score = |delimiter: u8| {
        let rows = sample(bytes, Dialect { delimiter, has_backslashes: has_backslashes(bytes, delimiter) }, 1, 0);
        let n_wanted = rows.iter().take(MAX_HEADER_ROW).map(|row| row.n_wanted(wanted)).max().unwrap_or(0);
        let (width, n_rows) = usual_width(&rows);
        let permille = if width < 2 { 0 } else { 1_000 * n_rows / rows.len().max(1) };
        (n_wanted, permille, width)
    };
    // `max_by_key` returns the last of equal ones, so the most common delimiter comes last.
    DELIMITERS.into_iter().rev().max_by_key(|delimiter| score(*delimiter)).unwrap_or(b',')
}

pub(super) fn find(file: &str, bytes: &[u8], is_whole: bool, options: &ReadOptions) -> Result<Head, ReadError> {
    let file = file.to_owned();
    let mut notes = Vec::new();
    let mut from = if bytes.starts_with(Encoding::Utf8Bom.mark()) { 3 } else { 0 };
    let mut line = 1;
    let next_line = |from: usize| {
        let end = bytes[from..].iter().position(|byte| b"\r\n".contains(byte)).map_or(bytes.len(), |end| from + end);
        end + line_end_length(&bytes[end..])
    };
    while line <= options.skip_rows {
        from = next_line(from);
        line += 1;
    }
    if bytes[from..].trim_ascii().is_empty() {
        return Err(ReadError::Empty { file });
    }
    let told = told_delimiter(&bytes[from..next_line(from)]);
    if told.is_some() {
        from = next_line(from);
        line += 1;
    }
    let body = &bytes[from..];
    let delimiter = told.unwrap_or_else(|| find_delimiter(body, &options.wanted));
    let dialect = Dialect { delimiter, has_backslashes: has_backslashes(body, delimiter) };
    if dialect.has_backslashes {
        let text = "backslashes before quotes are read as MySQL writes them".into();
        notes.push(Note::new("backslashes", &[], text).public());
    }
    let rows = sample(body, dialect, line, from);
    let is_cut = rows.is_empty() && !is_whole;
    let rows: Vec<SampleRow> = rows
        .into_iter()
        .filter(|row| {
            let first = row.cells.first().map_or("", String::as_str);
            row.n_filled() > 0 && !options.comment.as_ref().is_some_and(|start| first.starts_with(start.as_str()))
        })
        .collect();
    let header_idx = match options.header_row {
        Some(wanted) => Some(
            rows.iter()
                .position(|row| row.line == wanted)
                .ok_or_else(|| ReadError::NoSuchRow { file: file.clone(), line: wanted })?,
        ),
        None => header_place(&rows, &options.wanted),
    };
    let Some(header_idx) = header_idx else {
        if is_cut {
            return Ok(Head {
                dialect,
                names: Vec::new(),
                cells: Vec::new(),
                raw: Vec::new(),
                line,
                rows_start: 0,
                notes,
                is_cut,
            });
        }
        return Err(ReadError::Empty { file });
    };
    let header = &rows[header_idx];
    if header_idx > 0 && options.header_row.is_none() {
        let text = format!(
            "the column names stand in line {}; {} above it {} left out (--header-row decides otherwise)",
            header.line,
            if header_idx == 1 { "one line".into() } else { format!("{header_idx} lines") },
            if header_idx == 1 { "is" } else { "are" }
        );
        notes.push(Note::new("header-row", &[("line", &header.line), ("n", &header_idx)], text).public());
    }
    let records = &rows[header_idx + 1..];
    // Spreadsheets write blank columns after the table's last one.
    let is_blank =
        |field: usize| rows[header_idx..].iter().all(|row| row.cells.get(field).is_none_or(String::is_empty));
    let mut n_fields = header.cells.len();
    while n_fields > 1 && is_blank(n_fields - 1) {
        n_fields -= 1;
    }
    if n_fields < header.cells.len() && !records.is_empty() {
        let n = header.cells.len() - n_fields;
        let text = format!("{n} blank columns at the right are left out");
        notes.push(Note::new("blank-columns", &[("n", &n)], text).public());
    }
    let cells = &header.cells[..n_fields];
    if options.header_row.is_none() && is_data(cells, records) {
        return Err(ReadError::HeaderIsData {
            file,
            line: header.line,
            cells: cells.iter().take(4).cloned().collect(),
        });
    }
    let raw = bytes[header.start..header.end].to_vec();
    if let Some(field) = cells.iter().position(|cell| cell.contains('\u{fffd}'))
        && std::str::from_utf8(&raw).is_err()
    {
        let location = Location { file, line: header.line, field: field + 1, column: "header".into() };
        return Err(ReadError::NotUtf8 { location });
    }
    let names = unique_names(&file, header.line, cells, &mut notes)?;
    let mut rows_start = header.end + line_end_length(&bytes[header.end..]);
    if let Some((first, what)) = records.first().zip(units::what_is_first(cells, records)) {
        let text = format!("line {} {} and is left out", first.line, what.in_words());
        notes.push(Note::new(what.code(), &[("line", &first.line)], text).public());
        rows_start = first.end + line_end_length(&bytes[first.end..]);
    }
    let cells = cells.iter().map(|cell| cell.as_bytes().to_vec()).collect();
    Ok(Head { dialect, names, cells, raw, line: header.line, rows_start, notes, is_cut })
}

/// The most frequent number of cells, and how many rows have it.
fn usual_width(rows: &[SampleRow]) -> (usize, usize) {
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.n_filled() > 0) {
        *counts.entry(row.cells.len()).or_default() += 1;
    }
    counts.into_iter().max_by_key(|(width, n_rows)| (*n_rows, *width)).unwrap_or((0, 0))
}

/// Titles and notes fill one or two cells; a header fills most of a row, or has the `wanted` names.
fn header_place(rows: &[SampleRow], wanted: &[String]) -> Option<usize> {
    let candidates = &rows[..rows.len().min(MAX_HEADER_ROW)];
    let most = candidates.iter().map(|row| row.n_wanted(wanted)).max().unwrap_or(0);
    if most > 0 {
        return candidates.iter().position(|row| row.n_wanted(wanted) == most);
    }
    let width = {
        let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
        for row in candidates {
            *counts.entry(row.width()).or_default() += 1;
        }
        counts.into_iter().max_by_key(|(width, n_rows)| (*n_rows, *width)).map_or(0, |(width, _)| width)
    };
    let is_header = |row: &SampleRow| 2 * row.n_filled() > width;
    candidates.iter().position(is_header).or(if rows.is_empty() { None } else { Some(0) })
}

/// The delimiter in Excel's first line: `sep=;`.
fn told_delimiter(line: &[u8]) -> Option<u8> {
    let line = line.trim_ascii_end();
    let line = line.strip_prefix(b"\"").and_then(|line| line.strip_suffix(b"\"")).unwrap_or(line);
    match line.get(..4).filter(|start| start.eq_ignore_ascii_case(b"sep=")).map(|_| &line[4..]) {
        Some([delimiter]) => Some(*delimiter),
        // A trailing tab was trimmed as white space.
        Some([]) => Some(b'\t'),
        _ => None,
    }
}

/// Whether quotes within quotes are escaped with backslashes, as in MySQL.
fn has_backslashes(bytes: &[u8], delimiter: u8) -> bool {
    let sample = &bytes[..bytes.len().min(SAMPLE_BYTES)];
    sample.windows(3).any(|three| three.starts_with(b"\\\"") && three[2] != delimiter && !b"\r\n\"".contains(&three[2]))
}

/// Whether the header looks like a record: numbers above numbers, texts that also occur in its column.
fn is_data(header: &[String], records: &[SampleRow]) -> bool {
    if records.len() < 3 {
        return false;
    }
    let mut n_numbers = 0;
    for (field, name) in header.iter().enumerate() {
        let column = || records.iter().filter_map(|row| row.cells.get(field)).filter(|cell| !cell.is_empty());
        let is_number =
            looks_numeric(name) && column().filter(|cell| looks_numeric(cell)).count() * 10 >= column().count() * 9;
        n_numbers += usize::from(is_number);
        if !(is_number || name.is_empty() || column().any(|cell| cell == name)) {
            return false;
        }
    }
    n_numbers > 0
}
