//! Cells that say "no value".

/// Words that stand for a blank among numbers; those that do everywhere are `model_core`'s.
const WORDS: [&str; 40] = [
    "?",
    "-",
    "--",
    "---",
    ".",
    "..",
    "...",
    "–",
    "—",
    "\\n",
    "#n/a",
    "#na",
    "#div/0!",
    "#value!",
    "#ref!",
    "#num!",
    "#name?",
    "#null!",
    "<na>",
    "<null>",
    "(null)",
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

/// Whether a text stands for "no value" in a column whose other cells are numbers.
#[must_use]
pub fn is_blank_word(text: &str) -> bool {
    let is_word = |text: &str| WORDS.contains(&text);
    model_core::is_missing(text) || (text.chars().count() <= 16 && is_word(&text.to_lowercase()))
}
