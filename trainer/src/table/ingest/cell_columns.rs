//! The columns that a file of cells has besides the features; their names are such as no table of records has.

/// What is told of a cell or of a row that is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellColumn {
    /// −1 for what is held back, else the number of the fold that judges by it, from 0.
    Part,
    /// How many rows there are.
    N,
    /// The sum of their targets, in units of the last decimal.
    Sum,
    /// The sum of the squares of these.
    Squares,
    /// The smallest of them.
    Low,
    /// The largest of them.
    High,
    /// How many decimals are counted: the unit is 10 to the power of minus so many.
    Decimals,
}

impl CellColumn {
    /// All of them.
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
