//! A whole CSV file through a predictor, in constant memory.
//!
//! One thread reads and cuts the file into blocks of whole rows, one a core predicts blocks, and the caller's thread
//! writes them in order. No row is dropped: what can't be predicted is flagged in a column of its own.

mod cell_parser;
mod layout;
mod row_predictor;

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::thread;

use crossbeam_channel::bounded;
use model_core::Predictor;
use thiserror::Error;

use self::layout::Layout;
use self::row_predictor::{Predicted, RowPredictor};
use crate::table::csv::{BlockError, Chunk, ChunkReader};

/// Why a file could not be predicted.
#[derive(Debug, Error)]
pub enum BatchError {
    /// Reading failed.
    #[error("{file}: it can't be read: {problem}")]
    Read {
        /// The file.
        file: String,
        /// Why.
        #[source]
        problem: io::Error,
    },
    /// Writing failed.
    #[error("the output can't be written: {0}; check that there is room")]
    Write(#[source] io::Error),
    /// Nothing but blank lines.
    #[error("{file}: the file is empty; it needs a line of column names")]
    Empty {
        /// The file.
        file: String,
    },
    /// Columns that the model reads and the file hasn't.
    #[error(
        "{file}:1:1: the model reads {}, which the header lacks (it has: {}); add the column, with empty cells where the value is not known",
        quoted(missing),
        quoted(found)
    )]
    MissingColumns {
        /// The file.
        file: String,
        /// The model's columns that are missing.
        missing: Vec<String>,
        /// The header.
        found: Vec<String>,
    },
    /// A quote that is never closed, most likely.
    #[error("{file}:{line}:1: the row that starts here does not end within {} MB; is a quote left open?", bytes >> 20)]
    EndlessRow {
        /// The file.
        file: String,
        /// Where the row starts.
        line: u64,
        /// How far was looked.
        bytes: usize,
    },
}

/// What became of a file's rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BatchSummary {
    /// All rows.
    pub n_rows: u64,
    /// Rows with a prediction for which at least one blank was imputed.
    pub n_imputed: u64,
    /// Rows with a prediction for which a category was not known.
    pub n_unseen: u64,
    /// Rows with a prediction for which a number lies beyond those that training saw.
    pub n_outside: u64,
    /// Rows without a prediction.
    pub n_failed: u64,
    /// The first few rows without a prediction, with an unknown category or with a number beyond: where and why.
    pub examples: Vec<String>,
}

/// What is written for each row besides its prediction.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct BatchColumns {
    /// The ends of the interval at this level in percent, as `low` and `high`.
    pub level: Option<f64>,
    /// The baseline, and what each of the model's columns adds to it, as `contribution_NAME`.
    pub explain: bool,
}

/// Predicts each row of the CSV in `input`, and writes it to `output` with two columns more, the prediction (within the
/// target's limits) and a note, and between them what `columns` asks for. `file` is the input's name for messages.
///
/// # Errors
/// See [`BatchError`]. Rows that can't be predicted are no error.
pub fn predict_csv(
    predictor: &Predictor,
    file: &str,
    input: impl Read + Send,
    output: &mut (impl Write + ?Sized),
    columns: BatchColumns,
    n_threads: usize,
) -> Result<BatchSummary, BatchError> {
    let mut reader = ChunkReader::new(input);
    let in_file = |error| BatchError::in_file(error, file);
    let head = reader.head(Some(&predictor.schema().target.name)).map_err(in_file)?;
    let layout = Layout::new(predictor.schema(), file, head.delimiter, &head.names())?;
    layout.write_header(output, &head.header_line, predictor.schema(), columns).map_err(BatchError::Write)?;

    let (to_workers, tasks) = bounded::<(u64, Chunk)>(2 * n_threads);
    let (to_writer, results) = bounded::<(u64, Predicted)>(2 * n_threads);
    thread::scope(|scope| {
        let reading = scope.spawn(move || -> Result<(), BatchError> {
            let mut order = 0;
            while let Some(chunk) = reader.next_chunk().map_err(in_file)? {
                if to_workers.send((order, chunk)).is_err() {
                    break;
                }
                order += 1;
            }
            Ok(())
        });
        for _ in 0..n_threads.max(1) {
            let (tasks, to_writer, layout) = (tasks.clone(), to_writer.clone(), &layout);
            scope.spawn(move || {
                let mut rows = RowPredictor::new(predictor, layout, file, columns);
                for (order, chunk) in tasks {
                    if to_writer.send((order, rows.predict(&chunk))).is_err() {
                        break;
                    }
                }
            });
        }
        drop((tasks, to_writer));
        let written = write_in_order(&results, output);
        // Whoever still waits to send must not wait forever.
        drop(results);
        let read = reading.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        let summary = written?;
        read.map(|()| summary)
    })
}

impl BatchError {
    fn in_file(error: BlockError, file: &str) -> Self {
        let file = file.to_owned();
        match error {
            BlockError::Read(problem) => Self::Read { file, problem },
            BlockError::Empty => Self::Empty { file },
            BlockError::EndlessRow { line, bytes } => Self::EndlessRow { file, line, bytes },
        }
    }
}

fn write_in_order(
    results: &crossbeam_channel::Receiver<(u64, Predicted)>,
    output: &mut (impl Write + ?Sized),
) -> Result<BatchSummary, BatchError> {
    let mut summary = BatchSummary::default();
    let mut early: BTreeMap<u64, Predicted> = BTreeMap::new();
    let mut next = 0;
    for (order, predicted) in results {
        early.insert(order, predicted);
        while let Some(predicted) = early.remove(&next) {
            output.write_all(&predicted.bytes).map_err(BatchError::Write)?;
            summary.add(predicted.summary);
            next += 1;
        }
    }
    output.flush().map_err(BatchError::Write)?;
    Ok(summary)
}

impl BatchSummary {
    const MAX_EXAMPLES: usize = 5;

    fn add(&mut self, other: Self) {
        self.n_rows += other.n_rows;
        self.n_imputed += other.n_imputed;
        self.n_unseen += other.n_unseen;
        self.n_outside += other.n_outside;
        self.n_failed += other.n_failed;
        let room = Self::MAX_EXAMPLES.saturating_sub(self.examples.len());
        self.examples.extend(other.examples.into_iter().take(room));
    }
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
}
