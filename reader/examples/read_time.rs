//! How long it takes to read a file: `cargo run --release -p reader --example read_time -- FILE`.

use std::fs::File;
use std::time::Instant;

use reader::{ColumnOptions, ReadOptions, TableReader, read_cells};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("name a file")?;
    let started = Instant::now();
    let mut cells = read_cells(TableReader::open(&path, File::open(&path)?, &ReadOptions::default())?)?;
    let read = started.elapsed();
    let columns = cells.decide(&path, &vec![Some(ColumnOptions::default()); cells.names.len()])?;
    let n_columns =
        columns.into_iter().flatten().map(|column| column.decision.apply(column.builder)).collect::<Vec<_>>().len();
    println!("{} rows of {n_columns} columns: rows {read:.2?}, in all {:.2?}", cells.n_rows, started.elapsed());
    Ok(())
}
