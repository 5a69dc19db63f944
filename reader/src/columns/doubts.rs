//! Numbers that may be something else: a hint for a person, who alone can know.

use super::builder::TextCount;
use super::number_format::NumberFormat;
use crate::names::fold_name;

/// What is numbered rather than measured, as the last word of a name: `school` and `home_room`, but not `class_size`.
const NUMBERED: [&str; 14] = [
    "school", "class", "room", "group", "teacher", "district", "region", "code", "zip", "postcode", "schule", "klasse",
    "ecole", "escuela",
];
/// Parts of names of days.
const DAYS: [&str; 9] = ["date", "day", "birth", "dob", "datum", "fecha", "naissance", "geburt", "enrol"];
/// Excel's numbers of the days from 1954 to 2064.
const EXCEL_DAYS: std::ops::RangeInclusive<f64> = 20_000.0..=60_000.0;

/// What a column of numbers may be instead, by its name and its numbers.
pub(super) fn of_numbers(name: &str, counts: &[TextCount<'_>], format: &NumberFormat) -> Option<String> {
    let numbers = || counts.iter().filter_map(|count| format.number(count.text));
    let last_word = fold_name(name.rsplit(|letter: char| !letter.is_alphanumeric()).next().unwrap_or_default());
    let name = fold_name(name);
    let says = |parts: &[&str]| parts.iter().any(|part| name.contains(part));
    if counts.len() < 3 || numbers().any(|number| number.fract() != 0.0) {
        return None;
    }
    if says(&DAYS) && numbers().all(|number| EXCEL_DAYS.contains(&number)) {
        return Some(
            "its numbers may be days as Excel counts them; they are read as amounts (--drop leaves them out)".into(),
        );
    }
    (NUMBERED.contains(&last_word.as_str()) && numbers().all(|number| number >= 0.0))
        .then(|| "its numbers may be codes; they are read as amounts (--categorical reads them as categories)".into())
}
