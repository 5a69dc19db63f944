//! Everything that can be wrong with a file, where, and what to do about it.

use std::fmt;
use std::io;

use model_core::Date;
use thiserror::Error;

/// A cell of a file, printed as `file:line:field: column "name"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// The file as the user named it.
    pub file: String,
    /// From 1.
    pub line: u64,
    /// The cell's position in its line, from 1.
    pub field: usize,
    /// The column's name.
    pub column: String,
}

impl fmt::Display for Location {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}:{}: column \"{}\"", self.file, self.line, self.field, self.column)
    }
}

/// Why a file could not be read as a table.
#[derive(Debug, Error)]
pub enum ReadError {
    /// Reading failed.
    #[error("{file}: it can't be read: {problem}; check the path and its permissions")]
    Read {
        /// The file.
        file: String,
        /// Why.
        #[source]
        problem: io::Error,
    },
    /// It is not a table.
    #[error("{file}: this is no table that can be read: {problem}")]
    NotText {
        /// The file.
        file: String,
        /// What it is.
        problem: String,
    },
    /// Nothing but blank lines.
    #[error("{file}: the file is empty; it needs a line of column names and at least one record")]
    Empty {
        /// The file.
        file: String,
    },
    /// A header and nothing else.
    #[error("{file}: there is no record below the column names but blank cells at most; add the students' rows")]
    NoRows {
        /// The file.
        file: String,
    },
    /// `--header-row` names a line that is not a row.
    #[error("{file}: line {line} is no row with cells near the top of the file; name another --header-row")]
    NoSuchRow {
        /// The file.
        file: String,
        /// The line.
        line: u64,
    },
    /// The first row is a record.
    #[error(
        "{file}:{line}:1: the column names look like a record ({}, …); add a line of column names above, or take line {line} for them with --header-row {line}",
        cells.join(", ")
    )]
    HeaderIsData {
        /// The file.
        file: String,
        /// The header's line.
        line: u64,
        /// The first of its cells.
        cells: Vec<String>,
    },
    /// Bytes that are not UTF-8.
    #[error("{location}: the cell is not UTF-8 text, as other cells are; save the file as CSV (UTF-8)")]
    NotUtf8 {
        /// Where.
        location: Location,
    },
    /// A zero byte.
    #[error("{location}: the cell holds a NUL byte, which no text has: the file is damaged there; correct the cell")]
    Nul {
        /// Where.
        location: Location,
    },
    /// Two columns with the same name.
    #[error(
        "{file}:{line}:{second}: column \"{name}\" stands in the header twice (fields {first} and {second}); rename one of them"
    )]
    DuplicateHeader {
        /// The file.
        file: String,
        /// The header's line.
        line: u64,
        /// The name.
        name: String,
        /// The first field of that name, from 1.
        first: usize,
        /// The second.
        second: usize,
    },
    /// A row with more or fewer fields than the header.
    #[error("{file}:{line}:{}: the row has {found} fields but the header has {expected}; {}", (*found).min(*expected) + 1, remedy(*found > *expected, *has_quote))]
    RaggedRow {
        /// The file.
        file: String,
        /// The row's line.
        line: u64,
        /// How many fields it has.
        found: usize,
        /// How many the header has.
        expected: usize,
        /// Whether it contains a quote.
        has_quote: bool,
    },
    /// A quote that merges several rows into one cell.
    #[error(
        "{file}:{line}:1: a quote is left open in line {line}: {n_lines} lines would be one cell; remove the quote, or double it within a quoted cell"
    )]
    OpenQuote {
        /// The file.
        file: String,
        /// The line of the quote.
        line: u64,
        /// How many lines the cell would have.
        n_lines: u64,
    },
    /// Probably an unclosed quote.
    #[error("{file}:{line}:1: the row that starts here does not end within {} MB; is a quote left open?", bytes >> 20)]
    EndlessRow {
        /// The file.
        file: String,
        /// Where the row starts.
        line: u64,
        /// The length that was searched.
        bytes: usize,
    },
    /// A problem with one column.
    #[error("{location}: {problem}")]
    Column {
        /// The first cell that it concerns.
        location: Location,
        /// What is wrong, and what to do.
        problem: Box<ColumnProblem>,
    },
}

/// What can't be decided about a column.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum ColumnProblem {
    /// Cells that are different numbers with a decimal point and with a decimal comma.
    #[error(
        "\"{cell}\" may be {with_point} or {with_comma}, and no cell of the column tells; say which: decimal = \".\" or decimal = \",\" under [columns.{}] in scorecast.toml, for `predict` --decimal",
        toml_key(column)
    )]
    Ambiguous {
        /// The column.
        column: String,
        /// The first such cell.
        cell: String,
        /// With a decimal point.
        with_point: f64,
        /// With a decimal comma.
        with_comma: f64,
    },
    /// All but a few cells are numbers.
    #[error(
        "{n_numbers} cells are numbers, but {}; correct them, or say in scorecast.toml under [columns.{}] what they are: missing = [{}] (no value) or kind = \"categorical\" (--categorical)",
        listed(cells),
        toml_key(column),
        cells.iter().map(|(_, text)| format!("{text:?}")).collect::<Vec<_>>().join(", ")
    )]
    AlmostNumeric {
        /// The column.
        column: String,
        /// How many cells are numbers.
        n_numbers: usize,
        /// The first of the others, each with its line.
        cells: Vec<(u64, String)>,
    },
    /// All but a few cells are dates.
    #[error(
        "{n_dates} cells are dates, but {}; correct them, or say in scorecast.toml under [columns.{}] what they are: missing = [{}] (no value) or kind = \"categorical\" (--categorical, all of the column as texts)",
        listed(cells),
        toml_key(column),
        cells.iter().map(|(_, text)| format!("{text:?}")).collect::<Vec<_>>().join(", ")
    )]
    AlmostDates {
        /// The column.
        column: String,
        /// How many cells are dates.
        n_dates: usize,
        /// The first of the others, each with its line.
        cells: Vec<(u64, String)>,
    },
    /// Dates that are different days with the day first and with the month first.
    #[error(
        "\"{cell}\" may be {day_first} or {month_first}, and no cell of the column tells; say which: dates = \"day-first\" or dates = \"month-first\" under [columns.{}] in scorecast.toml, for `predict` --dates",
        toml_key(column)
    )]
    AmbiguousDate {
        /// The column.
        column: String,
        /// The first such cell.
        cell: String,
        /// With the day first.
        day_first: Date,
        /// With the month first.
        month_first: Date,
    },
    /// Probably a sentinel, a number that means "no value".
    #[error(
        "{n_cells} cells are {code}, far outside of all others ({min} to {max}), as codes for \"no value\" are; say in scorecast.toml under [columns.{}] what it is: missing = [\"{code}\"] (no value) or kind = \"numeric\" (--numeric, a number)",
        toml_key(column)
    )]
    Sentinel {
        /// The column.
        column: String,
        /// The number as it is written.
        code: String,
        /// The number of cells with it.
        n_cells: usize,
        /// The smallest of the other numbers.
        min: f64,
        /// The largest of the other numbers.
        max: f64,
    },
    /// A number out of the range that can be calculated with.
    #[error("\"{cell}\" is beyond what can be calculated with (1e-100 to 1e100); correct the cell, or leave it empty")]
    Magnitude {
        /// The cell.
        cell: String,
    },
}

impl ReadError {
    /// No thread could be started. The system reports this with the same kind as "more bytes are needed", so its kind
    /// is dropped.
    pub(crate) fn no_threads(file: &str, problem: &io::Error) -> Self {
        let problem = io::Error::other(format!("threads can't be started: {problem}; allow more processes"));
        Self::Read { file: file.to_owned(), problem }
    }

    /// Whether more bytes are needed to continue: see [`crate::Feed`].
    #[must_use]
    pub fn is_pending(&self) -> bool {
        matches!(self, Self::Read { problem, .. } if problem.kind() == io::ErrorKind::WouldBlock)
    }

    /// The kind of error, for programs with their own messages.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Read { .. } => "read-failed",
            Self::NotText { .. } => "no-table",
            Self::Empty { .. } => "empty",
            Self::NoRows { .. } => "no-rows",
            Self::NoSuchRow { .. } => "no-such-row",
            Self::HeaderIsData { .. } => "header-is-data",
            Self::NotUtf8 { .. } => "not-utf8",
            Self::Nul { .. } => "nul",
            Self::DuplicateHeader { .. } => "duplicate-column",
            Self::RaggedRow { .. } => "wrong-length",
            Self::OpenQuote { .. } => "open-quote",
            Self::EndlessRow { .. } => "endless-row",
            Self::Column { problem, .. } => problem.code(),
        }
    }

    /// The column that it concerns.
    #[must_use]
    pub fn column(&self) -> Option<&str> {
        match self {
            Self::NotUtf8 { location } | Self::Nul { location } | Self::Column { location, .. } => {
                Some(&location.column)
            }
            Self::DuplicateHeader { name, .. } => Some(name),
            _ => None,
        }
    }

    /// The values for the placeholders of a translated message.
    #[must_use]
    pub fn figures(&self) -> Vec<(&'static str, String)> {
        let line = |line: &u64| ("line", line.to_string());
        match self {
            Self::Read { problem, .. } => vec![("problem", problem.to_string())],
            Self::NotText { problem, .. } => vec![("problem", problem.clone())],
            Self::Empty { .. } | Self::NoRows { .. } => Vec::new(),
            Self::NoSuchRow { line: at, .. } | Self::EndlessRow { line: at, .. } => vec![line(at)],
            Self::HeaderIsData { line: at, cells, .. } => vec![line(at), ("cells", cells.join(", "))],
            Self::NotUtf8 { location } | Self::Nul { location } => {
                vec![line(&location.line), ("column", location.column.clone())]
            }
            Self::DuplicateHeader { line: at, name, .. } => vec![line(at), ("column", name.clone())],
            Self::RaggedRow { line: at, found, expected, .. } => {
                vec![line(at), ("found", found.to_string()), ("expected", expected.to_string())]
            }
            Self::OpenQuote { line: at, n_lines, .. } => vec![line(at), ("n", n_lines.to_string())],
            Self::Column { location, problem } => {
                let mut figures = vec![line(&location.line), ("column", location.column.clone())];
                match &**problem {
                    ColumnProblem::Ambiguous { cell, with_point, with_comma, .. } => {
                        figures.push(("cell", cell.clone()));
                        figures.extend([("point", with_point.to_string()), ("comma", with_comma.to_string())]);
                    }
                    ColumnProblem::AmbiguousDate { cell, day_first, month_first, .. } => {
                        figures.push(("cell", cell.clone()));
                        figures.extend([("day", day_first.to_string()), ("month", month_first.to_string())]);
                    }
                    _ => {}
                }
                figures
            }
        }
    }
}

impl ColumnProblem {
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Ambiguous { .. } => "ambiguous-number",
            Self::AlmostNumeric { .. } => "almost-numeric",
            Self::AlmostDates { .. } => "almost-dates",
            Self::AmbiguousDate { .. } => "ambiguous-date",
            Self::Sentinel { .. } => "sentinel",
            Self::Magnitude { .. } => "magnitude",
        }
    }

    /// Sets the column's name.
    pub(crate) fn in_column(mut self, name: &str) -> Self {
        match &mut self {
            Self::Ambiguous { column, .. }
            | Self::AlmostNumeric { column, .. }
            | Self::AlmostDates { column, .. }
            | Self::AmbiguousDate { column, .. }
            | Self::Sentinel { column, .. } => name.clone_into(column),
            Self::Magnitude { .. } => {}
        }
        self
    }
}

fn remedy(is_longer: bool, has_quote: bool) -> &'static str {
    match (is_longer, has_quote) {
        (true, false) => "quote cells that contain the delimiter",
        (true, true) => "quote cells that contain the delimiter, and double quotes within them",
        (false, false) => "add the missing cells (empty ones are allowed), or remove the row",
        (false, true) => "is a quote left open? Else add the missing cells (empty ones are allowed)",
    }
}

fn listed(cells: &[(u64, String)]) -> String {
    let cell = |(line, text): &(u64, String)| format!("line {line} has {text:?}");
    cells.iter().map(cell).collect::<Vec<_>>().join(", ")
}

fn toml_key(name: &str) -> String {
    let is_bare =
        !name.is_empty() && name.chars().all(|letter| letter.is_ascii_alphanumeric() || "_-".contains(letter));
    if is_bare { name.to_owned() } else { format!("{name:?}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lack_of_threads_is_no_lack_of_bytes() {
        let problem = ReadError::no_threads("f.csv", &io::Error::from(io::ErrorKind::WouldBlock));
        assert!(!problem.is_pending());
        assert!(problem.to_string().starts_with("f.csv: "), "{problem}");
    }
}
