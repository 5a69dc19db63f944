//! What can be wrong with `scorecast.toml`, where, and what was probably meant.

use std::ops::Range;

use thiserror::Error;

/// Something wrong in a configuration.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{file}:{line}:{column}: {problem}")]
pub struct ConfigError {
    file: String,
    line: usize,
    column: usize,
    problem: String,
}

impl ConfigError {
    /// A problem with the bytes `span` of `text`, the content of `file`.
    #[must_use]
    pub fn at(file: &str, text: &str, span: Range<usize>, problem: String) -> Self {
        let before = text.get(..span.start).unwrap_or(text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Self { file: file.to_owned(), line, column, problem }
    }

    /// A name that isn't among those known, with the nearest of them.
    pub(super) fn unknown(file: &str, text: &str, span: Range<usize>, what: &str, name: &str, known: &[&str]) -> Self {
        Self::at(file, text, span, with_nearest(what, name, known))
    }

    /// What the TOML parser says, with the nearest known key where a key isn't known.
    pub(super) fn from_toml(file: &str, text: &str, error: &toml::de::Error) -> Self {
        let (span, message) = (error.span().unwrap_or(0..0), error.message());
        // serde says: unknown field `a`, expected one of `b`, `c`
        if let Some(rest) = message.strip_prefix("unknown field ") {
            let names: Vec<&str> = rest.split('`').skip(1).step_by(2).collect();
            if let Some((name, known)) = names.split_first() {
                return Self::unknown(file, text, span, &format!("there is no key \"{name}\" here"), name, known);
            }
        }
        // The parser's words come on several lines where they quote the file.
        Self::at(file, text, span, message.lines().collect::<Vec<_>>().join(" "))
    }
}

/// `what`, with the known names and the nearest of them to `name`.
pub(super) fn with_nearest(what: &str, name: &str, known: &[&str]) -> String {
    let hint = nearest(name, known).map_or_else(|| ".".to_owned(), |near| format!("; did you mean \"{near}\"?"));
    format!("{what}{hint} Known here: {}", known.join(", "))
}

/// The known name that is most like `name`, if one is at all.
fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let like = |other: &&str| strsim::jaro_winkler(&name.to_lowercase(), &other.to_lowercase());
    known.iter().copied().max_by(|left, right| like(left).total_cmp(&like(right))).filter(|near| like(near) >= 0.8)
}
