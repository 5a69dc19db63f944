//! Products of all pairs of columns of two matrices, with the same bits on every machine.
//!
//! ndarray's matrix product uses matrixmultiply, which fuses multiplication and addition if the processor supports it:
//! its last digits depend on the machine, and differ in WebAssembly. Its matrix-vector products are plain sums.

use ndarray::Array2;

/// `leftᵀ right`, summed row by row.
pub(super) fn products(left: &Array2<f64>, right: &Array2<f64>) -> Array2<f64> {
    let mut sums = Array2::zeros((left.ncols(), right.ncols()));
    for (left, right) in left.rows().into_iter().zip(right.rows()) {
        for (own, mut sum) in left.iter().zip(sums.rows_mut()) {
            sum.scaled_add(*own, &right);
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn worked_by_hand() {
        let found = products(&array![[1.0, 2.0], [3.0, 4.0]], &array![[5.0], [6.0]]);
        assert_eq!(found, array![[23.0], [34.0]]);
    }
}
