//! Any model: all mixtures of a record with each prototype or, if those are too many, a sample of the orders in which
//! columns can be changed from the one to the other (Štrumbelj & Kononenko 2014).

use super::{Prototypes, Shares};
use crate::model::Model;

/// Maximum number of elementary steps of an exact explanation, some tenths of a second; above it is estimated.
const AFFORDABLE_STEPS: u64 = 1 << 29;
/// A table of mixtures has at most 2 to the power of this many entries.
const MAX_CHANGED: usize = 16;
/// Permutations drawn for each prototype, each used forwards and backwards.
const N_ORDERS: usize = 4;

/// Elementary steps that an estimate takes for each prototype.
pub(super) fn n_steps(model: &Model, n_columns: usize) -> u64 {
    let n_predictions = 2 * N_ORDERS as u64 * (n_columns as u64 + 1);
    n_predictions.saturating_mul(model.n_steps() as u64)
}

/// Adds the contributions; returns their standard errors if they are estimated.
pub(super) fn explain(
    model: &Model,
    prototypes: &Prototypes,
    features: &[f64],
    contributions: &mut [f64],
) -> Option<Vec<f64>> {
    let changed: Vec<Vec<usize>> = prototypes.features.iter().map(|from| changed(prototypes, from, features)).collect();
    let n_mixtures = |changed: &Vec<usize>| 1_u64 << changed.len().min(40);
    let steps = changed.iter().map(n_mixtures).sum::<u64>().saturating_mul(model.n_steps() as u64);
    let most = changed.iter().map(Vec::len).max().unwrap_or(0);
    if most <= MAX_CHANGED && steps <= AFFORDABLE_STEPS {
        let shares = Shares::new(most);
        for ((from, weight), changed) in prototypes.features.iter().zip(&prototypes.weights).zip(&changed) {
            let mut mixture = Mixture { model, prototypes, from, to: features, features: from.clone() };
            mixture.enumerate(changed, *weight, &shares, contributions);
        }
        return None;
    }
    let mut variances = vec![0.0; contributions.len()];
    let mut random = Random(0x5c0_4eca57);
    for ((from, weight), changed) in prototypes.features.iter().zip(&prototypes.weights).zip(changed) {
        let mut mixture = Mixture { model, prototypes, from, to: features, features: from.clone() };
        mixture.sample(changed, *weight, &mut random, (contributions, &mut variances));
    }
    Some(variances.into_iter().map(f64::sqrt).collect())
}

/// The columns in which a record differs from a prototype.
fn changed(prototypes: &Prototypes, from: &[f64], to: &[f64]) -> Vec<usize> {
    let mut differs = vec![false; prototypes.n_columns];
    for ((from, to), column) in from.iter().zip(to).zip(&prototypes.column_of) {
        differs[*column] |= from.to_bits() != to.to_bits();
    }
    (0..prototypes.n_columns).filter(|column| differs[*column]).collect()
}

/// A record with some columns from a prototype.
struct Mixture<'a> {
    model: &'a Model,
    prototypes: &'a Prototypes,
    from: &'a [f64],
    to: &'a [f64],
    features: Vec<f64>,
}

impl Mixture<'_> {
    /// Takes a column from the record or from the prototype.
    fn set(&mut self, column: usize, is_changed: bool) {
        let source = if is_changed { self.to } else { self.from };
        // The features of a column are contiguous.
        let start = self.prototypes.column_of.partition_point(|known| *known < column);
        for (feature_idx, known) in self.prototypes.column_of.iter().enumerate().skip(start) {
            if *known != column {
                break;
            }
            self.features[feature_idx] = source[feature_idx];
        }
    }

    fn enumerate(&mut self, changed: &[usize], weight: f64, shares: &Shares, contributions: &mut [f64]) {
        let n = changed.len() as u32;
        for chosen in 0..1_u64 << n {
            for (bit, column) in changed.iter().enumerate() {
                self.set(*column, chosen >> bit & 1 == 1);
            }
            let value = weight * self.model.predict(&self.features);
            let n_chosen = chosen.count_ones();
            let (given, taken) = (shares.of(n_chosen, n - n_chosen), shares.of(n - n_chosen, n_chosen));
            for (bit, column) in changed.iter().enumerate() {
                contributions[*column] += if chosen >> bit & 1 == 1 { value * given } else { -value * taken };
            }
        }
    }

    /// Changes the columns one after the other in random orders.
    fn sample(
        &mut self,
        mut order: Vec<usize>,
        weight: f64,
        random: &mut Random,
        (contributions, variances): (&mut [f64], &mut [f64]),
    ) {
        let (mut sums, mut squares) = (vec![0.0; contributions.len()], vec![0.0; contributions.len()]);
        for _ in 0..N_ORDERS {
            for last in (1..order.len()).rev() {
                order.swap(last, random.below(last + 1));
            }
            let mut pair = vec![0.0; contributions.len()];
            for _ in 0..2 {
                order.iter().for_each(|column| self.set(*column, false));
                let mut before = self.model.predict(&self.features);
                for column in &order {
                    self.set(*column, true);
                    let after = self.model.predict(&self.features);
                    pair[*column] += 0.5 * (after - before);
                    before = after;
                }
                order.reverse();
            }
            for column in &order {
                sums[*column] += pair[*column];
                squares[*column] += pair[*column] * pair[*column];
            }
        }
        let n = N_ORDERS as f64;
        for column in order {
            let mean = sums[column] / n;
            contributions[column] += weight * mean;
            let variance = (squares[column] / n - mean * mean).max(0.0) / (n - 1.0);
            variances[column] += weight * weight * variance;
        }
    }
}

/// SplitMix64 (Steele, Lea & Flood 2014): estimates are the same on every platform.
struct Random(u64);

impl Random {
    /// A number below `n`; the modulo bias is far below the estimate's error.
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((bits ^ (bits >> 31)) >> 32) as usize % n
    }
}
