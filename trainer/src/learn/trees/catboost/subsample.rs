//! Minimal variance sampling (Ibragimov & Gusev 2019).

use crate::learn::engine::Stat;
use crate::random::SplitMix64;

/// Samples a share of the rows: those with a large gradient always, others at random with a compensating weight. Other
/// rows get weight 0. `last_mean` is the mean absolute leaf value of the last tree.
pub(super) fn subsample(stats: &mut [Stat], share: f64, last_mean: Option<f64>, random: &mut SplitMix64) {
    if share >= 1.0 {
        return;
    }
    let n_rows = stats.len() as f64;
    let mean = last_mean.unwrap_or_else(|| stats.iter().map(|stat| stat.g.abs()).sum::<f64>() / n_rows);
    let sizes: Vec<f64> = stats.iter().map(|stat| (stat.g * stat.g + mean * mean).sqrt()).collect();
    let threshold = threshold(&sizes, share * n_rows);
    for (stat, size) in stats.iter_mut().zip(&sizes) {
        let chance = if *size >= threshold { 1.0 } else { size / threshold };
        let factor = if random.uniform() < chance { 1.0 / chance } else { 0.0 };
        stat.g *= factor;
        stat.h *= factor;
    }
}

/// The threshold at which `n_wanted` rows are sampled on average: those above it, and each row below it with
/// probability size / threshold.
fn threshold(sizes: &[f64], n_wanted: f64) -> f64 {
    let mut sorted = sizes.to_vec();
    sorted.sort_unstable_by(|left, right| right.total_cmp(left));
    let mut rest: f64 = sorted.iter().sum();
    for (n_certain, size) in sorted.iter().enumerate() {
        let threshold = rest / (n_wanted - n_certain as f64).max(f64::MIN_POSITIVE);
        if *size <= threshold || n_wanted <= n_certain as f64 + 1.0 {
            return threshold;
        }
        rest -= size;
    }
    0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sampling_keeps_the_wanted_share_and_the_sums() {
        // Two rows of sizes 8, 1, 1, 2: the largest always, and one of the others, which sum to 4.
        assert_eq!(threshold(&[8.0, 1.0, 1.0, 2.0], 2.0), 4.0);
        let mut random = SplitMix64::new(3);
        let (mut n_kept, mut sum) = (0, 0.0);
        for _ in 0..200 {
            let mut stats: Vec<Stat> = (0..100).map(|row| Stat { g: f64::from(row % 10), h: 1.0 }).collect();
            subsample(&mut stats, 0.8, None, &mut random);
            n_kept += stats.iter().filter(|stat| stat.h > 0.0).count();
            sum += stats.iter().map(|stat| stat.g).sum::<f64>();
        }
        assert!((n_kept as f64 / 200.0 - 80.0).abs() < 1.0, "{n_kept}");
        assert!((sum / 200.0 - 450.0).abs() < 4.0, "{sum}");
    }
}
