//! The output of a file of estimates: text in the input's dialect, or a workbook.

use std::io::{self, Write};

use reader::{Decimal, Dialect, Encoding};

/// The format of the lines that a [`Sink`] receives.
#[derive(Debug, Clone, Copy)]
pub struct Written {
    /// The delimiter and the quotes.
    pub dialect: Dialect,
    /// The number of cells in a line.
    pub n_fields: usize,
    /// The decimal sign.
    pub decimal: Decimal,
    /// The input's encoding, as detected at its start.
    pub encoding: Encoding,
}

/// Receives lines of cells in the file's order.
pub trait Sink {
    /// Whether lines should be in the input's encoding; else they are UTF-8.
    fn is_encoded(&self) -> bool;

    /// Writes the header, including its line break.
    ///
    /// # Errors
    /// When writing fails.
    fn start(&mut self, written: Written, header: &[u8]) -> io::Result<()>;

    /// Writes lines, including their line breaks.
    ///
    /// # Errors
    /// When writing fails.
    fn lines(&mut self, lines: &[u8]) -> io::Result<()>;

    /// Finishes the output.
    ///
    /// # Errors
    /// When writing fails.
    fn end(&mut self) -> io::Result<()>;
}

/// Text, written immediately.
pub(super) struct Text<'a, W: Write + ?Sized>(pub(super) &'a mut W);

impl<W: Write + ?Sized> Sink for Text<'_, W> {
    fn is_encoded(&self) -> bool {
        true
    }

    fn start(&mut self, written: Written, header: &[u8]) -> io::Result<()> {
        self.0.write_all(written.encoding.mark())?;
        self.0.write_all(header)
    }

    fn lines(&mut self, lines: &[u8]) -> io::Result<()> {
        self.0.write_all(lines)
    }

    fn end(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
