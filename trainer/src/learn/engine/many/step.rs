//! How one tree is boosted.

/// How a tree of boosting is grown, besides its `GrowConfig`.
pub(crate) struct Step {
    pub(crate) learning_rate: f64,
    /// Share of rows that splits and leaves are fitted to.
    pub(crate) subsample: f64,
}
