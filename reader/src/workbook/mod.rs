//! From a workbook's bytes to the text of one sheet.

mod cells;
mod rows;

use std::io::Cursor;
use std::sync::Arc;

#[cfg(not(target_family = "wasm"))]
use calamine::Xls;
use calamine::{Ods, Reader, SheetType, SheetVisible, Xlsb, Xlsx, XlsxError};
use thiserror::Error;

use self::cells::{is_percent, text_of, text_of_ref};
use self::rows::Rows;
use crate::names::same_name;

/// Maximum length of a text: JavaScript engines have no longer strings.
const MAX_BYTES: usize = 400 << 20;
/// The header is searched for in this many rows of a sheet.
const MAX_HEADER_ROW: usize = 30;

type Input = Cursor<Arc<[u8]>>;

/// A sheet of a workbook.
#[derive(Debug)]
pub(crate) struct Sheet {
    /// The sheet's name.
    pub(crate) name: String,
    /// Its cells, separated by commas; line `n` is the sheet's row `n`.
    pub(crate) csv: String,
}

/// Why a workbook can't be read.
#[derive(Debug, Error)]
pub(crate) enum WorkbookError {
    /// Not a workbook, or a damaged one.
    #[error("it is a zip file or workbook that can't be opened: {0}; save the sheet as CSV (UTF-8)")]
    Unreadable(#[from] calamine::Error),
    /// An old format that only our other programs read.
    #[cfg(target_family = "wasm")]
    #[error("it is an old Excel file (.xls) or one with a password; save it without a password as .xlsx or CSV")]
    Old,
    /// No sheet has a cell.
    #[error("it is a workbook of which no visible sheet has any cell")]
    Empty,
    /// There is no sheet with the name of `--sheet`.
    #[error("the workbook has no sheet \"{name}\"; it has: {}", known.join(", "))]
    NoSuchSheet {
        /// The requested name.
        name: String,
        /// The existing names.
        known: Vec<String>,
    },
    /// Small files can decompress to any size.
    #[error("sheet \"{name}\" unfolds to more than {} MB of text", MAX_BYTES >> 20)]
    TooLarge {
        /// The sheet's name.
        name: String,
    },
}

impl From<XlsxError> for WorkbookError {
    fn from(error: XlsxError) -> Self {
        Self::Unreadable(error.into())
    }
}

/// The requested sheet, else the visible one whose header has most of the `wanted` names, else the first one that has
/// any cell.
pub(crate) fn read(bytes: Vec<u8>, asked_for: Option<&str>, wanted: &[String]) -> Result<Sheet, WorkbookError> {
    let choice = Choice { asked_for, wanted };
    let is_old = bytes.starts_with(b"\xd0\xcf\x11\xe0");
    let input = Input::new(bytes.into());
    if is_old {
        return read_old(input, &choice);
    }
    // The kind of a zip file is known only from its contents.
    match Xlsx::new(input.clone()) {
        Ok(mut workbook) => choice.read(&mut workbook, text_of_sheet),
        Err(problem) => {
            if let Ok(mut workbook) = Xlsb::new(input.clone()) {
                return choice.read(&mut workbook, text_of_range);
            }
            match Ods::new(input) {
                Ok(mut workbook) => choice.read(&mut workbook, text_of_range),
                Err(_) => Err(problem.into()),
            }
        }
    }
}

/// A workbook in Excel's format before 2007.
#[cfg(not(target_family = "wasm"))]
fn read_old(input: Input, choice: &Choice<'_>) -> Result<Sheet, WorkbookError> {
    let mut workbook = Xls::new(input).map_err(calamine::Error::from)?;
    choice.read(&mut workbook, text_of_range)
}

/// In browsers, the code for such files would be too large for their use.
#[cfg(target_family = "wasm")]
fn read_old(_: Input, _: &Choice<'_>) -> Result<Sheet, WorkbookError> {
    Err(WorkbookError::Old)
}

/// Selects the sheet of a workbook.
struct Choice<'a> {
    asked_for: Option<&'a str>,
    wanted: &'a [String],
}

impl Choice<'_> {
    fn read<W: Reader<Input>>(
        &self,
        workbook: &mut W,
        text_of: impl Fn(&mut W, &str) -> Result<String, WorkbookError>,
    ) -> Result<Sheet, WorkbookError> {
        let is_shown = |sheet: &&calamine::Sheet| {
            sheet.typ == SheetType::WorkSheet && (sheet.visible == SheetVisible::Visible || self.asked_for.is_some())
        };
        let mut names: Vec<String> =
            workbook.sheets_metadata().iter().filter(is_shown).map(|sheet| sheet.name.clone()).collect();
        if let Some(asked_for) = self.asked_for {
            let name =
                names.iter().find(|name| *name == asked_for).or_else(|| names.iter().find(|n| same_name(n, asked_for)));
            let Some(name) = name.cloned() else {
                return Err(WorkbookError::NoSuchSheet { name: asked_for.to_owned(), known: names });
            };
            names = vec![name];
        }
        let mut best: Option<(usize, Sheet)> = None;
        for name in names {
            let csv = text_of(workbook, &name)?;
            let n_wanted = self.wanted.iter().filter(|wanted| has_name(&csv, wanted)).count();
            if !csv.is_empty() && best.as_ref().is_none_or(|(most, _)| n_wanted > *most) {
                best = Some((n_wanted, Sheet { name, csv }));
            }
            if best.as_ref().is_some_and(|(most, _)| *most == self.wanted.len()) {
                break;
            }
        }
        best.map(|(_, sheet)| sheet).ok_or(WorkbookError::Empty)
    }
}

/// Whether a cell near the top is this name.
fn has_name(csv: &str, name: &str) -> bool {
    csv.lines().take(MAX_HEADER_ROW).any(|line| line.split(',').any(|cell| same_name(cell.trim_matches('"'), name)))
}

/// The sheet of a workbook that is loaded as a whole.
fn text_of_range<W: Reader<Input>>(workbook: &mut W, name: &str) -> Result<String, WorkbookError>
where
    calamine::Error: From<W::Error>,
{
    let range = workbook.worksheet_range(name).map_err(calamine::Error::from)?;
    let mut rows = Rows::default();
    let Some((first_row, first_column)) = range.start() else { return Ok(String::new()) };
    (0..first_row).for_each(|_| rows.end());
    for cells in range.rows() {
        for (column, cell) in cells.iter().enumerate() {
            let text = text_of(cell);
            if !text.is_empty() {
                rows.push(column + first_column as usize, &text);
            }
        }
        rows.end();
        if rows.text.len() > MAX_BYTES {
            return Err(WorkbookError::TooLarge { name: name.to_owned() });
        }
    }
    if rows.text.is_empty() {
        return Ok(String::new());
    }
    rows.padded().ok_or_else(|| WorkbookError::TooLarge { name: name.to_owned() })
}

/// The sheet as CSV, read cell by cell: a single cell far down does not allocate a table of blanks.
fn text_of_sheet(workbook: &mut Xlsx<Input>, name: &str) -> Result<String, WorkbookError> {
    let mut cells = workbook.worksheet_cells_reader(name)?;
    let too_large = || WorkbookError::TooLarge { name: name.to_owned() };
    let mut rows = Rows::default();
    let mut row = 0;
    let are_percents: Vec<bool> = cells.styles().iter().map(is_percent).collect();
    while let Some((cell, style)) = cells.next_cell_with_style_id()? {
        let is_percent = are_percents.get(style).copied().unwrap_or(false);
        let text = text_of_ref(cell.get_value(), is_percent);
        if text.is_empty() {
            continue;
        }
        let (cell_row, column) = cell.get_position();
        while row < cell_row {
            rows.end();
            row += 1;
        }
        rows.push(column as usize, &text);
        if rows.text.len() > MAX_BYTES {
            return Err(too_large());
        }
    }
    if rows.text.is_empty() {
        return Ok(String::new());
    }
    rows.end();
    rows.padded().ok_or_else(too_large)
}

#[cfg(test)]
mod tests {
    use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

    use super::*;

    fn read_text(workbook: &mut Workbook) -> String {
        read(workbook.save_to_buffer().unwrap(), None, &[]).unwrap().csv
    }

    #[test]
    fn cells_of_every_kind_become_text_in_their_places() {
        let mut workbook = Workbook::new();
        let date = Format::new().set_num_format("yyyy-mm-dd");
        let sheet = workbook.add_worksheet();
        for (column, name) in (0..).zip(["name", "score", "lunch", "day", "late"]) {
            sheet.write(0, column, name).unwrap();
        }
        sheet.write(1, 0, "Ada, \"A\"").unwrap();
        sheet.write(1, 1, 72).unwrap();
        sheet.write(1, 2, "two\nlines").unwrap();
        sheet.write_with_format(1, 3, ExcelDateTime::from_ymd(2026, 3, 1).unwrap(), &date).unwrap();
        sheet.write(1, 4, true).unwrap();
        // Row 3 is blank; the first and the last cells of row 4 are missing.
        sheet.write(3, 1, 74.5).unwrap();
        assert_eq!(
            read_text(&mut workbook),
            "name,score,lunch,day,late\n\"Ada, \"\"A\"\"\",72,\"two lines\",2026-03-01,TRUE\n\n,74.5,,,\n"
        );
    }

    #[test]
    fn percents_times_and_durations_are_as_they_are_shown() {
        let mut workbook = Workbook::new();
        let format = |code: &str| Format::new().set_num_format(code);
        let sheet = workbook.add_worksheet();
        sheet.write_with_format(0, 0, 0.29, &format("0.0%")).unwrap();
        sheet.write_with_format(0, 1, 0.0625, &format("[h]:mm:ss")).unwrap();
        sheet.write_with_format(0, 2, 0.5, &format("hh:mm")).unwrap();
        sheet.write_with_format(0, 3, 1.125, &format("[h]:mm")).unwrap();
        sheet.write_with_format(0, 4, 0.5, &format("0.00\" %\"")).unwrap();
        assert_eq!(read_text(&mut workbook), "29%,1:30:00,12:00:00,27:00:00,0.5\n");
    }

    #[test]
    fn rows_are_as_wide_as_the_widest_and_blank_ones_stay_empty_lines() {
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet();
        sheet.write(2, 1, "a").unwrap();
        sheet.write(2, 2, "b").unwrap();
        sheet.write(3, 4, 5).unwrap();
        assert_eq!(read_text(&mut workbook), "\n\n,a,b,,\n,,,,5\n");
    }

    #[test]
    fn a_few_cells_that_unfold_to_too_much_are_refused() {
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet();
        for row in 0..40_000 {
            sheet.write(row, 0, 1).unwrap();
        }
        sheet.write(0, 16_383, "far").unwrap();
        let error = read(workbook.save_to_buffer().unwrap(), None, &[]).unwrap_err();
        assert!(matches!(error, WorkbookError::TooLarge { .. }), "{error}");
    }

    #[test]
    fn the_first_visible_sheet_with_cells_is_read() {
        let mut workbook = Workbook::new();
        workbook.add_worksheet().set_name("empty").unwrap();
        let hidden = workbook.add_worksheet().set_name("hidden").unwrap();
        hidden.write(0, 0, "no").unwrap();
        hidden.set_hidden(true);
        workbook.add_worksheet().set_name("class 7b").unwrap().write(0, 0, "yes").unwrap();
        let sheet = read(workbook.save_to_buffer().unwrap(), None, &[]).unwrap();
        assert_eq!((sheet.name.as_str(), sheet.csv.as_str()), ("class 7b", "yes\n"));
    }

    #[test]
    fn what_is_no_workbook_or_an_empty_one_is_said() {
        let empty = Workbook::new().save_to_buffer().unwrap();
        assert!(matches!(read(empty, None, &[]).unwrap_err(), WorkbookError::Unreadable(_) | WorkbookError::Empty));
        let mut workbook = Workbook::new();
        workbook.add_worksheet().write(0, 0, "a").unwrap();
        let whole = workbook.save_to_buffer().unwrap();
        for length in [0, 4, whole.len() / 2, whole.len() - 1] {
            assert!(
                matches!(read(whole[..length].to_vec(), None, &[]).unwrap_err(), WorkbookError::Unreadable(_)),
                "{length}"
            );
        }
    }
}
