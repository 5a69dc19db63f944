//! Which of a file's cells belongs to which of the model's columns.

use std::io::{self, Write};

use model_core::Schema;

use crate::predict::{BatchColumns, BatchError};

/// The file's shape.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) delimiter: u8,
    pub(super) n_fields: usize,
    /// For each of the file's fields: the place of the model's column that it holds.
    pub(super) column_of_field: Vec<Option<usize>>,
}

impl Layout {
    pub(super) fn new(schema: &Schema, file: &str, delimiter: u8, header: &[String]) -> Result<Self, BatchError> {
        let mut column_of_field = vec![None; header.len()];
        let mut missing = Vec::new();
        for (column_idx, column) in schema.columns.iter().enumerate() {
            let exact = header.iter().position(|name| *name == column.name);
            let field = exact.or_else(|| header.iter().position(|name| folded(name).eq(folded(&column.name))));
            match field {
                Some(field) => column_of_field[field] = Some(column_idx),
                None => missing.push(column.name.clone()),
            }
        }
        if missing.is_empty() {
            Ok(Self { delimiter, n_fields: header.len(), column_of_field })
        } else {
            Err(BatchError::MissingColumns { file: file.to_owned(), missing, found: header.to_vec() })
        }
    }

    pub(super) fn write_header(
        &self,
        output: &mut (impl Write + ?Sized),
        header_line: &[u8],
        schema: &Schema,
        columns: BatchColumns,
    ) -> io::Result<()> {
        let delimiter = [self.delimiter];
        let name = format!("predicted_{}", schema.target.name);
        let mut names = vec![name];
        if columns.level.is_some() {
            names.extend(["low", "high"].map(String::from));
        }
        if columns.explain {
            names.push("baseline".into());
            names.extend(schema.columns.iter().map(|column| format!("contribution_{}", column.name)));
        }
        names.push("note".into());
        output.write_all(header_line)?;
        for name in names {
            output.write_all(&delimiter)?;
            if name.contains(['"', '\n', '\r', char::from(self.delimiter)]) {
                write!(output, "\"{}\"", name.replace('"', "\"\""))?;
            } else {
                output.write_all(name.as_bytes())?;
            }
        }
        output.write_all(b"\n")?;
        Ok(())
    }
}

/// The name without case, and with spaces and hyphens as underscores.
fn folded(name: &str) -> impl Iterator<Item = char> {
    name.chars().flat_map(char::to_lowercase).map(|letter| if letter == ' ' || letter == '-' { '_' } else { letter })
}
