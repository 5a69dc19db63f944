//! Unicode compatibility forms.
//!
//! Their tables take 50 kB that hardly compress. In a browser, the feature `js-text` uses the browser's implementation,
//! which differs at most in characters that Unicode added within the last year.

/// NFKC: compatibility forms replaced and characters composed.
pub(crate) fn usual(text: &str) -> String {
    if text.is_ascii() { text.to_owned() } else { forms::usual(text) }
}

/// NFKD without accents and other marks.
pub(crate) fn without_marks(text: &str) -> String {
    if text.is_ascii() { text.to_owned() } else { forms::without_marks(text) }
}

#[cfg(not(all(target_family = "wasm", feature = "js-text")))]
mod forms {
    use unicode_normalization::UnicodeNormalization;
    use unicode_normalization::char::is_combining_mark;

    pub(super) fn usual(text: &str) -> String {
        text.nfkc().collect()
    }

    pub(super) fn without_marks(text: &str) -> String {
        text.nfkd().filter(|letter| !is_combining_mark(*letter)).collect()
    }
}

#[cfg(all(target_family = "wasm", feature = "js-text"))]
mod forms {
    use js_sys::{JsString, RegExp};

    pub(super) fn usual(text: &str) -> String {
        JsString::from(text).normalize("NFKC").into()
    }

    pub(super) fn without_marks(text: &str) -> String {
        JsString::from(text).normalize("NFKD").replace_by_pattern(&RegExp::new("\\p{M}", "gu"), "").into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_and_marks_make_no_difference() {
        assert_eq!((usual("ｃａｆｅ\u{301}"), without_marks("Élève ﬁ")), ("café".into(), "Eleve fi".into()));
    }
}
