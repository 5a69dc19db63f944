//! Keys that group or order rows: they are not features, and determine the holdout and the folds.

use std::sync::Arc;

use reader::{BLANK, ColumnBuilder, NumberFormat};

/// With fewer groups, performance on new groups cannot be estimated.
pub(crate) const MIN_GROUPS: usize = 5;

/// The part of the holdout rows.
pub(crate) const HELD_BACK: i8 = -1;

/// The rows' keys.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RowKeys {
    /// How rows are split.
    pub parting: Parting,
    /// Columns that probably identify groups of rows, although none were configured.
    pub repeated: Vec<Key>,
}

/// How rows are split into training and validation.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Parting {
    /// At random, row by row.
    #[default]
    Chance,
    /// Rows of one group stay together.
    Groups(Key),
    /// Validation rows are later than training rows.
    Time(Key),
    /// As given with the data: [`HELD_BACK`], or the number of the fold in which a row is validated.
    Given(Arc<Vec<i8>>),
}

/// A key for each row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The column's name.
    pub column: String,
    /// For each row the index of its text among the sorted distinct ones; numbers are sorted numerically.
    pub codes: Arc<Vec<u32>>,
    /// The number of distinct texts.
    pub n_distinct: usize,
}

/// A cell that is not a valid key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum KeyFault {
    /// A blank, with its line.
    Blank(u64),
    /// A text that is not a time, with its line.
    NotATime(u64, String),
}

impl RowKeys {
    /// The groups that stay together, if there are any.
    #[must_use]
    pub fn groups(&self) -> Option<&Key> {
        match &self.parting {
            Parting::Groups(key) => Some(key),
            Parting::Chance | Parting::Time(_) | Parting::Given(_) => None,
        }
    }
}

impl Key {
    /// The groups in a column, among the kept rows.
    pub(crate) fn of_groups(column: &str, builder: &ColumnBuilder, keep: Option<&[bool]>) -> Result<Self, KeyFault> {
        let texts: Vec<&str> = builder.texts().map(|(text, _)| text).collect();
        let numbers: Option<Vec<f64>> = texts.iter().map(|text| text.parse().ok()).collect();
        let mut order: Vec<usize> = (0..texts.len()).collect();
        match numbers {
            Some(numbers) => order.sort_by(|left, right| numbers[*left].total_cmp(&numbers[*right])),
            None => order.sort_by_key(|text| texts[*text]),
        }
        Self::new(column, builder, keep, &order)
    }

    /// The times in a column, ascending: dates in the detected format, numbers, or texts that begin with a year.
    pub(crate) fn of_times(
        column: &str,
        builder: &ColumnBuilder,
        dates: Option<&NumberFormat>,
        keep: Option<&[bool]>,
    ) -> Result<Self, KeyFault> {
        let texts: Vec<(&str, u64)> = builder.texts().collect();
        let number = |text: &str| match dates {
            Some(format) => format.number(text),
            None => text.parse().ok().filter(|number: &f64| number.is_finite()),
        };
        let numbers: Option<Vec<f64>> = texts.iter().map(|(text, _)| number(text)).collect();
        let mut order: Vec<usize> = (0..texts.len()).collect();
        if let Some(numbers) = numbers {
            order.sort_by(|left, right| numbers[*left].total_cmp(&numbers[*right]));
        } else {
            if let Some((text, line)) = texts.iter().find(|(text, _)| !begins_with_year(text)) {
                return Err(KeyFault::NotATime(*line, (*text).to_owned()));
            }
            order.sort_by_cached_key(|text| (whole_numbers(texts[*text].0), texts[*text].0));
        }
        Self::new(column, builder, keep, &order)
    }

    /// `order` has the indices of the builder's texts, sorted.
    fn new(column: &str, builder: &ColumnBuilder, keep: Option<&[bool]>, order: &[usize]) -> Result<Self, KeyFault> {
        let kept = |row: usize| keep.is_none_or(|keep| keep[row]);
        let indices: Vec<u32> =
            builder.indices().enumerate().filter(|(row, _)| kept(*row)).map(|(_, index)| index).collect();
        if indices.contains(&BLANK) {
            return Err(KeyFault::Blank(builder.first_blank_line()));
        }
        // Texts that occur only in dropped rows have no code.
        let mut is_used = vec![false; order.len()];
        indices.iter().for_each(|index| is_used[*index as usize] = true);
        let (mut code_of, mut n_distinct) = (vec![0_u32; order.len()], 0_u32);
        for text in order.iter().filter(|text| is_used[**text]) {
            code_of[*text] = n_distinct;
            n_distinct += 1;
        }
        let codes = indices.into_iter().map(|index| code_of[index as usize]).collect();
        Ok(Self { column: column.to_owned(), codes: Arc::new(codes), n_distinct: n_distinct as usize })
    }

    /// The key of a row.
    pub(crate) fn of(&self, row: usize) -> usize {
        self.codes[row] as usize
    }
}

fn begins_with_year(text: &str) -> bool {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    digits == 4 && (text.starts_with("19") || text.starts_with("20"))
}

/// The integers in a text: `2026-3-1` comes before `2026-10-1`.
fn whole_numbers(text: &str) -> Vec<u64> {
    text.split(|letter: char| !letter.is_ascii_digit()).filter_map(|digits| digits.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_ordered_by_their_numbers() {
        let mut terms = vec!["2026-10", "2025-S2", "2026-9", "2025-S10", "2025-S1"];
        assert!(terms.iter().all(|text| begins_with_year(text)) && !begins_with_year("03.10.2026"));
        terms.sort_by_cached_key(|text| whole_numbers(text));
        assert_eq!(terms, ["2025-S1", "2025-S2", "2025-S10", "2026-9", "2026-10"]);
    }
}
