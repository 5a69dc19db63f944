//! Rows below a table that don't belong to it: totals, averages, footnotes, padding.

use super::Block;
use super::rows::RowSplitter;
use crate::cells::{fold_text, looks_numeric};
use crate::note::Note;

/// The number of rows at the end that are examined.
const MAX_ROWS: usize = 12;

/// First words of summary rows, folded.
const SUMMARY_WORDS: [&str; 34] = [
    "total",
    "totals",
    "grand total",
    "subtotal",
    "sum",
    "average",
    "averages",
    "avg",
    "mean",
    "median",
    "count",
    "min",
    "max",
    "minimum",
    "maximum",
    "std",
    "std dev",
    "class average",
    "class mean",
    "overall",
    "summe",
    "gesamt",
    "durchschnitt",
    "mittelwert",
    "anzahl",
    "moyenne",
    "somme",
    "media",
    "promedio",
    "suma",
    "totale",
    "somma",
    "totaal",
    "gemiddelde",
];

/// Removes NUL bytes and DOS's end-of-file mark from the end of a file; returns whether there were any.
pub(super) fn trim_padding(bytes: &mut Vec<u8>) -> bool {
    let length = bytes.iter().rposition(|byte| !b"\0\x1a".contains(byte)).map_or(0, |last| last + 1);
    let is_padded = length < bytes.len();
    bytes.truncate(length);
    is_padded
}

/// The last block without rows that don't belong to the table, and notes on these.
pub(super) fn trim(splitter: &RowSplitter, mut block: Block) -> (Block, Vec<Note>) {
    struct Found {
        start: usize,
        line: u64,
        is_summary: bool,
        is_note: bool,
        text: String,
    }
    let mut last: std::collections::VecDeque<Found> = std::collections::VecDeque::new();
    let visited = splitter.each(&block, |row| {
        let filled: Vec<usize> = (0..row.cells.len()).filter(|field| !row.cell(*field).is_empty()).collect();
        let first = String::from_utf8_lossy(filled.first().map_or(b"".as_slice(), |field| row.cell(*field)));
        let is_word = SUMMARY_WORDS.contains(&fold_text(first.trim_end_matches([':', '.'])).as_str());
        let is_long = first.contains([' ', ':', '*']) || first.chars().count() > 24;
        let is_alone = filled.len() == 1 && filled[0] == 0 && splitter.n_fields > 2 && !looks_numeric(&first);
        let has_number = filled.iter().skip(1).any(|field| looks_numeric(&String::from_utf8_lossy(row.cell(*field))));
        last.push_back(Found {
            start: row.start,
            line: row.line,
            is_summary: is_word && has_number,
            is_note: is_alone && (row.cells.len() == 1 || is_long),
            text: first.chars().take(40).collect(),
        });
        if last.len() > MAX_ROWS {
            last.pop_front();
        }
    });
    let mut notes = Vec::new();
    if visited.is_err() {
        return (block, notes);
    }
    let mut end = None;
    while let Some(row) = last.pop_back() {
        if !row.is_summary && !row.is_note {
            break;
        }
        let (code, what) =
            if row.is_summary { ("summary-row", "sums up those above") } else { ("footnote", "is a note") };
        let text = format!("line {} (\"{}\") {what} and is left out", row.line, row.text);
        let note = Note::new(code, &[("line", &row.line), ("text", &row.text)], text);
        notes.push(note.published_as(format!("line {} {what} and is left out", row.line)));
        end = Some(row.start);
    }
    block.bytes.truncate(end.unwrap_or(block.bytes.len()));
    notes.reverse();
    (block, notes)
}
