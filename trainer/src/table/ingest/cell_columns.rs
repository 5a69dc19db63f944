//! The columns of a file of cells besides the features, with names that are unlikely in a table of records.

/// A column about a cell or a sampled row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellColumn {
    /// −1 for the holdout, else the fold that validates on it, from 0.
    Part,
    /// The number of rows.
    N,
    /// The sum of their targets, in units of the last decimal.
    Sum,
    /// The sum of the squares of these targets.
    Squares,
    /// The smallest of these targets.
    Low,
    /// The largest of these targets.
    High,
    /// The number of decimals that are counted: the unit is 10 to the power of minus this number.
    Decimals,
}

impl CellColumn {
    /// All columns.
    pub const ALL: [Self; 7] = [Self::Part, Self::N, Self::Sum, Self::Squares, Self::Low, Self::High, Self::Decimals];

    /// The name in the header.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Part => "scorecast_part",
            Self::N => "scorecast_n",
            Self::Sum => "scorecast_sum",
            Self::Squares => "scorecast_squares",
            Self::Low => "scorecast_low",
            Self::High => "scorecast_high",
            Self::Decimals => "scorecast_decimals",
        }
    }
}
