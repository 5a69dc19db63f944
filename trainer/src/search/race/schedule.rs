//! The number of rows of each rung of a race.

/// Each rung has this many times the rows of the previous one.
const FACTOR: usize = 3;
/// On fewer rows, simple candidates win that would lose on more.
const LEAST_ROWS: usize = 4_000;

/// The number of rows of each rung, ascending, for `n_rows` rows of which at most `most` are used. The last rung has as
/// many as possible; each other one has a third of the next and at least 4,000.
pub(super) fn rungs(n_rows: usize, most: usize) -> Vec<usize> {
    let thirds = std::iter::successors(Some(n_rows.min(most)), |next| Some(next / FACTOR));
    let last = thirds.clone().take(1);
    let mut rungs: Vec<usize> = last.chain(thirds.skip(1).take_while(|rows| *rows >= LEAST_ROWS)).collect();
    rungs.reverse();
    rungs
}

/// The number of groups of candidates that reach the next rung by rank alone.
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
