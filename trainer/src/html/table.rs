//! Plain tables: the first column names the row, the others may be numbers.

use maud::{Markup, html};

use super::text::{MAX_NAME, MAX_TEXT, shortened};

/// A table that is being put together.
#[derive(Debug)]
pub struct Table {
    head: Vec<String>,
    caption: Option<String>,
    rows: Vec<Vec<Cell>>,
}

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Text, to the left.
    Text(String),
    /// A number already written out, to the right.
    Number(String),
    /// A number from −1 to 1 with a tint of that strength.
    Heat(f64, String),
}

impl Cell {
    /// Text, to the left.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(shortened(&text.into(), MAX_TEXT).into())
    }

    /// A number already written out, to the right.
    pub fn number(text: impl Into<String>) -> Self {
        Self::Number(shortened(&text.into(), MAX_NAME).into())
    }
}

impl Table {
    /// A table with these headings.
    #[must_use]
    pub fn new(head: &[&str]) -> Self {
        Self {
            head: head.iter().map(|heading| shortened(heading, MAX_NAME).into()).collect(),
            caption: None,
            rows: Vec::new(),
        }
    }

    /// With a sentence above it.
    #[must_use]
    pub fn caption(mut self, caption: &str) -> Self {
        self.caption = Some(shortened(caption, MAX_TEXT).into());
        self
    }

    /// Adds a row; its first cell names it.
    pub fn row(&mut self, cells: Vec<Cell>) {
        self.rows.push(cells);
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The markup. A wide table scrolls by itself, also with the keyboard.
    #[must_use]
    pub fn render(&self) -> Markup {
        let is_number =
            |place: usize| self.rows.iter().any(|row| !matches!(row.get(place), None | Some(Cell::Text(_))));
        let label = self.caption.as_deref().unwrap_or("Table");
        html! {
            div.scroll role="region" aria-label=(label) tabindex="0" {
                table {
                    @if let Some(caption) = &self.caption { caption { (caption) } }
                    thead {
                        tr {
                            @for (place, heading) in self.head.iter().enumerate() {
                                th scope="col" class=[is_number(place).then_some("number")] { (heading) }
                            }
                        }
                    }
                    tbody {
                        @for row in &self.rows {
                            tr {
                                @for (place, cell) in row.iter().enumerate() {
                                    @if place == 0 { th scope="row" { (cell.content()) } } @else { (cell.markup()) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

impl Cell {
    fn content(&self) -> &str {
        match self {
            Self::Text(text) | Self::Number(text) | Self::Heat(_, text) => text,
        }
    }

    fn markup(&self) -> Markup {
        match self {
            Self::Text(text) => html! { td { (text) } },
            Self::Number(text) => html! { td.number { (text) } },
            Self::Heat(strength, text) => {
                let color = if *strength < 0.0 { "var(--down)" } else { "var(--accent)" };
                let percent = (strength.abs().min(1.0) * 55.0).round();
                html! { td.number style=(format!("background:color-mix(in srgb,{color} {percent}%,transparent)")) { (text) } }
            }
        }
    }
}
