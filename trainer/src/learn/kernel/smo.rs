//! Sequential minimal optimisation for support vector regression: two dual coefficients at a time, chosen by
//! second-order information (WSS 2 of Fan, Chen & Lin 2005), as LIBSVM does.
//!
//! smartcore's solver ends without a word after 50,000 steps, takes a wrong diagonal for the linear kernel (predictions
//! 5e-5 off where this is within 1e-7) and keeps what it fitted to itself, so this is our own. Where LIBSVM has two variables in `[0, C]` for each row, this has their difference `β` in `[−C, C]`: one of the
//! two is zero at the optimum, so a step ends where `β` changes its sign, and half of the work is saved.

use model_core::Kernel;
use ndarray::Array2;

/// The problem: `½ βᵀKβ − yᵀβ + ε ‖β‖₁` is to be least with `Σ β = 0` and `|β| ≤ C`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Problem<'a> {
    pub(super) target: &'a [f64],
    /// The bound `C` on every dual coefficient.
    pub(super) bound: f64,
    /// Half the width of the tube in which errors cost nothing.
    pub(super) epsilon: f64,
}

/// The dual coefficients, one a row, and the intercept.
#[derive(Debug)]
pub(super) struct Solution {
    pub(super) dual: Vec<f64>,
    pub(super) intercept: f64,
}

/// The kernel between all pairs of rows, computed row by row as it is asked for, so that what one candidate needed is
/// there for the next.
pub(super) struct KernelRows<'a> {
    kernel: Kernel,
    features: &'a Array2<f64>,
    diagonal: Vec<f64>,
    rows: Vec<Option<Box<[f64]>>>,
    /// The rows that are kept, oldest first.
    kept: std::collections::VecDeque<usize>,
    n_kept_at_most: usize,
}

/// The optimality conditions hold to this share of the target's range: far below what shows in a prediction.
const TOLERANCE: f64 = 1e-8;
/// Curvature of a pair of equal rows, as in LIBSVM.
const LEAST_CURVATURE: f64 = 1e-12;
/// A step costs as much as there are rows.
const MAX_STEPS: usize = 5_000_000;
/// Steps between two questions whether to stop.
const STEPS_TO_ASK: usize = 256;
/// Numbers of the kernel that are kept at a time: 256 MB.
const MAX_KEPT: usize = 32_000_000;

impl<'a> KernelRows<'a> {
    /// `features` in standard layout.
    pub(super) fn new(kernel: Kernel, features: &'a Array2<f64>) -> Self {
        let n_rows = features.nrows();
        let mut rows = Self {
            kernel,
            features,
            diagonal: Vec::new(),
            rows: vec![None; n_rows],
            kept: std::collections::VecDeque::new(),
            n_kept_at_most: (MAX_KEPT / n_rows.max(1)).max(2),
        };
        rows.diagonal = (0..n_rows).map(|row| kernel.between(rows.features_of(row), rows.features_of(row))).collect();
        rows
    }

    pub(super) fn features_of(&self, row: usize) -> &'a [f64] {
        let n_features = self.features.ncols();
        self.features.as_slice().map_or(&[], |cells| &cells[row * n_features..(row + 1) * n_features])
    }

    /// Computes what is asked for about `row` unless it is kept, and does not give up what is kept about `needed`.
    fn ready(&mut self, row: usize, needed: usize) {
        if self.rows[row].is_some() {
            return;
        }
        if self.kept.len() >= self.n_kept_at_most {
            if self.kept.front() == Some(&needed) {
                self.kept.rotate_left(1);
            }
            if let Some(oldest) = self.kept.pop_front() {
                self.rows[oldest] = None;
            }
        }
        let own = self.features_of(row);
        let between = |other: usize| match &self.rows[other] {
            Some(known) => known[row],
            None => self.kernel.between(own, self.features_of(other)),
        };
        self.rows[row] = Some((0..self.rows.len()).map(between).collect());
        self.kept.push_back(row);
    }

    fn get(&self, row: usize) -> &[f64] {
        self.rows[row].as_deref().unwrap_or_default()
    }
}

/// Solves `problem` from scratch, whatever `kernel` was used for before. Once `is_stopped` says so it ends unsolved.
pub(super) fn solve(problem: Problem<'_>, kernel: &mut KernelRows<'_>, is_stopped: impl Fn() -> bool) -> Solution {
    let Problem { target, bound, epsilon } = problem;
    let least = target.iter().copied().fold(f64::INFINITY, f64::min);
    let most = target.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    // The intercept takes up any shift; without one large targets would cost digits.
    let centre = f64::midpoint(least, most);
    let tolerance = TOLERANCE * (most - least);
    let mut dual = vec![0.0_f64; target.len()];
    let mut rest: Vec<f64> = target.iter().map(|target| target - centre).collect();

    for step in 0..MAX_STEPS {
        if step % STEPS_TO_ASK == 0 && is_stopped() {
            break;
        }
        let Some((up, highest)) = most_to_gain_upwards(&dual, &rest, bound, epsilon) else { break };
        kernel.ready(up, up);
        let Some((down, slack, lowest)) = partner(up, highest, &dual, &rest, bound, epsilon, kernel) else { break };
        if highest - lowest <= tolerance {
            break;
        }
        kernel.ready(down, up);
        let curvature = curvature(kernel, up, down);
        let room_up = if dual[up] < 0.0 { -dual[up] } else { bound - dual[up] };
        let room_down = if dual[down] > 0.0 { dual[down] } else { bound + dual[down] };
        let step = (slack / curvature).min(room_up).min(room_down);
        let before = (dual[up], dual[down]);
        dual[up] = moved(dual[up], step, room_up, bound);
        dual[down] = -moved(-dual[down], step, room_down, bound);
        let changes = (dual[up] - before.0, dual[down] - before.1);
        if changes == (0.0, 0.0) {
            break;
        }
        for ((rest, up), down) in rest.iter_mut().zip(kernel.get(up)).zip(kernel.get(down)) {
            *rest -= changes.0 * up + changes.1 * down;
        }
    }
    Solution { intercept: centre + intercept(&dual, &rest, bound, epsilon), dual }
}

/// `value` after a step up, exactly at zero or at the bound where the step takes all the room there is.
fn moved(value: f64, step: f64, room: f64, bound: f64) -> f64 {
    if step < room {
        value + step
    } else if value < 0.0 {
        0.0
    } else {
        bound
    }
}

/// What the objective gains per unit by which a coefficient rises, if it may.
fn gain_upwards(dual: f64, rest: f64, bound: f64, epsilon: f64) -> Option<f64> {
    if dual < 0.0 { Some(rest + epsilon) } else { (dual < bound).then_some(rest - epsilon) }
}

/// What the objective loses per unit by which a coefficient falls, if it may.
fn loss_downwards(dual: f64, rest: f64, bound: f64, epsilon: f64) -> Option<f64> {
    if dual > 0.0 { Some(rest - epsilon) } else { (dual > -bound).then_some(rest + epsilon) }
}

/// The row whose coefficient gains most by rising, and how much.
fn most_to_gain_upwards(dual: &[f64], rest: &[f64], bound: f64, epsilon: f64) -> Option<(usize, f64)> {
    let mut best: Option<(usize, f64)> = None;
    for (row, (dual, rest)) in dual.iter().zip(rest).enumerate() {
        if let Some(gain) = gain_upwards(*dual, *rest, bound, epsilon)
            && best.is_none_or(|(_, highest)| gain > highest)
        {
            best = Some((row, gain));
        }
    }
    best
}

/// The row whose coefficient should fall while that of `up` rises: where most is gained by the best step. With it the
/// gain per unit of that step, and the least loss per unit of any row.
fn partner(
    up: usize,
    highest: f64,
    dual: &[f64],
    rest: &[f64],
    bound: f64,
    epsilon: f64,
    kernel: &KernelRows<'_>,
) -> Option<(usize, f64, f64)> {
    let between = kernel.get(up);
    let own = kernel.diagonal[up];
    let mut lowest = f64::INFINITY;
    let mut best: Option<(usize, f64)> = None;
    let mut best_gain = f64::NEG_INFINITY;
    for (row, (dual, rest)) in dual.iter().zip(rest).enumerate() {
        let Some(loss) = loss_downwards(*dual, *rest, bound, epsilon) else { continue };
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
    best.map(|(row, slack)| (row, slack, lowest))
}

fn curvature(kernel: &KernelRows<'_>, up: usize, down: usize) -> f64 {
    (kernel.diagonal[up] + kernel.diagonal[down] - 2.0 * kernel.get(up)[down]).max(LEAST_CURVATURE)
}

/// The mean of what the rows on the edge of the tube say, or the middle of what the others allow.
fn intercept(dual: &[f64], rest: &[f64], bound: f64, epsilon: f64) -> f64 {
    let mut on_edge = (0.0, 0.0);
    let (mut highest, mut lowest) = (f64::NEG_INFINITY, f64::INFINITY);
    for (dual, rest) in dual.iter().zip(rest) {
        if *dual != 0.0 && dual.abs() < bound {
            on_edge = (on_edge.0 + rest - epsilon * dual.signum(), on_edge.1 + 1.0);
        }
        highest = gain_upwards(*dual, *rest, bound, epsilon).map_or(highest, |gain| gain.max(highest));
        lowest = loss_downwards(*dual, *rest, bound, epsilon).map_or(lowest, |loss| loss.min(lowest));
    }
    if on_edge.1 > 0.0 { on_edge.0 / on_edge.1 } else { f64::midpoint(highest, lowest) }
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
        // A bound of ½ lets the slope be no more than 2 × ½; the middle row says where: on the line 4 at x = 1.
        let (intercept, slope) = solve_line(&[0.0, 4.0, 8.0], 0.5, 1.0);
        assert!((intercept - 3.0).abs() < 1e-7 && (slope - 1.0).abs() < 1e-7, "{intercept} {slope}");
        // All within the tube: no slope, and the middle of the targets.
        assert_eq!(solve_line(&[7.0, 8.0, 7.5], 1.0, 1.0), (7.5, 0.0));
        assert_eq!(solve_line(&[7.0, 7.0, 7.0], 1.0, 0.0), (7.0, 0.0));
    }

    #[test]
    fn a_kernel_that_is_not_kept_gives_the_same() {
        let features = Array2::from_shape_fn((30, 2), |(row, column)| ((row * 7 + column * 11) % 13) as f64 / 5.0);
        let target: Vec<f64> = features.outer_iter().map(|row| row[0] * row[1] - row[0]).collect();
        let problem = Problem { target: &target, bound: 3.0, epsilon: 0.05 };
        let kernel = Kernel::Rbf { gamma: 0.5 };
        let kept = solve(problem, &mut KernelRows::new(kernel, &features), || false);
        let mut few = KernelRows::new(kernel, &features);
        few.n_kept_at_most = 2;
        let found = solve(problem, &mut few, || false);
        assert_eq!((found.dual, found.intercept), (kept.dual, kept.intercept));
    }
}
