//! How each column was distributed in training, and how new cells differ from that.

use model_core::{ColumnKind, Schema};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::folds::preprocess::counts_of;
use crate::judge::drift::{ColumnDrift, chi_squared, kolmogorov_smirnov, stability_index};
use crate::judge::groups::MIN_GROUP;
use crate::table::compact::Numbers;
use crate::table::row_idx::{RowIdx, count_by_code};
use crate::table::{BLANK, ColumnData, Table};

/// At most this many ranges of a numeric column.
const MAX_BINS: usize = 10;
/// Digits of a published edge.
const EDGE_DIGITS: usize = 4;

/// `reference.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reference {
    /// What the file is.
    kind: String,
    /// The SHA-256 of the `preprocessor.json` that it belongs to.
    preprocessor_sha256: String,
    /// How many rows stand behind it.
    pub rows: usize,
    /// One a column, in the schema's order.
    pub columns: Vec<ReferenceColumn>,
}

/// One column's distribution.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReferenceColumn {
    name: String,
    /// The share of blanks, or nothing where they are fewer than 10.
    blanks: Option<f64>,
    shares: Shares,
}

/// Where the cells that aren't blank lie; the shares add up to 1 up to rounding.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Shares {
    /// One share more than edges; a number on an edge belongs below it. Each stands for 10 rows or more.
    Ranges { edges: Vec<f64>, shares: Vec<f64>, min: f64, max: f64 },
    /// Categories of 10 rows or more, and all others together.
    Categories { values: Vec<String>, shares: Vec<f64>, others: f64, known: Vec<String> },
}

/// Why a `reference.json` can't be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReferenceError {
    /// Not one.
    #[error("reference.json can't be read: {0}; train again, or use the file as `scorecast train` wrote it")]
    Malformed(String),
    /// Of another model.
    #[error("reference.json belongs to another model; use the files that one run of `scorecast train` wrote")]
    NotAPair,
}

impl Reference {
    /// The distribution of `rows` of `table`, for a model with the given `preprocessor.json`.
    #[must_use]
    pub fn new<R: RowIdx>(schema: &Schema, table: &Table, rows: &[R], preprocessor_sha256: &str) -> Self {
        let column = |(column, data): (&model_core::Column, &ColumnData)| match (data, &column.kind) {
            (ColumnData::Numeric(numbers), ColumnKind::Numeric { observed, .. }) => {
                let (edges, shares, n) = ranges(&Ascending::new(numbers, rows));
                let shares = Shares::Ranges { edges, shares, min: observed.min, max: observed.max };
                ReferenceColumn { name: column.name.clone(), blanks: blanks(n, rows.len()), shares }
            }
            (data, _) => {
                let (values, mut counts): (&[String], Vec<usize>) = match data {
                    ColumnData::Categorical { values, codes } => (values, counts_of(codes, values.len(), rows)),
                    ColumnData::Numeric(_) => (&[], Vec::new()),
                };
                // Blanks are counted behind the values.
                counts.truncate(values.len());
                let known = match &column.kind {
                    ColumnKind::Categorical { values, .. } => values.clone(),
                    ColumnKind::Numeric { .. } => Vec::new(),
                };
                let n: usize = counts.iter().sum();
                let shares = categories(values, &counts, known);
                ReferenceColumn { name: column.name.clone(), blanks: blanks(n, rows.len()), shares }
            }
        };
        let data = table.columns.iter().map(|column| &column.data);
        Self {
            kind: "reference".into(),
            preprocessor_sha256: preprocessor_sha256.into(),
            rows: rows.len(),
            columns: schema.columns.iter().zip(data).map(column).collect(),
        }
    }

    /// Reads what [`Reference::to_json`] wrote, for the model with the given `preprocessor.json` and schema.
    ///
    /// # Errors
    /// See [`ReferenceError`].
    pub fn from_json(text: &str, preprocessor_sha256: &str, schema: &Schema) -> Result<Self, ReferenceError> {
        let reference: Self =
            serde_json::from_str(text).map_err(|error| ReferenceError::Malformed(error.to_string()))?;
        let names = reference.columns.iter().map(|column| &column.name);
        if reference.preprocessor_sha256 != preprocessor_sha256
            || !names.eq(schema.columns.iter().map(|column| &column.name))
        {
            return Err(ReferenceError::NotAPair);
        }
        if !reference.columns.iter().all(ReferenceColumn::is_whole) {
            return Err(ReferenceError::Malformed("its shares don't fit together".into()));
        }
        Ok(reference)
    }

    /// One JSON object on one line.
    ///
    /// # Errors
    /// When a number can't be written.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        Ok(serde_json::to_string(self)? + "\n")
    }
}

impl ReferenceColumn {
    /// How `now` differs from training on `rows` rows.
    pub(super) fn compare(&self, now: &ColumnData, rows: usize) -> ColumnDrift {
        let n_then = (rows as f64 * (1.0 - self.blanks.unwrap_or(0.0))).round();
        let (then, counts, n_rows, outside, test);
        match (&self.shares, now) {
            (Shares::Ranges { edges, shares, min, max }, ColumnData::Numeric(numbers)) => {
                let mut per_range = vec![0_usize; shares.len()];
                let mut n_outside = 0;
                for number in numbers.iter().filter(|number| !number.is_nan()) {
                    per_range[edges.partition_point(|edge| edge < number)] += 1;
                    n_outside += usize::from(number < min || number > max);
                }
                (then, counts, n_rows, outside) = (shares.clone(), per_range, numbers.len(), n_outside);
                test = "kolmogorov-smirnov";
            }
            (
                Shares::Categories { values, shares, others, known },
                ColumnData::Categorical { values: found, codes },
            ) => {
                let place_of: Vec<usize> = found
                    .iter()
                    .map(|value| values.iter().position(|known| known == value).unwrap_or(values.len()))
                    .collect();
                let is_known: Vec<bool> = found.iter().map(|value| known.contains(value)).collect();
                let mut per_value = vec![0_usize; values.len() + 1];
                let mut n_outside = 0;
                for code in codes.iter().filter(|code| **code != BLANK) {
                    per_value[place_of[*code as usize]] += 1;
                    n_outside += usize::from(!is_known[*code as usize]);
                }
                let with_others = shares.iter().copied().chain([*others]).collect();
                (then, counts, n_rows, outside) = (with_others, per_value, codes.len(), n_outside);
                test = "chi-squared";
            }
            // The reader makes each column what the schema says it is.
            (_, now) => {
                let n = match now {
                    ColumnData::Numeric(numbers) => numbers.len(),
                    ColumnData::Categorical { codes, .. } => codes.len(),
                };
                (then, counts, n_rows, outside, test) = (Vec::new(), Vec::new(), n, 0, "chi-squared");
            }
        }
        let n: usize = counts.iter().sum();
        let (statistic, p_value) = if test == "chi-squared" {
            chi_squared(&then, n_then, &counts)
        } else {
            kolmogorov_smirnov(&then, n_then, &counts)
        };
        ColumnDrift {
            column: self.name.clone(),
            n,
            blanks_then: self.blanks,
            blanks_now: (n_rows - n) as f64 / n_rows.max(1) as f64,
            psi: stability_index(&then, &counts),
            test,
            statistic,
            p_value,
            outside: outside as f64 / n.max(1) as f64,
        }
    }

    fn is_whole(&self) -> bool {
        let is_share = |share: &f64| (0.0..=1.0).contains(share);
        match &self.shares {
            Shares::Ranges { edges, shares, .. } => {
                shares.len() == edges.len() + 1 && edges.is_sorted() && shares.iter().all(is_share)
            }
            Shares::Categories { values, shares, others, .. } => {
                values.len() == shares.len() && shares.iter().chain([others]).all(is_share)
            }
        }
    }
}

/// A column's numbers in their order, blanks aside.
enum Ascending {
    Listed(Vec<f64>),
    /// Each with how many there are of it and of all before it: of many rows few numbers differ.
    Counted(Vec<(f64, usize)>),
}

impl Ascending {
    fn new<R: RowIdx>(numbers: &Numbers, rows: &[R]) -> Self {
        match numbers {
            Numbers::Coded { distinct, codes } => {
                let mut n = 0;
                let counts = distinct.iter().zip(count_by_code(codes, rows));
                let until = counts.filter(|(number, count)| !number.is_nan() && *count > 0).map(|(number, count)| {
                    n += count;
                    (*number, n)
                });
                Self::Counted(until.collect())
            }
            Numbers::Plain(numbers) => {
                let present = rows.iter().map(|row| numbers[row.to_usize()]).filter(|number| !number.is_nan());
                Self::listed(present.collect())
            }
        }
    }

    fn listed(mut numbers: Vec<f64>) -> Self {
        numbers.sort_unstable_by(f64::total_cmp);
        Self::Listed(numbers)
    }

    fn len(&self) -> usize {
        match self {
            Self::Listed(numbers) => numbers.len(),
            Self::Counted(numbers) => numbers.last().map_or(0, |(_, n)| *n),
        }
    }

    fn get(&self, place: usize) -> Option<f64> {
        match self {
            Self::Listed(numbers) => numbers.get(place).copied(),
            Self::Counted(numbers) => {
                numbers.get(numbers.partition_point(|(_, n)| *n <= place)).map(|(number, _)| *number)
            }
        }
    }

    /// How many are not above `edge`.
    fn below(&self, edge: f64) -> usize {
        match self {
            Self::Listed(numbers) => numbers.partition_point(|number| *number <= edge),
            Self::Counted(numbers) => match numbers.partition_point(|(number, _)| *number <= edge) {
                0 => 0,
                place => numbers[place - 1].1,
            },
        }
    }
}

/// Inner edges, the share of each range, and how many numbers there are.
fn ranges(numbers: &Ascending) -> (Vec<f64>, Vec<f64>, usize) {
    let n = numbers.len();
    let below = |edge: f64| numbers.below(edge);
    let mut edges: Vec<f64> = Vec::new();
    let mut n_before = 0;
    for bin in 1..MAX_BINS {
        let Some(number) = numbers.get((bin * n / MAX_BINS).saturating_sub(1)) else { break };
        let edge = rounded(number);
        let n_below = below(edge);
        // Neither this range nor what remains above may be of few rows.
        if n_below >= n_before + MIN_GROUP && n - n_below >= MIN_GROUP {
            edges.push(edge);
            n_before = n_below;
        }
    }
    let ends: Vec<usize> = edges.iter().map(|edge| below(*edge)).chain([n]).collect();
    let starts = [0].into_iter().chain(ends.iter().copied());
    let shares = ends.iter().zip(starts).map(|(end, start)| share(end - start, n)).collect();
    (edges, shares, n)
}

/// Categories of many rows; where the others together are few, the rarest of the many goes with them.
fn categories(values: &[String], counts: &[usize], known: Vec<String>) -> Shares {
    let n: usize = counts.iter().sum();
    let mut shown: Vec<usize> = (0..values.len()).filter(|code| counts[*code] >= MIN_GROUP).collect();
    let n_shown = |shown: &[usize]| shown.iter().map(|code| counts[*code]).sum::<usize>();
    while (1..MIN_GROUP).contains(&(n - n_shown(&shown))) && !shown.is_empty() {
        let rarest = (0..shown.len()).min_by_key(|place| counts[shown[*place]]).unwrap_or_default();
        shown.remove(rarest);
    }
    Shares::Categories {
        values: shown.iter().map(|code| values[*code].clone()).collect(),
        shares: shown.iter().map(|code| share(counts[*code], n)).collect(),
        others: share(n - n_shown(&shown), n),
        known,
    }
}

fn blanks(n_present: usize, n_rows: usize) -> Option<f64> {
    let n_blank = n_rows - n_present;
    let is_told = n_blank == 0 || n_blank >= MIN_GROUP;
    is_told.then(|| share(n_blank, n_rows))
}

/// A share to four decimals.
fn share(count: usize, n: usize) -> f64 {
    (count as f64 / n.max(1) as f64 * 1e4).round() / 1e4
}

/// The number to four digits.
fn rounded(number: f64) -> f64 {
    format!("{number:.*e}", EDGE_DIGITS - 1).parse().unwrap_or(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_range_stands_for_few_rows() {
        let (edges, shares, n) = ranges(&Ascending::listed((0..100).map(f64::from).collect()));
        assert_eq!((edges.len(), n), (9, 100));
        assert_eq!(shares, [0.1; 10]);
        // 95 of 100 are equal: one edge would leave five rows above it.
        let (edges, shares, _) = ranges(&Ascending::listed((0..100).map(|row| f64::from(row.max(95))).collect()));
        assert_eq!((edges.len(), shares.as_slice()), (0, [1.0].as_slice()));
        let (edges, shares, _) = ranges(&Ascending::listed(vec![1.0; 9]));
        assert_eq!((edges.len(), shares.len()), (0, 1));
        assert_eq!(ranges(&Ascending::listed(Vec::new())).1, [0.0]);
    }

    #[test]
    fn counted_numbers_are_parted_as_listed_ones() {
        let numbers: Vec<f64> = (0..3_000).map(|row| f64::from(row * row % 171 / 2) - 3.5).collect();
        let mut cells = numbers.clone();
        cells.extend([f64::NAN; 5]);
        let rows: Vec<u32> = (0..3_005).rev().collect();
        let counted = Ascending::new(&cells.into(), &rows);
        assert!(matches!(counted, Ascending::Counted(_)));
        assert_eq!(ranges(&counted), ranges(&Ascending::listed(numbers)));
    }

    #[test]
    fn no_category_of_few_rows_can_be_reckoned() {
        let values: Vec<String> = ["a", "b", "c", "d"].map(String::from).into();
        // c and d together are 4: b goes with them.
        let Shares::Categories { values: shown, shares, others, .. } = categories(&values, &[50, 20, 3, 1], Vec::new())
        else {
            panic!("no categories")
        };
        assert_eq!((shown, shares, others), (vec!["a".to_owned()], vec![0.6757], 0.3243));
        assert_eq!(blanks(95, 100), None);
        assert_eq!(blanks(90, 100), Some(0.1));
    }

    #[test]
    fn edges_have_four_digits() {
        assert_eq!(
            [rounded(123_456.0), rounded(-0.001_234_56), rounded(72.0), rounded(0.0)],
            [123_500.0, -0.001_235, 72.0, 0.0]
        );
    }
}
