//! Predicting the rows of one block.

use model_core::{Caution, ColumnKind, Prediction, Predictor, Value};

use super::cell_parser::CellParser;
use super::layout::Layout;
use crate::predict::{BatchColumns, BatchSummary};
use crate::table::csv::{Chunk, Row, RowSplitter};

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

struct RowOutcome {
    is_predicted: bool,
    has_blank: bool,
    has_unseen: bool,
    is_outside: bool,
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
        let splitter = RowSplitter { delimiter: self.layout.delimiter, n_fields: self.layout.n_fields };
        splitter.each(chunk, |row| self.predict_row(row, &mut predicted));
        predicted
    }

    fn predict_row(&mut self, row: &Row<'_>, predicted: &mut Predicted) {
        let Predicted { bytes, summary } = predicted;
        let delimiter = self.layout.delimiter;
        bytes.extend_from_slice(row.raw);
        bytes.push(delimiter);
        summary.n_rows += 1;
        self.note.clear();
        let mut outcome = self.parse_row(row);
        if outcome.is_predicted {
            let prediction = self.predictor.predict_values(&self.values, &mut self.features);
            bytes.extend_from_slice(self.number.format_finite(prediction.shown).as_bytes());
            if self.n_extra > 0 {
                self.write_extra(prediction, bytes);
            }
            outcome.is_outside = self.is_outside();
            if outcome.is_outside || self.columns.explain {
                self.note_cautions();
            }
            summary.n_outside += u64::from(outcome.is_outside);
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
        if (outcome.has_unseen || outcome.is_outside || !outcome.is_predicted)
            && summary.examples.len() < BatchSummary::MAX_EXAMPLES
        {
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

    /// Whether a number lies beyond those in the training rows.
    fn is_outside(&self) -> bool {
        let is_beyond = |(column, value): (&model_core::Column, &Value)| match (&column.kind, value) {
            (ColumnKind::Numeric { observed, .. }, Value::Number(value)) => !observed.contains(*value),
            _ => false,
        };
        self.predictor.schema().columns.iter().zip(&self.values).any(is_beyond)
    }

    /// Notes why to trust the prediction less: numbers beyond those seen, and where explanations are asked for all else
    /// that takes longer to tell. Blanks and unknown categories are noted already.
    fn note_cautions(&mut self) {
        for caution in self.predictor.cautions_of(&self.values) {
            let is_new = match caution {
                Caution::OutsideRange { .. } => true,
                Caution::FewRows { .. } | Caution::UnusualCombination { .. } => self.columns.explain,
                Caution::Unseen { .. } | Caution::Blank { .. } => false,
            };
            if is_new {
                if !self.note.is_empty() {
                    self.note.push_str("; ");
                }
                self.note.push_str(caution.to_string().trim_end_matches('.'));
            }
        }
    }

    fn parse_row(&mut self, row: &Row<'_>) -> RowOutcome {
        let mut outcome = RowOutcome { is_predicted: true, has_blank: false, has_unseen: false, is_outside: false };
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
