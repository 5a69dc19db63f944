//! A note on how a file was read, as a sentence, and as a code with figures for programs that translate it.

use std::fmt;

/// A note on one decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The kind of decision, such as `header-row`.
    pub code: &'static str,
    /// The values for the placeholders of a translated sentence.
    pub figures: Vec<(&'static str, String)>,
    text: String,
    published: Option<String>,
}

impl Note {
    /// `text` is the sentence; `figures` are the values in it. It may quote cells, and is not published.
    #[must_use]
    pub fn new(code: &'static str, figures: &[(&'static str, &dyn fmt::Display)], text: String) -> Self {
        let figures = figures.iter().map(|(name, figure)| (*name, figure.to_string())).collect();
        Self { code, figures, text, published: None }
    }

    /// A note whose sentence quotes no cell.
    #[must_use]
    pub fn public(self) -> Self {
        Self { published: Some(self.text.clone()), ..self }
    }

    /// Replaces the public sentence, which must quote no cell.
    #[must_use]
    pub fn published_as(self, text: impl Into<String>) -> Self {
        Self { published: Some(text.into()), ..self }
    }

    /// The sentence that may be published: it contains no record's cell.
    #[must_use]
    pub fn published(&self) -> Option<&str> {
        self.published.as_deref()
    }
}

impl fmt::Display for Note {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}
