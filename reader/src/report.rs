//! The reading report: what was decided for a file and for each of its columns.

use std::fmt;

use crate::note::Note;

/// What was decided about a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadingReport {
    /// About the file as a whole.
    pub notes: Vec<Note>,
    /// About each column, in the file's order.
    pub columns: Vec<ColumnReading>,
}

/// What was decided about a column.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ColumnReading {
    /// Its name.
    pub name: String,
    /// Its kind: `numbers`, `categories`, `dates`, `left out`, `target` or `weights`.
    pub kind: &'static str,
    /// How many rows have a value.
    pub n_values: usize,
    /// How many rows have none.
    pub n_blanks: usize,
    /// How many different values there are.
    pub n_distinct: usize,
    /// The first of them.
    pub example: String,
    /// What changed the meaning of cells, or decides about the column.
    pub notes: Vec<Note>,
}

impl ReadingReport {
    /// All notes, those about columns with the column's name.
    #[must_use]
    pub fn all_notes(&self) -> Vec<String> {
        let of_column = |column: &ColumnReading| {
            let name = column.name.clone();
            column.notes.iter().map(move |note| format!("column \"{name}\": {note}")).collect::<Vec<_>>()
        };
        // A cell may contain line ends and terminal control characters.
        let plain = |note: String| -> String {
            note.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
        };
        self.notes.iter().map(ToString::to_string).chain(self.columns.iter().flat_map(of_column)).map(plain).collect()
    }
}

impl fmt::Display for ReadingReport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cut = |text: &str, most: usize| {
            let text: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
            if text.chars().count() > most { text.chars().take(most - 1).chain(['…']).collect() } else { text }
        };
        let width = self.columns.iter().map(|column| column.name.chars().count()).max().unwrap_or(0).clamp(6, 30);
        writeln!(
            formatter,
            "{:width$}  {:<10} {:>8} {:>7} {:>9}  example",
            "column", "read as", "values", "blanks", "different"
        )?;
        for column in &self.columns {
            let ColumnReading { name, kind, n_values, n_blanks, n_distinct, example, .. } = column;
            writeln!(
                formatter,
                "{:width$}  {kind:<10} {n_values:>8} {n_blanks:>7} {n_distinct:>9}  {}",
                cut(name, width),
                cut(example, 24)
            )?;
        }
        Ok(())
    }
}
