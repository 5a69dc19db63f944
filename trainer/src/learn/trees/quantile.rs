//! Weighted quantiles.

/// A number with its weight.
#[derive(Debug, Clone, Copy)]
pub(super) struct Weighted {
    pub(super) number: f64,
    pub(super) weight: f64,
}

/// With equal weights, the quantile as interpolated by NumPy's `percentile`; otherwise the smallest number at which the
/// share is reached. A median between two numbers is their midpoint, so that in a median a weight of 2 is equivalent to
/// repeating the row.
pub(super) fn weighted_quantile(mut cells: Vec<Weighted>, share: f64) -> f64 {
    cells.sort_unstable_by(|left, right| left.number.total_cmp(&right.number));
    let (Some(first), Some(last)) = (cells.first(), cells.last()) else { return 0.0 };
    if cells.iter().all(|cell| cell.weight == first.weight) {
        let position = share * (cells.len() - 1) as f64;
        let (below, above) = (cells[position.floor() as usize].number, cells[position.ceil() as usize].number);
        return below + (above - below) * (position - position.floor());
    }
    let wanted = share * cells.iter().map(|cell| cell.weight).sum::<f64>();
    let mut reached = 0.0;
    for (idx, Weighted { number, weight }) in cells.iter().enumerate() {
        reached += weight;
        if reached >= wanted {
            let is_between = share == 0.5 && reached == wanted;
            let next = cells.get(idx + 1).filter(|_| is_between);
            return next.map_or(*number, |next| f64::midpoint(*number, next.number));
        }
    }
    last.number
}

/// The smallest number at which the share of the weights is reached; never interpolated.
pub(super) fn lower_quantile(mut cells: Vec<Weighted>, share: f64) -> f64 {
    cells.sort_unstable_by(|left, right| left.number.total_cmp(&right.number));
    let wanted = share * cells.iter().map(|cell| cell.weight).sum::<f64>();
    let mut reached = 0.0;
    let is_reached = |cell: &&Weighted| {
        reached += cell.weight;
        reached >= wanted
    };
    cells.iter().find(is_reached).or(cells.last()).map_or(0.0, |cell| cell.number)
}

#[cfg(test)]
pub(super) fn evenly(numbers: &[f64]) -> Vec<Weighted> {
    numbers.iter().map(|number| Weighted { number: *number, weight: 1.0 }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_worked_by_hand() {
        let weighted = |cells: &[(f64, f64)]| -> Vec<Weighted> {
            cells.iter().map(|(number, weight)| Weighted { number: *number, weight: *weight }).collect()
        };
        assert_eq!(weighted_quantile(evenly(&[3.0, 1.0, 2.0, 10.0]), 0.5), 2.5);
        // Position 0.9 × 4 = 3.6 among five numbers: 60 % of the way from the fourth to the fifth.
        assert_eq!(weighted_quantile(evenly(&[0.0, 1.0, 2.0, 3.0, 13.0]), 0.9), 9.0);
        // 1, 1, 2, 2: the midpoint; 1, 2, 2: the 2; nine tenths of 3 are reached at 2.
        assert_eq!(weighted_quantile(weighted(&[(2.0, 2.0), (1.0, 1.0), (1.0, 1.0)]), 0.5), 1.5);
        assert_eq!(weighted_quantile(weighted(&[(2.0, 2.0), (1.0, 1.0)]), 0.5), 2.0);
        assert_eq!(weighted_quantile(weighted(&[(2.0, 2.0), (1.0, 1.0)]), 0.9), 2.0);
        assert_eq!(lower_quantile(evenly(&[4.0, 1.0, 3.0, 2.0]), 0.5), 2.0);
        assert_eq!(lower_quantile(Vec::new(), 0.5), 0.0);
    }
}
