//! Early stopping of boosting.

/// The minimal improvement, in the target's unit squared.
const TOLERANCE: f64 = 1e-4;

/// Counts the trees since the last improvement.
pub(super) struct EarlyStopping {
    n_iter_no_change: Option<usize>,
    best: f64,
    n_without_improvement: usize,
}

impl EarlyStopping {
    pub(super) fn new(n_iter_no_change: Option<usize>) -> Self {
        Self { n_iter_no_change, best: f64::INFINITY, n_without_improvement: 0 }
    }

    /// Whether to stop after a tree with this mean squared error.
    pub(super) fn is_due(&mut self, error: f64) -> bool {
        let Some(n_iter_no_change) = self.n_iter_no_change else { return false };
        if error < self.best - TOLERANCE {
            self.best = error;
            self.n_without_improvement = 0;
        } else {
            self.n_without_improvement += 1;
        }
        self.n_without_improvement >= n_iter_no_change
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boosting_ends_after_so_many_trees_without_improvement() {
        let after = |n_iter_no_change: Option<usize>, errors: &[f64]| {
            let mut early_stopping = EarlyStopping::new(n_iter_no_change);
            errors.iter().position(|error| early_stopping.is_due(*error))
        };
        // 5, 4 and 3 are improvements; 2.99995 is less than the tolerance, 3.5 none.
        let errors = [5.0, 4.0, 4.5, 3.0, 2.99995, 3.5, 1.0];
        assert_eq!(after(Some(2), &errors), Some(5));
        assert_eq!(after(Some(1), &errors), Some(2));
        assert_eq!((after(Some(3), &errors), after(None, &errors)), (None, None));
    }
}
