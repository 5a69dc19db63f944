//! The words of the page in the visitor's language.
//!
//! Each language is one file in `static/texts`, of which a visit loads one. A text may have places such as `{n}` that
//! are filled in; what is counted has one text for one (`….one`) and one for any other number (`….other`).
//!
//! Several elements on one page may speak several languages: what is kept for later, such as the paint of a panel, keeps
//! the [`language`] it was made in and runs [`in_language`].

use std::cell::RefCell;
use std::rc::Rc;

use serde_json::{Map, Value as Json};

use crate::format::count;

/// Texts by key, as they were read: a map of one's own would be compiled for the page anew.
type Texts = Map<String, Json>;

/// The words of one language, and by whose rules its numbers are written.
#[derive(Default)]
pub(crate) struct Language {
    texts: Texts,
    #[cfg_attr(not(target_arch = "wasm32"), allow(dead_code, reason = "only a browser has rules to choose from"))]
    locale: Option<String>,
}

thread_local! {
    static LANGUAGE: RefCell<Rc<Language>> = RefCell::new(Rc::new(initial()));
}

/// Words for tests; a visit brings its own.
#[cfg(test)]
fn initial() -> Language {
    Language { texts: read(include_str!("../../static/texts/en.json")).unwrap_or_default(), locale: None }
}

#[cfg(not(test))]
fn initial() -> Language {
    Language::default()
}

/// Speaks another language from now on: `json` is an object of texts by key.
pub(crate) fn use_texts(json: &str, locale: Option<String>) {
    if let Some(texts) = read(json) {
        LANGUAGE.set(Rc::new(Language { texts, locale }));
    } else {
        tracing::error!("the texts are not an object of texts");
    }
}

/// The language that is spoken.
pub(crate) fn language() -> Rc<Language> {
    LANGUAGE.with_borrow(Rc::clone)
}

/// Runs `act` in a language that was spoken before.
pub(crate) fn in_language(language: &Rc<Language>, act: &mut dyn FnMut()) {
    let outer = LANGUAGE.replace(Rc::clone(language));
    act();
    LANGUAGE.set(outer);
}

/// By whose rules numbers are written; the browser's own where it is none.
#[cfg(target_arch = "wasm32")]
pub(crate) fn locale() -> Option<String> {
    LANGUAGE.with_borrow(|language| language.locale.clone())
}

fn read(json: &str) -> Option<Texts> {
    if let Json::Object(texts) = model_core::parse_json(json).ok()? { Some(texts) } else { None }
}

/// The text with this key.
pub(crate) fn text(key: &str) -> String {
    // A key that is missing shows where it is missing; a test finds it first.
    LANGUAGE.with_borrow(|language| language.texts.get(key).and_then(Json::as_str).unwrap_or(key).to_owned())
}

/// The text with this key, its places filled in.
pub(crate) fn fill(key: &str, values: &[(&str, &str)]) -> String {
    let template = text(key);
    let mut filled = String::with_capacity(template.len());
    let mut rest = template.as_str();
    // What is filled in may itself hold braces: it is not looked at again.
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((name, others)) = after.split_once('}') else { break };
        filled.push_str(values.iter().find(|(place, _)| *place == name).map_or("", |(_, value)| value));
        rest = others;
    }
    filled + rest
}

/// The text for `n` of something, in the singular for one.
pub(crate) fn counted(n: usize, key: &str) -> String {
    let number = if n == 1 { "one" } else { "other" };
    fill(&format!("{key}.{number}"), &[("n", &count(n))])
}

/// A list in a sentence: "a", "a and b", "a, b and c".
pub(crate) fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [others @ .., last] => format!("{} {} {last}", others.join(", "), text("and")),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    const ENGLISH: &str = include_str!("../../static/texts/en.json");
    const SPANISH: &str = include_str!("../../static/texts/es.json");

    fn places(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(name, _)| name).collect()
    }

    #[test]
    fn both_languages_say_the_same_things_about_the_same_places() {
        let (english, spanish) = (read(ENGLISH).unwrap(), read(SPANISH).unwrap());
        assert_eq!(english.keys().collect::<Vec<_>>(), spanish.keys().collect::<Vec<_>>());
        for (key, text) in &english {
            let (text, other) = (text.as_str().unwrap(), spanish[key].as_str().unwrap());
            assert_eq!(places(text), places(other), "{key}");
            assert!(!other.is_empty(), "{key}");
        }
    }

    /// Keys as they stand in quotes in a source: letters, dots and dashes with a dot between.
    fn quoted_keys(source: &str) -> impl Iterator<Item = &str> {
        let is_key = |word: &&str| {
            word.contains('.')
                && word
                    .split('.')
                    .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'))
                && ![".js", ".json", ".css", ".csv", ".wasm", ".rs", ".html"].iter().any(|end| word.ends_with(end))
        };
        source.split(['"', '`', '\'']).map(|word| word.strip_suffix('\\').unwrap_or(word)).filter(is_key)
    }

    #[test]
    fn every_key_that_is_used_exists_and_every_text_is_used() {
        let english = read(ENGLISH).unwrap();
        let mut sources = String::new();
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut folders = vec![root.join("src"), root.join("element"), root.join("../static")];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|end| end == "rs" || end == "js") {
                    sources.push_str(&std::fs::read_to_string(path).unwrap());
                }
            }
        }
        sources.push_str(include_str!("../index.html"));
        let used: BTreeSet<&str> = quoted_keys(&sources).collect();
        let is_there = |key: &str| english.contains_key(key) || english.contains_key(&format!("{key}.one"));
        let missing: Vec<&&str> = used.iter().filter(|key| !is_there(key)).collect();
        assert!(missing.is_empty(), "not in the texts: {missing:?}");
        // Families' names are put together from the report's.
        for key in english.keys().filter(|key| !key.starts_with("family.")) {
            let counted = key.strip_suffix(".one").or_else(|| key.strip_suffix(".other")).unwrap_or(key);
            let plain = sources.contains(&format!("\"{key}\"")) || sources.contains(&format!("\"{counted}\""));
            assert!(plain, "no source uses {key}");
        }
    }

    #[test]
    fn the_document_says_in_english_what_the_texts_say() {
        let english = read(ENGLISH).unwrap();
        let document = include_str!("../index.html");
        let mut n = 0;
        for part in document.split("data-text=\"").skip(1) {
            let (key, rest) = part.split_once('"').unwrap();
            let said = rest.split_once('>').unwrap().1.split_once('<').unwrap().0;
            assert_eq!(english[key], said, "{key}");
            n += 1;
        }
        assert!(n > 5);
    }

    #[test]
    fn places_are_filled_in_and_what_fills_them_is_left_alone() {
        assert_eq!(list(&["a".into(), "b".into(), "c".into()]), "a, b and c");
        let outer = language();
        use_texts(r#"{"x":"{a} of {b}."}"#, None);
        assert_eq!(fill("x", &[("a", "{b}"), ("b", "2")]), "{b} of 2.");
        in_language(&outer, &mut || assert_eq!(text("and"), "and"));
        assert_eq!(text("x"), "{a} of {b}.");
        in_language(&outer, &mut || assert_eq!(text("x"), "x"));
    }
}
