//! Which character parts the cells: files from spreadsheets differ by country.

use csv::{ByteRecord, ReaderBuilder};

const DELIMITERS: [u8; 4] = *b",;\t|";
/// Enough to see a pattern in, little enough to read four times.
const SAMPLE_BYTES: usize = 64 << 10;

/// The delimiter under which the head of `bytes` is most plausibly a table: the one that gives a header with the
/// `target` in it, then the one with most rows as long as the header, then the one with most columns.
#[must_use]
pub fn sniff_delimiter(bytes: &[u8], target: Option<&str>) -> u8 {
    let sample = &bytes[..bytes.len().min(SAMPLE_BYTES)];
    let is_whole = sample.len() == bytes.len();
    let score = |delimiter: u8| {
        let mut reader =
            ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(sample);
        let records: Vec<ByteRecord> = reader
            .byte_records()
            .filter_map(Result::ok)
            .skip_while(|record| record.len() <= 1 && record.as_slice().trim_ascii().is_empty())
            .collect();
        let Some((header, rows)) = records.split_first() else { return (false, 0, 0) };
        // The sample may end in the middle of its last row.
        let rows = if is_whole { rows } else { &rows[..rows.len().saturating_sub(1)] };
        let has_target = target.is_some_and(|target| header.iter().any(|cell| cell.trim_ascii() == target.as_bytes()));
        let n_even = rows.iter().filter(|row| row.len() == header.len()).count();
        let permille = if header.len() < 2 { 0 } else { 1_000 * n_even / rows.len().max(1) };
        (has_target, permille, header.len())
    };
    // `max_by_key` takes the last of equals, so the most common delimiter goes last.
    DELIMITERS.into_iter().rev().max_by_key(|delimiter| score(*delimiter)).unwrap_or(b',')
}
