//! The memory per row of training, from a file to the artifacts.

use std::io::{self, Read};
use std::path::Path;

use model_core::Params;
use peak_alloc::PeakAlloc;
use trainer::{
    Candidate, Config, IngestOptions, SearchControl, SearchOptions, ingest_from, learner, train, write_sample,
};

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// Fictional students as a file of a number of blocks, which is never in memory as a whole.
struct Students {
    block: Vec<u8>,
    n_blocks: usize,
    at: usize,
}

const BLOCK_ROWS: u64 = 10_000;

impl Students {
    fn new(n_rows: u64) -> Self {
        let mut block = Vec::new();
        write_sample(&mut block, BLOCK_ROWS, 7).unwrap();
        Self { block, n_blocks: usize::try_from(n_rows / BLOCK_ROWS).unwrap(), at: 0 }
    }
}

impl Read for Students {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at == self.block.len() && self.n_blocks > 1 {
            self.n_blocks -= 1;
            // Only the first block has the header.
            self.at = 1 + self.block.iter().position(|byte| *byte == b'\n').unwrap();
        }
        let n_read = buffer.len().min(self.block.len() - self.at);
        buffer[..n_read].copy_from_slice(&self.block[self.at..self.at + n_read]);
        self.at += n_read;
        Ok(n_read)
    }
}

/// The peak of allocated bytes while a linear model is trained on `n_rows`.
fn peak_of(n_rows: u64) -> usize {
    ALLOCATOR.reset_peak_usage();
    let before = ALLOCATOR.peak_usage();
    let options = IngestOptions { target: "math_score".into(), ..IngestOptions::default() };
    let ingested = ingest_from(Path::new("students.csv"), Students::new(n_rows), &options).unwrap();
    assert_eq!(ingested.table.n_rows() as u64, n_rows);
    let linear = Candidate { learner: learner("linear").unwrap(), params: Params::new() };
    let options =
        Config { search: SearchOptions { candidates: Some(vec![linear]), ..Default::default() }, ..Default::default() };
    train(&ingested.table, "", &options, &SearchControl::default()).unwrap();
    ALLOCATOR.peak_usage() - before
}

#[test]
fn a_row_of_seven_columns_takes_at_most_40_bytes() {
    let (few, many) = (500_000, 1_500_000);
    let [of_few, of_many] = [few, many].map(peak_of);
    let bytes_a_row = (of_many - of_few) as f64 / (many - few) as f64;
    println!("{bytes_a_row:.1} bytes a row: {of_few} bytes for {few} rows, {of_many} for {many}");
    assert!(bytes_a_row <= 40.0, "{bytes_a_row:.1} bytes a row: {of_few} bytes for {few} rows, {of_many} for {many}");
}
