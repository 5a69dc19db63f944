//! Errors in `scorecast.toml`, with their position and the nearest valid name.

use std::ops::Range;

use thiserror::Error;

/// An error in a configuration.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{file}:{line}:{column}: {problem}")]
pub struct ConfigError {
    file: String,
    line: usize,
    column: usize,
    problem: String,
}

impl ConfigError {
    /// An error at the bytes `span` of `text`, the content of `file`.
    #[must_use]
    pub fn at(file: &str, text: &str, span: Range<usize>, problem: String) -> Self {
        let before = text.get(..span.start).unwrap_or(text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Self { file: file.to_owned(), line, column, problem }
    }

    /// An unknown name, with the nearest known one.
    pub(super) fn unknown(file: &str, text: &str, span: Range<usize>, what: &str, name: &str, known: &[&str]) -> Self {
        Self::at(file, text, span, with_nearest(what, name, known))
    }

    /// The TOML parser's error; for an unknown key with the nearest known one.
    pub(super) fn from_toml(file: &str, text: &str, error: &toml::de::Error) -> Self {
        let (span, message) = (error.span().unwrap_or(0..0), error.message());
        // The format of serde's message: unknown field `a`, expected one of `b`, `c`
        if let Some(rest) = message.strip_prefix("unknown field ") {
            let names: Vec<&str> = rest.split('`').skip(1).step_by(2).collect();
            if let Some((name, known)) = names.split_first() {
                return Self::unknown(file, text, span, &format!("there is no key \"{name}\" here"), name, known);
            }
        }
        // The parser's message has several lines if it quotes the file.
        Self::at(file, text, span, message.lines().collect::<Vec<_>>().join(" "))
    }
}

/// `what`, with the known names and the nearest of them to `name`.
pub(super) fn with_nearest(what: &str, name: &str, known: &[&str]) -> String {
    let hint = nearest(name, known).map_or_else(|| ".".to_owned(), |near| format!("; did you mean \"{near}\"?"));
    format!("{what}{hint} Known here: {}", known.join(", "))
}

/// The known name nearest to `name`, if any is similar.
fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let like = |other: &&str| strsim::jaro_winkler(&name.to_lowercase(), &other.to_lowercase());
    known.iter().copied().max_by(|left, right| like(left).total_cmp(&like(right))).filter(|near| like(near) >= 0.8)
}
