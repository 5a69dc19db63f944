//! Plain tables: the first column names the row, the others may be numbers.

use maud::{Markup, html};

use super::text::{MAX_NAME, MAX_TEXT, shortened};

/// The maximal length of a heading: words are not broken, and one long name must not displace the other columns.
const MAX_HEADING: usize = 30;
/// Tables with up to this number of columns fit on a phone.
const NARROW: usize = 3;
/// Tables with more columns than this do not fit on a tablet.
const MANY: usize = 7;

/// A table under construction.
#[derive(Debug)]
pub struct Table {
    head: Vec<String>,
    caption: Option<String>,
    rows: Vec<Vec<Cell>>,
}

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Text, left-aligned.
    Text(String),
    /// A formatted number, right-aligned.
    Number(String),
    /// A number from −1 to 1 with a background tint of that strength.
    Heat(f64, String),
}

impl Cell {
    /// Text, left-aligned.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(shortened(&text.into(), MAX_TEXT).into())
    }

    /// A formatted number, right-aligned.
    pub fn number(text: impl Into<String>) -> Self {
        Self::Number(shortened(&text.into(), MAX_NAME).into())
    }
}

impl Table {
    /// A table with these headings.
    #[must_use]
    pub fn new(head: &[&str]) -> Self {
        Self {
            head: head.iter().map(|heading| shortened(heading, MAX_HEADING).into()).collect(),
            caption: None,
            rows: Vec::new(),
        }
    }

    /// Adds a sentence above the table.
    #[must_use]
    pub fn caption(mut self, caption: &str) -> Self {
        self.caption = Some(shortened(caption, MAX_TEXT).into());
        self
    }

    /// Adds a row of at most as many cells as there are headings; its first cell names it.
    pub fn row(&mut self, mut cells: Vec<Cell>) {
        cells.truncate(self.head.len());
        self.rows.push(cells);
    }

    /// Whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The markup. On a phone each row of a wide table becomes a block of labelled figures; on a tablet a wide table
    /// scrolls separately, also by keyboard.
    #[must_use]
    pub fn render(&self) -> Markup {
        let is_number =
            |column_idx: usize| self.rows.iter().any(|row| !matches!(row.get(column_idx), None | Some(Cell::Text(_))));
        let label = self.caption.as_deref().unwrap_or("Table");
        let table = html! {
            // Roles are explicit because browsers drop a table's implicit ones when its cells are styled as blocks.
            table role="table" {
                @if let Some(caption) = &self.caption { caption { (caption) } }
                thead role="rowgroup" {
                    tr role="row" {
                        @for (column_idx, heading) in self.head.iter().enumerate() {
                            th scope="col" role="columnheader" class=[is_number(column_idx).then_some("number")] { (heading) }
                        }
                    }
                }
                tbody role="rowgroup" {
                    @for row in &self.rows {
                        tr role="row" {
                            @for (column_idx, cell) in row.iter().enumerate() {
                                @if column_idx == 0 { th scope="row" role="rowheader" { (cell.content()) } } @else { (cell.markup(&self.head[column_idx])) }
                            }
                        }
                    }
                }
            }
        };
        match self.head.len() {
            ..=NARROW => html! { div.scroll { (table) } },
            n => html! { div.scroll.stack.many[n > MANY] role="region" aria-label=(label) tabindex="0" { (table) } },
        }
    }
}

impl Cell {
    fn content(&self) -> &str {
        match self {
            Self::Text(text) | Self::Number(text) | Self::Heat(_, text) => text,
        }
    }

    /// The cell under the heading `label`, which is repeated beside it on screens too narrow for headings.
    fn markup(&self, label: &str) -> Markup {
        match self {
            Self::Text(text) => html! { td role="cell" data-label=(label) { (text) } },
            Self::Number(text) => html! { td.number role="cell" data-label=(label) { (text) } },
            Self::Heat(strength, text) => {
                let color = if *strength < 0.0 { "var(--down)" } else { "var(--accent)" };
                let percent = (strength.abs().min(1.0) * 55.0).round();
                html! { td.number.heat role="cell" data-label=(label) style=(format!("background:color-mix(in srgb,{color} {percent}%,transparent)")) { (text) } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_tables_carry_their_headings_in_each_cell() {
        let markup = |head: &[&str]| {
            let mut table = Table::new(head).caption("<c>");
            table.row(head.iter().map(|_| Cell::number("1")).chain([Cell::number("2")]).collect());
            table.render().into_string()
        };
        let wide = markup(&["Group", "n", "a \"b\"", "d"]);
        assert!(wide.contains("role=\"region\" aria-label=\"&lt;c&gt;\" tabindex=\"0\""), "{wide}");
        assert!(wide.contains("<td class=\"number\" role=\"cell\" data-label=\"a &quot;b&quot;\">1</td>"), "{wide}");
        // A table that fits is no tab stop, and a cell without a heading is not shown.
        let narrow = markup(&["Group", "n"]);
        assert!(!narrow.contains("tabindex") && !narrow.contains(">2<"), "{narrow}");
    }
}
