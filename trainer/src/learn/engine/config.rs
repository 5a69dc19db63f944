//! How a tree is grown.

use super::histogram::Sum;

/// How a tree is grown.
#[derive(Debug, Clone)]
pub(crate) struct GrowConfig {
    pub(crate) score: Score,
    /// Split nodes by the absolute error of their medians instead of by `score`; needs the target.
    pub(crate) absolute: bool,
    /// Whether the model will meet blanks (else they are imputed before). Not with `absolute`.
    pub(crate) blanks: bool,
    pub(crate) splitter: Splitter,
    pub(crate) max_depth: Option<usize>,
    /// Split those nodes first that gain most, until there are so many leaves.
    pub(crate) max_leaf_nodes: Option<usize>,
    /// Whether rows are cells, of which `h` says how many rows they stand for: then these are counted.
    pub(crate) are_cells: bool,
    pub(crate) min_samples_split: usize,
    pub(crate) min_samples_leaf: usize,
    /// Least sum of `h` in a leaf.
    pub(crate) min_child_weight: f64,
    /// A split must gain more than this (in the unit of `score`).
    pub(crate) min_gain: f64,
    pub(crate) max_features: MaxFeatures,
    /// Look at features in random order even where all are looked at, so that of equally good ones any may be chosen.
    pub(crate) shuffles: bool,
    /// The columns that the tree may use; empty for all.
    pub(crate) columns: Vec<bool>,
    /// For each column 1 for never falling, −1 for never rising, 0 for free; empty for all free.
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
    /// How many rows a sum is over.
    pub(super) fn n_rows(&self, sum: Sum) -> usize {
        if self.are_cells { sum.h.round() as usize } else { sum.n as usize }
    }
}

/// How good a group of rows is as a leaf; a split is as good as its two sides together are better than the whole.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Score {
    /// The squared error that the mean removes (also Friedman's, which orders splits alike).
    Squared,
    /// The Poisson deviance that the mean removes.
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

/// How many features are looked at for each node.
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

    /// The value of a leaf with these rows.
    pub(crate) fn leaf(self, sum: Sum) -> f64 {
        match self {
            Self::Squared | Self::Poisson => sum.g / sum.h,
            Self::Newton { lambda, alpha } => soft_threshold(sum.g, alpha) / (sum.h + lambda),
        }
    }

    pub(super) fn allows(self, sum: Sum) -> bool {
        // A mean of 0 has no logarithm.
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
