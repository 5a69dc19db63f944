//! Different spellings of a category are merged; rare categories are grouped.
//!
//! Training decides which spelling is the category's label; prediction finds the category of any spelling by the same
//! rules.

use std::collections::BTreeMap;

pub use model_core::ANOTHER;
use model_core::parse_number;
use rustc_hash::FxHashMap;

use super::builder::TextCount;
use crate::cells::{Numeral, fold_text, truth};
use crate::note::Note;

/// Maximum number of spellings that a note lists.
const MAX_LISTED: usize = 3;

/// The category of each text of a column.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Categories {
    /// Texts that differ from their label: another spelling, or no value.
    labels: FxHashMap<String, Option<String>>,
}

/// The key that all spellings of a category share.
fn key(text: &str) -> String {
    // 1 and 1.0 are one category; codes such as 007 are texts.
    if let Some(number) = parse_number(text)
        && !Numeral::parse(text).is_none_or(|numeral| numeral.is_code())
    {
        return number.to_string();
    }
    fold_text(text)
}

impl Categories {
    /// Decides from the texts of a column. `missing` are blanks; categories of fewer than `min_rows` rows are grouped.
    pub(super) fn new(counts: &[TextCount<'_>], missing: &[String], min_rows: u64) -> (Self, Vec<Note>) {
        let mut notes = Vec::new();
        let mut labels: FxHashMap<String, Option<String>> = FxHashMap::default();
        let mut groups: BTreeMap<String, Vec<&TextCount<'_>>> = BTreeMap::new();
        for count in counts {
            if missing.iter().any(|missing| missing == count.text) {
                labels.insert(count.text.to_owned(), None);
            } else {
                groups.entry(key(count.text)).or_default().push(count);
            }
        }
        merge_truths(&mut groups);
        let mut merged: Vec<String> = Vec::new();
        let mut rare: Vec<(&str, u64)> = Vec::new();
        let mut members: Vec<(&str, Vec<&TextCount<'_>>)> = Vec::new();
        for group in groups.into_values() {
            // The most frequent spelling; of equally frequent ones, the first in byte order.
            let Some(label) =
                group.iter().min_by_key(|count| (u64::MAX - count.rows, count.text)).map(|count| count.text)
            else {
                continue;
            };
            if group.len() > 1 {
                let others = group.iter().filter(|count| count.text != label);
                let spellings: Vec<String> =
                    others.map(|count| format!("\"{}\"", count.text)).take(MAX_LISTED).collect();
                merged.push(format!("{} as \"{label}\"", spellings.join(", ")));
            }
            let rows = group.iter().map(|count| count.rows).sum();
            if rows < min_rows {
                rare.push((label, rows));
            }
            members.push((label, group));
        }
        if !merged.is_empty() {
            let more = merged.len().saturating_sub(MAX_LISTED);
            let listed = merged[..merged.len().min(MAX_LISTED)].join("; ");
            let more = if more > 0 { format!("; and {more} more") } else { String::new() };
            let text = format!("spellings are read as one: {listed}{more}");
            notes
                .push(Note::new("spellings-merged", &[], text).published_as("spellings of a category are read as one"));
        }
        let n_rare: u64 = rare.iter().map(|(_, rows)| rows).sum();
        // Even together they may be too few to be listed.
        let another = (n_rare >= min_rows).then(|| ANOTHER.to_owned());
        if !rare.is_empty() {
            let named: Vec<String> = rare.iter().take(MAX_LISTED).map(|(label, _)| format!("\"{label}\"")).collect();
            let more = rare.len().saturating_sub(MAX_LISTED);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let what = if another.is_some() { "read as \"another value\"" } else { "taken for \"no value\"" };
            let text = format!(
                "{}{more} stand in fewer than {min_rows} rows and are {what} (--categorical keeps them)",
                named.join(", ")
            );
            let note = Note::new("rare-categories", &[("n", &rare.len())], text);
            let published = format!("{} categories of fewer than {min_rows} rows are {what}", rare.len());
            notes.push(note.published_as(published));
        }
        for (label, group) in members {
            let is_rare = rare.iter().any(|(rare, _)| *rare == label);
            let stands_for = if is_rare { another.clone() } else { Some(label.to_owned()) };
            for count in group {
                if stands_for.as_deref() != Some(count.text) {
                    labels.insert(count.text.to_owned(), stands_for.clone());
                }
            }
        }
        (Self { labels }, notes)
    }

    /// The category of a text of the column; `None` for a blank.
    #[must_use]
    pub fn label<'a>(&'a self, text: &'a str) -> Option<&'a str> {
        self.labels.get(text).map_or(Some(text), Option::as_deref)
    }
}

/// If all texts are booleans, in more than one spelling, they are merged into two categories.
fn merge_truths(groups: &mut BTreeMap<String, Vec<&TextCount<'_>>>) {
    let truths: Vec<Option<bool>> = groups.keys().map(|key| truth(key)).collect();
    let has_both = truths.contains(&Some(true)) && truths.contains(&Some(false));
    if groups.len() < 3 || !has_both || truths.contains(&None) {
        return;
    }
    let mut merged: BTreeMap<String, Vec<&TextCount<'_>>> = BTreeMap::new();
    for (key, group) in std::mem::take(groups) {
        let key = if truth(&key) == Some(true) { "yes" } else { "no" };
        merged.entry(key.to_owned()).or_default().extend(group);
    }
    *groups = merged;
}

/// Finds the category of any spelling among the categories of a trained column.
#[derive(Debug, Clone)]
pub struct CategoryMatcher {
    /// `None` if two categories share a key: only their exact spellings distinguish them.
    codes: FxHashMap<String, Option<u32>>,
    /// The codes of yes and no, if these are the categories.
    truths: Option<[u32; 2]>,
    another: Option<u32>,
}

impl CategoryMatcher {
    /// For a column's categories in the order of their codes.
    #[must_use]
    pub fn new(values: &[String]) -> Self {
        let mut codes: FxHashMap<String, Option<u32>> = FxHashMap::default();
        for (code, value) in (0..).zip(values) {
            codes.entry(key(value)).and_modify(|known| *known = None).or_insert(Some(code));
        }
        let truths: Vec<Option<bool>> = values.iter().map(|value| truth(&key(value))).collect();
        let truths = match truths[..] {
            [Some(false), Some(true)] => Some([1, 0]),
            [Some(true), Some(false)] => Some([0, 1]),
            _ => None,
        };
        let another = (0..).zip(values).find(|(_, value)| *value == ANOTHER).map(|(code, _)| code);
        Self { codes, truths, another }
    }

    /// The code of a text that is not exactly a category's label; `None` if it is not another spelling of any.
    #[must_use]
    pub fn code(&self, text: &str) -> Option<u32> {
        let key = key(text);
        if let Some(code) = self.codes.get(&key) {
            return *code;
        }
        let [yes, no] = self.truths?;
        truth(&key).map(|is_true| if is_true { yes } else { no })
    }

    /// The code of the group of rare categories, if the column has one.
    #[must_use]
    pub fn another(&self) -> Option<u32> {
        self.another
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decide(texts: &[(&str, u64)], min_rows: u64) -> (Vec<String>, Vec<String>) {
        let counts: Vec<TextCount<'_>> =
            texts.iter().map(|(text, rows)| TextCount { text, line: 2, rows: *rows }).collect();
        let (categories, notes) = Categories::new(&counts, &[], min_rows);
        let labels = texts.iter().map(|(text, _)| categories.label(text).unwrap_or("").to_owned()).collect();
        (labels, notes.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn spellings_are_merged_into_the_most_frequent_and_that_is_said() {
        let (labels, notes) =
            decide(&[("male", 9), ("Male", 2), ("MALE", 1), ("female", 5), ("group  B", 1), ("group B", 3)], 0);
        assert_eq!(labels, ["male", "male", "male", "female", "group B", "group B"]);
        assert!(notes[0].contains("\"Male\"") && notes[0].contains("as \"male\""), "{notes:?}");
        let (labels, notes) = decide(&[("a", 1), ("á", 1), ("none", 3)], 0);
        assert_eq!((labels, notes.len()), (vec!["a".into(), "á".into(), "none".into()], 0));
    }

    #[test]
    fn mixed_spellings_of_yes_and_no_are_two_categories() {
        let (labels, _) = decide(&[("TRUE", 5), ("false", 5), ("yes", 2), ("0", 1)], 0);
        assert_eq!(labels, ["TRUE", "false", "TRUE", "false"]);
        // An ambiguous letter is not a boolean if other texts are not.
        let (labels, _) = decide(&[("f", 5), ("m", 5), ("n", 2)], 0);
        assert_eq!(labels, ["f", "m", "n"]);
    }

    #[test]
    fn rare_categories_are_another_value_or_none() {
        let (labels, notes) = decide(&[("a", 50), ("b", 6), ("c", 5)], 10);
        assert_eq!(labels, ["a", ANOTHER, ANOTHER]);
        assert!(notes[0].contains("fewer than 10 rows"), "{notes:?}");
        assert_eq!(decide(&[("a", 50), ("b", 6)], 10).0, ["a", ""]);
    }

    #[test]
    fn prediction_finds_the_category_of_any_spelling() {
        let values = |texts: &[&str]| texts.iter().map(ToString::to_string).collect::<Vec<_>>();
        let matcher = CategoryMatcher::new(&values(&["female", "male"]));
        assert_eq!((matcher.code("Male"), matcher.code(" FEMALE "), matcher.code("other")), (Some(1), Some(0), None));
        let matcher = CategoryMatcher::new(&values(&["1", "2"]));
        assert_eq!((matcher.code("1.0"), matcher.code("01")), (Some(0), None));
        let matcher = CategoryMatcher::new(&values(&["no", "yes"]));
        assert_eq!((matcher.code("TRUE"), matcher.code("0")), (Some(1), Some(0)));
        let matcher = CategoryMatcher::new(&values(&["A", "a"]));
        assert_eq!(matcher.code("a"), None);
    }
}
