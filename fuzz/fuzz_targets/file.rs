//! Any bytes are read or refused: without a panic, and the same whether they come whole or in pieces.

#![no_main]

use libfuzzer_sys::fuzz_target;
use reader::{ColumnOptions, Feed, ReadError, ReadOptions, TableReader, read_cells};

/// What is decided about a file, in words.
fn read(table: Result<TableReader<'_>, ReadError>) -> Result<String, String> {
    let mut cells = read_cells(table.map_err(|problem| problem.to_string())?).map_err(|problem| problem.to_string())?;
    let options = vec![Some(ColumnOptions::default()); cells.names.len()];
    let decided = cells.decide("f", &options).map_err(|problem| problem.to_string())?;
    let mut words = format!("{} rows, {:?}", cells.n_rows, cells.names);
    for column in decided.into_iter().flatten() {
        words.push_str(&format!("; {:?}, {:?}", column.reading, column.decision.apply(column.builder)));
    }
    Ok(words)
}

fuzz_target!(|bytes: &[u8]| {
    let options = ReadOptions::default();
    let whole = read(TableReader::open("f", bytes, &options));
    let feed = Feed::default();
    bytes.chunks(7).for_each(|piece| feed.push(piece.to_vec()));
    feed.end();
    assert_eq!(whole, read(TableReader::of_feed("f", &feed, &options)), "pieces are read otherwise than the whole");
});
