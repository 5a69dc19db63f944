//! Sequential minimal optimisation for support vector regression: two dual coefficients at a time, chosen by
//! second-order information (WSS 2 of Fan, Chen & Lin 2005), as in LIBSVM.
//!
//! smartcore's solver is not used: it stops silently after 50,000 steps, uses a wrong diagonal for the linear kernel
//! (predictions are off by 5e-5, here by less than 1e-7) and does not expose the fitted coefficients. LIBSVM has two
//! variables in `[0, C]` for each row, this solver their difference `β` in `[−C, C]`: one of the two is zero at the
//! optimum, so a step ends where `β` changes its sign, which halves the work.

use std::collections::VecDeque;

use model_core::Kernel;
use ndarray::Array2;

/// The problem: minimise `½ βᵀKβ − yᵀβ + ε ‖β‖₁` subject to `Σ β = 0` and `|β| ≤ C`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Problem<'a> {
    pub(super) target: &'a [f64],
    /// The bound `C` on every dual coefficient.
    pub(super) bound: f64,
    /// Half the width of the tube in which errors cost nothing.
    pub(super) epsilon: f64,
}

/// The dual coefficients, one per row, and the intercept.
#[derive(Debug)]
pub(super) struct Solution {
    pub(super) dual: Vec<f64>,
    pub(super) intercept: f64,
}

/// The kernel matrix, computed row by row on demand and cached; candidates can share it.
pub(super) struct KernelRows<'a> {
    kernel: Kernel,
    features: &'a Array2<f64>,
    diagonal: Vec<f64>,
    rows: Vec<Option<Box<[f64]>>>,
    /// The cached rows, oldest first.
    cached: VecDeque<usize>,
    max_cached: usize,
}

/// The tolerance of the optimality conditions, as a share of the target's range; far below what a prediction shows.
const TOLERANCE: f64 = 1e-8;
/// The minimal curvature of a pair, for equal rows, as in LIBSVM.
const LEAST_CURVATURE: f64 = 1e-12;
/// The cost of a step is proportional to the number of rows.
const MAX_STEPS: usize = 5_000_000;
/// Steps between two checks of the stop signal.
const STEPS_BETWEEN_LOOKS: usize = 64;
/// The maximal number of cached entries of the kernel matrix: 256 MB.
const MAX_CACHED: usize = 32_000_000;

impl<'a> KernelRows<'a> {
    /// `features` must be in standard layout.
    pub(super) fn new(kernel: Kernel, features: &'a Array2<f64>) -> Self {
        let n_rows = features.nrows();
        let mut rows = Self {
            kernel,
            features,
            diagonal: Vec::new(),
            rows: vec![None; n_rows],
            cached: VecDeque::new(),
            max_cached: (MAX_CACHED / n_rows.max(1)).max(2),
        };
        rows.diagonal = (0..n_rows).map(|row| kernel.between(rows.features_of(row), rows.features_of(row))).collect();
        rows
    }

    pub(super) fn features_of(&self, row: usize) -> &'a [f64] {
        let n_features = self.features.ncols();
        self.features.as_slice().map_or(&[], |cells| &cells[row * n_features..(row + 1) * n_features])
    }

    /// Computes the row unless it is cached; the row `needed` is not evicted.
    fn ensure(&mut self, row: usize, needed: usize) {
        if self.rows[row].is_some() {
            return;
        }
        if self.cached.len() >= self.max_cached {
            if self.cached.front() == Some(&needed) {
                self.cached.rotate_left(1);
            }
            if let Some(oldest) = self.cached.pop_front() {
                self.rows[oldest] = None;
            }
        }
        let own = self.features_of(row);
        let between = |other: usize| match &self.rows[other] {
            Some(known) => known[row],
            None => self.kernel.between(own, self.features_of(other)),
        };
        self.rows[row] = Some((0..self.rows.len()).map(between).collect());
        self.cached.push_back(row);
    }

    fn get(&self, row: usize) -> &[f64] {
        self.rows[row].as_deref().unwrap_or_default()
    }

    fn curvature(&self, up: usize, down: usize) -> f64 {
        (self.diagonal[up] + self.diagonal[down] - 2.0 * self.get(up)[down]).max(LEAST_CURVATURE)
    }
}

/// Solves `problem`. Once `is_stopped` it returns the current state, which is not optimal.
pub(super) fn solve(problem: Problem<'_>, kernel: &mut KernelRows<'_>, is_stopped: impl Fn() -> bool) -> Solution {
    let Problem { target, bound, epsilon } = problem;
    let least = target.iter().copied().fold(f64::INFINITY, f64::min);
    let most = target.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    // The intercept absorbs any shift; without centring, large targets would lose precision.
    let centre = f64::midpoint(least, most);
    let tolerance = TOLERANCE * (most - least);
    let residuals = target.iter().map(|target| target - centre).collect();
    let mut rows = Rows { dual: vec![0.0; target.len()], residuals, bound, epsilon };

    for step in 0..MAX_STEPS {
        if step % STEPS_BETWEEN_LOOKS == 0 && is_stopped() {
            break;
        }
        let Some(Rising { row: up, gain: highest }) = rows.most_to_gain() else { break };
        kernel.ensure(up, up);
        let Some(Falling { row: down, slack, lowest }) = rows.partner(up, highest, kernel) else { break };
        if highest - lowest <= tolerance {
            break;
        }
        kernel.ensure(down, up);
        let dual = &mut rows.dual;
        let room_up = if dual[up] < 0.0 { -dual[up] } else { bound - dual[up] };
        let room_down = if dual[down] > 0.0 { dual[down] } else { bound + dual[down] };
        let step = (slack / kernel.curvature(up, down)).min(room_up).min(room_down);
        let before = (dual[up], dual[down]);
        dual[up] = moved(dual[up], step, room_up, bound);
        dual[down] = -moved(-dual[down], step, room_down, bound);
        let changes = (dual[up] - before.0, dual[down] - before.1);
        if changes == (0.0, 0.0) {
            break;
        }
        for ((residual, up), down) in rows.residuals.iter_mut().zip(kernel.get(up)).zip(kernel.get(down)) {
            *residual -= changes.0 * up + changes.1 * down;
        }
    }
    Solution { intercept: centre + rows.intercept(), dual: rows.dual }
}

/// `value` after an increase, exactly at zero or at the bound if the step uses all the room.
fn moved(value: f64, step: f64, room: f64, bound: f64) -> f64 {
    if step < room {
        value + step
    } else if value < 0.0 {
        0.0
    } else {
        bound
    }
}

/// The state of the optimisation.
struct Rows {
    /// The coefficient of each row.
    dual: Vec<f64>,
    /// Each row's target minus the kernel expansion, without the intercept.
    residuals: Vec<f64>,
    bound: f64,
    epsilon: f64,
}

/// The row whose coefficient gains most by increasing.
struct Rising {
    row: usize,
    /// The gain of the objective per unit.
    gain: f64,
}

/// The row whose coefficient decreases while that of another increases.
struct Falling {
    row: usize,
    /// The gain of the objective per unit of the joint step.
    slack: f64,
    /// The smallest loss per unit among all rows.
    lowest: f64,
}

impl Rows {
    /// The gain of the objective per unit by which a coefficient increases; `None` at the upper bound.
    fn gain_by_rising(&self, dual: f64, residual: f64) -> Option<f64> {
        if dual < 0.0 { Some(residual + self.epsilon) } else { (dual < self.bound).then_some(residual - self.epsilon) }
    }

    /// The loss of the objective per unit by which a coefficient decreases; `None` at the lower bound.
    fn loss_by_falling(&self, dual: f64, residual: f64) -> Option<f64> {
        if dual > 0.0 { Some(residual - self.epsilon) } else { (dual > -self.bound).then_some(residual + self.epsilon) }
    }

    fn most_to_gain(&self) -> Option<Rising> {
        let mut best: Option<Rising> = None;
        for (row, (dual, residual)) in self.dual.iter().zip(&self.residuals).enumerate() {
            if let Some(gain) = self.gain_by_rising(*dual, *residual)
                && best.as_ref().is_none_or(|best| gain > best.gain)
            {
                best = Some(Rising { row, gain });
            }
        }
        best
    }

    /// The row whose best joint step with the row `up` gains most.
    fn partner(&self, up: usize, highest: f64, kernel: &KernelRows<'_>) -> Option<Falling> {
        let between = kernel.get(up);
        let own = kernel.diagonal[up];
        let mut lowest = f64::INFINITY;
        let mut best: Option<(usize, f64)> = None;
        let mut best_gain = f64::NEG_INFINITY;
        for (row, (dual, residual)) in self.dual.iter().zip(&self.residuals).enumerate() {
            let Some(loss) = self.loss_by_falling(*dual, *residual) else { continue };
            lowest = lowest.min(loss);
            let slack = highest - loss;
            if slack > 0.0 {
                let curvature = (own + kernel.diagonal[row] - 2.0 * between[row]).max(LEAST_CURVATURE);
                let gain = slack * slack / curvature;
                if gain > best_gain {
                    (best, best_gain) = (Some((row, slack)), gain);
                }
            }
        }
        best.map(|(row, slack)| Falling { row, slack, lowest })
    }

    /// The mean over the rows on the edge of the tube, or the midpoint of the interval that the other rows allow.
    fn intercept(&self) -> f64 {
        let (mut sum_on_edge, mut n_on_edge) = (0.0, 0.0);
        let (mut highest, mut lowest) = (f64::NEG_INFINITY, f64::INFINITY);
        for (dual, residual) in self.dual.iter().zip(&self.residuals) {
            if *dual != 0.0 && dual.abs() < self.bound {
                sum_on_edge = sum_on_edge + residual - self.epsilon * dual.signum();
                n_on_edge += 1.0;
            }
            highest = self.gain_by_rising(*dual, *residual).map_or(highest, |gain| gain.max(highest));
            lowest = self.loss_by_falling(*dual, *residual).map_or(lowest, |loss| loss.min(lowest));
        }
        if n_on_edge > 0.0 { sum_on_edge / n_on_edge } else { f64::midpoint(highest, lowest) }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    fn solve_line(target: &[f64], bound: f64, epsilon: f64) -> (f64, f64) {
        let features = array![[0.0], [1.0], [2.0]];
        let mut kernel = KernelRows::new(Kernel::Linear, &features);
        let solution = solve(Problem { target, bound, epsilon }, &mut kernel, || false);
        assert!(solution.dual.iter().sum::<f64>().abs() < 1e-12, "{solution:?}");
        assert!(solution.dual.iter().all(|dual| dual.abs() <= bound), "{solution:?}");
        (solution.intercept, solution.dual[1] + 2.0 * solution.dual[2])
    }

    #[test]
    fn lines_worked_by_hand() {
        // The flattest line within 1 of (0, 0), (1, 4), (2, 8): from (0, 1) to (2, 7).
        let (intercept, slope) = solve_line(&[0.0, 4.0, 8.0], 100.0, 1.0);
        assert!((intercept - 1.0).abs() < 1e-7 && (slope - 3.0).abs() < 1e-7, "{intercept} {slope}");
        // A bound of ½ limits the slope to 2 × ½; the middle row fixes the line: 4 at x = 1.
        let (intercept, slope) = solve_line(&[0.0, 4.0, 8.0], 0.5, 1.0);
        assert!((intercept - 3.0).abs() < 1e-7 && (slope - 1.0).abs() < 1e-7, "{intercept} {slope}");
        // All within the tube: no slope, and the middle of the targets.
        assert_eq!(solve_line(&[7.0, 8.0, 7.5], 1.0, 1.0), (7.5, 0.0));
        assert_eq!(solve_line(&[7.0, 7.0, 7.0], 1.0, 0.0), (7.0, 0.0));
    }

    #[test]
    fn a_small_cache_gives_the_same() {
        let features = Array2::from_shape_fn((30, 2), |(row, column)| ((row * 7 + column * 11) % 13) as f64 / 5.0);
        let target: Vec<f64> = features.outer_iter().map(|row| row[0] * row[1] - row[0]).collect();
        let problem = Problem { target: &target, bound: 3.0, epsilon: 0.05 };
        let kernel = Kernel::Rbf { gamma: 0.5 };
        let cached = solve(problem, &mut KernelRows::new(kernel, &features), || false);
        let mut few = KernelRows::new(kernel, &features);
        few.max_cached = 2;
        let found = solve(problem, &mut few, || false);
        assert_eq!((found.dual, found.intercept), (cached.dual, cached.intercept));
    }
}
