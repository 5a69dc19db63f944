//! Records of rows: counted, parted, and corrected, in parallel and with the same result on any number of threads.

use std::ops::Range;

use rayon::prelude::*;

use super::bundle::Bundles;
use crate::random::SplitMix64;

/// A row: its residual with a flag, and its bundles of bins.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub(crate) struct Record<const N: usize> {
    /// Twice the residual in units, plus 1 if the tree that is being grown learns from the row.
    residual: i32,
    bins: [u8; N],
}

/// All rows, and room to move them to.
pub(crate) struct Records<const N: usize> {
    pub(super) bundles: Bundles,
    sides: [Vec<Record<N>>; 2],
    /// Residuals are whole multiples of a power of ten: leaves are short decimals then.
    unit: Unit,
    /// Bits of a packed sum that hold the count.
    count_bits: u32,
    /// Bits of a residual that a packed sum has no room for.
    dropped_bits: u32,
}

/// What a residual of 1 is in the target's unit: 10 to the power of `-decimals`.
#[derive(Debug, Clone, Copy)]
struct Unit {
    decimals: i32,
    power: f64,
}

/// A stretch of records on one of the two sides.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) side: usize,
    pub(super) range: Range<usize>,
}

/// For each byte of each bundle the packed sum: the residuals' sum above, the count below.
pub(super) type Histogram = Vec<[i64; 256]>;

/// Residuals have up to so many bits besides the sign: the largest at the start has two less.
const RESIDUAL_BITS: u32 = 28;
/// Rows of one task.
const CHUNK: usize = 1 << 13;

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
            sides: [first.clone(), first],
            bundles,
            unit,
            count_bits,
            dropped_bits: (RESIDUAL_BITS + 2 * count_bits).saturating_sub(62),
        }
    }

    pub(super) fn n_rows(&self) -> usize {
        self.sides[0].len()
    }

    /// All records, at the start of a tree.
    pub(super) fn all(&self) -> Place {
        Place { side: 0, range: 0..self.n_rows() }
    }

    /// The square root of the mean squared residual.
    pub(super) fn residual_size(&self) -> f64 {
        let squares = |chunk: &[Record<N>]| {
            let square =
                |record: &Record<N>| i128::from(i64::from(record.residual >> 1) * i64::from(record.residual >> 1));
            chunk.iter().map(square).sum::<i128>()
        };
        let sum: i128 = self.sides[0].par_chunks(CHUNK).map(squares).sum();
        self.unit.value((sum as f64 / self.n_rows().max(1) as f64).sqrt())
    }

    /// Chooses the rows that the next tree learns from, each with the same chance.
    pub(super) fn draw(&mut self, share: f64, random: &mut SplitMix64) {
        let seed = random.next_u64();
        self.sides[0].par_chunks_mut(CHUNK).enumerate().for_each(|(chunk, records)| {
            let mut random = SplitMix64::new(seed ^ SplitMix64::new(chunk as u64).next_u64());
            for record in records {
                record.residual = record.residual & !1 | i32::from(random.uniform() < share);
            }
        });
    }

    pub(super) fn histogram(&self, place: &Place) -> Histogram {
        let records = &self.sides[place.side][place.range.clone()];
        if records.len() < 2 * CHUNK {
            return self.histogram_of(records);
        }
        // Whole numbers add up to the same in any order.
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

    /// The number of bundles is known to the compiler here.
    fn add<const B: usize>(&self, records: &[Record<N>], sums: &mut [&mut [i64; 256]; B]) {
        for record in records {
            let packed = self.pack(record.residual);
            for bundle in 0..B {
                sums[bundle][usize::from(record.bins[bundle])] += packed;
            }
        }
    }

    /// A residual as a summand: nothing if the tree does not learn from the row.
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

    /// The same for several places, one after the other or side by side.
    pub(super) fn histograms(&self, places: &[Place]) -> Vec<Histogram> {
        places.par_iter().map(|place| self.histogram(place)).collect()
    }

    /// Moves the records at `place` to the other side, those first for which `is_first` is 1, both in their order.
    pub(super) fn part(&mut self, place: &Place, bundle: usize, is_first: &[u8; 256]) -> (Place, Place) {
        let n_firsts = self.part_all(std::slice::from_ref(place), bundle, is_first);
        place.parted(n_firsts[0])
    }

    /// The same for several places on one side, the earlier first; how many records come first in each.
    pub(super) fn part_all(&mut self, places: &[Place], bundle: usize, is_first: &[u8; 256]) -> Vec<usize> {
        let [a, b] = &mut self.sides;
        let (from, to) = if places.first().is_none_or(|place| place.side == 0) { (&*a, b) } else { (&*b, a) };
        let first = |record: &Record<N>| is_first[usize::from(record.bins[bundle])];
        let count = |records: &[Record<N>]| records.iter().map(|record| usize::from(first(record))).sum::<usize>();
        let chunks: Vec<(usize, &[Record<N>])> = places
            .iter()
            .enumerate()
            .flat_map(|(idx, place)| from[place.range.clone()].chunks(CHUNK).map(move |chunk| (idx, chunk)))
            .collect();
        let is_small = chunks.len() <= 2;
        let counts: Vec<usize> = if is_small {
            chunks.iter().map(|(_, chunk)| count(chunk)).collect()
        } else {
            chunks.par_iter().map(|(_, chunk)| count(chunk)).collect()
        };
        let mut n_firsts = vec![0; places.len()];
        for ((idx, _), count) in chunks.iter().zip(&counts) {
            n_firsts[*idx] += count;
        }
        let mut tasks = Vec::with_capacity(chunks.len());
        let mut with_counts = chunks.iter().zip(&counts).peekable();
        let (mut rest, mut start) = (&mut to[..], 0);
        for (idx, place) in places.iter().enumerate() {
            let (_, from_place) = rest.split_at_mut(place.range.start - start);
            let (own, others) = from_place.split_at_mut(place.range.len());
            (rest, start) = (others, place.range.end);
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
            tasks.into_iter().for_each(|(records, firsts, seconds)| part_chunk(records, firsts, seconds, first));
        } else {
            tasks.into_par_iter().for_each(|(records, firsts, seconds)| part_chunk(records, firsts, seconds, first));
        }
        n_firsts
    }

    /// The mean of what the tree learns from at `place`: the exact sum and the count.
    pub(super) fn sum(&self, place: &Place) -> (f64, u32) {
        let sum = |records: &[Record<N>]| {
            records.iter().fold((0_i64, 0_u32), |(sum, n), record| {
                let flag = record.residual & 1;
                (sum + i64::from((record.residual >> 1) & -flag), n + flag as u32)
            })
        };
        let add = |left: (i64, u32), right: (i64, u32)| (left.0 + right.0, left.1 + right.1);
        let records = &self.sides[place.side][place.range.clone()];
        let (sum, n) = if records.len() < 2 * CHUNK {
            sum(records)
        } else {
            records.par_chunks(CHUNK).map(sum).reduce(|| (0, 0), add)
        };
        (self.unit.value(sum as f64), n)
    }

    /// What one unit is.
    pub(super) fn unit(&self) -> f64 {
        self.unit.value(1.0)
    }

    /// The nearest whole number of units.
    pub(super) fn round(&self, value: f64) -> f64 {
        self.unit.value(self.unit.of(value))
    }

    /// Ends a tree: takes each leaf's value (in whole units, see [`Records::round`]) off its records' residuals, and has
    /// all records on the first side again.
    pub(super) fn finish(&mut self, leaves: &[(Place, f64)]) {
        let [first, second] = &mut self.sides;
        let mut tasks = Vec::new();
        let mut rest = &mut first[..];
        let mut end = 0;
        for (place, value) in leaves {
            debug_assert_eq!(place.range.start, end, "leaves lie side by side");
            end = place.range.end;
            let (own, others) = rest.split_at_mut(place.range.len());
            rest = others;
            let step = (self.unit.of(*value) as i32).saturating_mul(2);
            if place.side == 0 {
                tasks.extend(own.chunks_mut(CHUNK).map(|own| (own, None, step)));
            } else {
                let moved = second[place.range.clone()].chunks(CHUNK);
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
    /// So small that the largest residual has two bits less than there is room for.
    fn for_largest(largest: f64) -> Self {
        let steps = f64::from(1_u32 << (RESIDUAL_BITS - 2));
        let decimals = if largest > 0.0 { libm::floor(libm::log10(steps / largest)) as i32 } else { 0 };
        Self { decimals, power: (0..decimals.abs()).fold(1.0, |power, _| power * 10.0) }
    }

    /// How many units `value` is, rounded.
    fn of(self, value: f64) -> f64 {
        if self.decimals >= 0 { (value * self.power).round() } else { (value / self.power).round() }
    }

    /// What so many units are.
    fn value(self, units: f64) -> f64 {
        if self.decimals >= 0 { units / self.power } else { units * self.power }
    }
}

impl Place {
    /// The two parts of a place whose records were moved to the other side.
    pub(super) fn parted(&self, n_first: usize) -> (Self, Self) {
        let Range { start, end } = self.range;
        let side = 1 - self.side;
        (Self { side, range: start..start + n_first }, Self { side, range: start + n_first..end })
    }
}

/// Records that are parted at a time, close by.
const BUFFER: usize = 256;

/// Parts the records of one task. Which side a record goes to can't be foreseen, so every record is written to the ends
/// of two buffers and only one of the ends moves on: no branch to guess wrong.
fn part_chunk<const N: usize>(
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
