//! Parquet and Arrow IPC files as text, batch by batch: later stages read the same table from any file format.

mod arrow;
mod parquet;

use std::io::{self, Read};

use model_core::Date;

pub(crate) use self::arrow::ArrowRows;
pub(crate) use self::parquet::ParquetRows;

const SECONDS_A_DAY: i64 = 86_400;

/// Rows that are read in batches as text.
pub(crate) trait Rows {
    /// The names of the columns without nested ones.
    fn names(&self) -> Vec<String>;

    /// Appends the text of the next rows; `false` at the end.
    ///
    /// # Errors
    /// What is wrong with the file.
    fn push_next(&mut self, text: &mut String) -> Result<bool, String>;
}

/// The text of a file's rows, generated while it is read.
pub(crate) struct Text<R> {
    rows: R,
    text: String,
    at: usize,
}

impl<R: Rows> Text<R> {
    pub(crate) fn new(rows: R) -> Self {
        let mut text = String::new();
        push_row(&mut text, rows.names().iter().map(String::as_str));
        Self { rows, text, at: 0 }
    }
}

impl<R: Rows> Read for Text<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at == self.text.len() {
            self.text.clear();
            self.at = 0;
            if !self.rows.push_next(&mut self.text).map_err(io::Error::other)? {
                return Ok(0);
            }
        }
        let rest = &self.text.as_bytes()[self.at..];
        let n_read = rest.len().min(buffer.len());
        buffer[..n_read].copy_from_slice(&rest[..n_read]);
        self.at += n_read;
        Ok(n_read)
    }
}

/// A line of cells, quoted where necessary; line ends become spaces, so that each line is a row.
fn push_row<'a>(text: &mut String, cells: impl Iterator<Item = &'a str>) {
    let start = text.len();
    for (idx, cell) in cells.enumerate() {
        if idx > 0 {
            text.push(',');
        }
        if !cell.contains([',', '"', '\n', '\r']) {
            text.push_str(cell);
            continue;
        }
        text.push('"');
        for letter in cell.chars() {
            match letter {
                '"' => text.push_str("\"\""),
                '\n' | '\r' => text.push(' '),
                other => text.push(other),
            }
        }
        text.push('"');
    }
    // A blank line would not be read as a row.
    if text.len() == start {
        text.push_str("\"\"");
    }
    text.push('\n');
}

fn text_of_bool(is_true: bool) -> String {
    String::from(if is_true { "TRUE" } else { "FALSE" })
}

/// A decimal of `units`, the last `scale` digits of which are the fraction.
fn text_of_decimal(units: i128, scale: u32) -> String {
    let digits = format!("{:0>width$}", units.unsigned_abs(), width = scale as usize + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale as usize);
    let fraction = fraction.trim_end_matches('0');
    let sign = if units < 0 { "-" } else { "" };
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

/// A date, as days since 1970.
fn text_of_day(day: i64) -> String {
    i32::try_from(day).ok().and_then(Date::from_number).map_or_else(|| day.to_string(), |date| date.to_string())
}

/// A timestamp since 1970, in units of which a second has `a_second`.
fn text_of_moment(count: i64, a_second: i64) -> String {
    let seconds = count.div_euclid(a_second);
    let day = text_of_day(seconds.div_euclid(SECONDS_A_DAY));
    match seconds.rem_euclid(SECONDS_A_DAY) {
        0 => day,
        rest => format!("{day} {}", text_of_time(rest)),
    }
}

/// A time of day in seconds.
fn text_of_time(seconds: i64) -> String {
    format!("{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_as_people_write_them() {
        assert_eq!(
            [text_of_decimal(-1205, 2), text_of_decimal(5, 3), text_of_decimal(700, 2)],
            ["-12.05", "0.005", "7"]
        );
        assert_eq!(text_of_moment(1_709_251_200_000, 1_000), "2024-03-01");
        assert_eq!(text_of_moment(-1, 1_000_000_000), "1969-12-31 23:59:59");
        let mut text = String::new();
        push_row(&mut text, ["a,b", "say \"hi\"", "", "two\nlines"].into_iter());
        push_row(&mut text, [""].into_iter());
        assert_eq!(text, "\"a,b\",\"say \"\"hi\"\"\",,\"two lines\"\n\"\"\n");
    }
}
