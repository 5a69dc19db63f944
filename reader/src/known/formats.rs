//! How the numbers of known columns are written, decided from the first blocks of a file.

use model_core::ColumnKind;

use crate::cells::Decimal;
use crate::columns::{ColumnOptions, Kind, NumberFormat, Survey, gather};
use crate::error::{ColumnProblem, Place, ReadError};
use crate::layout::{Block, TableReader};
use crate::note::Note;

/// How one column's numbers are written, and what should be said about that.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct KnownFormat {
    /// How they are read.
    pub format: NumberFormat,
    /// What was done to read those of the first blocks.
    pub notes: Vec<Note>,
}

/// The formats of some columns, each given by what the model knows of it and its field; those that are no numbers or have no
/// field are passed over. Where no cell tells, the reading is taken that lies within what training saw. Blocks that can't be
/// read are passed over here.
///
/// # Errors
/// Cells have two readings, and neither their column nor training tells.
pub fn number_formats(
    reader: &TableReader<'_>,
    blocks: &[Block],
    columns: &[(&ColumnKind, Option<usize>)],
    decimal: Option<Decimal>,
) -> Result<Vec<KnownFormat>, ReadError> {
    let is_read = |kind: &ColumnKind| matches!(kind, ColumnKind::Numeric { .. });
    let wanted: Vec<Option<usize>> = columns.iter().map(|(kind, field)| field.filter(|_| is_read(kind))).collect();
    let gathered = gather(reader.splitter(), blocks, &wanted);
    let options = ColumnOptions { kind: Some(Kind::Numeric), decimal, ..ColumnOptions::default() };
    let mut formats = Vec::with_capacity(columns.len());
    for ((cells, field), (kind, _)) in gathered.iter().zip(&wanted).zip(columns) {
        let counts = cells.counts();
        let survey = Survey::new(&counts, reader.splitter().dialect.delimiter, &options);
        let format = survey.format().or_else(|(line, problem)| {
            if let Some(decimal) = within_training(&problem, kind) {
                return Ok(NumberFormat::new(decimal));
            }
            let field = field.unwrap_or_default();
            let name = reader.names().get(field).cloned().unwrap_or_default();
            let place = Place { file: reader.file().to_owned(), line, field: field + 1, column: name.clone() };
            Err(ReadError::Column { place, problem: Box::new(problem.in_column(&name)) })
        })?;
        formats.push(KnownFormat { format, notes: survey.notes().to_vec() });
    }
    Ok(formats)
}

/// The decimal sign with which a number of two readings lies within what training saw, where only one does.
fn within_training(problem: &ColumnProblem, kind: &ColumnKind) -> Option<Decimal> {
    let (ColumnProblem::Ambiguous { with_point, with_comma, .. }, ColumnKind::Numeric { observed, .. }) =
        (problem, kind)
    else {
        return None;
    };
    match (observed.contains(*with_point), observed.contains(*with_comma)) {
        (true, false) => Some(Decimal::Point),
        (false, true) => Some(Decimal::Comma),
        _ => None,
    }
}
