//! The Cholesky decomposition.

use ndarray::Array2;

/// The solution of `matrix · x = right`; `None` if rounding makes the symmetric matrix indefinite.
pub(super) fn solve_positive_definite(mut matrix: Array2<f64>, mut right: Vec<f64>) -> Option<Vec<f64>> {
    let n = right.len();
    for column in 0..n {
        for row in column..n {
            let known: f64 = (0..column).map(|inner| matrix[[row, inner]] * matrix[[column, inner]]).sum();
            let rest = matrix[[row, column]] - known;
            matrix[[row, column]] = if row > column {
                rest / matrix[[column, column]]
            } else if rest > 0.0 {
                rest.sqrt()
            } else {
                return None;
            };
        }
    }
    for row in 0..n {
        let known: f64 = (0..row).map(|inner| matrix[[row, inner]] * right[inner]).sum();
        right[row] = (right[row] - known) / matrix[[row, row]];
    }
    for row in (0..n).rev() {
        let known: f64 = (row + 1..n).map(|inner| matrix[[inner, row]] * right[inner]).sum();
        right[row] = (right[row] - known) / matrix[[row, row]];
    }
    Some(right)
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn a_system_of_equations_worked_by_hand() {
        let found = solve_positive_definite(array![[4.0, 2.0], [2.0, 3.0]], vec![8.0, 8.0]).unwrap();
        assert!((found[0] - 1.0).abs() < 1e-12 && (found[1] - 2.0).abs() < 1e-12, "{found:?}");
        assert_eq!(solve_positive_definite(array![[1.0, 2.0], [2.0, 1.0]], vec![1.0, 1.0]), None);
    }
}
