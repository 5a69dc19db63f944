//! Records of rows. All work on them is parallel, with the same result for any number of threads.

use std::ops::Range;

use rayon::prelude::*;

use super::bundle::Bundles;
use crate::random::SplitMix64;

/// A row: its residual with a flag, and its bundles of bins.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub(crate) struct Record<const N: usize> {
    /// Twice the residual in units, plus 1 if the row is in the sample of the current tree.
    pub(super) residual: i32,
    pub(super) bins: [u8; N],
}

/// All rows, in two buffers: a partition moves records from one to the other.
pub(crate) struct Records<const N: usize> {
    pub(super) bundles: Bundles,
    pub(super) buffers: [Vec<Record<N>>; 2],
    /// The unit is a power of ten, so that leaves are short decimals.
    pub(super) unit: Unit,
    /// Number of bits of a packed sum that hold the count.
    pub(super) count_bits: u32,
    /// Number of low bits of a residual for which a packed sum has no room.
    pub(super) dropped_bits: u32,
}

/// The unit of residuals, in the target's unit: 10 to the power of `-decimals`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Unit {
    decimals: i32,
    power: f64,
}

/// Consecutive records in one of the two buffers.
#[derive(Debug, Clone)]
pub(super) struct Span {
    pub(super) buffer: usize,
    pub(super) range: Range<usize>,
}

/// For each value of each bundle's byte the packed sum: the sum of residuals in the high bits, the count in the low
/// ones.
pub(super) type Histogram = Vec<[i64; 256]>;

/// The maximal number of bits of a residual, without the sign; initially the largest has two fewer.
const RESIDUAL_BITS: u32 = 28;
/// Rows of one task.
pub(super) const CHUNK: usize = 1 << 13;

impl<const N: usize> Records<N> {
    pub(super) fn new(bundles: Bundles, bins: &[&[u8]], residuals: &[f64]) -> Self {
        let largest = residuals.iter().fold(0.0_f64, |largest, residual| largest.max(residual.abs()));
        let unit = Unit::for_largest(largest);
        let n_rows = residuals.len();
        let record = |row: usize| {
            let mut record = Record { residual: (unit.of(residuals[row]) as i32) << 1 | 1, bins: [0; N] };
            for (bundle, byte) in record.bins.iter_mut().enumerate().take(bundles.len()) {
                *byte = bundles.byte(bundle, bins, row);
            }
            record
        };
        let first: Vec<Record<N>> = (0..n_rows).into_par_iter().with_min_len(CHUNK).map(record).collect();
        let count_bits = usize::BITS - n_rows.leading_zeros();
        Self {
            buffers: [first.clone(), first],
            bundles,
            unit,
            count_bits,
            dropped_bits: (RESIDUAL_BITS + 2 * count_bits).saturating_sub(62),
        }
    }

    pub(super) fn n_rows(&self) -> usize {
        self.buffers[0].len()
    }

    /// All records, at the start of a tree.
    pub(super) fn all(&self) -> Span {
        Span { buffer: 0, range: 0..self.n_rows() }
    }

    /// The root mean square of the residuals.
    pub(super) fn residual_size(&self) -> f64 {
        let squares = |chunk: &[Record<N>]| {
            let square =
                |record: &Record<N>| i128::from(i64::from(record.residual >> 1) * i64::from(record.residual >> 1));
            chunk.iter().map(square).sum::<i128>()
        };
        let sum: i128 = self.buffers[0].par_chunks(CHUNK).map(squares).sum();
        self.unit.value((sum as f64 / self.n_rows().max(1) as f64).sqrt())
    }

    /// Samples the rows of the next tree, each with the same probability.
    pub(super) fn draw(&mut self, share: f64, random: &mut SplitMix64) {
        let seed = random.next_u64();
        self.buffers[0].par_chunks_mut(CHUNK).enumerate().for_each(|(chunk, records)| {
            let mut random = SplitMix64::new(seed ^ SplitMix64::new(chunk as u64).next_u64());
            for record in records {
                record.residual = record.residual & !1 | i32::from(random.uniform() < share);
            }
        });
    }

    /// One unit, in the target's unit.
    pub(super) fn unit(&self) -> f64 {
        self.unit.value(1.0)
    }

    /// The nearest integer number of units.
    pub(super) fn round(&self, value: f64) -> f64 {
        self.unit.value(self.unit.of(value))
    }

    /// Ends a tree: subtracts each leaf's value (in whole units, see [`Records::round`]) from its records' residuals,
    /// and moves all records back to the first buffer.
    pub(super) fn finish(&mut self, leaves: &[(Span, f64)]) {
        let [first, second] = &mut self.buffers;
        let mut tasks = Vec::new();
        let mut rest = &mut first[..];
        let mut end = 0;
        for (span, value) in leaves {
            debug_assert_eq!(span.range.start, end, "leaves are adjacent");
            end = span.range.end;
            let (own, others) = rest.split_at_mut(span.range.len());
            rest = others;
            let step = (self.unit.of(*value) as i32).saturating_mul(2);
            if span.buffer == 0 {
                tasks.extend(own.chunks_mut(CHUNK).map(|own| (own, None, step)));
            } else {
                let moved = second[span.range.clone()].chunks(CHUNK);
                tasks.extend(own.chunks_mut(CHUNK).zip(moved).map(|(own, moved)| (own, Some(moved), step)));
            }
        }
        tasks.into_par_iter().for_each(|(own, moved, step)| {
            if let Some(moved) = moved {
                own.copy_from_slice(moved);
            }
            let (least, most) = (-(1 << (RESIDUAL_BITS + 1)), (1 << (RESIDUAL_BITS + 1)) - 1);
            for record in own {
                record.residual = record.residual.saturating_sub(step).clamp(least, most) | 1;
            }
        });
    }
}

impl Unit {
    /// The smallest unit in which the largest residual has two bits fewer than the maximum.
    fn for_largest(largest: f64) -> Self {
        let steps = f64::from(1_u32 << (RESIDUAL_BITS - 2));
        let decimals = if largest > 0.0 { libm::floor(libm::log10(steps / largest)) as i32 } else { 0 };
        Self { decimals, power: (0..decimals.abs()).fold(1.0, |power, _| power * 10.0) }
    }

    /// `value` in units, rounded.
    fn of(self, value: f64) -> f64 {
        if self.decimals >= 0 { (value * self.power).round() } else { (value / self.power).round() }
    }

    /// A number of units, in the target's unit.
    pub(super) fn value(self, units: f64) -> f64 {
        if self.decimals >= 0 { units / self.power } else { units * self.power }
    }
}

impl Span {
    /// The two parts of a span, after the first `n_first` records, once they have been moved to the other buffer.
    pub(super) fn split_at(&self, n_first: usize) -> (Self, Self) {
        let Range { start, end } = self.range;
        let buffer = 1 - self.buffer;
        (Self { buffer, range: start..start + n_first }, Self { buffer, range: start + n_first..end })
    }
}
