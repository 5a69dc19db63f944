//! Limits on the data that can be learned from.

use crate::table::compact::Numbers;
use crate::table::{ColumnData, TableColumn};

/// The largest magnitude in training data: sums of squares over all rows stay finite.
pub(crate) const MAX_MAGNITUDE: f64 = 1e100;

/// The maximal number of one-hot features; linear models take time cubic in it.
pub(crate) const MAX_ONE_HOT_FEATURES: usize = 4_096;

/// The number of one-hot features that are selected unless more columns are requested.
pub(crate) const MAX_SCREENED_FEATURES: usize = 2_048;

/// A number whose magnitude exceeds [`MAX_MAGNITUDE`], and its column.
#[derive(Debug, Clone)]
pub(crate) struct TooLarge {
    pub(crate) name: String,
    pub(crate) number: f64,
}

/// The first such number in a table's columns, target or weights.
pub(super) fn first_too_large(
    columns: &[TableColumn],
    target_name: &str,
    target: &Numbers,
    weights: Option<&[f64]>,
) -> Option<TooLarge> {
    let of_column = |column: &TableColumn| match &column.data {
        ColumnData::Numeric(numbers) => in_numbers(&column.name, numbers),
        ColumnData::Categorical { .. } => None,
    };
    let in_weights = || find("the column of weights", weights.unwrap_or_default());
    columns.iter().find_map(of_column).or_else(|| in_numbers(target_name, target)).or_else(in_weights)
}

fn in_numbers(name: &str, numbers: &Numbers) -> Option<TooLarge> {
    match numbers {
        Numbers::Coded { distinct, .. } => find(name, distinct),
        Numbers::Plain(numbers) => find(name, numbers),
    }
}

/// Blanks are NaN, and NaN is not greater than anything.
fn find(name: &str, numbers: &[f64]) -> Option<TooLarge> {
    let number = numbers.iter().find(|number| number.abs() > MAX_MAGNITUDE)?;
    Some(TooLarge { name: name.to_owned(), number: *number })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_column_is_named() {
        let numeric =
            |name: &str, numbers: &[f64]| TableColumn { name: name.into(), data: ColumnData::Numeric(numbers.into()) };
        let columns = [numeric("a", &[1.0, f64::NAN, -1e100]), numeric("b", &[2.0, -1e101, 1e300])];
        let found = |n_columns: usize, target: &[f64], weights: Option<&[f64]>| {
            first_too_large(&columns[..n_columns], "y", &target.into(), weights).map(|found| (found.name, found.number))
        };
        assert_eq!(found(1, &[1.0], Some(&[1.0])), None);
        assert_eq!(found(2, &[f64::INFINITY], None), Some(("b".into(), -1e101)));
        assert_eq!(found(1, &[f64::INFINITY], None), Some(("y".into(), f64::INFINITY)));
        assert_eq!(found(1, &[1.0], Some(&[1.0, 1e308])), Some(("the column of weights".into(), 1e308)));
    }
}
