//! Rows of texts from an engine's driver, converted to CSV.

use adbc_core::error::Error as AdbcError;
use arrow_array::cast::AsArray;
use arrow_array::{Array, RecordBatch};
use arrow_schema::{ArrowError, DataType, Schema};

/// CSV text that grows with each batch of rows.
pub(super) struct Csv {
    pub(super) text: String,
    pub(super) n_rows: u64,
}

impl Csv {
    /// Starts with the header.
    pub(super) fn new(schema: &Schema) -> Self {
        let mut text = String::new();
        line(&mut text, schema.fields().iter().map(|field| Some(field.name().as_str())));
        Self { text, n_rows: 0 }
    }

    /// # Errors
    /// A column that doesn't hold texts; the queries select no such column.
    pub(super) fn add(&mut self, batch: &RecordBatch) -> Result<(), ArrowError> {
        let columns = batch.columns().iter().map(|column| Texts::of(column)).collect::<Result<Vec<_>, _>>()?;
        for row in 0..batch.num_rows() {
            line(&mut self.text, columns.iter().map(|column| column.get(row)));
        }
        self.n_rows += batch.num_rows() as u64;
        Ok(())
    }
}

/// A column of texts in any Arrow layout that drivers use.
enum Texts<'a> {
    Short(&'a arrow_array::StringArray),
    Long(&'a arrow_array::LargeStringArray),
    View(&'a arrow_array::StringViewArray),
}

impl<'a> Texts<'a> {
    fn of(column: &'a dyn Array) -> Result<Self, ArrowError> {
        match column.data_type() {
            DataType::Utf8 => Ok(Self::Short(column.as_string())),
            DataType::LargeUtf8 => Ok(Self::Long(column.as_string())),
            DataType::Utf8View => Ok(Self::View(column.as_string_view())),
            other => Err(ArrowError::SchemaError(format!("a column of {other} instead of texts"))),
        }
    }

    fn get(&self, row: usize) -> Option<&'a str> {
        match self {
            Self::Short(texts) => texts.is_valid(row).then(|| texts.value(row)),
            Self::Long(texts) => texts.is_valid(row).then(|| texts.value(row)),
            Self::View(texts) => texts.is_valid(row).then(|| texts.value(row)),
        }
    }
}

fn line<'a>(text: &mut String, cells: impl Iterator<Item = Option<&'a str>>) {
    for (idx, cell) in cells.enumerate() {
        if idx > 0 {
            text.push(',');
        }
        let cell = cell.unwrap_or_default();
        if cell.contains(['"', ',', '\n', '\r', ';', '\t']) {
            text.push('"');
            text.push_str(&cell.replace('"', "\"\""));
            text.push('"');
        } else {
            text.push_str(cell);
        }
    }
    text.push('\n');
}

/// A driver's message on one line, without secrets.
pub(super) fn message(error: &AdbcError) -> String {
    let words: Vec<&str> = error.message.split_whitespace().collect();
    super::redacted(&words.join(" "))
}
