//! Parts of symmetric trees.

/// One level of a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SymmetricTest {
    pub(crate) column: usize,
    /// The index among the column's tests.
    pub(crate) test: usize,
}
