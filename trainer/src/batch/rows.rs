//! Predicting the rows of one block.

use std::ops::Range;

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use memchr::{memchr, memchr_iter, memchr2_iter};
use model_core::{Prediction, Predictor, Value};

use super::cells::CellParser;
use super::chunks::Chunk;
use super::header::Layout;
use super::{BatchColumns, BatchSummary};

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
    parsers: Vec<CellParser>,
    values: Vec<Value>,
    features: Vec<f64>,
    note: String,
    number: zmij::Buffer,
    columns: BatchColumns,
    /// How many cells `columns` asks for.
    n_extra: usize,
}

/// A row as it stands in the file, with its cells.
struct Row<'a> {
    raw: &'a [u8],
    /// What `cells` point into: the row itself, or its text without quotes.
    text: &'a [u8],
    cells: &'a [Range<usize>],
    /// The line the row starts at.
    line: u64,
}

struct RowOutcome {
    is_predicted: bool,
    has_blank: bool,
    has_unseen: bool,
}

impl<'a> RowPredictor<'a> {
    pub(super) fn new(predictor: &'a Predictor, layout: &'a Layout, file: &'a str, columns: BatchColumns) -> Self {
        let n_columns = predictor.schema().columns.len();
        Self {
            predictor,
            layout,
            file,
            parsers: CellParser::all(predictor.schema()),
            values: vec![Value::Missing; predictor.schema().columns.len()],
            features: vec![0.0; predictor.preprocessor().n_features()],
            note: String::new(),
            number: zmij::Buffer::new(),
            columns,
            n_extra: 2 * usize::from(columns.level.is_some()) + usize::from(columns.explain) * (1 + n_columns),
        }
    }

    pub(super) fn predict(&mut self, chunk: &Chunk) -> Predicted {
        let mut predicted =
            Predicted { bytes: Vec::with_capacity(chunk.bytes.len() * 3 / 2), summary: BatchSummary::default() };
        if is_plain(&chunk.bytes) {
            self.predict_plain(chunk, &mut predicted);
        } else {
            self.predict_quoted(chunk, &mut predicted);
        }
        predicted
    }

    /// Without quotes, line ends and delimiters part all cells.
    fn predict_plain(&mut self, chunk: &Chunk, predicted: &mut Predicted) {
        let bytes = &chunk.bytes[..];
        let mut cells = Vec::with_capacity(self.layout.n_fields + 1);
        let (mut row_start, mut cell_start, mut line) = (0, 0, chunk.line);
        let ends =
            memchr2_iter(self.layout.delimiter, b'\n', bytes).chain((!bytes.ends_with(b"\n")).then_some(bytes.len()));
        for end in ends {
            cells.push(cell_start - row_start..end - row_start);
            cell_start = end + 1;
            if bytes.get(end).is_some_and(|byte| *byte == self.layout.delimiter) {
                continue;
            }
            let raw = &bytes[row_start..end];
            let raw = raw.strip_suffix(b"\r").unwrap_or(raw);
            if !raw.is_empty() {
                if let Some(last) = cells.last_mut() {
                    last.end = raw.len();
                }
                self.predict_row(&Row { raw, text: raw, cells: &cells, line }, predicted);
            }
            cells.clear();
            row_start = cell_start;
            line += 1;
        }
    }

    fn predict_quoted(&mut self, chunk: &Chunk, predicted: &mut Predicted) {
        let mut reader = ReaderBuilder::new().delimiter(self.layout.delimiter).build();
        let (mut text, mut ends) = (vec![0; 4_096], vec![0; self.layout.n_fields + 1]);
        let mut cells = Vec::new();
        let (mut from, mut line) = (0, chunk.line);
        while let Some((end, n_cells)) = read_row(&mut reader, &chunk.bytes[from..], &mut text, &mut ends) {
            let whole = &chunk.bytes[from..from + end];
            // `csv-core` ends a row behind `\r`, leaves the `\n` to the next, and skips blank lines.
            let raw = trim_line_ends(whole);
            line += memchr_iter(b'\n', &whole[..whole.len() - trim_line_ends_at_start(whole).len()]).count() as u64;
            cells.clear();
            cells.extend((0..n_cells).map(|cell| if cell == 0 { 0..ends[0] } else { ends[cell - 1]..ends[cell] }));
            self.predict_row(&Row { raw, text: &text, cells: &cells, line }, predicted);
            line += memchr_iter(b'\n', trim_line_ends_at_start(whole)).count() as u64;
            from += end;
        }
    }

    fn predict_row(&mut self, row: &Row<'_>, predicted: &mut Predicted) {
        let Predicted { bytes, summary } = predicted;
        let delimiter = self.layout.delimiter;
        bytes.extend_from_slice(row.raw);
        bytes.push(delimiter);
        summary.n_rows += 1;
        self.note.clear();
        let outcome = self.parse_row(row);
        if outcome.is_predicted {
            let prediction = self.predictor.predict_values(&self.values, &mut self.features);
            bytes.extend_from_slice(self.number.format_finite(prediction.shown).as_bytes());
            if self.n_extra > 0 {
                self.write_extra(prediction, bytes);
            }
            summary.n_imputed += u64::from(outcome.has_blank);
            summary.n_unseen += u64::from(outcome.has_unseen);
        } else {
            bytes.extend(std::iter::repeat_n(delimiter, self.n_extra));
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
            summary.examples.push(format!("{}:{}: {}", self.file, row.line, self.note));
        }
    }

    /// What is asked for besides the prediction: each cell behind a delimiter.
    fn write_extra(&mut self, prediction: Prediction, bytes: &mut Vec<u8>) {
        let mut numbers = Vec::with_capacity(self.n_extra);
        if let Some(level) = self.columns.level {
            let interval = self.predictor.interval_of(&self.values, prediction, level);
            numbers.extend(interval.map_or([f64::NAN; 2], |interval| [interval.low, interval.high]));
        }
        if self.columns.explain {
            let explanation = self.predictor.explain_values(&self.values);
            numbers.push(explanation.baseline);
            numbers.extend(explanation.contributions);
        }
        for number in numbers {
            bytes.push(self.layout.delimiter);
            if !number.is_nan() {
                bytes.extend_from_slice(self.number.format_finite(number).as_bytes());
            }
        }
    }

    fn parse_row(&mut self, row: &Row<'_>) -> RowOutcome {
        let mut outcome = RowOutcome { is_predicted: true, has_blank: false, has_unseen: false };
        if row.cells.len() != self.layout.n_fields {
            outcome.is_predicted = false;
            self.note = format!("the row has {} fields but the header has {}", row.cells.len(), self.layout.n_fields);
            return outcome;
        }
        for (column_idx, cell) in self.layout.column_of_field.iter().zip(row.cells) {
            let Some(column_idx) = *column_idx else { continue };
            let cell = row.text[cell.clone()].trim_ascii();
            let value = self.parsers[column_idx].parse(cell);
            self.values[column_idx] = value.unwrap_or(Value::Missing);
            let problem = match value {
                Some(Value::Number(_) | Value::Category(_)) => continue,
                Some(Value::Missing) => {
                    outcome.has_blank = true;
                    "blank, imputed".to_owned()
                }
                Some(Value::Unseen) => {
                    outcome.has_unseen = true;
                    format!("\"{}\" was not seen in training", String::from_utf8_lossy(cell))
                }
                None => {
                    outcome.is_predicted = false;
                    format!("\"{}\" is not a number", String::from_utf8_lossy(cell))
                }
            };
            if !self.note.is_empty() {
                self.note.push_str("; ");
            }
            self.note.push_str(&self.predictor.schema().columns[column_idx].name);
            self.note.push_str(": ");
            self.note.push_str(&problem);
        }
        outcome
    }
}

/// Whether no quote stands in `bytes`, and no `\r` but before a `\n`.
fn is_plain(bytes: &[u8]) -> bool {
    memchr(b'"', bytes).is_none() && memchr_iter(b'\r', bytes).all(|place| bytes.get(place + 1) == Some(&b'\n'))
}

/// Reads the next row into `text` and `ends`: where it ends in `bytes`, and how many cells it has. `None` at the end.
fn read_row(reader: &mut Reader, bytes: &[u8], text: &mut Vec<u8>, ends: &mut Vec<usize>) -> Option<(usize, usize)> {
    let (mut at, mut n_text, mut n_cells) = (0, 0, 0);
    loop {
        let (result, n_read, n_written, n_ends) =
            reader.read_record(&bytes[at..], &mut text[n_text..], &mut ends[n_cells..]);
        at += n_read;
        n_text += n_written;
        n_cells += n_ends;
        match result {
            ReadRecordResult::Record => return Some((at, n_cells)),
            ReadRecordResult::End => return None,
            ReadRecordResult::OutputFull => text.resize(text.len() * 2, 0),
            ReadRecordResult::OutputEndsFull => ends.resize(ends.len() * 2, 0),
            // A last row without a line end is given out when the reader hears that nothing follows.
            ReadRecordResult::InputEmpty => {}
        }
    }
}

fn trim_line_ends(row: &[u8]) -> &[u8] {
    let mut row = trim_line_ends_at_start(row);
    while let [rest @ .., b'\r' | b'\n'] = row {
        row = rest;
    }
    row
}

fn trim_line_ends_at_start(mut row: &[u8]) -> &[u8] {
    while let [b'\r' | b'\n', rest @ ..] = row {
        row = rest;
    }
    row
}
