//! Random samples of rows.

use crate::random::SplitMix64;

/// A sample of `n_wanted` items without replacement, in their order (Knuth's selection sampling).
pub(super) fn draw(items: &[u32], n_wanted: usize, random: &mut SplitMix64) -> Vec<u32> {
    let mut drawn = Vec::with_capacity(n_wanted);
    for (idx, item) in items.iter().enumerate() {
        let n_left = (items.len() - idx) as f64;
        if random.uniform() * n_left < (n_wanted - drawn.len()) as f64 {
            drawn.push(*item);
        }
    }
    drawn
}

/// A sample with this share of the items, at least one; all of them, without random numbers, if the share is 1.
pub(super) fn draw_share(items: &[u32], share: f64, random: &mut SplitMix64) -> Vec<u32> {
    let n_wanted = ((share * items.len() as f64) as usize).max(1);
    if n_wanted < items.len() { draw(items, n_wanted, random) } else { items.to_vec() }
}

/// A bootstrap sample: how often each row occurs in `n_rows` draws with replacement.
pub(super) fn bootstrap(n_rows: usize, random: &mut SplitMix64) -> Vec<u32> {
    let mut counts = vec![0_u32; n_rows];
    for _ in 0..n_rows {
        counts[(random.uniform() * n_rows as f64) as usize] += 1;
    }
    counts
}

/// For cells with more rows, draws are approximated by a normal distribution.
const MOST_DRAWN_ONE_BY_ONE: f64 = 64.0;

/// The number of rows of each cell in a sample that contains each row with probability `share`.
pub(super) fn share_of_cells(counts: &[f64], share: f64, random: &mut SplitMix64) -> Vec<f64> {
    let draw = |count: &f64| {
        if *count > MOST_DRAWN_ONE_BY_ONE {
            let spread = (count * share * (1.0 - share)).sqrt();
            return (count * share + spread * random.normal()).round().clamp(0.0, *count);
        }
        (0..*count as u32).filter(|_| random.uniform() < share).count() as f64
    };
    counts.iter().map(draw).collect()
}

/// A bootstrap sample of cells: the number of rows drawn from each, where each row is drawn Poisson(1) times (Oza &
/// Russell 2001), the limit of draws with replacement for many rows.
pub(super) fn bootstrap_of_cells(counts: &[f64], random: &mut SplitMix64) -> Vec<u32> {
    let draw = |count: &f64| {
        if *count > MOST_DRAWN_ONE_BY_ONE {
            return (count + count.sqrt() * random.normal()).round().max(0.0) as u32;
        }
        (0..*count as u32).map(|_| poisson_of_one(random)).sum()
    };
    counts.iter().map(draw).collect()
}

fn poisson_of_one(random: &mut SplitMix64) -> u32 {
    let drawn = random.uniform();
    // 1 / e: the probability of drawing no row.
    let mut chance = 1.0 / std::f64::consts::E;
    let (mut below, mut number) = (chance, 0_u32);
    while drawn >= below && number < 20 {
        number += 1;
        chance /= f64::from(number);
        below += chance;
    }
    number
}

/// The same with the probability of each row proportional to its weight.
pub(super) fn weighted_bootstrap(weights: &[f64], random: &mut SplitMix64) -> Vec<u32> {
    let mut total = 0.0;
    let add = |weight: &f64| {
        total += weight;
        total
    };
    let ends: Vec<f64> = weights.iter().map(add).collect();
    let mut counts = vec![0; weights.len()];
    for _ in 0..weights.len() {
        let drawn = random.uniform() * total;
        counts[ends.partition_point(|end| *end <= drawn).min(weights.len() - 1)] += 1;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_has_the_wanted_size_and_keeps_the_order() {
        let rows: Vec<u32> = (0..100).collect();
        let drawn = draw(&rows, 60, &mut SplitMix64::new(1));
        assert!(drawn.len() == 60 && drawn.is_sorted_by(|left, right| left < right));
    }

    #[test]
    fn rows_of_cells_are_drawn_as_rows_are() {
        // Cells of a few rows and of many; 20,000 draws of each.
        for count in [1.0, 3.0, 1_000.0] {
            let mut random = SplitMix64::new(5);
            let counts = vec![count; 20_000];
            let shares = share_of_cells(&counts, 0.7, &mut random);
            let (mean, sd) = crate::metrics::mean_and_sd(&shares);
            assert!((mean / (0.7 * count) - 1.0).abs() < 0.02, "{mean}");
            assert!((sd / (0.21 * count).sqrt() - 1.0).abs() < 0.03, "{sd}");
            let drawn: Vec<f64> = bootstrap_of_cells(&counts, &mut random).into_iter().map(f64::from).collect();
            let (mean, sd) = crate::metrics::mean_and_sd(&drawn);
            assert!((mean / count - 1.0).abs() < 0.02 && (sd / count.sqrt() - 1.0).abs() < 0.03, "{mean} {sd}");
        }
    }

    #[test]
    fn weights_decide_how_often_a_row_is_drawn() {
        let counts = weighted_bootstrap(&[0.0, 3.0, 1.0].repeat(1_000), &mut SplitMix64::new(2));
        let sum = |first: usize| counts.iter().skip(first).step_by(3).sum::<u32>();
        assert_eq!((sum(0), counts.iter().sum::<u32>()), (0, 3_000));
        assert!((2_150..2_350).contains(&sum(1)), "{}", sum(1));
    }
}
