//! Predicts the rows of one block.

use model_core::{Caution, Prediction, Predictor, Value};
use reader::{
    Block, Output, Parsed, RecordParser, Row, RowSplitter, Skipped, StrayQuote, WrongLength, encoded, is_formula,
};

use crate::predict::{BatchColumns, BatchSummary};

/// A block's rows with their predictions.
#[derive(Debug)]
pub(super) struct Predicted {
    pub(super) bytes: Vec<u8>,
    pub(super) summary: BatchSummary,
    pub(super) skipped: Skipped,
}

/// Predicts blocks, with buffers that are reused for each row.
pub(super) struct RowPredictor<'a> {
    predictor: &'a Predictor,
    output: &'a Output,
    splitter: &'a RowSplitter,
    parser: &'a RecordParser,
    file: &'a str,
    values: Vec<Value>,
    features: Vec<f64>,
    note: String,
    number: zmij::Buffer,
    columns: BatchColumns,
    /// The number of cells for `columns`.
    n_extra: usize,
    /// Whether the output is in the input's encoding; else it is UTF-8.
    pub(super) is_encoded: bool,
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
        output: &'a Output,
        splitter: &'a RowSplitter,
        parser: &'a RecordParser,
        file: &'a str,
        columns: BatchColumns,
    ) -> Self {
        let n_columns = predictor.schema().inputs().len();
        Self {
            predictor,
            output,
            splitter,
            parser,
            file,
            values: vec![Value::Missing; predictor.schema().columns.len()],
            features: vec![0.0; predictor.preprocessor().n_features()],
            note: String::new(),
            number: zmij::Buffer::new(),
            columns,
            is_encoded: true,
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
        if self.is_encoded
            && let std::borrow::Cow::Owned(bytes) = encoded(block.encoding, &predicted.bytes)
        {
            predicted.bytes = bytes;
        }
        Ok(predicted)
    }

    fn predict_row(&mut self, row: &Row<'_>, predicted: &mut Predicted) {
        let Predicted { bytes, summary, .. } = predicted;
        let delimiter = self.output.delimiter();
        self.output.push_row(bytes, row);
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
            self.output.push_number(bytes, self.number.format_finite(prediction.shown));
            if self.n_extra > 0 {
                self.write_extra(prediction, bytes);
            }
            outcome.is_outside = self.parser.outside(&self.values).next().is_some();
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
            // A cell may contain terminal control characters.
            let note: String =
                self.note.chars().map(|letter| if letter.is_control() { '\u{fffd}' } else { letter }).collect();
            summary.examples.push(format!("{}:{}: {note}", self.file, row.line));
        }
    }

    /// Writes the requested columns besides the prediction, each after a delimiter.
    fn write_extra(&mut self, prediction: Prediction, bytes: &mut Vec<u8>) {
        let mut numbers = Vec::with_capacity(self.n_extra);
        if let Some(level) = self.columns.level {
            let interval = self.predictor.interval_of(&self.values, prediction, level);
            numbers.extend(interval.map_or([f64::NAN; 2], |interval| [interval.low, interval.high]));
        }
        if self.columns.explain {
            let explanation = self.predictor.explain_values(&self.values);
            numbers.push(explanation.baseline);
            numbers.extend(&explanation.contributions[..self.predictor.schema().inputs().len()]);
        }
        for number in numbers {
            bytes.push(self.output.delimiter());
            if number.is_finite() {
                self.output.push_number(bytes, self.number.format_finite(number));
            }
        }
    }

    /// Notes reasons to trust the prediction less: numbers out of range, and with explanations all others that take
    /// longer to compute. Blanks and unknown categories are noted already.
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
            has_blank: self.parser.has_absent(),
            has_unseen: false,
            is_respelled: false,
            is_outside: false,
        };
        let (note, columns) = (&mut self.note, &self.predictor.schema().columns);
        let parsed = self.parser.parse(row, &mut self.values, |column_idx, parsed, cell| {
            let text = || String::from_utf8_lossy(cell);
            let problem = match parsed {
                Parsed::Value(Value::Number(_) | Value::Category(_)) => return,
                Parsed::Respelled(_) => {
                    outcome.is_respelled = true;
                    return;
                }
                Parsed::Value(Value::Missing) => {
                    outcome.has_blank = true;
                    "blank, imputed".to_owned()
                }
                Parsed::Value(Value::Unseen) => {
                    outcome.has_unseen = true;
                    format!("\"{}\" was not seen in training", shortened(&text()))
                }
                Parsed::Another(_) => {
                    outcome.has_unseen = true;
                    format!("\"{}\" was not seen in training, read as \"{}\"", shortened(&text()), reader::ANOTHER)
                }
                Parsed::Wrong => {
                    outcome.is_predicted = false;
                    match columns[column_idx].date {
                        Some(_) => format!("\"{}\" is not a date", shortened(&text())),
                        // Ends with a digit, which excludes words such as infinity.
                        None if text().parse::<f64>().is_ok() && cell.last().is_some_and(u8::is_ascii_digit) => {
                            format!("\"{}\" is beyond what can be calculated with", shortened(&text()))
                        }
                        None => format!("\"{}\" is not a number", shortened(&text())),
                    }
                }
            };
            if !note.is_empty() {
                note.push_str("; ");
            }
            note.push_str(&shortened(&columns[column_idx].name));
            note.push_str(": ");
            note.push_str(&problem);
        });
        if let Err(WrongLength { found, expected }) = parsed {
            outcome.is_predicted = false;
            self.note = format!("the row has {found} fields but the header has {expected}");
        }
        outcome
    }
}

/// The maximal number of characters quoted from a cell or name, which may be megabytes long.
const MAX_QUOTED: usize = 100;

/// The text as quoted in a note: short, and without control characters.
fn shortened(text: &str) -> String {
    let shown = |letter: char| if letter.is_control() { '\u{fffd}' } else { letter };
    let mut short: String = text.chars().take(MAX_QUOTED).map(shown).collect();
    if text.chars().nth(MAX_QUOTED).is_some() {
        short.push('…');
    }
    short
}
