//! Row indices of a table.

use rayon::prelude::*;

use crate::table::{MANY_ROWS, Table};

/// A row's index in a table, as any integer type.
pub trait RowIdx: Copy + Send + Sync {
    /// As an index.
    fn to_usize(self) -> usize;

    /// The compact form for many rows: tables with more than 2³² rows cannot be split, so no index is truncated.
    fn to_u32(self) -> u32;
}

impl RowIdx for usize {
    fn to_usize(self) -> usize {
        self
    }

    fn to_u32(self) -> u32 {
        self as u32
    }
}

impl RowIdx for u32 {
    fn to_usize(self) -> usize {
        self as usize
    }

    fn to_u32(self) -> u32 {
        self
    }
}

/// Rows per task if there are many.
pub(crate) const BLOCK_ROWS: usize = 1 << 16;

/// The number of rows with each code.
pub(crate) fn count_by_code<R: RowIdx>(codes: &[u8], rows: &[R]) -> Vec<usize> {
    let count = |rows: &[R]| {
        let mut counts = vec![0_usize; 256];
        for row in rows {
            counts[usize::from(codes[row.to_usize()])] += 1;
        }
        counts
    };
    let add = |mut sums: Vec<usize>, counts: Vec<usize>| {
        for (sum, count) in sums.iter_mut().zip(counts) {
            *sum += count;
        }
        sums
    };
    rows.par_chunks(BLOCK_ROWS).map(count).reduce(|| vec![0; 256], add)
}

/// The weights of the rows, or the numbers of rows that cells stand for. `None` if all count the same.
pub(crate) fn weights_of<R: RowIdx>(table: &Table, rows: &[R]) -> Option<Vec<f64>> {
    match (&table.cells, &table.weights) {
        (Some(cells), _) => Some(rows.iter().map(|row| f64::from(cells.n[row.to_usize()])).collect()),
        (None, Some(weights)) => Some(rows.iter().map(|row| weights[row.to_usize()]).collect()),
        (None, None) => None,
    }
}

/// The rows as 32-bit indices, sorted if there are many.
pub(crate) fn narrow_rows<R: RowIdx>(rows: &[R], n_rows: usize) -> Vec<u32> {
    let narrow = rows.iter().map(|row| row.to_u32()).collect();
    if rows.len() >= MANY_ROWS { in_order(narrow, n_rows) } else { narrow }
}

/// The rows in the table's order, for sequential memory access.
pub(crate) fn in_order(rows: Vec<u32>, n_rows: usize) -> Vec<u32> {
    if rows.is_sorted() {
        return rows;
    }
    // A bitmap: for a large part of a table's rows this is much faster than sorting.
    let mut is_in = vec![0_u64; n_rows.div_ceil(64)];
    for row in &rows {
        is_in[(*row >> 6) as usize] |= 1 << (*row & 63);
    }
    let n_different: usize = is_in.iter().map(|bits| bits.count_ones() as usize).sum();
    let mut rows = rows;
    if n_different < rows.len() {
        rows.sort_unstable();
        return rows;
    }
    let mut filled = 0;
    for (word, bits) in is_in.iter().enumerate() {
        let mut bits = *bits;
        while bits != 0 {
            rows[filled] = (word as u32) << 6 | bits.trailing_zeros();
            filled += 1;
            bits &= bits - 1;
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_in_order_also_where_one_comes_twice() {
        assert_eq!(in_order(vec![130, 3, 64, 63, 0], 131), [0, 3, 63, 64, 130]);
        assert_eq!(in_order(vec![5, 3, 5], 6), [3, 5, 5]);
        assert_eq!(in_order(vec![1, 1, 2], 6), [1, 1, 2]);
    }
}
