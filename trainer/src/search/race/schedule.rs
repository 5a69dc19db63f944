//! How many rows each rung of a race has.

/// Each rung has so many times the rows of the one before.
const FACTOR: usize = 3;
/// On fewer rows simple candidates win that would lose on more.
const LEAST_ROWS: usize = 4_000;

/// The rows of each rung, ascending, from `n_rows` of which at most `most` are raced on. The last rung has as many as may
/// be; the others are thirds of the next as long as they have 4,000 rows.
pub(super) fn rungs(n_rows: usize, most: usize) -> Vec<usize> {
    let thirds = std::iter::successors(Some(n_rows.min(most)), |next| Some(next / FACTOR));
    let last = thirds.clone().take(1);
    let mut rungs: Vec<usize> = last.chain(thirds.skip(1).take_while(|rows| *rows >= LEAST_ROWS)).collect();
    rungs.reverse();
    rungs
}

/// How many of so many groups of candidates reach the next rung by their rank alone.
pub(super) fn n_kept(n_groups: usize) -> usize {
    n_groups.div_ceil(FACTOR)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rungs_worked_by_hand() {
        assert_eq!(rungs(800, 20_000), [800]);
        assert_eq!(rungs(11_999, 20_000), [11_999]);
        assert_eq!(rungs(12_000, 20_000), [4_000, 12_000]);
        // 20,000 / 3 = 6,666, / 3 = 2,222, which is too few.
        assert_eq!(rungs(800_000, 20_000), [6_666, 20_000]);
        // 100,000, 33,333, 11,111, 3,703.
        assert_eq!(rungs(800_000, 100_000), [11_111, 33_333, 100_000]);
        assert_eq!([n_kept(1), n_kept(3), n_kept(7)], [1, 1, 3]);
    }
}
