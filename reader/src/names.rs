//! Finds columns by name, ignoring case, accents, spaces and punctuation.

use crate::error::ReadError;
use crate::note::Note;
use crate::unicode::without_marks;

/// A name without case, accents, spaces and punctuation.
#[must_use]
pub fn fold_name(name: &str) -> String {
    let letters = without_marks(name);
    let folded: String =
        letters.chars().flat_map(char::to_lowercase).filter(|letter| letter.is_alphanumeric()).collect();
    // A name of punctuation only would become empty.
    if folded.is_empty() { name.trim().to_owned() } else { folded }
}

/// Whether two names are equal except for case, accents, spaces and punctuation.
#[must_use]
pub fn same_name(left: &str, right: &str) -> bool {
    left == right || (!left.is_empty() && !right.is_empty() && fold_name(left) == fold_name(right))
}

/// The result of looking up a name in a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// In this field.
    At(usize),
    /// In none.
    Nowhere,
    /// More than one field matches.
    Several(Vec<usize>),
}

/// The position of each of the `wanted` names in the header; each may be given in several spellings (name and label).
/// Exact matches take precedence, and no field is used twice.
#[must_use]
pub fn find_names(header: &[String], wanted: &[Vec<&str>]) -> Vec<Found> {
    let mut is_taken = vec![false; header.len()];
    let mut found: Vec<Option<Found>> = vec![None; wanted.len()];
    // The exact name, the exact label, and then either one folded.
    let folded: Vec<String> = header.iter().map(|name| fold_name(name)).collect();
    for pass in 0..3 {
        for (slot, spellings) in found.iter_mut().zip(wanted) {
            if slot.is_some() {
                continue;
            }
            let spellings = if pass == 0 { spellings.get(..1).unwrap_or_default() } else { &spellings[..] };
            let is_it = |field: &usize| {
                !is_taken[*field]
                    && spellings
                        .iter()
                        .any(|name| if pass < 2 { header[*field] == *name } else { folded[*field] == fold_name(name) })
            };
            let fields: Vec<usize> = (0..header.len()).filter(is_it).collect();
            *slot = match fields[..] {
                [] => None,
                [field] => {
                    is_taken[field] = true;
                    Some(Found::At(field))
                }
                _ => Some(Found::Several(fields)),
            };
        }
    }
    found.into_iter().map(|found| found.unwrap_or(Found::Nowhere)).collect()
}

/// The names of a header's cells; empty ones are named by their position.
pub(crate) fn unique_names(
    file: &str,
    line: u64,
    cells: &[String],
    notes: &mut Vec<Note>,
) -> Result<Vec<String>, ReadError> {
    let mut names: Vec<String> = Vec::with_capacity(cells.len());
    let mut unnamed = Vec::new();
    for (field, cell) in cells.iter().enumerate() {
        let cell = cell.trim();
        if cell.is_empty() {
            let mut name = format!("column {}", field + 1);
            while cells.iter().any(|other| other.trim() == name) {
                name.push('\'');
            }
            unnamed.push(name.clone());
            names.push(name);
            continue;
        }
        if let Some(first) = names.iter().position(|other| other == cell) {
            let (file, name) = (file.to_owned(), cell.to_owned());
            return Err(ReadError::DuplicateHeader { file, line, name, first: first + 1, second: field + 1 });
        }
        names.push(cell.to_owned());
    }
    if !unnamed.is_empty() {
        let names = unnamed.join(", ");
        let text = format!("columns without a name are called by their places: {names}");
        notes.push(Note::new("unnamed-columns", &[("names", &names)], text).public());
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(header: &[&str], wanted: &[&str]) -> Vec<Found> {
        let header: Vec<String> = header.iter().map(ToString::to_string).collect();
        find_names(&header, &wanted.iter().map(|name| vec![*name]).collect::<Vec<_>>())
    }

    #[test]
    fn names_are_found_but_for_case_accents_and_signs() {
        for (left, right) in
            [("Math Score", "math_score"), ("Élève", "eleve"), ("Score (%)", "score"), ("ＳＣＯＲＥ", "score")]
        {
            assert!(same_name(left, right), "{left} {right}");
        }
        assert!(!same_name("score", "scores") && !same_name("", "?"));
    }

    #[test]
    fn no_field_is_found_twice_and_two_that_fit_are_told() {
        assert_eq!(find(&["Reading_Score", "x"], &["reading_score", "Reading_Score"]), [Found::Nowhere, Found::At(0)]);
        assert_eq!(find(&["Reading Score", "READING-SCORE"], &["reading_score"]), [Found::Several(vec![0, 1])]);
        assert_eq!(find(&["a", "A"], &["a"]), [Found::At(0)]);
    }
}
