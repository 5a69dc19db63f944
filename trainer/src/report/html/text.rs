//! Text from data on a page: limited in length, and without control over the direction of surrounding text.
//!
//! maud does the escaping; this module handles the remaining effects of escaped text.

use std::borrow::Cow;

/// The maximal length of a name.
pub const MAX_NAME: usize = 80;
/// The maximal length of a cell, caption or alternative.
pub const MAX_TEXT: usize = 400;

/// The text, or its beginning with an ellipsis.
#[must_use]
pub fn shortened(text: &str, max_chars: usize) -> Cow<'_, str> {
    match text.char_indices().nth(max_chars) {
        None => Cow::Borrowed(text),
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
    }
}

/// The page without invisible characters that reorder text (Unicode TR9) or are forbidden in documents.
pub(super) fn cleaned(page: String) -> String {
    let is_bad = |char: char| {
        matches!(char, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
            || (char.is_control() && !matches!(char, '\n' | '\t'))
    };
    if page.contains(is_bad) { page.replace(is_bad, "\u{fffd}") } else { page }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_cut_between_letters_and_directions_are_not_obeyed() {
        assert_eq!(shortened("äöü", 3), "äöü");
        assert_eq!(shortened("äöüß", 3), "äöü…");
        assert_eq!(cleaned("a\u{202e}b\u{0}c\nd".into()), "a\u{fffd}b\u{fffd}c\nd");
    }
}
