//! Cells that mean "no value".

/// What programs write for "no value"; no category is called so.
const MARKS: [&str; 14] = [
    "\\n", "#n/a", "#na", "#div/0!", "#value!", "#ref!", "#num!", "#name?", "#null!", "<na>", "<null>", "(null)",
    "<n/a>", "#error!",
];
/// Words that mean a blank in a numeric column; those that do in any column are `model_core`'s.
const WORDS: [&str; 28] = [
    "?",
    "-",
    "--",
    "---",
    ".",
    "..",
    "...",
    "–",
    "—",
    "(blank)",
    "(none)",
    "none",
    "nil",
    "n.a.",
    "n. a.",
    "n.d.",
    "n/d",
    "nd",
    "k. a.",
    "k.a.",
    "k.a",
    "missing",
    "unknown",
    "not available",
    "not applicable",
    "null",
    "nan",
    "keine angabe",
];

/// Whether a text means "no value" in any column.
pub(crate) fn is_blank_mark(text: &str) -> bool {
    model_core::is_missing(text) || (text.len() <= 8 && MARKS.contains(&text.to_lowercase().as_str()))
}

/// Whether a text means "no value" in a column whose other cells are numbers.
#[must_use]
pub fn is_blank_word(text: &str) -> bool {
    let is_word = |text: &str| WORDS.contains(&text);
    is_blank_mark(text) || (text.chars().count() <= 16 && is_word(&text.to_lowercase()))
}
