//! The page that contains figures and tables.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::text::{MAX_TEXT, cleaned, shortened};

/// The page's styles, in a separate file for the sake of editors.
const STYLE: &str = include_str!("document.css");

/// A page under construction.
#[derive(Debug)]
pub struct Document {
    title: String,
    lead: String,
    sections: Vec<(String, Markup)>,
}

impl Document {
    /// A page with a heading and a sentence below it.
    #[must_use]
    pub fn new(title: &str, lead: &str) -> Self {
        Self { title: shortened(title, MAX_TEXT).into(), lead: lead.to_owned(), sections: Vec::new() }
    }

    /// Adds a section with a heading.
    pub fn section(&mut self, heading: &str, content: Markup) {
        self.sections.push((heading.to_owned(), content));
    }

    /// The whole file.
    #[must_use]
    pub fn render(&self) -> String {
        let page = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    // Nothing may be fetched, even if a browser found something to fetch.
                    meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:";
                    meta name="color-scheme" content="light dark";
                    title { (self.title) }
                    style { (PreEscaped(STYLE)) }
                }
                body {
                    header {
                        h1 { (self.title) }
                        p { (self.lead) }
                        @if self.sections.len() > 2 {
                            nav aria-label="Sections" {
                                ul {
                                    @for (idx, (heading, _)) in self.sections.iter().enumerate() {
                                        li { a href=(format!("#s{idx}")) { (heading) } }
                                    }
                                }
                            }
                        }
                    }
                    main {
                        @for (idx, (heading, content)) in self.sections.iter().enumerate() {
                            section id=(format!("s{idx}")) aria-labelledby=(format!("h{idx}")) {
                                h2 id=(format!("h{idx}")) { (heading) }
                                (content)
                            }
                        }
                    }
                }
            }
        };
        cleaned(page.into_string() + "\n")
    }
}

/// A prominent paragraph.
#[must_use]
pub fn caution(text: &str) -> Markup {
    html! { p.caution { (shortened(text, MAX_TEXT)) } }
}

/// A paragraph in small print.
#[must_use]
pub fn hint(text: &str) -> Markup {
    html! { p.hint { (shortened(text, MAX_TEXT)) } }
}
