//! Writes a file again with additional columns and the same delimiter, decimal sign and cells, but without formulas.

use std::borrow::Cow;

use crate::cells::{Decimal, is_blank_word, looks_numeric};
use crate::known::KnownFormat;
use crate::layout::Row;
use crate::source::Encoding;

/// How a file is written.
#[derive(Debug, Clone)]
pub struct Output {
    delimiter: u8,
    n_fields: usize,
    decimal: Decimal,
}

impl Output {
    /// For rows of `n_fields` fields; numbers are written like those of the model's columns.
    #[must_use]
    pub fn new(delimiter: u8, n_fields: usize, formats: &[KnownFormat]) -> Self {
        let has_commas = formats.iter().any(|known| known.format.decimal() == Decimal::Comma);
        let decimal = if has_commas { Decimal::Comma } else { Decimal::Point };
        Self { delimiter, n_fields, decimal }
    }

    /// The delimiter.
    #[must_use]
    pub fn delimiter(&self) -> u8 {
        self.delimiter
    }

    /// The decimal sign.
    #[must_use]
    pub fn decimal(&self) -> Decimal {
        self.decimal
    }

    /// The header with the additional names.
    #[must_use]
    pub fn header(&self, raw: &[u8], cells: &[Vec<u8>], names: &[String]) -> Vec<u8> {
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

    /// The row's cells unchanged, except that there are as many as in the header, and none that a spreadsheet would
    /// evaluate.
    pub fn push_row(&self, bytes: &mut Vec<u8>, row: &Row<'_>) {
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
                // Surplus cells are kept in the last cell.
                let rest: Vec<&[u8]> = (field..row.cells.len()).map(|field| row.cell(field)).collect();
                self.push_cell(bytes, &rest.join(&self.delimiter));
            } else {
                self.push_cell(bytes, row.cell(field));
            }
        }
    }

    /// A cell that no spreadsheet takes for a formula, quoted where necessary.
    pub fn push_cell(&self, bytes: &mut Vec<u8>, cell: &[u8]) {
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
    pub fn push_number(&self, bytes: &mut Vec<u8>, number: &str) {
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

/// Whether a spreadsheet would evaluate a cell as a formula.
#[must_use]
pub fn is_formula(cell: &[u8]) -> bool {
    cell.first().is_some_and(|first| b"=+-@\t\r".contains(first))
        && std::str::from_utf8(cell).is_ok_and(|text| !looks_numeric(text) && !is_blank_word(text))
}

/// Text in the file's encoding.
#[must_use]
pub fn encoded(encoding: Encoding, text: &[u8]) -> Cow<'_, [u8]> {
    match encoding {
        Encoding::Utf8 | Encoding::Utf8Bom => Cow::Borrowed(text),
        other => Cow::Owned(other.encode(&String::from_utf8_lossy(text))),
    }
}
