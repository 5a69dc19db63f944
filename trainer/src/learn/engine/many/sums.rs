//! Sums over records: counts and residuals, packed into one integer when summed by bin.

use rayon::prelude::*;

use super::records::{CHUNK, Histogram, Record, Records, Span};

impl<const N: usize> Records<N> {
    /// The packed sum over the records for each value of each bundle's byte.
    pub(super) fn histogram(&self, span: &Span) -> Histogram {
        let records = &self.buffers[span.buffer][span.range.clone()];
        if records.len() < 2 * CHUNK {
            return self.histogram_of(records);
        }
        // Integer sums do not depend on the order.
        let add = |mut sums: Histogram, more: Histogram| {
            for (sum, more) in sums.iter_mut().flatten().zip(more.iter().flatten()) {
                *sum += more;
            }
            sums
        };
        let chunk = records.len().div_ceil(2 * rayon::current_num_threads()).max(CHUNK);
        let parts = records.par_chunks(chunk).map(|records| self.histogram_of(records));
        parts.reduce_with(add).unwrap_or_default()
    }

    fn histogram_of(&self, records: &[Record<N>]) -> Histogram {
        let mut sums = vec![[0; 256]; self.bundles.len()];
        match &mut sums[..] {
            [a] => self.add(records, &mut [a]),
            [a, b] => self.add(records, &mut [a, b]),
            [a, b, c] => self.add(records, &mut [a, b, c]),
            [a, b, c, d] => self.add(records, &mut [a, b, c, d]),
            many => {
                for record in records {
                    let packed = self.pack(record.residual);
                    for (sums, bin) in many.iter_mut().zip(record.bins) {
                        sums[usize::from(bin)] += packed;
                    }
                }
            }
        }
        sums
    }

    /// The number of bundles is a compile-time constant here.
    fn add<const B: usize>(&self, records: &[Record<N>], sums: &mut [&mut [i64; 256]; B]) {
        for record in records {
            let packed = self.pack(record.residual);
            for bundle in 0..B {
                sums[bundle][usize::from(record.bins[bundle])] += packed;
            }
        }
    }

    /// A residual as a summand: 0 if the row is not in the tree's sample.
    fn pack(&self, residual: i32) -> i64 {
        let half = (1_i64 << self.dropped_bits) >> 1;
        let kept = (i64::from(residual >> 1) + half) >> self.dropped_bits;
        ((kept << self.count_bits) + 1) & -i64::from(residual & 1)
    }

    /// The sum of residuals, in the target's unit, and the number of rows.
    pub(super) fn unpack(&self, packed: i64) -> (f64, u32) {
        let n = packed & ((1 << self.count_bits) - 1);
        (self.unit.value((packed >> self.count_bits) as f64 * f64::from(1_u32 << self.dropped_bits)), n as u32)
    }

    /// The same for several spans, in parallel.
    pub(super) fn histograms(&self, spans: &[Span]) -> Vec<Histogram> {
        spans.par_iter().map(|span| self.histogram(span)).collect()
    }

    /// The exact sum of the residuals in the tree's sample, and their number.
    pub(super) fn sum(&self, span: &Span) -> (f64, u32) {
        let sum = |records: &[Record<N>]| {
            records.iter().fold((0_i64, 0_u32), |(sum, n), record| {
                let flag = record.residual & 1;
                (sum + i64::from((record.residual >> 1) & -flag), n + flag as u32)
            })
        };
        let add = |left: (i64, u32), right: (i64, u32)| (left.0 + right.0, left.1 + right.1);
        let records = &self.buffers[span.buffer][span.range.clone()];
        let (sum, n) = if records.len() < 2 * CHUNK {
            sum(records)
        } else {
            records.par_chunks(CHUNK).map(sum).reduce(|| (0, 0), add)
        };
        (self.unit.value(sum as f64), n)
    }
}
