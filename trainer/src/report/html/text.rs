//! Text from data on a page: never so long that it drowns the rest, never turning what stands beside it around.
//!
//! Escaping is maud's business; what is left here is what escaped text can still do.

use std::borrow::Cow;

/// The longest name that is written out.
pub const MAX_NAME: usize = 80;
/// The longest text of any cell, caption or alternative.
pub const MAX_TEXT: usize = 400;

/// The text, or its beginning and an ellipsis.
#[must_use]
pub fn shortened(text: &str, max_chars: usize) -> Cow<'_, str> {
    match text.char_indices().nth(max_chars) {
        None => Cow::Borrowed(text),
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
    }
}

/// A page without the invisible characters that reorder text (Unicode TR9) or that no document may hold.
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
