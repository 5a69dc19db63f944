//! From a file's bytes to UTF-8 text, piece by piece: compression, encodings, byte order marks.

mod compression;
mod encoding;
pub(crate) mod head;

pub use self::encoding::Encoding;

use std::io::{self, Read};

use self::encoding::Decoder;
use self::head::{HEAD_BYTES, is_workbook};
use crate::feed::Feed;
use crate::layout::ReadOptions;

/// A file's text, whatever its format.
pub(crate) struct Source<'r> {
    input: Box<dyn Read + Send + 'r>,
    decoder: Decoder,
    /// The name of the compression, if any.
    pub(crate) packed: Option<&'static str>,
    /// The file's format, if it is not text.
    pub(crate) format: Option<&'static str>,
    /// The source of the bytes, if they arrive in pieces.
    feed: Option<Feed>,
}

/// Why a file can't be read as text.
pub(crate) enum SourceError {
    Read(io::Error),
    /// The file's format, and what to do about it.
    NotText(String),
}

impl From<io::Error> for SourceError {
    fn from(error: io::Error) -> Self {
        Self::Read(error)
    }
}

impl<'r> Source<'r> {
    /// For bytes that arrive in pieces, of which there are enough to [open](Feed::can_open) them.
    pub(crate) fn of_feed(feed: &Feed, options: &ReadOptions) -> Result<Self, SourceError> {
        Ok(Self { feed: Some(feed.clone()), ..Self::open(feed.clone(), options)? })
    }

    pub(crate) fn open(input: impl Read + Send + 'r, options: &ReadOptions) -> Result<Self, SourceError> {
        let (head, input) = with_head(Box::new(input))?;
        let (head, input, packed) = match compression::unpack(&head, input)? {
            (input, Some(packed)) => {
                let (head, input) = with_head(input)?;
                (head, input, Some(packed))
            }
            (input, None) => (head, input, None),
        };
        if is_workbook(&head) {
            return Self::of_workbook(input, options);
        }
        if let Some(format) = columnar_format(&head) {
            return Self::of_columns(format, input, options);
        }
        if let Some(problem) = foreign_format(&head) {
            return Err(SourceError::NotText(problem.into()));
        }
        let decoder = Decoder::detect(&head);
        if decoder.encoding() == Encoding::Utf8 && is_binary(&head) {
            return Err(SourceError::NotText("it is a binary file; save the table as CSV (UTF-8)".into()));
        }
        Ok(Self { input, decoder, packed, format: None, feed: None })
    }

    #[cfg(feature = "columnar")]
    fn of_columns(
        format: &'static str,
        mut input: Box<dyn Read + Send + 'r>,
        options: &ReadOptions,
    ) -> Result<Self, SourceError> {
        use crate::columnar::{ArrowRows, ParquetRows, Text};
        let mut bytes = Vec::new();
        input.read_to_end(&mut bytes)?;
        let is_needed = |name: &str| {
            options
                .needed
                .as_ref()
                .is_none_or(|needed| needed.iter().any(|wanted| crate::names::same_name(name, wanted)))
        };
        let no_table = |problem: String| {
            SourceError::NotText(format!("it is {format} that can't be read ({problem}); write it again, or as CSV"))
        };
        let input: Box<dyn Read + Send + 'r> = if format == PARQUET {
            Box::new(Text::new(ParquetRows::open(bytes, is_needed).map_err(no_table)?))
        } else {
            Box::new(Text::new(ArrowRows::open(bytes, is_needed).map_err(no_table)?))
        };
        Ok(Self { input, decoder: Decoder::Undecided, packed: None, format: Some(format), feed: None })
    }

    #[cfg(not(feature = "columnar"))]
    fn of_columns(format: &'static str, _: Box<dyn Read + Send + 'r>, _: &ReadOptions) -> Result<Self, SourceError> {
        let problem =
            format!("it is {format}, which is not read here, but by the `scorecast` program; write the table as CSV");
        Err(SourceError::NotText(problem))
    }

    #[cfg(feature = "workbook")]
    fn of_workbook(mut input: Box<dyn Read + Send + 'r>, options: &ReadOptions) -> Result<Self, SourceError> {
        let mut bytes = Vec::new();
        input.read_to_end(&mut bytes)?;
        let sheet = crate::workbook::read(bytes, options.sheet.as_deref(), &options.wanted)
            .map_err(|error| SourceError::NotText(error.to_string()))?;
        let text = io::Cursor::new(sheet.csv.into_bytes());
        Ok(Self {
            input: Box::new(text),
            decoder: Decoder::workbook(sheet.name),
            packed: None,
            format: None,
            feed: None,
        })
    }

    #[cfg(not(feature = "workbook"))]
    fn of_workbook(_: Box<dyn Read + Send + 'r>, _: &ReadOptions) -> Result<Self, SourceError> {
        let problem = "it is a zip or Excel file, which this program was built without; save the sheet as CSV (UTF-8)";
        Err(SourceError::NotText(problem.into()))
    }

    /// Appends about `n_bytes` of text to `text`; `false` at the end. If fewer have arrived, nothing is appended and
    /// the error is [`io::ErrorKind::WouldBlock`]: the result doesn't depend on how the input was split into pieces.
    pub(crate) fn fill(&mut self, text: &mut Vec<u8>, n_bytes: usize) -> io::Result<bool> {
        if self.feed.as_ref().is_some_and(|feed| !feed.has(n_bytes)) {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let start = text.len();
        let n_read = (&mut self.input).take(n_bytes as u64).read_to_end(text)?;
        let is_end = n_read < n_bytes;
        self.decoder.decode(text, start, is_end);
        Ok(!is_end)
    }

    /// As far as it is known: Windows-1252 is detected at the first non-ASCII byte.
    pub(crate) fn encoding(&self) -> Encoding {
        self.decoder.encoding()
    }

    /// The sheet of the workbook that the text comes from.
    pub(crate) fn sheet(&self) -> Option<&str> {
        self.decoder.sheet()
    }
}

/// The first bytes of `input`, and an input that still includes them.
fn with_head<'r>(mut input: Box<dyn Read + Send + 'r>) -> io::Result<(Vec<u8>, Box<dyn Read + Send + 'r>)> {
    let mut head = Vec::new();
    (&mut input).take(HEAD_BYTES as u64).read_to_end(&mut head)?;
    Ok((head.clone(), Box::new(io::Cursor::new(head).chain(input))))
}

const PARQUET: &str = "a Parquet file";
const ARROW: &str = "an Arrow file";

/// The format of a columnar file.
fn columnar_format(head: &[u8]) -> Option<&'static str> {
    // An Arrow stream starts with a mark and the length of its schema; no text starts like this.
    let is_stream = head.starts_with(b"\xff\xff\xff\xff") && head.get(6..8) == Some(b"\0\0");
    match head {
        [b'P', b'A', b'R', b'1', ..] => Some(PARQUET),
        _ if head.starts_with(b"ARROW1") || is_stream => Some(ARROW),
        _ => None,
    }
}

fn foreign_format(head: &[u8]) -> Option<&'static str> {
    const FORMATS: [(&[u8], &str); 6] = [
        (b"$FL2", "it is an SPSS file, which is not read; save it as CSV there (with value labels)"),
        (b"$FL3", "it is an SPSS file, which is not read; save it as CSV there (with value labels)"),
        (b"<stata_dta>", "it is a Stata file, which is not read; export it as CSV there"),
        (b"%PDF", "it is a PDF document; export the table as CSV"),
        (b"SQLite format 3", "it is an SQLite database; export the table as CSV"),
        (b"BZh", "it is packed with bzip2; unpack it first (gzip and zstd are read as they are)"),
    ];
    const TEXTS: [(&[u8], &str); 6] = [
        (b"<!doctype html", HTML),
        (b"<html", HTML),
        (b"<table", HTML),
        (b"<?xml", "it is XML; save the table as CSV or as a workbook"),
        (b"{\"", "it is JSON; write the records as CSV"),
        (b"[{", "it is JSON; write the records as CSV"),
    ];
    let text = head.strip_prefix(Encoding::Utf8Bom.mark()).unwrap_or(head).trim_ascii_start();
    let is_it = |start: &[u8]| text.get(..start.len()).is_some_and(|text| text.eq_ignore_ascii_case(start));
    let binary = FORMATS.iter().find(|(start, _)| head.starts_with(start));
    binary.or_else(|| TEXTS.iter().find(|(start, _)| is_it(start))).map(|(_, problem)| *problem)
}

/// Some school software writes such files with the extension `.xls`.
const HTML: &str =
    "it is a web page (HTML), whatever its name ends in; open it in a spreadsheet and save it as CSV or .xlsx";

/// Whether more than a few bytes don't occur in text, ignoring padding at the end.
fn is_binary(head: &[u8]) -> bool {
    let length = head.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    let n_control = head[..length].iter().filter(|byte| **byte < 9 || (14..26).contains(*byte)).count();
    10 * n_control > length
}
