//! Predicts a whole file in constant memory.
//!
//! One thread reads and divides the file into blocks of whole rows, one thread per core predicts blocks, and the
//! caller's thread writes them in order, in the input's dialect. No record is dropped: what cannot be predicted is
//! flagged in a separate column. The notation of numbers is inferred from the first blocks; a later cell that does not
//! fit is flagged.

mod output_names;
mod row_predictor;
mod sink;
pub(crate) mod sql;
#[cfg(feature = "cli")]
mod workbook;

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::thread;

use crossbeam_channel::bounded;
use model_core::Predictor;
use reader::{Block, Notation, Note, Output, ReadError, ReadOptions, RecordReader, Skipped, encoded};
use thiserror::Error;

use self::output_names::output_names;
use self::row_predictor::{Predicted, RowPredictor};
use self::sink::Text;
pub use self::sink::{Sink, Written};
#[cfg(feature = "cli")]
pub use self::workbook::WorkbookSink;

/// Why a file could not be predicted.
#[derive(Debug, Error)]
pub enum BatchError {
    /// The input is not a table, or its notation is ambiguous.
    #[error(transparent)]
    File(#[from] ReadError),
    /// Writing failed.
    #[error("the output can't be written: {0}; check that there is room")]
    Write(#[source] io::Error),
    /// A thread cannot be started.
    #[error("threads can't be started: {0}; allow more processes, or predict where there are")]
    Threads(#[source] io::Error),
    /// The file lacks columns of the model.
    #[error(
        "{file}:1:1: the model reads {}, which the header lacks (it has: {}); add the column, with empty cells where the value is not known, or take it for blank in all rows with --blank {}",
        quoted(missing),
        quoted(found),
        missing.join(",")
    )]
    MissingColumns {
        /// The file.
        file: String,
        /// The model's columns that are missing.
        missing: Vec<String>,
        /// The header.
        found: Vec<String>,
    },
    /// Several columns of the file match one of the model.
    #[error(
        "{file}:1:1: the model reads \"{column}\", which may be any of {}; rename or remove the others",
        quoted(found)
    )]
    SeveralColumns {
        /// The file.
        file: String,
        /// The model's column.
        column: String,
        /// The matching columns of the file.
        found: Vec<String>,
    },
}

/// Counts of a file's rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BatchSummary {
    /// All rows.
    pub n_rows: u64,
    /// Rows with a prediction and at least one imputed blank.
    pub n_imputed: u64,
    /// Rows with a prediction and an unknown category.
    pub n_unseen: u64,
    /// Rows with a prediction and a category in another spelling.
    pub n_respelled: u64,
    /// Rows with a prediction and a number outside the training range.
    pub n_outside: u64,
    /// Rows without a prediction.
    pub n_failed: u64,
    /// The first few rows without a prediction, with an unknown category or with a number out of range: where and why.
    pub examples: Vec<String>,
    /// The decisions made in reading the file.
    pub notes: Vec<String>,
}

/// The additional output columns besides the prediction.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct BatchColumns {
    /// The bounds of the interval at this level in percent, as `low` and `high`.
    pub level: Option<f64>,
    /// The baseline, and each model column's contribution, as `contribution_NAME`.
    pub explain: bool,
}

/// Options for reading a file of records.
#[derive(Debug, Clone, Default)]
pub struct BatchInput {
    /// How to find its table.
    pub read: ReadOptions,
    /// The notation of ambiguous cells.
    pub notation: Notation,
    /// Names of the model's columns that the file lacks; they are blank in all rows.
    pub blank: Vec<String>,
}

/// Predicts each row of the table in `input`, and writes it to `output` with two more columns, the prediction (within
/// the target's limits) and a note, with the requested `columns` between them. `file` is the input's name for messages.
///
/// # Errors
/// See [`BatchError`]. Rows that cannot be predicted are not an error.
pub fn predict_csv(
    predictor: &Predictor,
    file: &str,
    input: impl Read + Send,
    how: &BatchInput,
    output: &mut (impl Write + ?Sized),
    columns: BatchColumns,
    n_threads: usize,
) -> Result<BatchSummary, BatchError> {
    predict_to(predictor, file, input, how, &mut Text(output), columns, n_threads)
}

/// The same for any sink.
///
/// # Errors
/// See [`BatchError`].
pub fn predict_to(
    predictor: &Predictor,
    file: &str,
    input: impl Read + Send,
    how: &BatchInput,
    sink: &mut dyn Sink,
    columns: BatchColumns,
    n_threads: usize,
) -> Result<BatchSummary, BatchError> {
    let schema = predictor.schema();
    let mut reader = RecordReader::open(file, input, schema, &how.read)?;
    let known = reader.known();
    if let Some((column, found)) = known.doubtful.first() {
        let (file, column, found) = (file.to_owned(), column.clone(), found.clone());
        return Err(BatchError::SeveralColumns { file, column, found });
    }
    let names = reader.table().names();
    let missing: Vec<String> = known.missing.iter().filter(|name| !how.blank.contains(name)).cloned().collect();
    if !missing.is_empty() {
        return Err(BatchError::MissingColumns { file: file.to_owned(), missing, found: names.to_vec() });
    }
    let mut known_notes: Vec<String> = known.notes.iter().map(ToString::to_string).collect();
    let (n_fields, (names, renamed)) = (names.len(), output_names(names, schema, columns));
    known_notes.extend(renamed);
    let parser = reader.parser(schema, None, how.notation)?;
    for (column, format) in schema.inputs().iter().zip(reader.formats()) {
        known_notes.extend(format.notes.iter().map(|note| format!("column \"{}\": {note}", column.name)));
    }
    let splitter = reader.table().splitter().clone();
    let written = Output::new(splitter.dialect.delimiter, n_fields, reader.formats());
    // The encoding as detected before anything is written.
    let encoding = reader.table().encoding();
    let header = written.header(reader.table().header().0, reader.table().header_cells(), &names);
    let header = if sink.is_encoded() { encoded(encoding, &header).into_owned() } else { header };
    let n_written = n_fields + names.len();
    let decimal = written.decimal();
    let how_written = Written { dialect: splitter.dialect, n_fields: n_written, decimal, encoding };
    sink.start(how_written, &header).map_err(BatchError::Write)?;
    let is_encoded = sink.is_encoded();

    let (to_workers, tasks) = bounded::<(u64, Block)>(2 * n_threads);
    let (to_writer, results) = bounded::<(u64, Result<Predicted, BatchError>)>(2 * n_threads);
    let (written, splitter, parser) = (&written, &splitter, &parser);
    thread::scope(|scope| {
        let read = move || -> Result<Vec<Note>, BatchError> {
            let mut order = 0;
            while let Some(block) = reader.next_block()? {
                if to_workers.send((order, block)).is_err() {
                    break;
                }
                order += 1;
            }
            Ok(reader.table().notes())
        };
        // A single prediction thread suffices if no more can be started.
        let mut n_started = 0;
        for _ in 0..n_threads.max(1) {
            let (tasks, to_writer) = (tasks.clone(), to_writer.clone());
            let work = move || {
                let mut rows = RowPredictor::new(predictor, written, splitter, parser, file, columns);
                rows.is_encoded = is_encoded;
                for (order, block) in tasks {
                    let predicted = rows.predict(&block).map_err(|stray| {
                        let (file, line, n_lines) = (file.to_owned(), stray.line, stray.n_lines);
                        BatchError::File(ReadError::OpenQuote { file, line, n_lines })
                    });
                    if to_writer.send((order, predicted)).is_err() {
                        break;
                    }
                }
            };
            match thread::Builder::new().spawn_scoped(scope, work) {
                Ok(_) => n_started += 1,
                Err(problem) if n_started == 0 => return Err(BatchError::Threads(problem)),
                Err(_) => break,
            }
        }
        drop((tasks, to_writer));
        let reading = thread::Builder::new().spawn_scoped(scope, read).map_err(BatchError::Threads)?;
        let written = write_in_order(&results, sink);
        // Unblock threads that are still waiting to send.
        drop(results);
        let read = reading.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        let (mut summary, skipped) = written?;
        if summary.n_rows == 0 {
            read?;
            return Err(ReadError::NoRows { file: file.to_owned() }.into());
        }
        let file_notes = [read?, skipped.notes()].concat();
        // A cell may contain terminal control characters.
        let plain = |note: String| note.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
        summary.notes = known_notes.into_iter().chain(file_notes.iter().map(ToString::to_string)).map(plain).collect();
        Ok(summary)
    })
}

fn write_in_order(
    results: &crossbeam_channel::Receiver<(u64, Result<Predicted, BatchError>)>,
    sink: &mut dyn Sink,
) -> Result<(BatchSummary, Skipped), BatchError> {
    let (mut summary, mut skipped) = (BatchSummary::default(), Skipped::default());
    let mut early: BTreeMap<u64, Result<Predicted, BatchError>> = BTreeMap::new();
    let mut next = 0;
    for (order, predicted) in results {
        early.insert(order, predicted);
        while let Some(predicted) = early.remove(&next) {
            let predicted = predicted?;
            sink.lines(&predicted.bytes).map_err(BatchError::Write)?;
            summary.add(predicted.summary);
            skipped.add(&predicted.skipped);
            next += 1;
        }
    }
    sink.end().map_err(BatchError::Write)?;
    Ok((summary, skipped))
}

impl BatchSummary {
    const MAX_EXAMPLES: usize = 5;

    fn add(&mut self, other: Self) {
        self.n_rows += other.n_rows;
        self.n_imputed += other.n_imputed;
        self.n_unseen += other.n_unseen;
        self.n_respelled += other.n_respelled;
        self.n_outside += other.n_outside;
        self.n_failed += other.n_failed;
        let room = Self::MAX_EXAMPLES.saturating_sub(self.examples.len());
        self.examples.extend(other.examples.into_iter().take(room));
    }
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
}
