//! How the numbers of known columns are written, decided from the first blocks of a file.

use model_core::{Column, ColumnKind, DateOrder, DateRole};

use crate::cells::Decimal;
use crate::columns::{
    ColumnBuilder, ColumnOptions, DateSurvey, Kind, KnownColumn, NumberFormat, Survey, gather, within,
};
use crate::error::{ColumnProblem, Location, ReadError};
use crate::layout::{Block, TableReader};
use crate::note::Note;

/// The notation of ambiguous cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Notation {
    /// The decimal sign.
    pub decimal: Option<Decimal>,
    /// The first part of dates.
    pub dates: Option<DateOrder>,
}

/// How one column's numbers or dates are written, and the notes on that.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct KnownFormat {
    /// How they are read.
    pub format: NumberFormat,
    /// What was done to read the cells of the first blocks.
    pub notes: Vec<Note>,
}

/// The formats of some columns, each given by what the model knows about it and its field; those that are not numeric
/// or have no field are skipped. If no cell decides, the reading within the range of the training data is used. Blocks
/// that can't be read are skipped here.
///
/// # Errors
/// Cells are ambiguous, and neither their column nor training decides.
pub fn number_formats(
    reader: &TableReader<'_>,
    blocks: &[Block],
    columns: &[(&Column, Option<usize>)],
    notation: Notation,
) -> Result<Vec<KnownFormat>, ReadError> {
    let is_read = |column: &Column| matches!(column.kind, ColumnKind::Numeric { .. });
    let wanted: Vec<Option<usize>> = columns.iter().map(|(column, field)| field.filter(|_| is_read(column))).collect();
    let gathered = gather(reader.splitter(), blocks, &wanted);
    let mut formats = Vec::with_capacity(columns.len());
    for ((cells, field), (column, _)) in gathered.iter().zip(&wanted).zip(columns) {
        let format = match column.date {
            Some(DateRole::Days { .. }) => of_dates(cells, column, notation),
            _ => of_numbers(cells, KnownColumn::of(column), reader.splitter().dialect.delimiter, notation),
        };
        formats.push(format.map_err(|(line, problem)| {
            let field = field.unwrap_or_default();
            let name = reader.names().get(field).cloned().unwrap_or_default();
            let location = Location { file: reader.file().to_owned(), line, field: field + 1, column: name.clone() };
            ReadError::Column { location, problem: Box::new(problem.in_column(&name)) }
        })?);
    }
    Ok(formats)
}

fn of_numbers(
    cells: &ColumnBuilder,
    known: Option<KnownColumn>,
    delimiter: u8,
    notation: Notation,
) -> Result<KnownFormat, (u64, ColumnProblem)> {
    let options = ColumnOptions { kind: Some(Kind::Numeric), decimal: notation.decimal, ..ColumnOptions::default() };
    let counts = cells.counts();
    let survey = Survey::new(&counts, delimiter, &options);
    let format =
        survey.format().or_else(|(line, problem)| match within(&problem, known.map(|known| known.observed)) {
            Some(decimal) => Ok(NumberFormat::new(decimal)),
            None => Err((line, problem)),
        })?;
    Ok(KnownFormat { format, notes: survey.notes().to_vec() })
}

fn of_dates(cells: &ColumnBuilder, column: &Column, notation: Notation) -> Result<KnownFormat, (u64, ColumnProblem)> {
    let options = ColumnOptions::of_known(column);
    let counts = cells.counts();
    let survey = DateSurvey::of(&column.name, &counts, &options);
    let (Some(survey), Some(known)) = (survey, options.known) else { return Ok(KnownFormat::default()) };
    let (format, notes) = survey.decide_known(&column.name, notation.dates, known)?;
    Ok(KnownFormat { format, notes })
}
