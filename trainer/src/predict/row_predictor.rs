//! Predicting the rows of one block.

use model_core::{Caution, ColumnKind, Prediction, Predictor, Value};

use reader::{Block, NumberFormat, Row, RowSplitter, Skipped, StrayQuote};

use super::cell_parser::{CellParser, Parsed};
use super::layout::{Layout, encoded, is_formula};
use crate::predict::{BatchColumns, BatchSummary};

/// A block's rows with their predictions.
#[derive(Debug)]
pub(super) struct Predicted {
    pub(super) bytes: Vec<u8>,
    pub(super) summary: BatchSummary,
    pub(super) skipped: Skipped,
}

/// Predicts blocks, with buffers that are used again for each row.
pub(super) struct RowPredictor<'a> {
    predictor: &'a Predictor,
    layout: &'a Layout,
    splitter: &'a RowSplitter,
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
    is_respelled: bool,
    is_outside: bool,
}

impl<'a> RowPredictor<'a> {
    pub(super) fn new(
        predictor: &'a Predictor,
        layout: &'a Layout,
        splitter: &'a RowSplitter,
        formats: &[NumberFormat],
        file: &'a str,
        columns: BatchColumns,
    ) -> Self {
        let n_columns = predictor.schema().columns.len();
        Self {
            predictor,
            layout,
            splitter,
            file,
            parsers: CellParser::all(predictor.schema(), formats),
            values: vec![Value::Missing; predictor.schema().columns.len()],
            features: vec![0.0; predictor.preprocessor().n_features()],
            note: String::new(),
            number: zmij::Buffer::new(),
            columns,
            n_extra: 2 * usize::from(columns.level.is_some()) + usize::from(columns.explain) * (1 + n_columns),
        }
    }

    pub(super) fn predict(&mut self, block: &Block) -> Result<Predicted, StrayQuote> {
        let mut predicted = Predicted {
            bytes: Vec::with_capacity(block.bytes.len() * 3 / 2),
            summary: BatchSummary::default(),
            skipped: Skipped::default(),
        };
        let splitter = self.splitter;
        predicted.skipped = splitter.each(block, |row| self.predict_row(row, &mut predicted))?;
        if let std::borrow::Cow::Owned(bytes) = encoded(block.encoding, &predicted.bytes) {
            predicted.bytes = bytes;
        }
        Ok(predicted)
    }

    fn predict_row(&mut self, row: &Row<'_>, predicted: &mut Predicted) {
        let Predicted { bytes, summary, .. } = predicted;
        let delimiter = self.layout.delimiter;
        self.layout.push_row(bytes, row);
        bytes.push(delimiter);
        summary.n_rows += 1;
        self.note.clear();
        let mut outcome = self.parse_row(row);
        let prediction = outcome.is_predicted.then(|| self.predictor.predict_values(&self.values, &mut self.features));
        if let Some(prediction) = prediction.filter(|prediction| !prediction.shown.is_finite()) {
            outcome.is_predicted = false;
            self.note = format!("the model's estimate is {}, which is none", prediction.shown);
        }
        if let (Some(prediction), true) = (prediction, outcome.is_predicted) {
            self.layout.push_number(bytes, self.number.format_finite(prediction.shown));
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
            summary.n_respelled += u64::from(outcome.is_respelled);
        } else {
            bytes.extend(std::iter::repeat_n(delimiter, self.n_extra));
            summary.n_failed += 1;
        }
        bytes.push(delimiter);
        if !self.note.is_empty() {
            bytes.push(b'"');
            if is_formula(self.note.as_bytes()) {
                bytes.push(b'\'');
            }
            bytes.extend(self.note.bytes().flat_map(|byte| std::iter::repeat_n(byte, 1 + usize::from(byte == b'"'))));
            bytes.push(b'"');
        }
        bytes.push(b'\n');
        if (outcome.has_unseen || outcome.is_outside || !outcome.is_predicted)
            && summary.examples.len() < BatchSummary::MAX_EXAMPLES
        {
            // A cell may hold what a terminal obeys.
            let note: String =
                self.note.chars().map(|letter| if letter.is_control() { '\u{fffd}' } else { letter }).collect();
            summary.examples.push(format!("{}:{}: {note}", self.file, row.line));
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
            if number.is_finite() {
                self.layout.push_number(bytes, self.number.format_finite(number));
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
        let mut outcome = RowOutcome {
            is_predicted: true,
            has_blank: !self.layout.blank_columns.is_empty(),
            has_unseen: false,
            is_respelled: false,
            is_outside: false,
        };
        if row.cells.len() != self.layout.n_fields {
            outcome.is_predicted = false;
            self.note = format!("the row has {} fields but the header has {}", row.cells.len(), self.layout.n_fields);
            return outcome;
        }
        for column_idx in &self.layout.blank_columns {
            self.values[*column_idx] = Value::Missing;
        }
        for (column_idx, cell) in self.layout.column_of_field.iter().zip(row.cells) {
            let Some(column_idx) = *column_idx else { continue };
            let cell = &row.text[cell.clone()];
            let parsed = self.parsers[column_idx].parse(cell);
            let text = || String::from_utf8_lossy(cell);
            self.values[column_idx] = match parsed {
                Parsed::Value(value) => value,
                Parsed::Respelled(code) | Parsed::Another(code) => Value::Category(code),
                Parsed::Wrong => Value::Missing,
            };
            let problem = match parsed {
                Parsed::Value(Value::Number(_) | Value::Category(_)) => continue,
                Parsed::Respelled(_) => {
                    outcome.is_respelled = true;
                    continue;
                }
                Parsed::Value(Value::Missing) => {
                    outcome.has_blank = true;
                    "blank, imputed".to_owned()
                }
                Parsed::Value(Value::Unseen) => {
                    outcome.has_unseen = true;
                    format!("\"{}\" was not seen in training", text())
                }
                Parsed::Another(_) => {
                    outcome.has_unseen = true;
                    format!("\"{}\" was not seen in training, read as \"{}\"", text(), reader::ANOTHER)
                }
                Parsed::Wrong => {
                    outcome.is_predicted = false;
                    format!("\"{}\" is not a number", text())
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
