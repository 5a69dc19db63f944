//! A column's cells, in the most compact lossless form.
//!
//! Scores and categories have few distinct values: one byte per row and a list of values instead of eight or four bytes
//! per row. Cells are shared: the folds of a cross-validation refer to one table instead of copying it.

use std::ops::Index;
use std::sync::Arc;

use crate::columns::BLANK;

/// The number of distinct values that a byte can encode.
const MAX_DISTINCT: usize = 256;

/// Numbers, NaN for a blank.
#[derive(Debug, Clone)]
pub enum Numbers {
    /// Indices into a short list of distinct numbers.
    Coded {
        /// Sorted, NaN last.
        distinct: Arc<Vec<f64>>,
        /// One per row.
        codes: Arc<Vec<u8>>,
    },
    /// One per row.
    Plain(Arc<Vec<f64>>),
}

/// Indices into a list of categories, [`BLANK`] for a blank.
#[derive(Debug, Clone)]
pub enum Codes {
    /// Of up to 255 categories; 255 is a blank.
    Narrow(Arc<Vec<u8>>),
    /// One per row.
    Wide(Arc<Vec<u32>>),
}

/// The code of each byte in [`Codes::Narrow`].
static WIDE: [u32; 256] = {
    let mut wide = [BLANK; 256];
    let mut code = 0;
    while code < 255 {
        wide[code] = code as u32;
        code += 1;
    }
    wide
};

impl Numbers {
    /// The numbers that `codes` stand for; `distinct` may be unsorted and have duplicates.
    ///
    /// For more than 256 of them use [`Numbers::from`].
    #[must_use]
    pub fn coded(distinct: &[f64], mut codes: Vec<u8>) -> Self {
        let mut sorted = distinct.to_vec();
        sorted.sort_unstable_by(f64::total_cmp);
        sorted.dedup_by_key(|number| number.to_bits());
        let rank = |number: &f64| sorted.partition_point(|other| other.total_cmp(number).is_lt());
        let rank_of: Vec<u8> = distinct.iter().map(|number| rank(number) as u8).collect();
        for code in &mut codes {
            *code = rank_of[usize::from(*code)];
        }
        Self::Coded { distinct: Arc::new(sorted), codes: Arc::new(codes) }
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Coded { codes, .. } => codes.len(),
            Self::Plain(numbers) => numbers.len(),
        }
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One per row.
    pub fn iter(&self) -> impl Iterator<Item = &f64> {
        (0..self.len()).map(|row| &self[row])
    }

    /// One per row.
    #[must_use]
    pub fn to_vec(&self) -> Vec<f64> {
        self.iter().copied().collect()
    }
}

impl Codes {
    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Narrow(codes) => codes.len(),
            Self::Wide(codes) => codes.len(),
        }
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One per row.
    pub fn iter(&self) -> impl Iterator<Item = &u32> {
        (0..self.len()).map(|row| &self[row])
    }
}

impl Index<usize> for Numbers {
    type Output = f64;

    fn index(&self, row: usize) -> &f64 {
        match self {
            Self::Coded { distinct, codes } => &distinct[usize::from(codes[row])],
            Self::Plain(numbers) => &numbers[row],
        }
    }
}

impl Index<usize> for Codes {
    type Output = u32;

    fn index(&self, row: usize) -> &u32 {
        match self {
            Self::Narrow(codes) => &WIDE[usize::from(codes[row])],
            Self::Wide(codes) => &codes[row],
        }
    }
}

impl From<Vec<f64>> for Numbers {
    fn from(numbers: Vec<f64>) -> Self {
        // Most columns of many distinct numbers exceed the limit early: then the rest need not be checked.
        let mut distinct: Vec<f64> = Vec::with_capacity(MAX_DISTINCT + 1);
        let rank = |distinct: &[f64], number: f64| distinct.binary_search_by(|other| other.total_cmp(&number));
        for number in &numbers {
            if let Err(rank) = rank(&distinct, *number) {
                distinct.insert(rank, *number);
                if distinct.len() > MAX_DISTINCT {
                    return Self::Plain(Arc::new(numbers));
                }
            }
        }
        let codes = numbers.iter().map(|number| rank(&distinct, *number).unwrap_or_default() as u8).collect();
        Self::Coded { distinct: Arc::new(distinct), codes: Arc::new(codes) }
    }
}

impl From<&[f64]> for Numbers {
    fn from(numbers: &[f64]) -> Self {
        numbers.to_vec().into()
    }
}

impl FromIterator<f64> for Numbers {
    fn from_iter<I: IntoIterator<Item = f64>>(numbers: I) -> Self {
        numbers.into_iter().collect::<Vec<f64>>().into()
    }
}

impl From<Vec<u32>> for Codes {
    fn from(codes: Vec<u32>) -> Self {
        if codes.iter().all(|code| *code == BLANK || *code < 255) {
            Self::Narrow(Arc::new(codes.into_iter().map(|code| code.min(255) as u8).collect()))
        } else {
            Self::Wide(Arc::new(codes))
        }
    }
}

impl FromIterator<u32> for Codes {
    fn from_iter<I: IntoIterator<Item = u32>>(codes: I) -> Self {
        codes.into_iter().collect::<Vec<u32>>().into()
    }
}

impl From<&[u32]> for Codes {
    fn from(codes: &[u32]) -> Self {
        codes.to_vec().into()
    }
}

impl PartialEq for Numbers {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl<const N: usize> PartialEq<[f64; N]> for Numbers {
    fn eq(&self, other: &[f64; N]) -> bool {
        self.iter().eq(other)
    }
}

impl PartialEq for Codes {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_what_they_were_made_from_whether_few_or_many() {
        for n_distinct in [1, 2, 255, 256, 257, 1_000] {
            let numbers: Vec<f64> = (0..3_000).map(|row| f64::from(row * 7 % n_distinct) - 0.5).collect();
            let cells = Numbers::from(numbers.clone());
            assert_eq!(matches!(cells, Numbers::Coded { .. }), n_distinct <= 256);
            assert_eq!(cells.to_vec(), numbers);
            let codes: Vec<u32> = (0..3_000).map(|row| row * 7 % n_distinct as u32).chain([BLANK]).collect();
            let cells = Codes::from(codes.clone());
            assert_eq!(matches!(cells, Codes::Narrow(_)), n_distinct <= 255);
            assert!(cells.iter().eq(&codes) && cells.len() == 3_001);
        }
    }

    #[test]
    fn blanks_and_both_zeros_are_kept() {
        let cells = Numbers::from(vec![0.0, f64::NAN, -0.0, 3.0]);
        assert!(cells[1].is_nan() && cells[2].is_sign_negative() && cells[0].is_sign_positive());
        let coded = Numbers::coded(&[3.0, f64::NAN, 1.0, 3.0], vec![0, 1, 2, 3, 0]);
        assert!(coded[0] == 3.0 && coded[1].is_nan() && coded[2] == 1.0 && coded[3] == 3.0 && coded[4] == 3.0);
    }
}
