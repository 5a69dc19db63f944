//! Where a file of estimates goes: as text in the input's dialect, or into a workbook.

use std::io::{self, Write};

use reader::{Decimal, Dialect, Encoding};

/// How the lines that a [`Sink`] gets are written.
#[derive(Debug, Clone, Copy)]
pub struct Written {
    /// What parts cells.
    pub dialect: Dialect,
    /// How many cells a line has.
    pub n_fields: usize,
    /// The sign before fractions.
    pub decimal: Decimal,
    /// The input's encoding, as far as it is known at its start.
    pub encoding: Encoding,
}

/// Takes lines of cells in the file's order.
pub trait Sink {
    /// Whether lines are to be in the input's encoding; else they are UTF-8.
    fn is_encoded(&self) -> bool;

    /// Takes the header, with its line end.
    ///
    /// # Errors
    /// Writing failed.
    fn start(&mut self, written: Written, header: &[u8]) -> io::Result<()>;

    /// Takes lines with their line ends.
    ///
    /// # Errors
    /// Writing failed.
    fn lines(&mut self, lines: &[u8]) -> io::Result<()>;

    /// Nothing comes any more.
    ///
    /// # Errors
    /// Writing failed.
    fn end(&mut self) -> io::Result<()>;
}

/// Text, written as it comes.
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
