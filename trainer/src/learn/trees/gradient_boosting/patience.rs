//! When boosting stops early.

/// A gain below this, in squared units of the target's standard deviation, is none.
const TOLERANCE: f64 = 1e-4;

/// Counts the trees that brought nothing.
pub(super) struct Patience {
    allowed: Option<usize>,
    best: f64,
    n_without: usize,
}

impl Patience {
    pub(super) fn new(allowed: Option<usize>) -> Self {
        Self { allowed, best: f64::INFINITY, n_without: 0 }
    }

    pub(super) fn is_over(&mut self, error: f64) -> bool {
        let Some(allowed) = self.allowed else { return false };
        if error < self.best - TOLERANCE {
            self.best = error;
            self.n_without = 0;
        } else {
            self.n_without += 1;
        }
        self.n_without >= allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patience_ends_after_so_many_trees_without_gain() {
        let after = |allowed: Option<usize>, errors: &[f64]| {
            let mut patience = Patience::new(allowed);
            errors.iter().position(|error| patience.is_over(*error))
        };
        // 5, 4 and 3 gain; 2.99995 gains less than the tolerance, 3.5 nothing.
        let errors = [5.0, 4.0, 4.5, 3.0, 2.99995, 3.5, 1.0];
        assert_eq!(after(Some(2), &errors), Some(5));
        assert_eq!(after(Some(1), &errors), Some(2));
        assert_eq!((after(Some(3), &errors), after(None, &errors)), (None, None));
    }
}
