//! Reading a file's rows on several threads: one reads and cuts blocks, others parse them, and the caller's puts the
//! blocks' columns together in order. The first error in the file is the one that is told, whoever found it.

use std::collections::BTreeMap;
use std::io::Read;
use std::thread;

use crossbeam_channel::{Receiver, bounded};

use super::column::{BlockColumn, ColumnBuilder};
use super::error::{IngestError, Place};
use crate::table::csv::{BlockError, Chunk, ChunkReader, Row, RowSplitter};

/// The columns of one block, up to the first row that can't be read.
type Parsed = Result<Vec<BlockColumn>, IngestError>;

/// All rows' columns, and what they were read from.
pub(super) fn read_rows<R: Read + Send>(
    file: &str,
    names: &[String],
    splitter: RowSplitter,
    mut reader: ChunkReader<R>,
) -> Result<(Vec<ColumnBuilder>, R), IngestError> {
    let n_threads = thread::available_parallelism().map_or(1, usize::from);
    let (to_workers, tasks) = bounded::<(u64, Chunk)>(n_threads);
    let (to_caller, parsed) = bounded::<(u64, Parsed)>(n_threads);
    thread::scope(|scope| {
        let reading = scope.spawn(move || -> Result<R, BlockError> {
            let mut order = 0;
            while let Some(chunk) = reader.next_chunk()? {
                if to_workers.send((order, chunk)).is_err() {
                    break;
                }
                order += 1;
            }
            Ok(reader.into_input())
        });
        for _ in 0..n_threads {
            let (tasks, to_caller) = (tasks.clone(), to_caller.clone());
            scope.spawn(move || {
                for (order, chunk) in tasks {
                    if to_caller.send((order, parse(file, names, splitter, &chunk))).is_err() {
                        break;
                    }
                }
            });
        }
        drop((tasks, to_caller));
        let columns = put_together(names.len(), &parsed);
        // Whoever still waits to send must not wait forever.
        drop(parsed);
        let read = reading.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        // What is wrong with a row comes before what is wrong behind it.
        let columns = columns?;
        Ok((columns, read.map_err(|error| IngestError::in_file(error, file))?))
    })
}

fn put_together(n_columns: usize, parsed: &Receiver<(u64, Parsed)>) -> Result<Vec<ColumnBuilder>, IngestError> {
    let mut builders: Vec<ColumnBuilder> = (0..n_columns).map(|_| ColumnBuilder::default()).collect();
    let mut early: BTreeMap<u64, Parsed> = BTreeMap::new();
    let mut next = 0;
    for (order, block) in parsed {
        early.insert(order, block);
        while let Some(block) = early.remove(&next) {
            for (builder, column) in builders.iter_mut().zip(&block?) {
                builder.append(column);
            }
            next += 1;
        }
    }
    Ok(builders)
}

fn parse(file: &str, names: &[String], splitter: RowSplitter, chunk: &Chunk) -> Parsed {
    let mut columns: Vec<BlockColumn> = names.iter().map(|_| BlockColumn::default()).collect();
    let mut problem = None;
    splitter.each(chunk, |row| {
        if problem.is_none() {
            problem = push_row(file, names, &mut columns, row).err();
        }
    });
    problem.map_or(Ok(columns), Err)
}

fn push_row(file: &str, names: &[String], columns: &mut [BlockColumn], row: &Row<'_>) -> Result<(), IngestError> {
    let cells = row.cells.iter().map(|cell| row.text[cell.clone()].trim_ascii());
    let line = row.line;
    if row.cells.len() != names.len() {
        if row.cells.len() <= 1 && cells.clone().all(<[u8]>::is_empty) {
            return Ok(());
        }
        let (found, expected) = (row.cells.len(), names.len());
        return Err(IngestError::RaggedRow { file: file.to_owned(), line, found, expected });
    }
    for (field, (column, cell)) in columns.iter_mut().zip(cells).enumerate() {
        if !column.push(cell, line) {
            let place = Place { file: file.to_owned(), line, field: field + 1, column: names[field].clone() };
            return Err(IngestError::NotUtf8 { place });
        }
    }
    Ok(())
}
