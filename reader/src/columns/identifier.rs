//! Identifier columns, detected in any language: a distinct number or text for each row.

use std::collections::BTreeSet;

use super::builder::{ColumnBuilder, TextCount};
use super::{Decision, NumberFormat};
use crate::names::fold_name;

/// With fewer rows, nothing is called an identifier: they are too few to decide.
const MIN_ROWS: usize = 20;
/// Names that support the evidence of distinct numbers.
const NAMES: [&str; 22] = [
    "id",
    "index",
    "no",
    "number",
    "nr",
    "key",
    "code",
    "uid",
    "uuid",
    "upn",
    "uln",
    "roll",
    "rollno",
    "matricule",
    "matrikel",
    "matrikelnummer",
    "nummer",
    "numero",
    "matricula",
    "codigo",
    "unnamed",
    "identifier",
];
/// Identifiers without such a name have at least this many digits, all of them equally many.
const MIN_DIGITS: usize = 5;

impl ColumnBuilder {
    /// Why the column seems to be an identifier, if so.
    #[must_use]
    pub fn identifier_reason(&self, name: &str, counts: &[TextCount<'_>], decision: &Decision) -> Option<String> {
        let n_present = self.n_present();
        if n_present < MIN_ROWS {
            return None;
        }
        match decision {
            // More than half as many distinct texts as rows: no model can learn from them.
            Decision::Categorical(_) => (2 * self.n_distinct() > n_present).then(|| {
                format!(
                    "{} different texts in {n_present} rows look like names or identifiers (--categorical keeps it)",
                    self.n_distinct()
                )
            }),
            // Dates of birth may be nearly unique, but are no identifiers.
            Decision::Numeric(format) if format.dates().is_some() => None,
            Decision::Numeric(format) => numbers_reason(name, counts, format),
        }
    }
}

fn numbers_reason(name: &str, counts: &[TextCount<'_>], format: &NumberFormat) -> Option<String> {
    // Identifiers have neither thousands separators nor a currency.
    let is_bare = |count: &&TextCount<'_>| count.text.bytes().all(|byte| byte.is_ascii_digit());
    if counts.iter().filter(is_bare).count() < counts.len() {
        return None;
    }
    let numbers: Vec<f64> = counts.iter().filter_map(|count| format.number(count.text)).collect();
    let n_rows: u64 = counts.iter().map(|count| count.rows).sum();
    // All different, or all equally frequent, as with one row per term.
    let times = counts.first().map_or(1, |count| count.rows);
    let is_even = counts.iter().all(|count| count.rows == times) && times <= 12 && numbers.len() >= MIN_ROWS;
    let is_nearly_all = 100 * numbers.len() as u64 >= 98 * n_rows;
    if numbers.len() < MIN_ROWS || !(is_even || is_nearly_all) || numbers.iter().any(|number| number.fract() != 0.0) {
        return None;
    }
    let counts_up = numbers.windows(2).all(|pair| pair[1] == pair[0] + 1.0);
    let rises = numbers.windows(2).all(|pair| pair[1] > pair[0]);
    let (min, max) =
        numbers.iter().fold((f64::MAX, f64::MIN), |(min, max), number| (min.min(*number), max.max(*number)));
    // The expected number of equal pairs if this many numbers were drawn from this range.
    let n = numbers.len() as f64;
    let expected_pairs = n * (n - 1.0) / 2.0 / (max - min + 1.0);
    let lengths: BTreeSet<usize> = numbers.iter().map(|number| format!("{}", number.abs()).len()).collect();
    let has_codes_length = lengths.len() == 1 && lengths.first().is_some_and(|length| *length >= MIN_DIGITS);
    // Numbers that each occur in several rows may be a balanced design: there, their order decides.
    let is_dense = times == 1 && expected_pairs >= 8.0;
    let is_identifier =
        counts_up || is_named_so(name) || is_dense || (rises && expected_pairs >= 1.0) || has_codes_length;
    if !is_identifier {
        return None;
    }
    Some(if times == 1 || !is_even {
        "every row has its own number, like an identifier (--numeric keeps it)".into()
    } else {
        format!("every number stands in {times} rows, like an identifier that comes once a term (--numeric keeps it)")
    })
}

/// Whether one of a name's words indicates an identifier: `student_id`, `StudentID`, `Unnamed: 0`.
fn is_named_so(name: &str) -> bool {
    let is_end = |letter: char| !letter.is_alphanumeric();
    let is_word = |word: &str| NAMES.contains(&fold_name(word).as_str());
    let ends_in_id = name.ends_with("ID") || name.ends_with("Id") || name.ends_with("Nr") || name.ends_with("No");
    ends_in_id || name.split(is_end).any(is_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(name: &str, numbers: &[u64], times: u64) -> Option<String> {
        let texts: Vec<String> = numbers.iter().map(ToString::to_string).collect();
        let counts: Vec<TextCount<'_>> = texts.iter().map(|text| TextCount { text, line: 2, rows: times }).collect();
        numbers_reason(name, &counts, &NumberFormat::default())
    }

    #[test]
    fn identifiers_are_told_by_what_they_are() {
        let counting: Vec<u64> = (1..=40).collect();
        let codes: Vec<u64> = (0..200).map(|row| 10_000 + row * 7_919 % 90_000).collect();
        let shuffled: Vec<u64> = (0..40).map(|row| 1 + row * 7 % 41).collect();
        assert!(reason("a", &counting, 1).is_some() && reason("élève", &codes, 1).is_some());
        assert!(reason("b", &shuffled, 1).is_some() && reason("c", &codes, 3).unwrap().contains("3 rows"));
        // Every number from 0 to 99 six times, unsorted.
        let balanced: Vec<u64> = (0..100).map(|row| row * 31 % 100).collect();
        assert_eq!(reason("x", &balanced, 6), None);
        // Distinct numbers, because their range is wide.
        let wide: Vec<u64> = (0..40).map(|row| 9 + row * 7_919 % 3_001).collect();
        assert_eq!(reason("steps", &wide, 1), None);
        assert!(reason("StudentID", &wide, 1).is_some() && reason("Unnamed: 0", &wide, 1).is_some());
    }
}
