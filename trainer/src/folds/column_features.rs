//! One column in the native encoding, before it is binned.

/// One column's features in the native form.
#[derive(Debug)]
pub(crate) enum ColumnFeatures<'a> {
    /// The feature of each code, and the code of each table row.
    Coded(Vec<f64>, &'a [u8]),
    /// One feature per data row.
    Plain(Vec<f64>),
}
