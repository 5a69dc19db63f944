//! Numeric columns that may be something else: a hint, since only a person can know.

use super::builder::TextCount;
use super::number_format::NumberFormat;
use crate::names::fold_name;
use crate::note::Note;

/// Last words of names of things that are numbered rather than measured: `school` and `home_room`, but not
/// `class_size`.
const NUMBERED: [&str; 14] = [
    "school", "class", "room", "group", "teacher", "district", "region", "code", "zip", "postcode", "schule", "klasse",
    "ecole", "escuela",
];

/// What a numeric column may be instead, judging by its name and its numbers.
pub(super) fn of_numbers(name: &str, counts: &[TextCount<'_>], format: &NumberFormat) -> Option<Note> {
    let numbers = || counts.iter().filter_map(|count| format.number(count.text));
    let last_word = fold_name(name.rsplit(|letter: char| !letter.is_alphanumeric()).next().unwrap_or_default());
    if counts.len() < 3 || numbers().any(|number| number.fract() != 0.0) {
        return None;
    }
    (NUMBERED.contains(&last_word.as_str()) && numbers().all(|number| number >= 0.0)).then(|| {
        let text = "its numbers may be codes; they are read as amounts (--categorical reads them as categories)";
        Note::new("codes-perhaps", &[], text.into()).public()
    })
}
