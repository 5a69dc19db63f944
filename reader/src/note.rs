//! What was decided to read a file, as a sentence for people and as a code with figures for programs that say it in
//! another language.

use std::fmt;

/// Something that was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Which kind of decision, such as `header-row`.
    pub code: &'static str,
    /// What it is about: the placeholders of a text that tells it.
    pub figures: Vec<(&'static str, String)>,
    text: String,
    published: Option<String>,
}

impl Note {
    /// `text` is the sentence; `figures` are what stands in it. It may quote cells, and is not to be published.
    #[must_use]
    pub fn new(code: &'static str, figures: &[(&'static str, &dyn fmt::Display)], text: String) -> Self {
        let figures = figures.iter().map(|(name, figure)| (*name, figure.to_string())).collect();
        Self { code, figures, text, published: None }
    }

    /// One whose sentence quotes no cell.
    #[must_use]
    pub fn public(self) -> Self {
        Self { published: Some(self.text.clone()), ..self }
    }

    /// With a sentence that quotes no cell.
    #[must_use]
    pub fn published_as(self, text: impl Into<String>) -> Self {
        Self { published: Some(text.into()), ..self }
    }

    /// The sentence that may be published: no record's cell stands in it.
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
