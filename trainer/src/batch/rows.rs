//! Predicting the rows of one block.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use model_core::{ColumnKind, Predictor, Value, is_missing, parse_number};

use super::BatchSummary;
use super::chunks::Chunk;
use super::header::Layout;

/// A block's rows with their predictions.
#[derive(Debug)]
pub(super) struct Predicted {
    pub(super) bytes: Vec<u8>,
    pub(super) summary: BatchSummary,
}

/// Predicts blocks, with buffers that are used again for each row.
pub(super) struct RowPredictor<'a> {
    predictor: &'a Predictor,
    layout: &'a Layout,
    file: &'a str,
    cells: Vec<u8>,
    ends: Vec<usize>,
    values: Vec<Value>,
    features: Vec<f64>,
    note: String,
    number: zmij::Buffer,
}

impl<'a> RowPredictor<'a> {
    pub(super) fn new(predictor: &'a Predictor, layout: &'a Layout, file: &'a str) -> Self {
        Self {
            predictor,
            layout,
            file,
            cells: vec![0; 4_096],
            ends: vec![0; layout.n_fields + 1],
            values: vec![Value::Missing; predictor.schema().columns.len()],
            features: vec![0.0; predictor.preprocessor().n_features()],
            note: String::new(),
            number: zmij::Buffer::new(),
        }
    }

    pub(super) fn predict(&mut self, chunk: &Chunk) -> Predicted {
        let mut reader = ReaderBuilder::new().delimiter(self.layout.delimiter).build();
        reader.set_line(chunk.line);
        let mut predicted =
            Predicted { bytes: Vec::with_capacity(chunk.bytes.len() * 3 / 2), summary: BatchSummary::default() };
        let mut from = 0;
        while let Some((end, n_cells)) = self.read_row(&mut reader, &chunk.bytes, from) {
            let row = trim_line_ends(&chunk.bytes[from..end]);
            from = end;
            // `line()` is where the reader stands: behind the row.
            self.predict_row(row, n_cells, reader.line(), &mut predicted);
        }
        predicted
    }

    /// Reads the row at `from`: where it ends, and how many cells it has. `None` at the end.
    fn read_row(&mut self, reader: &mut Reader, bytes: &[u8], from: usize) -> Option<(usize, usize)> {
        let (mut at, mut n_out, mut n_cells) = (from, 0, 0);
        loop {
            let (result, n_read, n_written, n_ends) =
                reader.read_record(&bytes[at..], &mut self.cells[n_out..], &mut self.ends[n_cells..]);
            at += n_read;
            n_out += n_written;
            n_cells += n_ends;
            match result {
                ReadRecordResult::Record => return Some((at, n_cells)),
                ReadRecordResult::End => return None,
                ReadRecordResult::OutputFull => self.cells.resize(self.cells.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                // A last row without a line end is given out when the reader hears that nothing follows.
                ReadRecordResult::InputEmpty => {}
            }
        }
    }

    fn predict_row(&mut self, row: &[u8], n_cells: usize, line_behind: u64, predicted: &mut Predicted) {
        let Predicted { bytes, summary } = predicted;
        let delimiter = self.layout.delimiter;
        bytes.extend_from_slice(row);
        bytes.push(delimiter);
        summary.n_rows += 1;
        self.note.clear();
        let outcome = self.parse_row(n_cells);
        if outcome.is_predicted {
            let prediction = self.predictor.predict_values(&self.values, &mut self.features);
            bytes.extend_from_slice(self.number.format_finite(prediction.shown).as_bytes());
            summary.n_imputed += u64::from(outcome.has_blank);
            summary.n_unseen += u64::from(outcome.has_unseen);
        } else {
            summary.n_failed += 1;
        }
        bytes.push(delimiter);
        if !self.note.is_empty() {
            bytes.push(b'"');
            bytes.extend(self.note.bytes().flat_map(|byte| std::iter::repeat_n(byte, 1 + usize::from(byte == b'"'))));
            bytes.push(b'"');
        }
        bytes.push(b'\n');
        if (outcome.has_unseen || !outcome.is_predicted) && summary.examples.len() < BatchSummary::MAX_EXAMPLES {
            let line = line_behind.saturating_sub(1 + row.iter().filter(|byte| **byte == b'\n').count() as u64).max(1);
            summary.examples.push(format!("{}:{line}: {}", self.file, self.note));
        }
    }

    fn parse_row(&mut self, n_cells: usize) -> RowOutcome {
        let mut outcome = RowOutcome { is_predicted: true, has_blank: false, has_unseen: false };
        if n_cells != self.layout.n_fields {
            outcome.is_predicted = false;
            self.note = format!("the row has {n_cells} fields but the header has {}", self.layout.n_fields);
            return outcome;
        }
        let mut start = 0;
        for (column_idx, end) in self.layout.column_of_field.iter().zip(&self.ends) {
            let cell = self.cells[start..*end].trim_ascii();
            start = *end;
            let Some(column_idx) = *column_idx else { continue };
            let column = &self.predictor.schema().columns[column_idx];
            let value = parse_cell(&column.kind, cell);
            let problem = match value {
                Some(Value::Missing) => {
                    outcome.has_blank = true;
                    "blank, imputed".to_owned()
                }
                Some(Value::Unseen) => {
                    outcome.has_unseen = true;
                    format!("\"{}\" was not seen in training", String::from_utf8_lossy(cell))
                }
                Some(_) => {
                    self.values[column_idx] = value.unwrap_or(Value::Missing);
                    continue;
                }
                None => {
                    outcome.is_predicted = false;
                    format!("\"{}\" is not a number", String::from_utf8_lossy(cell))
                }
            };
            self.values[column_idx] = value.unwrap_or(Value::Missing);
            if !self.note.is_empty() {
                self.note.push_str("; ");
            }
            self.note.push_str(&column.name);
            self.note.push_str(": ");
            self.note.push_str(&problem);
        }
        outcome
    }
}

struct RowOutcome {
    is_predicted: bool,
    has_blank: bool,
    has_unseen: bool,
}

/// The value of a cell, as [`model_core::Column::parse`] has it but without messages; `None` for what is no number.
fn parse_cell(kind: &ColumnKind, cell: &[u8]) -> Option<Value> {
    match kind {
        ColumnKind::Numeric { .. } => {
            // Scores are most often two digits long.
            if let [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] = cell {
                return Some(Value::Number(f64::from(10 * (tens - b'0') + (ones - b'0'))));
            }
            let text = std::str::from_utf8(cell).ok()?;
            if is_missing(text) { Some(Value::Missing) } else { parse_number(text).map(Value::Number) }
        }
        ColumnKind::Categorical { values, .. } => {
            let code = values.binary_search_by(|value| value.as_bytes().cmp(cell)).ok();
            Some(match code {
                Some(code) => u32::try_from(code).map_or(Value::Unseen, Value::Category),
                None if std::str::from_utf8(cell).is_ok_and(is_missing) => Value::Missing,
                None => Value::Unseen,
            })
        }
    }
}

/// `csv-core` ends a row behind `\r` and leaves the `\n` to the next.
fn trim_line_ends(mut row: &[u8]) -> &[u8] {
    while let [b'\r' | b'\n', rest @ ..] | [rest @ .., b'\r' | b'\n'] = row {
        row = rest;
    }
    row
}
