//! Moves the records of a node to its two children.

use rayon::prelude::*;

use super::records::{CHUNK, Record, Records, Span};

impl<const N: usize> Records<N> {
    /// Moves the records of `span` to the other buffer, first those for which `is_first` is 1; the order is kept.
    pub(super) fn partition(&mut self, span: &Span, bundle: usize, is_first: &[u8; 256]) -> (Span, Span) {
        let n_firsts = self.partition_all(std::slice::from_ref(span), bundle, is_first);
        span.split_at(n_firsts[0])
    }

    /// The same for several spans of one buffer, in order; returns for each how many records come first.
    pub(super) fn partition_all(&mut self, spans: &[Span], bundle: usize, is_first: &[u8; 256]) -> Vec<usize> {
        let [a, b] = &mut self.buffers;
        let (from, to) = if spans.first().is_none_or(|span| span.buffer == 0) { (&*a, b) } else { (&*b, a) };
        let first = |record: &Record<N>| is_first[usize::from(record.bins[bundle])];
        let count = |records: &[Record<N>]| records.iter().map(|record| usize::from(first(record))).sum::<usize>();
        let chunks: Vec<(usize, &[Record<N>])> = spans
            .iter()
            .enumerate()
            .flat_map(|(idx, span)| from[span.range.clone()].chunks(CHUNK).map(move |chunk| (idx, chunk)))
            .collect();
        let is_small = chunks.len() <= 2;
        let counts: Vec<usize> = if is_small {
            chunks.iter().map(|(_, chunk)| count(chunk)).collect()
        } else {
            chunks.par_iter().map(|(_, chunk)| count(chunk)).collect()
        };
        let mut n_firsts = vec![0; spans.len()];
        for ((idx, _), count) in chunks.iter().zip(&counts) {
            n_firsts[*idx] += count;
        }
        let mut tasks = Vec::with_capacity(chunks.len());
        let mut with_counts = chunks.iter().zip(&counts).peekable();
        let (mut rest, mut start) = (&mut to[..], 0);
        for (idx, span) in spans.iter().enumerate() {
            let (_, from_span) = rest.split_at_mut(span.range.start - start);
            let (own, others) = from_span.split_at_mut(span.range.len());
            (rest, start) = (others, span.range.end);
            let (mut firsts, mut seconds) = own.split_at_mut(n_firsts[idx]);
            while let Some(((_, records), count)) = with_counts.next_if(|((owner, _), _)| *owner == idx) {
                let (first, others) = firsts.split_at_mut(*count);
                firsts = others;
                let (second, others) = seconds.split_at_mut(records.len() - count);
                seconds = others;
                tasks.push((*records, first, second));
            }
        }
        if is_small {
            tasks.into_iter().for_each(|(records, firsts, seconds)| partition_chunk(records, firsts, seconds, first));
        } else {
            tasks
                .into_par_iter()
                .for_each(|(records, firsts, seconds)| partition_chunk(records, firsts, seconds, first));
        }
        n_firsts
    }
}

/// Records partitioned at a time, within the processor's cache.
const BUFFER: usize = 256;

/// Partitions the records of one task. The side of a record is unpredictable, so every record is written to the ends of
/// two buffers and only one of the ends advances: there is no branch to mispredict.
fn partition_chunk<const N: usize>(
    from: &[Record<N>],
    firsts: &mut [Record<N>],
    seconds: &mut [Record<N>],
    is_first: impl Fn(&Record<N>) -> u8,
) {
    let nothing = Record { residual: 0, bins: [0; N] };
    let mut buffers = [[nothing; BUFFER]; 2];
    let (mut firsts, mut seconds) = (firsts, seconds);
    for records in from.chunks(BUFFER) {
        let (mut n_first, mut n_second) = (0, 0);
        let [first_buffer, second_buffer] = &mut buffers;
        for record in records {
            let is_first = usize::from(is_first(record));
            first_buffer[n_first % BUFFER] = *record;
            second_buffer[n_second % BUFFER] = *record;
            n_first += is_first;
            n_second += 1 - is_first;
        }
        let (first, rest) = firsts.split_at_mut(n_first);
        first.copy_from_slice(&first_buffer[..n_first]);
        firsts = rest;
        let (second, rest) = seconds.split_at_mut(n_second);
        second.copy_from_slice(&second_buffer[..n_second]);
        seconds = rest;
    }
}
