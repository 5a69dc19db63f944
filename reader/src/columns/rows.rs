//! Reads a file's rows on several threads: one reads and splits blocks, others parse them, and the caller's thread
//! merges the blocks' columns in order. The first error in the file is reported, whichever thread found it.

use std::collections::BTreeMap;
use std::thread;

use crossbeam_channel::{Receiver, bounded};

use super::builder::{BlockColumn, CellFault, ColumnBuilder};
use crate::error::{Location, ReadError};
use crate::layout::{Block, Row, RowSplitter, Skipped, TableReader};
use crate::note::Note;

/// A file's cells, before each column's kind is known.
#[derive(Debug)]
pub struct Cells {
    /// The columns' names.
    pub names: Vec<String>,
    /// One per column.
    pub columns: Vec<ColumnBuilder>,
    /// How many rows there are.
    pub n_rows: usize,
    /// The delimiter.
    pub delimiter: u8,
    /// What was decided about the file as a whole.
    pub notes: Vec<Note>,
}

/// One block's columns up to the first row that can't be read, and what was skipped.
type Parsed = Result<(Vec<BlockColumn>, Skipped), ReadError>;

/// Reads every cell.
///
/// # Errors
/// See [`ReadError`].
pub fn read_cells(mut reader: TableReader<'_>) -> Result<Cells, ReadError> {
    let (file, names) = (reader.file().to_owned(), reader.names().to_vec());
    let splitter = reader.splitter().clone();
    let parse = |block: &Block| parse(&file, &names, &splitter, block);
    let n_threads = thread::available_parallelism().map_or(1, usize::from);
    let (columns, skipped) = if n_threads == 1 || cfg!(target_family = "wasm") {
        let mut all = Gathered::new(names.len());
        while let Some(block) = reader.next_block()? {
            all.add(parse(&block)?);
        }
        (all.columns, all.skipped)
    } else {
        let (to_workers, tasks) = bounded::<(u64, Block)>(n_threads);
        let (to_caller, parsed) = bounded::<(u64, Parsed)>(n_threads);
        let reader = &mut reader;
        thread::scope(|scope| {
            let no_threads = |problem| ReadError::no_threads(&file, &problem);
            for n_started in 0..n_threads {
                let (tasks, to_caller, parse) = (tasks.clone(), to_caller.clone(), &parse);
                let work = move || {
                    for (order, block) in tasks {
                        if to_caller.send((order, parse(&block))).is_err() {
                            break;
                        }
                    }
                };
                match thread::Builder::new().spawn_scoped(scope, work) {
                    Ok(_) => {}
                    Err(problem) if n_started == 0 => return Err(no_threads(problem)),
                    // Fewer threads are only slower.
                    Err(_) => break,
                }
            }
            drop((tasks, to_caller));
            let read = move || -> Result<(), ReadError> {
                let mut order = 0;
                while let Some(block) = reader.next_block()? {
                    if to_workers.send((order, block)).is_err() {
                        break;
                    }
                    order += 1;
                }
                Ok(())
            };
            let reading = thread::Builder::new().spawn_scoped(scope, read).map_err(no_threads)?;
            let gathered = put_together(names.len(), &parsed);
            // Threads that are blocked on sending must be released.
            drop(parsed);
            let read = reading.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            // An error in a row takes precedence over errors after it.
            let gathered = gathered?;
            read.map(|()| (gathered.columns, gathered.skipped))
        })?
    };
    let n_rows = columns.first().map_or(0, ColumnBuilder::n_rows);
    if n_rows == 0 {
        return Err(ReadError::NoRows { file });
    }
    let notes = [reader.notes(), skipped.notes()].concat();
    Ok(Cells { names, columns, n_rows, delimiter: splitter.dialect.delimiter, notes })
}

/// The texts of the given fields in some blocks; empty for `None`. Cells that are not valid text are skipped.
pub(crate) fn gather(splitter: &RowSplitter, blocks: &[Block], fields: &[Option<usize>]) -> Vec<ColumnBuilder> {
    let mut columns: Vec<ColumnBuilder> = fields.iter().map(|_| ColumnBuilder::default()).collect();
    for block in blocks {
        let mut parts: Vec<BlockColumn> = fields.iter().map(|_| BlockColumn::default()).collect();
        let visited = splitter.each(block, |row| {
            for (part, field) in parts.iter_mut().zip(fields) {
                if let Some(field) = field {
                    let _ = part.push(row.cell(*field), row.line);
                }
            }
        });
        if visited.is_ok() {
            columns.iter_mut().zip(&parts).for_each(|(column, part)| column.append(part));
        }
    }
    columns
}

impl Skipped {
    /// The notes on what was skipped.
    #[must_use]
    pub fn notes(&self) -> Vec<Note> {
        let note = |code, n: u64, one: &str, many: &str| {
            let text = if n == 1 { format!("1 {one}") } else { format!("{n} {many}") };
            (n > 0).then(|| Note::new(code, &[("n", &n)], text).public())
        };
        let parts = [
            note("blank-rows", self.blank, "row of blank cells is left out", "rows of blank cells are left out"),
            note(
                "repeated-headers",
                self.headers,
                "repetition of the column names is left out",
                "repetitions of the column names are left out",
            ),
            note("comments", self.comments, "comment is left out", "comments are left out"),
        ];
        parts.into_iter().flatten().collect()
    }
}

struct Gathered {
    columns: Vec<ColumnBuilder>,
    skipped: Skipped,
}

impl Gathered {
    fn new(n_columns: usize) -> Self {
        Self { columns: (0..n_columns).map(|_| ColumnBuilder::default()).collect(), skipped: Skipped::default() }
    }

    fn add(&mut self, (columns, skipped): (Vec<BlockColumn>, Skipped)) {
        for (all, column) in self.columns.iter_mut().zip(&columns) {
            all.append(column);
        }
        self.skipped.add(&skipped);
    }
}

fn put_together(n_columns: usize, parsed: &Receiver<(u64, Parsed)>) -> Result<Gathered, ReadError> {
    let mut all = Gathered::new(n_columns);
    let mut early: BTreeMap<u64, Parsed> = BTreeMap::new();
    let mut next = 0;
    for (order, block) in parsed {
        early.insert(order, block);
        while let Some(block) = early.remove(&next) {
            all.add(block?);
            next += 1;
        }
    }
    Ok(all)
}

fn parse(file: &str, names: &[String], splitter: &RowSplitter, block: &Block) -> Parsed {
    let mut columns: Vec<BlockColumn> = names.iter().map(|_| BlockColumn::default()).collect();
    let mut problem = None;
    let visited = splitter.each(block, |row| {
        if problem.is_none() {
            problem = push_row(file, names, &mut columns, row).err();
        }
    });
    match (problem, visited) {
        (Some(problem), _) => Err(problem),
        (None, Ok(skipped)) => Ok((columns, skipped)),
        (None, Err(stray)) => {
            Err(ReadError::OpenQuote { file: file.to_owned(), line: stray.line, n_lines: stray.n_lines })
        }
    }
}

fn push_row(file: &str, names: &[String], columns: &mut [BlockColumn], row: &Row<'_>) -> Result<(), ReadError> {
    let line = row.line;
    if row.cells.len() != names.len() {
        let (found, expected) = (row.cells.len(), names.len());
        let has_quote = row.raw.contains(&b'"');
        return Err(ReadError::RaggedRow { file: file.to_owned(), line, found, expected, has_quote });
    }
    for (field, column) in columns.iter_mut().enumerate() {
        if let Err(fault) = column.push(row.cell(field), line) {
            let location = Location { file: file.to_owned(), line, field: field + 1, column: names[field].clone() };
            return Err(match fault {
                CellFault::NotUtf8 => ReadError::NotUtf8 { location },
                CellFault::Nul => ReadError::Nul { location },
            });
        }
    }
    Ok(())
}
