//! Chooses a symmetric tree's next test among noisy scores, as in CatBoost.
//!
//! Noise is drawn twice. First each test's score gets noise, to choose the test of its candidate; then noise is drawn
//! anew to choose among candidates (CatBoost's `SetBestScore` and `SelectBestCandidate`). With the first noise alone, a
//! column with a hundred tests would enter with the luckiest of a hundred draws. A candidate is a column, or up to
//! eight columns of one test each, which CatBoost packs together.

use super::symmetric::SymmetricTest;
use crate::random::SplitMix64;

/// The maximal number of single-test columns in one candidate.
const PACK_SIZE: usize = 8;

/// Properties of a column.
pub(crate) struct CandidateColumn {
    pub(crate) n_tests: usize,
    /// The number of categories of a column encoded by target statistics; 0 for others.
    pub(crate) n_statistics: usize,
}

/// The candidates, and the factors of their scores after the trees so far.
pub(crate) struct Candidates {
    /// Columns by candidate.
    groups: Vec<Vec<usize>>,
    /// The factor of each column's scores.
    factors: Vec<f64>,
}

impl Candidates {
    /// A column of statistics that no tree uses yet would make the model larger: until a tree uses it, its scores are
    /// reduced according to `model_size_reg`, as in CatBoost, most for the column with the most categories.
    pub(crate) fn new(columns: &[CandidateColumn], model_size_reg: f64) -> Self {
        let is_packed = |column: &usize| columns[*column].n_tests == 1 && columns[*column].n_statistics == 0;
        let (packed, alone): (Vec<usize>, Vec<usize>) = (0..columns.len()).partition(is_packed);
        let packs = packed.chunks(PACK_SIZE).map(<[usize]>::to_vec);
        let groups = alone.into_iter().map(|column| vec![column]).chain(packs).collect();
        let most = columns.iter().map(|column| column.n_statistics).max().unwrap_or(0).max(1) as f64;
        let factor = |column: &CandidateColumn| libm::pow(1.0 + column.n_statistics as f64 / most, -model_size_reg);
        Self { groups, factors: columns.iter().map(factor).collect() }
    }

    /// The best test. `score` yields for each of a column's tests the scalar product of its leaves' values with the
    /// gradient, and the squared norm of the values; tests with norm 0 are skipped.
    pub(crate) fn choose(
        &mut self,
        noise: &mut Noise,
        random: &mut SplitMix64,
        mut score: impl FnMut(usize, &mut Vec<(f64, f64)>),
    ) -> Option<SymmetricTest> {
        let mut best: Option<(f64, SymmetricTest)> = None;
        let mut tests = Vec::new();
        for group in &self.groups {
            // The noisy score, the score, and the test.
            let mut own: Option<(f64, f64, SymmetricTest)> = None;
            for column in group.iter().copied() {
                tests.clear();
                score(column, &mut tests);
                for (test, (along, length)) in tests.iter().enumerate().filter(|(_, (_, length))| *length > 0.0) {
                    let score = along / length.sqrt();
                    let noisy = score + noise.draw(random);
                    if own.is_none_or(|(best, ..)| noisy > best) {
                        own = Some((noisy, score, SymmetricTest { column, test }));
                    }
                }
            }
            if let Some((_, score, test)) = own {
                let noisy = self.factors[test.column] * (score + noise.draw(random));
                if best.is_none_or(|(best, _)| noisy > best) {
                    best = Some((noisy, test));
                }
            }
        }
        let (_, test) = best?;
        self.factors[test.column] = 1.0;
        Some(test)
    }
}

/// Normally distributed numbers with mean zero, two from each pair of uniform ones (Box and Muller); zeros if the
/// standard deviation is 0.
pub(crate) struct Noise {
    standard_deviation: f64,
    spare: Option<f64>,
}

impl Noise {
    pub(crate) fn new(standard_deviation: f64) -> Self {
        Self { standard_deviation, spare: None }
    }

    fn draw(&mut self, random: &mut SplitMix64) -> f64 {
        if self.standard_deviation <= 0.0 {
            return 0.0;
        }
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        let radius = self.standard_deviation * (-2.0 * libm::log(1.0 - random.uniform())).sqrt();
        let (sin, cos) = libm::sincos(std::f64::consts::TAU * random.uniform());
        self.spare = Some(radius * sin);
        radius * cos
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Tests<'a> = &'a [(f64, f64)];

    fn candidates(columns: &[Tests<'_>]) -> Candidates {
        let column = |tests: &Tests<'_>| CandidateColumn { n_tests: tests.len(), n_statistics: 0 };
        Candidates::new(&columns.iter().map(column).collect::<Vec<_>>(), 0.5)
    }

    fn choose(
        candidates: &mut Candidates,
        columns: &[Tests<'_>],
        noise: f64,
        random: &mut SplitMix64,
    ) -> SymmetricTest {
        let score = |column: usize, tests: &mut Vec<_>| tests.extend_from_slice(columns[column]);
        candidates.choose(&mut Noise::new(noise), random, score).unwrap()
    }

    #[test]
    fn without_noise_the_first_of_the_best_wins() {
        // Scores 2, 3 | 3, skipped | no tests.
        let columns: [Tests<'_>; 3] = [&[(2.0, 1.0), (6.0, 4.0)], &[(3.0, 1.0), (9.0, 0.0)], &[]];
        let test = choose(&mut candidates(&columns), &columns, 0.0, &mut SplitMix64::new(1));
        assert_eq!(test, SymmetricTest { column: 0, test: 1 });
        let nothing = |_: usize, _: &mut Vec<(f64, f64)>| {};
        assert_eq!(candidates(&columns).choose(&mut Noise::new(0.0), &mut SplitMix64::new(1), nothing), None);
    }

    #[test]
    fn noise_favours_neither_many_tests_nor_many_columns_of_one() {
        let many = [(5.0, 1.0); 100];
        let one: Tests<'_> = &many[..1];
        let columns = [&many, one, one, one];
        let (mut candidates, mut random) = (candidates(&columns), SplitMix64::new(2));
        let (mut n_many, mut counts, mut columns_of_one) = (0, [0; 100], [0; 3]);
        for _ in 0..10_000 {
            let test = choose(&mut candidates, &columns, 1.0, &mut random);
            if test.column == 0 {
                n_many += 1;
                counts[test.test] += 1;
            } else {
                columns_of_one[test.column - 1] += 1;
            }
        }
        // Half of the choices, ± 4 standard errors; and every test is chosen sometimes.
        assert!((4_800..=5_200).contains(&n_many), "{n_many}");
        assert!(counts.iter().all(|count| (20..=90).contains(count)), "{counts:?}");
        assert!(columns_of_one.iter().all(|count| (1_500..=1_850).contains(count)), "{columns_of_one:?}");
    }

    #[test]
    fn statistics_are_held_back_until_they_are_used() {
        let column = |n_statistics| CandidateColumn { n_tests: 2, n_statistics };
        let mut candidates = Candidates::new(&[column(0), column(10), column(5)], 0.5);
        let choose = |candidates: &mut Candidates, scores: [f64; 3]| {
            let score = |column: usize, tests: &mut Vec<_>| tests.push((scores[column], 1.0));
            candidates.choose(&mut Noise::new(0.0), &mut SplitMix64::new(3), score).unwrap().column
        };
        // Factors 1, 1 / √2 = 0.707 and 1 / √1.5 = 0.816.
        assert_eq!(choose(&mut candidates, [71.0, 100.0, 86.0]), 0);
        assert_eq!(choose(&mut candidates, [70.0, 100.0, 86.0]), 1);
        assert_eq!(choose(&mut candidates, [71.0, 72.0, 86.0]), 1);
        assert_eq!(choose(&mut candidates, [71.0, 72.0, 89.0]), 2);
    }
}
