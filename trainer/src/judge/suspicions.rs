//! Checks for suspicious training data. None of the findings is an error by itself, so each is a notice with its
//! figure.

use rayon::prelude::*;

use super::single_column::single_column_r2;
use crate::folds::parted::folds_of;
use crate::random::SplitMix64;
use crate::search::cross_validation::CrossValidation;
use crate::table::compact::Numbers;
use crate::table::name_words::words;
use crate::table::{ColumnData, Table, TableColumn};

/// A column that alone explains more than this share of the target's variance is probably a copy of it.
pub(crate) const LEAK_R2: f64 = 0.95;
/// An R² this high usually means that the target was computed from the columns.
const NEARLY_ALL: f64 = 0.9995;
/// The share of duplicate rows from which on a notice is given.
const MANY_COPIES: f64 = 0.01;
/// A target this many interquartile ranges from the median is probably an error.
const FAR: f64 = 100.0;
/// The maximal number of rows on which columns are scored; the first are used, in random order.
const MAX_ROWS: usize = 20_000;
/// The maximal number of columns named in a notice.
const MAX_NAMED: usize = 5;

/// Notices about the table of `cross_validation`, whose champion has the mean cross-validated R² `r2_mean`.
pub(crate) fn suspicions(cross_validation: &CrossValidation<'_>, r2_mean: f64) -> Vec<String> {
    let table = cross_validation.table;
    let leaks = leaks(cross_validation);
    let sum = if leaks.is_none() && r2_mean > NEARLY_ALL { Some(determined(table, r2_mean)) } else { None };
    let notices = [copies(table), leaks, sum, sentinels(table), identifiers(table), far_targets(table)];
    notices.into_iter().flatten().collect()
}

fn copies(table: &Table) -> Option<String> {
    // A 64-bit hash of each row: collisions are very unlikely.
    let mut hashes = vec![0_u64; table.n_rows()];
    let mut add = |cells: &mut dyn Iterator<Item = u64>| {
        for (hash, cell) in hashes.iter_mut().zip(cells) {
            *hash = SplitMix64::new(*hash ^ cell).next_u64();
        }
    };
    add(&mut table.target.iter().map(|number| number.to_bits()));
    for column in &table.columns {
        add(&mut cells(&column.data));
    }
    hashes.sort_unstable();
    let n_copies = hashes.windows(2).filter(|pair| pair[0] == pair[1]).count();
    (n_copies as f64 > MANY_COPIES * table.n_rows() as f64).then(|| {
        format!(
            "{n_copies} of {} rows equal an earlier row in every column and the target: where these are the same records \
             given twice, every score is too good; remove them",
            table.n_rows()
        )
    })
}

fn leaks(cross_validation: &CrossValidation<'_>) -> Option<String> {
    let CrossValidation { table, rows, n_folds, .. } = *cross_validation;
    let folds = folds_of(table, &rows[..rows.len().min(MAX_ROWS)], n_folds);
    let target = table.target.to_vec();
    let score = |column: &TableColumn| {
        (column.name.clone(), single_column_r2(&column.data, &target, table.weights.as_deref(), &folds))
    };
    let leaks: Vec<String> = table
        .columns
        .par_iter()
        .map(score)
        .filter(|(_, r2)| *r2 > LEAK_R2)
        .map(|(name, r2)| format!("\"{name}\" (R² {r2:.4})"))
        .collect();
    (!leaks.is_empty()).then(|| {
        format!(
            "alone nearly all of \"{}\" is explained by {}: what is known only together with the target must be left out \
             (--drop)",
            table.target_name,
            named(&leaks)
        )
    })
}

fn determined(table: &Table, r2_mean: f64) -> String {
    format!(
        "\"{}\" is explained nearly completely (R² {r2_mean:.6}): check whether it was computed from other columns, such as \
         a sum or an average of them, and leave these out (--drop)",
        table.target_name
    )
}

fn sentinels(table: &Table) -> Option<String> {
    let of = |column: &TableColumn| {
        let ColumnData::Numeric(numbers) = &column.data else { return None };
        sentinel(numbers).map(|(number, n)| format!("\"{}\" ({number} in {n} rows)", column.name))
    };
    let found: Vec<String> = table.columns.iter().filter_map(of).collect();
    (!found.is_empty()).then(|| {
        format!(
            "numbers that may stand for \"unknown\" are learned from as numbers, in {}: leave such cells blank",
            named(&found)
        )
    })
}

/// A repeated number far from all others: the only negative one, or a large one consisting of nines.
fn sentinel(numbers: &Numbers) -> Option<(f64, usize)> {
    let mut sorted: Vec<f64> = numbers.iter().copied().filter(|number| !number.is_nan()).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let (least, most) = (*sorted.first()?, *sorted.last()?);
    let n_least = sorted.partition_point(|number| *number <= least);
    let n_most = sorted.len() - sorted.partition_point(|number| *number < most);
    let second = *sorted.get(n_least)?;
    if least < 0.0 && least.fract() == 0.0 && second >= 0.0 && n_least > 1 {
        return Some((least, n_least));
    }
    let below = *sorted.get(sorted.len().checked_sub(n_most + 1)?)?;
    let is_of_nines = most >= 9.0 && most.fract() == 0.0 && format!("{most}").bytes().all(|digit| digit == b'9');
    (is_of_nines && n_most > 1 && most - below > below - least && below > least).then_some((most, n_most))
}

fn identifiers(table: &Table) -> Option<String> {
    let is_one = |column: &&TableColumn| {
        let ColumnData::Numeric(numbers) = &column.data else { return false };
        let is_named = words(&column.name).last().is_some_and(|word| ["id", "uid", "upn"].contains(&word.as_str()));
        is_named || counts_rows(numbers)
    };
    let found: Vec<String> = table.columns.iter().filter(is_one).map(|column| format!("\"{}\"", column.name)).collect();
    (!found.is_empty()).then(|| {
        format!("what looks like an identifier is learned from as a number: {}; --drop leaves it out", named(&found))
    })
}

/// Whether the numbers count the rows from 0 or 1.
fn counts_rows(numbers: &Numbers) -> bool {
    let Some(first) = numbers.iter().next().copied() else { return false };
    (first == 0.0 || first == 1.0) && numbers.iter().zip(0_u32..).all(|(number, row)| *number == first + f64::from(row))
}

fn far_targets(table: &Table) -> Option<String> {
    let mut sorted = table.target.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let at = |share: f64| sorted.get(((sorted.len().saturating_sub(1)) as f64 * share) as usize).copied();
    let (low, median, high) = (at(0.25)?, at(0.5)?, at(0.75)?);
    let range = high - low;
    let is_far = |value: &&f64| range > 0.0 && (**value - median).abs() > FAR * range;
    let n_far = sorted.iter().filter(is_far).count();
    let farthest = sorted
        .iter()
        .filter(is_far)
        .max_by(|left, right| (**left - median).abs().total_cmp(&(**right - median).abs()))?;
    Some(format!(
        "\"{}\" is {farthest} in one of {n_far} rows that are far from all others (half of them lie from {low} to {high}): \
         totals and mistyped numbers don't belong among the records",
        table.target_name
    ))
}

/// The first names, and the number of the others.
fn named(names: &[String]) -> String {
    let shown = names[..names.len().min(MAX_NAMED)].join(", ");
    let n_others = names.len().saturating_sub(MAX_NAMED);
    if n_others == 0 { shown } else { format!("{shown} and {n_others} others") }
}

/// The bits of each cell; blanks are equal.
pub(crate) fn cells(data: &ColumnData) -> Box<dyn Iterator<Item = u64> + '_> {
    match data {
        ColumnData::Numeric(numbers) => Box::new(numbers.iter().map(|number| (number + 0.0).to_bits())),
        ColumnData::Categorical { codes, .. } => Box::new(codes.iter().map(|code| u64::from(*code))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 200 rows with a target of 40 to 60, and these columns.
    fn notices(columns: Vec<(&str, Vec<f64>)>, target: &dyn Fn(usize, f64) -> f64, r2_mean: f64) -> Vec<String> {
        let mut random = SplitMix64::new(1);
        let target: Vec<f64> = (0..200).map(|row| target(row, 40.0 + 20.0 * random.uniform())).collect();
        let column = |(name, numbers): (&str, Vec<f64>)| {
            let numbers = if numbers.is_empty() { target.clone() } else { numbers };
            TableColumn { name: name.into(), data: ColumnData::Numeric(numbers.into()) }
        };
        let table = Table {
            columns: columns.into_iter().map(column).collect(),
            target_name: "y".into(),
            target: target.clone().into(),
            weights: None,
            keys: crate::table::keys::RowKeys::default(),
            directions: Default::default(),
            most_columns: None,
            cells: None,
            dates: Default::default(),
            left_out: Vec::new(),
            notices: Vec::new(),
            reading: Default::default(),
        };
        let rows: Vec<u32> = (0..200).collect();
        suspicions(&CrossValidation { table: &table, rows: &rows, n_folds: 3, seed: 1 }, r2_mean)
    }

    fn noise() -> Vec<f64> {
        let mut random = SplitMix64::new(2);
        (0..200).map(|_| (100.0 * random.uniform()).round()).collect()
    }

    fn one(found: &[String], words: &[&str]) {
        assert!(found.len() == 1 && words.iter().all(|word| found[0].contains(word)), "{found:?}");
    }

    #[test]
    fn ordinary_records_get_no_notice() {
        assert!(notices(vec![("reading", noise())], &|_, y| y, 0.9).is_empty());
        // One -1, negative numbers throughout, nines among others, a name that only holds "id".
        let mut single = noise();
        single[3] = -1.0;
        let shifted: Vec<f64> = noise().iter().map(|number| number - 50.0).collect();
        assert!(notices(vec![("valid", single), ("middle", shifted)], &|_, y| y, 0.9).is_empty());
    }

    #[test]
    fn each_suspicion_is_one_notice_with_its_figure() {
        one(&notices(vec![("copy", Vec::new())], &|_, y| y, 1.0), &["\"copy\" (R² 1.0000)", "--drop"]);
        one(&notices(vec![("a", noise())], &|_, y| y, 0.999_99), &["R² 0.999990", "a sum"]);
        let with =
            |number: f64| noise().into_iter().enumerate().map(move |(row, n)| if row % 50 == 0 { number } else { n });
        one(&notices(vec![("a", with(-8.0).collect())], &|_, y| y, 0.9), &["\"a\" (-8 in 4 rows)", "blank"]);
        one(&notices(vec![("a", with(999.0).collect())], &|_, y| y, 0.9), &["\"a\" (999 in 4 rows)"]);
        one(&notices(vec![("StudentID", noise()), ("x", noise())], &|_, y| y, 0.9), &["\"StudentID\";"]);
        one(&notices(vec![("index", (0..200).map(f64::from).collect())], &|_, y| y, 0.9), &["\"index\""]);
        let total = |row: usize, y: f64| if row == 199 { 26_525.0 } else { y };
        one(&notices(vec![("a", noise())], &total, 0.9), &["is 26525 in one of 1 rows", "totals"]);
        let constant = vec![1.0; 200];
        one(&notices(vec![("a", constant)], &|row, _| f64::from((row % 100) as u32), 0.9), &["100 of 200 rows equal"]);
    }
}
