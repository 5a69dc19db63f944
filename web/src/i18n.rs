//! The texts of the page in the visitor's language, and its number formats.
//!
//! Each language is one file in `static/texts`, of which a visit loads one. A text may have placeholders such as `{n}`;
//! counted things have one text for the singular (`….one`) and one for all other numbers (`….other`).
//!
//! The language is in the context of the panels: several elements on one page may have different languages. Panels are
//! rebuilt when it changes, so that they can read their texts once.

use std::sync::Arc;

use leptos::prelude::*;
use serde_json::{Map, Value as Json};

use crate::format;

/// The texts of one language by key, and its locale for numbers.
#[derive(Debug, Default)]
pub(crate) struct Language {
    texts: Map<String, Json>,
    locale: Option<String>,
}

impl Language {
    /// Reads an object of texts by key; numbers are formatted for `locale`, or for the browser's if it is `None`.
    pub(crate) fn read(json: &str, locale: Option<String>) -> Arc<Self> {
        if let Ok(Json::Object(texts)) = model_core::parse_json(json) {
            return Arc::new(Self { texts, locale });
        }
        tracing::error!("the texts are not an object of texts");
        Arc::default()
    }
}

/// The language of the panels.
#[derive(Clone, Copy)]
pub(crate) struct I18n(StoredValue<Arc<Language>>);

/// The language that [`provide_i18n`] has put into the context.
pub(crate) fn use_i18n() -> I18n {
    expect_context()
}

/// Puts a language into the context.
pub(crate) fn provide_i18n(language: Arc<Language>) -> I18n {
    let i18n = I18n(StoredValue::new(language));
    provide_context(i18n);
    i18n
}

impl I18n {
    /// The text with this key.
    pub(crate) fn text(self, key: &str) -> String {
        // A missing key is displayed itself; a test finds it first.
        self.known(key).unwrap_or_else(|| key.to_owned())
    }

    /// The text with this key, if there is one.
    pub(crate) fn known(self, key: &str) -> Option<String> {
        self.0.with_value(|language| language.texts.get(key).and_then(Json::as_str).map(str::to_owned))
    }

    /// The text with this key, its placeholders filled in.
    pub(crate) fn fill(self, key: &str, values: &[(&str, &str)]) -> String {
        let template = self.text(key);
        let mut filled = String::with_capacity(template.len());
        for part in parts(&template) {
            filled.push_str(match part {
                Part::Words(words) => words,
                Part::Placeholder(name) => {
                    values.iter().find(|(placeholder, _)| *placeholder == name).map_or("", |(_, value)| value)
                }
            });
        }
        filled
    }

    /// Like [`I18n::fill`], for a view: the values of the placeholders in `bold` are emphasised.
    pub(crate) fn fill_view(self, key: &str, values: &[(&str, &str)], bold: &[&str]) -> AnyView {
        let template = self.text(key);
        let view = |part| match part {
            Part::Words(words) => words.to_owned().into_any(),
            Part::Placeholder(name) => {
                let value = values
                    .iter()
                    .find(|(placeholder, _)| *placeholder == name)
                    .map_or("", |(_, value)| value)
                    .to_owned();
                if bold.contains(&name) { view! { <b>{value}</b> }.into_any() } else { value.into_any() }
            }
        };
        parts(&template).map(view).collect_view().into_any()
    }

    /// The text for `n` of something, in the singular for one.
    pub(crate) fn counted(self, n: usize, key: &str) -> String {
        let number = if n == 1 { "one" } else { "other" };
        self.fill(&format!("{key}.{number}"), &[("n", &self.count(n))])
    }

    /// A list in a sentence: "a", "a and b", "a, b and c".
    pub(crate) fn list(self, items: &[String]) -> String {
        match items {
            [] => String::new(),
            [only] => only.clone(),
            [others @ .., last] => format!("{} {} {last}", others.join(", "), self.text("and")),
        }
    }

    /// See [`format::number`].
    pub(crate) fn number(self, value: f64, decimals: usize) -> String {
        self.0.with_value(|language| format::number(value, decimals, language.locale.as_deref()))
    }

    /// See [`format::signed`].
    pub(crate) fn signed(self, value: f64, decimals: usize) -> String {
        self.0.with_value(|language| format::signed(value, decimals, language.locale.as_deref()))
    }

    /// See [`format::shortest`].
    pub(crate) fn shortest(self, value: f64) -> String {
        self.0.with_value(|language| format::shortest(value, language.locale.as_deref()))
    }

    /// A count, with thousands separators.
    pub(crate) fn count(self, n: usize) -> String {
        self.number(n as f64, 0)
    }

    /// See [`format::day`].
    pub(crate) fn day(self, date: &str) -> String {
        self.0.with_value(|language| format::day(date, language.locale.as_deref()))
    }

    /// A percentage.
    pub(crate) fn percent(self, value: f64) -> String {
        self.fill("estimate.percent", &[("level", &self.number(value, 0))])
    }

    /// The text of a field for `text`, with the decimal sign of the language instead of a point.
    pub(crate) fn field_text(self, text: &str) -> String {
        if self.has_decimal_comma() { text.replace('.', ",") } else { text.to_owned() }
    }

    /// A typed number with a decimal point. A comma is taken for the decimal sign, unless it could be a thousands
    /// separator.
    pub(crate) fn number_text(self, typed: &str) -> String {
        match typed.trim().split_once(',') {
            Some((whole, decimals)) if self.has_decimal_comma() || decimals.len() != 3 => format!("{whole}.{decimals}"),
            _ => typed.to_owned(),
        }
    }

    fn has_decimal_comma(self) -> bool {
        self.number(0.5, 1).contains(',')
    }
}

/// A part of a text: literal text, or the name of a placeholder.
enum Part<'a> {
    Words(&'a str),
    Placeholder(&'a str),
}

/// Values may contain braces: only the template is parsed.
fn parts(template: &str) -> impl Iterator<Item = Part<'_>> {
    template
        .split('{')
        .enumerate()
        .flat_map(|(piece, text)| match text.split_once('}').filter(|_| piece > 0) {
            Some((name, words)) => [Some(Part::Placeholder(name)), Some(Part::Words(words))],
            None => [Some(Part::Words(text)), None],
        })
        .flatten()
}

/// English, for tests.
#[cfg(test)]
pub(crate) fn english() -> (Owner, I18n) {
    let owner = Owner::new();
    owner.set();
    let i18n = provide_i18n(Language::read(include_str!("../../static/texts/en.json"), None));
    (owner, i18n)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    /// The texts of the page, and those of "Train your own", which are loaded on demand.
    const ENGLISH: [&str; 2] =
        [include_str!("../../static/texts/en.json"), include_str!("../../static/train/texts/en.json")];
    const SPANISH: [&str; 2] =
        [include_str!("../../static/texts/es.json"), include_str!("../../static/train/texts/es.json")];

    fn read(files: [&str; 2]) -> Option<Map<String, Json>> {
        let mut all = Map::new();
        for json in files {
            let Json::Object(texts) = model_core::parse_json(json).ok()? else { return None };
            let n_before = all.len();
            let n = texts.len();
            all.extend(texts);
            assert_eq!(all.len(), n_before + n, "a key stands in both files");
        }
        Some(all)
    }

    fn placeholders(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(name, _)| name).collect()
    }

    #[test]
    fn both_languages_say_the_same_things_about_the_same_places() {
        let (english, spanish) = (read(ENGLISH).unwrap(), read(SPANISH).unwrap());
        assert_eq!(english.keys().collect::<Vec<_>>(), spanish.keys().collect::<Vec<_>>());
        for (key, text) in &english {
            let (text, other) = (text.as_str().unwrap(), spanish[key].as_str().unwrap());
            assert_eq!(placeholders(text), placeholders(other), "{key}");
            assert!(!other.is_empty(), "{key}");
        }
    }

    /// Quoted keys in source code: letters, dots and dashes with at least one dot inside.
    fn quoted_keys(source: &str) -> impl Iterator<Item = &str> {
        let is_key = |word: &&str| {
            word.contains('.')
                && word
                    .split('.')
                    .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'))
                && ![".js", ".json", ".css", ".csv", ".wasm", ".rs", ".html", ".toml"]
                    .iter()
                    .any(|end| word.ends_with(end))
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
        // Keys for families are built from the report's names.
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
        let owner = Owner::new();
        owner.set();
        let i18n = provide_i18n(Language::read(r#"{"x":"{a} of {b}.","and":"and"}"#, None));
        assert_eq!(i18n.list(&["a".into(), "b".into(), "c".into()]), "a, b and c");
        assert_eq!(i18n.fill("x", &[("a", "{b}"), ("b", "2")]), "{b} of 2.");
        assert_eq!(i18n.text("y"), "y");
    }

    #[test]
    fn a_comma_is_a_decimal_point_where_it_can_be_nothing_else() {
        let (_owner, i18n) = english();
        assert_eq!(i18n.number_text("72,5"), "72.5");
        assert_eq!(i18n.number_text("72.5"), "72.5");
        // Ambiguous: more than a thousand, or a little more than one.
        assert_eq!(i18n.number_text("1,234"), "1,234");
        assert_eq!(i18n.field_text("72.5"), "72.5");
    }
}
