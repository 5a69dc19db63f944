//! Which of a file's cells belongs to which of the model's columns, and how the output is written: as the input is.

use std::borrow::Cow;

use model_core::Schema;
use reader::{Decimal, Encoding, NumberFormat, Row, is_blank_word, looks_numeric};

use crate::predict::BatchColumns;

/// The file's shape.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) delimiter: u8,
    pub(super) n_fields: usize,
    /// For each of the file's fields: the place of the model's column that it holds.
    pub(super) column_of_field: Vec<Option<usize>>,
    /// Places of the model's columns that the file lacks and that are taken for blank.
    pub(super) blank_columns: Vec<usize>,
    /// The sign before fractions in what is written.
    pub(super) decimal: Decimal,
}

impl Layout {
    pub(super) fn new(delimiter: u8, n_fields: usize, fields: &[Option<usize>], formats: &[NumberFormat]) -> Self {
        let mut column_of_field = vec![None; n_fields];
        let mut blank_columns = Vec::new();
        for (column, field) in fields.iter().enumerate() {
            match field {
                Some(field) => column_of_field[*field] = Some(column),
                None => blank_columns.push(column),
            }
        }
        let has_commas = formats.iter().any(|format| format.decimal() == Decimal::Comma);
        let decimal = if has_commas { Decimal::Comma } else { Decimal::Point };
        Self { delimiter, n_fields, column_of_field, blank_columns, decimal }
    }

    /// The names of what is written beside the input's columns; none of them is a name that the input has.
    pub(super) fn names(header: &[String], schema: &Schema, columns: BatchColumns) -> Vec<String> {
        let mut names = vec![format!("predicted_{}", schema.target.name)];
        if let Some(level) = columns.level {
            names.extend([format!("low_{level}"), format!("high_{level}")]);
        }
        if columns.explain {
            names.push("baseline".into());
            names.extend(schema.columns.iter().map(|column| format!("contribution_{}", column.name)));
        }
        names.push("note".into());
        let free = |name: String| {
            let numbered = (2..).map(|number| format!("{name}_{number}"));
            let mut names = std::iter::once(name.clone()).chain(numbered);
            names.find(|name| !header.contains(name)).unwrap_or_default()
        };
        names.into_iter().map(free).collect()
    }

    /// The header with the names behind it.
    pub(super) fn header(&self, raw: &[u8], cells: &[Vec<u8>], names: &[String]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let is_odd = |cell: &Vec<u8>| is_formula(cell);
        if cells.iter().any(is_odd) || self.delimiters(raw) + 1 != cells.len() {
            for (field, cell) in cells.iter().enumerate() {
                if field > 0 {
                    bytes.push(self.delimiter);
                }
                self.push_cell(&mut bytes, cell);
            }
        } else {
            bytes.extend_from_slice(raw.trim_ascii_end());
        }
        for name in names {
            bytes.push(self.delimiter);
            self.push_cell(&mut bytes, name.as_bytes());
        }
        bytes.push(b'\n');
        bytes
    }

    /// The row's cells as they are, but that it has as many as the header, and none that a spreadsheet would calculate.
    pub(super) fn push_row(&self, bytes: &mut Vec<u8>, row: &Row<'_>) {
        let is_formula = |field| is_formula(row.cell(field));
        if row.n_raw == self.n_fields && !(0..row.cells.len()).any(is_formula) {
            bytes.extend_from_slice(row.raw);
            return;
        }
        for field in 0..self.n_fields {
            if field > 0 {
                bytes.push(self.delimiter);
            }
            if field + 1 == self.n_fields && row.cells.len() > self.n_fields {
                // What the header has no place for stays in the last cell.
                let rest: Vec<&[u8]> = (field..row.cells.len()).map(|field| row.cell(field)).collect();
                self.push_cell(bytes, &rest.join(&self.delimiter));
            } else {
                self.push_cell(bytes, row.cell(field));
            }
        }
    }

    /// A cell that no spreadsheet takes for a formula, quoted where it must be.
    pub(super) fn push_cell(&self, bytes: &mut Vec<u8>, cell: &[u8]) {
        let must_quote = cell.iter().any(|byte| *byte == self.delimiter || b"\"\r\n".contains(byte));
        if must_quote {
            bytes.push(b'"');
        }
        if is_formula(cell) {
            bytes.push(b'\'');
        }
        for byte in cell {
            bytes.push(*byte);
            if *byte == b'"' {
                bytes.push(b'"');
            }
        }
        if must_quote {
            bytes.push(b'"');
        }
    }

    /// A number with the file's decimal sign.
    pub(super) fn push_number(&self, bytes: &mut Vec<u8>, number: &str) {
        match self.decimal {
            Decimal::Point => bytes.extend_from_slice(number.as_bytes()),
            Decimal::Comma => self.push_cell(bytes, number.replace('.', ",").as_bytes()),
        }
    }

    fn delimiters(&self, raw: &[u8]) -> usize {
        let mut is_quoted = false;
        let mut n_delimiters = 0;
        for byte in raw {
            is_quoted ^= *byte == b'"';
            n_delimiters += usize::from(!is_quoted && *byte == self.delimiter);
        }
        n_delimiters
    }
}

/// Whether a spreadsheet would calculate with a cell.
pub(super) fn is_formula(cell: &[u8]) -> bool {
    cell.first().is_some_and(|first| b"=+-@\t\r".contains(first))
        && std::str::from_utf8(cell).is_ok_and(|text| !looks_numeric(text) && !is_blank_word(text))
}

/// Text in the file's encoding.
pub(super) fn encoded(encoding: Encoding, text: &[u8]) -> Cow<'_, [u8]> {
    match encoding {
        Encoding::Utf8 | Encoding::Utf8Bom => Cow::Borrowed(text),
        other => Cow::Owned(other.encode(&String::from_utf8_lossy(text))),
    }
}
