//! From a file's rows to records of a model's schema.

use model_core::{ColumnKind, Range, Schema, Value};

use super::KnownFormat;
use super::cell_parser::{CellParser, Parsed};
use crate::columns::NumberFormat;
use crate::layout::Row;

/// Reads the rows of one file.
#[derive(Debug, Clone)]
pub struct RecordParser {
    parsers: Vec<CellParser>,
    /// For each of the file's fields, the model's column that it holds.
    column_of_field: Vec<Option<usize>>,
    /// The model's columns that are missing in the file: blank in all rows.
    absent: Vec<usize>,
    target: Option<(usize, NumberFormat)>,
    /// The range of the training data in numeric columns.
    observed: Vec<Option<Range>>,
}

/// A row has more or fewer cells than the header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WrongLength {
    /// The number of cells in the row.
    pub found: usize,
    /// The number of cells in the header.
    pub expected: usize,
}

impl RecordParser {
    /// For files of `n_fields` fields, of which `fields` are those of the schema's columns; numeric columns are parsed
    /// in their formats.
    pub(super) fn new(
        schema: &Schema,
        n_fields: usize,
        fields: &[Option<usize>],
        formats: &[KnownFormat],
        target: Option<(usize, NumberFormat)>,
    ) -> Self {
        let mut column_of_field = vec![None; n_fields];
        let mut absent = Vec::new();
        for (column, field) in fields.iter().enumerate() {
            match field.and_then(|field| column_of_field.get_mut(field)) {
                Some(slot) => *slot = Some(column),
                None if schema.columns[column].is_derived() => {}
                None => absent.push(column),
            }
        }
        let observed = |column: &model_core::Column| match column.kind {
            ColumnKind::Numeric { observed, .. } => Some(observed),
            ColumnKind::Categorical { .. } => None,
        };
        Self {
            parsers: CellParser::all(schema, formats),
            column_of_field,
            absent,
            target,
            observed: schema.columns.iter().map(observed).collect(),
        }
    }

    /// How many cells a row should have.
    #[must_use]
    pub fn n_fields(&self) -> usize {
        self.column_of_field.len()
    }

    /// Whether a column of the model is missing in the file.
    #[must_use]
    pub fn has_absent(&self) -> bool {
        !self.absent.is_empty()
    }

    /// The model's columns that are missing in the file.
    #[must_use]
    pub fn absent(&self) -> &[usize] {
        &self.absent
    }

    /// Writes a row's cells to `values`, one per column. `remark` is called for each cell that is not a plain value,
    /// with its column, its meaning and its bytes; a [`Parsed::Wrong`] cell becomes a blank.
    ///
    /// # Errors
    /// The row's length differs, so cells can't be assigned to columns; all values are blank.
    pub fn parse(
        &self,
        row: &Row<'_>,
        values: &mut [Value],
        mut remark: impl FnMut(usize, Parsed, &[u8]),
    ) -> Result<(), WrongLength> {
        if row.cells.len() != self.n_fields() {
            values.fill(Value::Missing);
            return Err(WrongLength { found: row.cells.len(), expected: self.n_fields() });
        }
        for column in &self.absent {
            values[*column] = Value::Missing;
        }
        for (column, cell) in self.column_of_field.iter().zip(row.cells) {
            let Some(column) = *column else { continue };
            let cell = &row.text[cell.clone()];
            let parsed = self.parsers[column].parse(cell);
            values[column] = match parsed {
                Parsed::Value(value) => value,
                Parsed::Respelled(code) | Parsed::Another(code) => Value::Category(code),
                Parsed::Wrong => Value::Missing,
            };
            if !matches!(parsed, Parsed::Value(Value::Number(_) | Value::Category(_))) {
                remark(column, parsed, cell);
            }
        }
        Ok(())
    }

    /// The row's true target, NaN if it has none.
    #[must_use]
    pub fn truth(&self, row: &Row<'_>) -> f64 {
        let Some((field, format)) = &self.target else { return f64::NAN };
        std::str::from_utf8(row.cell(*field)).ok().and_then(|text| format.number(text)).unwrap_or(f64::NAN)
    }

    /// The columns whose numbers are outside the range of the training data.
    pub fn outside<'a>(&'a self, values: &'a [Value]) -> impl Iterator<Item = usize> + 'a {
        let is_beyond = |observed: &Option<Range>, value: &Value| match (observed, value) {
            (Some(observed), Value::Number(number)) => !observed.contains(*number),
            _ => false,
        };
        let pairs = self.observed.iter().zip(values).enumerate();
        pairs.filter_map(move |(column, (observed, value))| is_beyond(observed, value).then_some(column))
    }
}
