//! Estimates as an Excel workbook: the input's table with its columns; numbers, percentages and dates are typed.

use std::io::{self, Write};

use model_core::{Date, parse_number};
use reader::{Block, Decimal, Encoding, RowSplitter, is_formula};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::sink::{Sink, Written};

/// The maximal number of rows of a sheet, including the header.
const MAX_ROWS: u32 = 1_048_576;
/// The maximal number of characters of a cell.
const MAX_LETTERS: usize = 32_767;

/// A workbook of one sheet.
pub struct WorkbookSink<'a> {
    output: &'a mut dyn Write,
    sheet: Worksheet,
    n_rows: u32,
    splitter: Option<(RowSplitter, Decimal)>,
    percent: Format,
    day: Format,
    bold: Format,
}

impl<'a> WorkbookSink<'a> {
    /// Written to `output` once it is complete.
    #[must_use]
    pub fn new(output: &'a mut dyn Write) -> Self {
        Self {
            output,
            sheet: Worksheet::new(),
            n_rows: 0,
            splitter: None,
            percent: Format::new().set_num_format("0.##%"),
            day: Format::new().set_num_format("yyyy-mm-dd"),
            bold: Format::new().set_bold(),
        }
    }

    fn push(&mut self, lines: &[u8]) -> io::Result<()> {
        let Some((splitter, decimal)) = self.splitter.clone() else { return Ok(()) };
        let block = Block { bytes: lines.to_vec(), line: 1, encoding: Encoding::Utf8 };
        let mut outcome = Ok(());
        let visited = splitter.each(&block, |row| {
            for field in 0..splitter.n_fields {
                if outcome.is_ok() {
                    outcome = self.write(field, &String::from_utf8_lossy(row.cell(field)), decimal);
                }
            }
            self.n_rows += 1;
        });
        outcome.map_err(io::Error::other)?;
        // The same rows were parsed successfully before.
        visited.map(|_| ()).map_err(|stray| io::Error::other(format!("a quote is left open in line {}", stray.line)))
    }

    fn write(&mut self, field: usize, text: &str, decimal: Decimal) -> Result<(), XlsxError> {
        if text.is_empty() {
            return Ok(());
        }
        if self.n_rows >= MAX_ROWS {
            return Err(XlsxError::RowColumnLimitError);
        }
        let (row, column) = (self.n_rows, u16::try_from(field).map_err(|_| XlsxError::RowColumnLimitError)?);
        let sheet = &mut self.sheet;
        if row == 0 {
            sheet.write_with_format(row, column, cut(text), &self.bold)?;
        } else if let Some(number) = number(text, decimal) {
            sheet.write(row, column, number)?;
        } else if let Some(percent) = text.strip_suffix('%').and_then(|percent| number(percent.trim_end(), decimal)) {
            sheet.write_with_format(row, column, percent / 100.0, &self.percent)?;
        } else if let Some((year, month, day)) = day(text) {
            sheet.write_with_format(row, column, ExcelDateTime::from_ymd(year, month, day)?, &self.day)?;
        } else {
            // The apostrophe that keeps a CSV cell from being evaluated as a formula is not needed in a text cell.
            let plain = text.strip_prefix('\'').filter(|rest| is_formula(rest.as_bytes())).unwrap_or(text);
            sheet.write_string(row, column, cut(plain))?;
        }
        Ok(())
    }
}

impl Sink for WorkbookSink<'_> {
    fn is_encoded(&self) -> bool {
        false
    }

    fn start(&mut self, written: Written, header: &[u8]) -> io::Result<()> {
        let Written { dialect, n_fields, decimal, .. } = written;
        let splitter = RowSplitter { dialect, n_fields, header: Vec::new(), comment: None };
        self.splitter = Some((splitter, decimal));
        self.push(header)
    }

    fn lines(&mut self, lines: &[u8]) -> io::Result<()> {
        self.push(lines)
    }

    fn end(&mut self) -> io::Result<()> {
        let mut workbook = Workbook::new();
        workbook.push_worksheet(std::mem::take(&mut self.sheet));
        let bytes = workbook.save_to_buffer().map_err(io::Error::other)?;
        self.output.write_all(&bytes)?;
        self.output.flush()
    }
}

/// A plain number; codes such as 007 are texts.
fn number(text: &str, decimal: Decimal) -> Option<f64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_code = digits.len() > 15 && !digits.contains(['.', ',', 'e', 'E'])
        || digits.len() > 1 && digits.starts_with('0') && digits.as_bytes()[1].is_ascii_digit();
    let is_plain = digits.bytes().all(|byte| byte.is_ascii_digit() || b".,eE+-".contains(&byte));
    if is_code || !is_plain {
        return None;
    }
    match decimal {
        Decimal::Point => parse_number(text),
        Decimal::Comma => parse_number(&text.replace(',', ".")).filter(|_| !text.contains('.')),
    }
}

/// A date within the range of spreadsheets.
fn day(text: &str) -> Option<(u16, u8, u8)> {
    let (year, month, day) = Date::parse(text)?.parts();
    let year = u16::try_from(year).ok().filter(|year| *year >= 1900)?;
    Some((year, u8::try_from(month).ok()?, u8::try_from(day).ok()?))
}

fn cut(text: &str) -> &str {
    text.char_indices().nth(MAX_LETTERS).map_or(text, |(end, _)| &text[..end])
}
