//! Least squares with weights that may not be negative (Lawson & Hanson 1974).

/// The `w ≥ 0` that makes `wᵀ G w − 2 bᵀ w` least, with `w` zero outside of `allowed`.
pub(super) fn non_negative_least_squares(products: &[Vec<f64>], with_target: &[f64], allowed: &[usize]) -> Vec<f64> {
    let n = with_target.len();
    let mut weights = vec![0.0; n];
    let mut passive: Vec<usize> = Vec::new();
    let scale = with_target.iter().fold(0.0, |most: f64, value| most.max(value.abs()));
    for _ in 0..3 * n {
        let gain = |idx: usize| with_target[idx] - dot(&products[idx], &weights);
        let best = allowed.iter().copied().filter(|idx| !passive.contains(idx));
        let Some(best) = best.max_by(|left, right| gain(*left).total_cmp(&gain(*right))) else { break };
        if gain(best) <= 1e-10 * scale {
            break;
        }
        passive.push(best);
        passive.sort_unstable();
        loop {
            let Some(solved) = solve(products, with_target, &passive) else {
                // `best` is a linear combination of the others and adds nothing.
                return weights;
            };
            let step = passive
                .iter()
                .zip(&solved)
                .filter(|(_, solved)| **solved <= 0.0)
                .map(|(idx, solved)| weights[*idx] / (weights[*idx] - solved))
                .fold(1.0, f64::min);
            for (idx, solved) in passive.iter().zip(&solved) {
                weights[*idx] += step * (solved - weights[*idx]);
            }
            if step >= 1.0 {
                break;
            }
            let n_before = passive.len();
            passive.retain(|idx| weights[*idx] > 1e-12);
            (0..n).filter(|idx| !passive.contains(idx)).for_each(|idx| weights[idx] = 0.0);
            if passive.is_empty() || passive.len() == n_before {
                break;
            }
        }
    }
    weights
}

fn dot(left: &[f64], right: &[f64]) -> f64 {
    left.iter().zip(right).map(|(left, right)| left * right).sum()
}

/// Solves the equations of the given indices by Gaussian elimination; `None` where they depend on each other linearly.
fn solve(products: &[Vec<f64>], with_target: &[f64], indices: &[usize]) -> Option<Vec<f64>> {
    let n = indices.len();
    let mut rows: Vec<Vec<f64>> = indices
        .iter()
        .map(|row| indices.iter().map(|column| products[*row][*column]).chain([with_target[*row]]).collect())
        .collect();
    for pivot in 0..n {
        let best = (pivot..n).max_by(|left, right| rows[*left][pivot].abs().total_cmp(&rows[*right][pivot].abs()))?;
        rows.swap(pivot, best);
        if rows[pivot][pivot].abs() <= 1e-13 * products[indices[pivot]][indices[pivot]] {
            return None;
        }
        let (done, rest) = rows.split_at_mut(pivot + 1);
        let own = &done[pivot];
        for row in rest {
            let factor = row[pivot] / own[pivot];
            row.iter_mut().zip(own).skip(pivot).for_each(|(cell, own)| *cell -= factor * own);
        }
    }
    let mut solved = vec![0.0; n];
    for row in (0..n).rev() {
        let known: f64 = (row + 1..n).map(|column| rows[row][column] * solved[column]).sum();
        solved[row] = (rows[row][n] - known) / rows[row][row];
    }
    Some(solved)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Least squares of `target` on `columns`.
    fn fit(columns: &[&[f64]], target: &[f64]) -> Vec<f64> {
        let products: Vec<Vec<f64>> =
            columns.iter().map(|left| columns.iter().map(|right| dot(left, right)).collect()).collect();
        let with_target: Vec<f64> = columns.iter().map(|column| dot(column, target)).collect();
        non_negative_least_squares(&products, &with_target, &(0..columns.len()).collect::<Vec<_>>())
    }

    #[test]
    fn weights_worked_by_hand() {
        let close = |found: &[f64], expected: &[f64]| {
            assert!(found.iter().zip(expected).all(|(left, right)| (left - right).abs() < 1e-12), "{found:?}");
        };
        close(&fit(&[&[1.0, 0.0, 1.0], &[0.0, 1.0, 1.0]], &[1.0, 3.0, 4.0]), &[1.0, 3.0]);
        // Unbounded least squares has (−1, 3) here; with the first at 0 the second is (3 + 2) / 2.
        close(&fit(&[&[1.0, 0.0, 1.0], &[0.0, 1.0, 1.0]], &[-1.0, 3.0, 2.0]), &[0.0, 2.5]);
        // The same model twice counts once.
        close(&[fit(&[&[1.0, 2.0], &[1.0, 2.0]], &[2.0, 4.0]).iter().sum()], &[2.0]);
        close(&fit(&[&[-1.0, -2.0]], &[2.0, 4.0]), &[0.0]);
    }
}
