//! All columns of a file as they are, for exploring data before anything is decided: without a target, and including
//! the columns that training would leave out, with the reason.

use std::path::Path;

use reader::{ColumnOptions, Note, ReadOptions, ReadingReport, TableReader, read_cells};

use crate::table::ColumnData;
use crate::table::ingest::{IngestError, MIN_CATEGORY_ROWS};

/// One column of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct RawColumn {
    /// The name in the header.
    pub name: String,
    /// Its cells: numbers if all cells that aren't blank are numbers.
    pub data: ColumnData,
    /// The number of distinct cells, without blanks.
    pub n_distinct: usize,
    /// Why it has no information, if it has none.
    pub constant: Option<String>,
    /// Why it seems to be an identifier, if it does.
    pub identifier: Option<String>,
    /// What was decided in reading it, or is left to decide.
    pub notes: Vec<String>,
}

impl RawColumn {
    /// Whether all cells that aren't blank are numbers.
    #[must_use]
    pub fn is_numeric(&self) -> bool {
        matches!(self.data, ColumnData::Numeric(_))
    }
}

/// Reads all columns of the file in `bytes`; `path` is for messages only, and `target` helps to find the header. What
/// training would ask the user is a note here.
///
/// # Errors
/// See [`IngestError`].
pub fn read_columns(
    path: &Path,
    bytes: &[u8],
    target: Option<&str>,
    options: &ReadOptions,
) -> Result<(Vec<RawColumn>, ReadingReport), IngestError> {
    let file = path.display().to_string();
    let options = ReadOptions { wanted: target.map(ToOwned::to_owned).into_iter().collect(), ..options.clone() };
    let mut cells = read_cells(TableReader::open(&file, bytes, &options)?)?;
    let lenient = ColumnOptions { lenient: true, min_rows: 0, ..ColumnOptions::default() };
    let decided = cells.decide(&file, &vec![Some(lenient); cells.names.len()])?;
    let mut report = ReadingReport { notes: cells.notes, columns: Vec::new() };
    let mut columns = Vec::new();
    for (name, mut column) in cells.names.into_iter().zip(decided.into_iter().flatten()) {
        let rare = column.builder.counts().iter().filter(|count| count.rows < MIN_CATEGORY_ROWS).count();
        let is_categorical = matches!(column.decision, reader::Decision::Categorical(_));
        if is_categorical && rare > 0 && column.identifier.is_none() && column.constant.is_none() {
            let text = format!(
                "{rare} categories stand in fewer than {MIN_CATEGORY_ROWS} rows: training puts them together as \"{}\"",
                reader::ANOTHER
            );
            column.reading.notes.push(Note::new("rare-categories", &[("n", &rare)], text));
        }
        report.columns.push(column.reading.clone());
        columns.push(RawColumn {
            n_distinct: column.builder.n_distinct(),
            constant: column.constant,
            identifier: column.identifier,
            notes: column.reading.notes.iter().map(ToString::to_string).collect(),
            data: column.decision.apply(column.builder),
            name,
        });
    }
    Ok((columns, report))
}
