//! How the file was read: decisions that affect the meaning of cells, in sentences that quote none of them.

use maud::{Markup, html};
use reader::{ColumnReading, Note};

use super::Findings;
use crate::judge::groups::MIN_GROUP;
use crate::report::html::table::{Cell, Table};
use crate::report::html::text::{MAX_TEXT, shortened};
use crate::report::html::{grouped, hint};

/// The number of distinct values of a column reveals nothing about individuals, except if there are few rows.
pub(super) fn section(findings: &Findings<'_>) -> Markup {
    let reading = &findings.table.reading;
    let mut table = Table::new(&["Column", "Read as", "Values", "Blanks", "Notes"]);
    for ColumnReading { name, kind, n_values, n_blanks, notes, .. } in &reading.columns {
        let blanks = if (1..MIN_GROUP).contains(n_blanks) { format!("under {MIN_GROUP}") } else { grouped(*n_blanks) };
        table.row(vec![
            Cell::text(findings.label(name)),
            Cell::text(*kind),
            Cell::number(grouped(*n_values)),
            Cell::number(blanks),
            Cell::text(published(notes).collect::<Vec<_>>().join("; ")),
        ]);
    }
    html! {
        @for note in published(&reading.notes) { p { (shortened(note, MAX_TEXT)) } }
        @if table.is_empty() {
            (hint("The records were not read from a file."))
        } @else {
            (table.render())
        }
    }
}

fn published(notes: &[Note]) -> impl Iterator<Item = &str> {
    notes.iter().filter_map(Note::published)
}
