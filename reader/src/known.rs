//! A file whose columns are known: those of a model's schema. Cells are read by the same rules as in training.

use model_core::{ColumnKind, Schema};

use crate::columns::{CategoryMatcher, ColumnOptions, Kind, NumberFormat, Survey, gather};
use crate::error::{Place, ReadError};
use crate::layout::{Block, TableReader};
use crate::names::{Found, find_names};

/// Where the header has the schema's columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownColumns {
    /// For each of the schema's columns its field, if there is one.
    pub fields: Vec<Option<usize>>,
    /// The target's field, if there is one.
    pub target: Option<usize>,
    /// Names of columns that are not there.
    pub missing: Vec<String>,
    /// Names of columns for which more than one field could be meant, with the fields' names.
    pub doubtful: Vec<(String, Vec<String>)>,
    /// Columns that are spelled otherwise in the file.
    pub notes: Vec<String>,
}

/// Finds the columns of `schema` and its target in a header.
#[must_use]
pub fn find_columns(header: &[String], schema: &Schema) -> KnownColumns {
    let columns = schema.columns.iter().map(|column| vec![column.name.as_str(), column.label.as_str()]);
    let target = vec![schema.target.name.as_str(), schema.target.label.as_str()];
    let wanted: Vec<Vec<&str>> = columns.chain([target]).collect();
    let found = find_names(header, &wanted);
    let mut known =
        KnownColumns { fields: Vec::new(), target: None, missing: Vec::new(), doubtful: Vec::new(), notes: Vec::new() };
    for (column, (found, spellings)) in found.iter().zip(&wanted).enumerate() {
        let name = spellings[0];
        let is_target = column == schema.columns.len();
        let field = match found {
            Found::At(field) => {
                if header[*field] != name {
                    known.notes.push(format!("column \"{}\" is read as \"{name}\"", header[*field]));
                }
                Some(*field)
            }
            Found::Nowhere => {
                if !is_target {
                    known.missing.push(name.to_owned());
                }
                None
            }
            Found::Several(fields) => {
                if !is_target {
                    known.doubtful.push((name.to_owned(), fields.iter().map(|field| header[*field].clone()).collect()));
                }
                None
            }
        };
        if is_target {
            known.target = field;
        } else {
            known.fields.push(field);
        }
    }
    known
}

/// How the numbers of the schema's columns are written, decided from the first blocks of a file; of each column that has
/// a field. Blocks that can't be read are passed over here.
///
/// # Errors
/// Cells have two readings, and no cell of those blocks tells.
pub fn number_formats(
    reader: &TableReader<'_>,
    blocks: &[Block],
    schema: &Schema,
    fields: &[Option<usize>],
) -> Result<Vec<NumberFormat>, ReadError> {
    let wanted = schema
        .columns
        .iter()
        .zip(fields)
        .map(|(column, field)| field.filter(|_| matches!(column.kind, ColumnKind::Numeric { .. })));
    let wanted: Vec<Option<usize>> = wanted.collect();
    let columns = gather(reader.splitter(), blocks, &wanted);
    let options = ColumnOptions { kind: Some(Kind::Numeric), ..ColumnOptions::default() };
    let mut formats = Vec::with_capacity(columns.len());
    for (column, field) in columns.iter().zip(&wanted) {
        let counts = column.counts();
        let survey = Survey::new(&counts, reader.splitter().dialect.delimiter, &options);
        let format = survey.format().map_err(|(line, problem)| {
            let field = field.unwrap_or_default();
            let name = reader.names().get(field).cloned().unwrap_or_default();
            let place = Place { file: reader.file().to_owned(), line, field: field + 1, column: name.clone() };
            ReadError::Column { place, problem: Box::new(problem.in_column(&name)) }
        })?;
        formats.push(format);
    }
    Ok(formats)
}

/// Finds categories, one matcher a column; `None` for numbers.
#[must_use]
pub fn matchers(schema: &Schema) -> Vec<Option<CategoryMatcher>> {
    let matcher = |column: &model_core::Column| match &column.kind {
        ColumnKind::Numeric { .. } => None,
        ColumnKind::Categorical { values, .. } => Some(CategoryMatcher::new(values)),
    };
    schema.columns.iter().map(matcher).collect()
}
