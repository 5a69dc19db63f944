//! What tells which rows belong together, or in which order they came: it is no feature, and decides which rows are held
//! back and which are judged together.

use std::sync::Arc;

use reader::{BLANK, ColumnBuilder, NumberFormat};

/// Fewer groups than this tell nothing about groups that are still to come.
pub(crate) const MIN_GROUPS: usize = 5;

/// The part of rows that nothing is learned from.
pub(crate) const HELD_BACK: i8 = -1;

/// The rows' keys.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RowKeys {
    /// What rows are parted by.
    pub parting: Parting,
    /// Columns that seem to name what several rows have in common, without having been asked for.
    pub repeated: Vec<Key>,
}

/// What rows are parted by, into those to learn from and those to judge by.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Parting {
    /// At random, each row for itself.
    #[default]
    Chance,
    /// Rows of one group stay together.
    Groups(Key),
    /// What is judged by is later than what is learned from.
    Time(Key),
    /// As it came with the data: [`HELD_BACK`], or the number of the fold that a row is judged in.
    Given(Arc<Vec<i8>>),
}

/// A key for each row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The column's name.
    pub column: String,
    /// A number from 0 for each row: the index of its text among the distinct ones, sorted. Numbers are sorted by their size.
    pub codes: Arc<Vec<u32>>,
    /// How many distinct ones there are.
    pub n_distinct: usize,
}

/// A cell that is no key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum KeyFault {
    /// A blank, in the given line.
    Blank(u64),
    /// A text that is no time, with its line.
    NotATime(u64, String),
}

impl RowKeys {
    /// The groups that stay together, if any do.
    #[must_use]
    pub fn groups(&self) -> Option<&Key> {
        match &self.parting {
            Parting::Groups(key) => Some(key),
            Parting::Chance | Parting::Time(_) | Parting::Given(_) => None,
        }
    }
}

impl Key {
    /// The groups that a column names, among the rows that are kept.
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

    /// The times that a column tells, ascending: dates in the format that was found, numbers, or texts that begin with a year.
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
        // Texts that stand only in rows that are not kept have no code.
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

/// The whole numbers in a text: `2026-3-1` comes before `2026-10-1`.
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
