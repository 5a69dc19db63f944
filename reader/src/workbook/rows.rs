//! Collects the cells of a sheet as text.

/// Collects rows of cells as text.
#[derive(Default)]
pub(super) struct Rows {
    /// The cells of all rows without line ends.
    pub(super) text: String,
    /// The number of cells of the current row.
    n_cells: usize,
    /// For each finished row, the end of its text and its number of cells.
    ends: Vec<(usize, usize)>,
}

impl Rows {
    pub(super) fn push(&mut self, column: usize, text: &str) {
        self.text.extend(std::iter::repeat_n(',', (column + 1).saturating_sub(self.n_cells.max(1))));
        push_cell(&mut self.text, text);
        self.n_cells = self.n_cells.max(column + 1);
    }

    pub(super) fn end(&mut self) {
        self.ends.push((self.text.len(), self.n_cells));
        self.n_cells = 0;
    }

    /// All rows padded to the widest, so that blanks at the end of a row are blank cells; a row without cells is an
    /// empty line. `None` if that would be too large.
    pub(super) fn padded(&self) -> Option<String> {
        let width = self.ends.iter().map(|(_, n_cells)| *n_cells).max().unwrap_or(0);
        let padding = |n_cells: usize| if n_cells == 0 { 0 } else { width - n_cells };
        let size = self.text.len() + self.ends.iter().map(|(_, n_cells)| padding(*n_cells) + 1).sum::<usize>();
        if size > super::MAX_BYTES {
            return None;
        }
        let mut csv = String::with_capacity(size);
        let mut from = 0;
        for &(end, n_cells) in &self.ends {
            csv.push_str(&self.text[from..end]);
            csv.extend(std::iter::repeat_n(',', padding(n_cells)));
            csv.push('\n');
            from = end;
        }
        Some(csv)
    }
}

/// Writes a cell as CSV. Line ends become spaces, so that each line is a row of the sheet.
fn push_cell(csv: &mut String, text: &str) {
    if text.contains([',', '"', '\n', '\r']) {
        csv.push('"');
        for letter in text.chars() {
            match letter {
                '"' => csv.push_str("\"\""),
                '\n' | '\r' => csv.push(' '),
                other => csv.push(other),
            }
        }
        csv.push('"');
    } else {
        csv.push_str(text);
    }
}
