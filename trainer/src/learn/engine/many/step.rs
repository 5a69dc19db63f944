//! Hyper-parameters of one boosting step.

/// The hyper-parameters of a tree in boosting besides its `GrowConfig`.
pub(crate) struct Step {
    pub(crate) learning_rate: f64,
    /// The share of rows sampled for splits and leaves.
    pub(crate) subsample: f64,
}
