//! Makes a symmetric tree's leaves monotone in the directions of its columns.

use crate::learn::decimals::Decimals;

/// Monotone leaves near `values`, given one direction per test (0 for none): the midpoints of the smallest monotone
/// leaves that are nowhere below `values`, and the largest that are nowhere above.
///
/// Bit `k` of a leaf's index tells whether test `k` holds, which it does for larger numbers.
pub(super) fn in_direction(values: Vec<f64>, directions: &[i8], decimals: Decimals) -> Vec<f64> {
    if directions.iter().all(|direction| *direction == 0) {
        return values;
    }
    let (mut above, mut below) = (values.clone(), values);
    for (test, direction) in directions.iter().enumerate().filter(|(_, direction)| **direction != 0) {
        let bit = 1 << test;
        for leaf in (0..above.len()).filter(|leaf| leaf & bit == 0) {
            let (low, high) = if *direction > 0 { (leaf, leaf | bit) } else { (leaf | bit, leaf) };
            above[high] = above[high].max(above[low]);
            below[low] = below[low].min(below[high]);
        }
    }
    above.iter().zip(&below).map(|(above, below)| decimals.round(f64::midpoint(*above, *below))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaves_worked_by_hand() {
        let decimals = Decimals::with_digits(1.0, 6);
        let of = |directions: &[i8]| in_direction(vec![3.0, 1.0, 0.0, 2.0], directions, decimals);
        assert_eq!(of(&[0, 0]), [3.0, 1.0, 0.0, 2.0]);
        // The first test up: 3 and 1 become 2 each, 0 and 2 stay.
        assert_eq!(of(&[1, 0]), [2.0, 2.0, 0.0, 2.0]);
        assert_eq!(of(&[-1, 0]), [3.0, 1.0, 1.0, 1.0]);
        // Both up: the upper envelope is 3, 3, 3, 3, the lower one 0, 1, 0, 2.
        assert_eq!(of(&[1, 1]), [1.5, 2.0, 1.5, 2.5]);
    }
}
