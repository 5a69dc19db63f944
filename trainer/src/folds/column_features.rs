//! One column in the native encoding, before it is binned.

/// One column's features in the native form.
#[derive(Debug)]
pub(crate) enum ColumnFeatures<'a> {
    /// The feature of each code, and the code of each row of the table.
    Coded(Vec<f64>, &'a [u8]),
    /// One per row of the data.
    Plain(Vec<f64>),
}
