//! Bytes that arrive in pieces, for programs without blocking reads: in a browser, files are read asynchronously.

use std::collections::VecDeque;
use std::io::{self, Read};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::layout::BLOCK_BYTES;
use crate::source::head::{HEAD_BYTES, is_read_as_a_whole};

/// A queue of pieces to be read; clones share it.
#[derive(Debug, Clone, Default)]
pub struct Feed(Arc<Mutex<Queue>>);

#[derive(Debug, Default)]
struct Queue {
    pieces: VecDeque<Vec<u8>>,
    /// How much of the first piece has been read.
    at: usize,
    n_waiting: usize,
    is_ended: bool,
}

impl Feed {
    /// Adds the next piece.
    pub fn push(&self, piece: Vec<u8>) {
        let mut queue = self.queue();
        queue.n_waiting += piece.len();
        queue.pieces.push_back(piece);
    }

    /// Marks the end of the input.
    pub fn end(&self) {
        self.queue().is_ended = true;
    }

    /// Whether there are enough bytes to detect the file's format: of a compressed file or a workbook, all of them.
    #[must_use]
    pub fn can_open(&self) -> bool {
        let mut queue = self.queue();
        queue.is_ended || (queue.n_waiting >= BLOCK_BYTES + HEAD_BYTES && !is_read_as_a_whole(queue.start()))
    }

    /// The number of bytes waiting to be read.
    #[must_use]
    pub fn n_waiting(&self) -> usize {
        self.queue().n_waiting
    }

    /// Whether this many bytes can be read, or the input has ended.
    pub(crate) fn has(&self, n_bytes: usize) -> bool {
        let queue = self.queue();
        queue.is_ended || queue.n_waiting >= n_bytes
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    /// The first bytes, joined if they arrived in small pieces.
    fn start(&mut self) -> &[u8] {
        while self.pieces.len() > 1 && self.pieces.front().is_some_and(|first| first.len() < self.at + HEAD_BYTES) {
            let (first, second) = (self.pieces.pop_front().unwrap_or_default(), self.pieces.pop_front());
            self.pieces.push_front([first, second.unwrap_or_default()].concat());
        }
        self.pieces.front().map_or(&[], |first| &first[self.at..])
    }
}

impl Read for Feed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut queue = self.queue();
        let Some(first) = queue.pieces.front() else {
            return if queue.is_ended { Ok(0) } else { Err(io::ErrorKind::WouldBlock.into()) };
        };
        let rest = &first[queue.at..];
        let n_read = rest.len().min(buffer.len());
        buffer[..n_read].copy_from_slice(&rest[..n_read]);
        if n_read == rest.len() {
            queue.pieces.pop_front();
            queue.at = 0;
        } else {
            queue.at += n_read;
        }
        queue.n_waiting -= n_read;
        Ok(n_read)
    }
}
