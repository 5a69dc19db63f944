//! Bundles several columns in one byte.
//!
//! Two columns of 2 and 5 bins are one column of 10. Columns are combined as long as the product fits in a byte: the
//! five categorical columns of the classic data have 240 combinations, so one addition to a histogram serves all five.
//! A column's histogram is the marginal sum over the others.

/// The maximal number of combinations of a bundle.
const MAX_BINS: usize = 256;

/// The assignment of columns to bundles.
pub(super) struct Bundles {
    bundles: Vec<Vec<Member>>,
    /// Each column's bundle, and its position in it.
    members: Vec<(usize, usize)>,
    n_bins: Vec<usize>,
}

/// A column in a bundle.
struct Member {
    column: usize,
    stride: usize,
    n_bins: usize,
}

impl Bundles {
    /// Bundles columns with these numbers of bins.
    pub(super) fn new(n_bins: &[usize]) -> Self {
        let mut order: Vec<usize> = (0..n_bins.len()).collect();
        order.sort_by_key(|column| n_bins[*column]);
        let mut bundles: Vec<Vec<Member>> = Vec::new();
        let mut sizes: Vec<usize> = Vec::new();
        let mut members = vec![(0, 0); n_bins.len()];
        for column in order {
            let n_bins = n_bins[column].max(1);
            let bundle = sizes.iter().position(|size| size * n_bins <= MAX_BINS).unwrap_or_else(|| {
                bundles.push(Vec::new());
                sizes.push(1);
                sizes.len() - 1
            });
            members[column] = (bundle, bundles[bundle].len());
            bundles[bundle].push(Member { column, stride: sizes[bundle], n_bins });
            sizes[bundle] *= n_bins;
        }
        Self { bundles, members, n_bins: n_bins.to_vec() }
    }

    /// The number of bundles.
    pub(super) fn len(&self) -> usize {
        self.bundles.len()
    }

    /// A row's byte in a bundle.
    pub(super) fn byte(&self, bundle: usize, bins: &[&[u8]], row: usize) -> u8 {
        let combined: usize =
            self.bundles[bundle].iter().map(|member| usize::from(bins[member.column][row]) * member.stride).sum();
        combined as u8
    }

    /// The bundle of a column, and for each value of its byte whether `holds` is true for the column's bin.
    pub(super) fn table(&self, column: usize, holds: impl Fn(u8) -> bool) -> (usize, [u8; 256]) {
        let (bundle, member) = self.members[column];
        let Member { stride, n_bins, .. } = &self.bundles[bundle][member];
        let mut table = [0; 256];
        for (byte, entry) in table.iter_mut().enumerate() {
            *entry = u8::from(holds((byte / stride % n_bins) as u8));
        }
        (bundle, table)
    }

    /// Computes each column's histogram from those of the bundles; `out` has the bins of all columns, concatenated.
    pub(super) fn unbundle(&self, histogram: &[[i64; 256]], out: &mut Vec<i64>) {
        out.clear();
        out.resize(self.n_bins.iter().sum(), 0);
        let mut rest = &mut out[..];
        for (column, n_bins) in self.n_bins.iter().enumerate() {
            let (own, others) = rest.split_at_mut(*n_bins);
            rest = others;
            let (bundle, member) = self.members[column];
            let Member { stride, n_bins, .. } = &self.bundles[bundle][member];
            let size = self.bundles[bundle].last().map_or(1, |last| last.stride * last.n_bins);
            for (byte, sum) in histogram[bundle][..size].iter().enumerate() {
                own[byte / stride % n_bins] += sum;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_categories_and_two_scores_take_three_bytes() {
        let n_bins = [2, 5, 6, 2, 2, 101, 99];
        let bundles = Bundles::new(&n_bins);
        assert_eq!(bundles.len(), 3);
        let rows: Vec<Vec<u8>> =
            (0..500_usize).map(|row| n_bins.iter().map(|n_bins| (row * 7 % n_bins) as u8).collect()).collect();
        let columns: Vec<Vec<u8>> =
            (0..n_bins.len()).map(|column| rows.iter().map(|row| row[column]).collect()).collect();
        let bins: Vec<&[u8]> = columns.iter().map(Vec::as_slice).collect();
        let mut histogram = vec![[0; 256]; 3];
        for row in 0..rows.len() {
            for (bundle, sums) in histogram.iter_mut().enumerate() {
                sums[usize::from(bundles.byte(bundle, &bins, row))] += 1;
            }
        }
        let mut sums = Vec::new();
        bundles.unbundle(&histogram, &mut sums);
        let mut sums = &sums[..];
        for (column, n_bins) in n_bins.iter().enumerate() {
            let (own, rest) = sums.split_at(*n_bins);
            sums = rest;
            for (bin, sum) in own.iter().enumerate() {
                assert_eq!(*sum, rows.iter().filter(|row| usize::from(row[column]) == bin).count() as i64);
                let (bundle, table) = bundles.table(column, |other| usize::from(other) == bin);
                let row = 123;
                let holds = table[usize::from(bundles.byte(bundle, &bins, row))] == 1;
                assert_eq!(holds, usize::from(rows[row][column]) == bin);
            }
        }
    }
}
