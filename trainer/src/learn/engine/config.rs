//! Hyper-parameters of growing a tree.

use super::histogram::Sum;

/// The hyper-parameters.
#[derive(Debug, Clone)]
pub(crate) struct GrowConfig {
    pub(crate) score: Score,
    /// Split nodes by the absolute error of their medians instead of by `score`; needs the target.
    pub(crate) absolute: bool,
    /// Whether the model may encounter blanks (otherwise they are imputed). Not with `absolute`.
    pub(crate) blanks: bool,
    pub(crate) splitter: Splitter,
    pub(crate) max_depth: Option<usize>,
    /// Grow best-first, up to this number of leaves.
    pub(crate) max_leaf_nodes: Option<usize>,
    /// Whether rows are cells, with the number of rows in `h`: then the rows that they stand for are counted.
    pub(crate) are_cells: bool,
    pub(crate) min_samples_split: usize,
    pub(crate) min_samples_leaf: usize,
    /// The minimal sum of `h` in a leaf.
    pub(crate) min_child_weight: f64,
    /// The minimal gain of a split (in the unit of `score`); it must be exceeded.
    pub(crate) min_gain: f64,
    pub(crate) max_features: MaxFeatures,
    /// Visit features in random order even if all are considered, so that ties are broken at random.
    pub(crate) shuffles: bool,
    /// The columns available to the tree; empty for all.
    pub(crate) columns: Vec<bool>,
    /// For each column 1 for never falling, −1 for never rising, 0 for unconstrained; empty if all are unconstrained.
    pub(crate) monotone: Vec<i8>,
}

impl Default for GrowConfig {
    fn default() -> Self {
        Self {
            score: Score::Squared,
            absolute: false,
            blanks: false,
            splitter: Splitter::Best,
            max_depth: None,
            max_leaf_nodes: None,
            are_cells: false,
            min_samples_split: 2,
            min_samples_leaf: 1,
            min_child_weight: 0.0,
            min_gain: f64::NEG_INFINITY,
            max_features: MaxFeatures::All,
            shuffles: false,
            columns: Vec::new(),
            monotone: Vec::new(),
        }
    }
}

impl GrowConfig {
    /// The number of rows in a sum.
    pub(super) fn n_rows(&self, sum: Sum) -> usize {
        if self.are_cells { sum.h.round() as usize } else { sum.n as usize }
    }
}

/// The score of a leaf; a split's gain is the score of its two sides minus that of the whole.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Score {
    /// The reduction of the squared error by the mean (also for Friedman's criterion, which orders splits alike).
    Squared,
    /// The reduction of the Poisson deviance by the mean.
    Poisson,
    /// The second-order gain of XGBoost (Chen & Guestrin 2016, eq. 7).
    Newton {
        /// L2 penalty on leaves.
        lambda: f64,
        /// L1 penalty on leaves.
        alpha: f64,
    },
}

/// How a column's threshold is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Splitter {
    /// The best of all.
    Best,
    /// One at random, as extremely randomised trees do.
    Random,
}

/// The number of features considered at each node.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum MaxFeatures {
    /// All.
    All,
    /// The square root of all.
    Sqrt,
    /// The binary logarithm of all.
    Log2,
    /// This share of all.
    Share(f64),
}

impl Score {
    pub(crate) fn of(self, sum: Sum) -> f64 {
        match self {
            Self::Squared => sum.g * sum.g / sum.h,
            Self::Poisson => sum.g * libm::log(sum.g / sum.h),
            Self::Newton { lambda, alpha } => {
                let g = soft_threshold(sum.g, alpha);
                g * g / (sum.h + lambda)
            }
        }
    }

    /// The value of a leaf with this sum.
    pub(crate) fn leaf(self, sum: Sum) -> f64 {
        match self {
            Self::Squared | Self::Poisson => sum.g / sum.h,
            Self::Newton { lambda, alpha } => soft_threshold(sum.g, alpha) / (sum.h + lambda),
        }
    }

    pub(super) fn allows(self, sum: Sum) -> bool {
        // The logarithm of a mean of 0 is undefined.
        self != Self::Poisson || sum.g > f64::EPSILON
    }
}

pub(super) fn soft_threshold(g: f64, alpha: f64) -> f64 {
    if g > alpha {
        g - alpha
    } else if g < -alpha {
        g + alpha
    } else {
        0.0
    }
}

impl MaxFeatures {
    pub(crate) fn of(self, n_features: usize) -> usize {
        let n = n_features as f64;
        let some = match self {
            Self::All => n,
            Self::Sqrt => n.sqrt(),
            Self::Log2 => libm::log2(n),
            Self::Share(share) => share * n,
        };
        (some as usize).clamp(1, n_features.max(1))
    }
}
