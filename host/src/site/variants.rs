//! The compressed forms of a site's files, made when the site is built.
//!
//! Why a list of digests: nothing in a `web.js.br` identifies the `web.js` it was made from, and most ways of copying
//! lose modification times. The file `.variants` holds both digests of each pair; a pair that does not match is not
//! served.
//!
//! One pair a line: SHA-256 of the file, SHA-256 of the compressed form, name of the compressed form.

use std::collections::HashMap;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

/// The name of the list, at the site's root.
pub const LIST: &str = ".variants";

/// A content coding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    /// Brotli (RFC 7932).
    Brotli,
    /// Zstandard (RFC 8878).
    Zstd,
    /// Gzip (RFC 1952).
    Gzip,
}

impl Coding {
    /// All of them, in the usual order of size, smallest first.
    pub const ALL: [Self; 3] = [Self::Brotli, Self::Zstd, Self::Gzip];

    /// The codings that `scorecast-host prepare` uses. No known client accepts Zstandard but not Brotli, which is
    /// smaller; a folder may still contain Zstandard.
    pub const MADE: [Self; 2] = [Self::Brotli, Self::Gzip];

    /// The suffix of a compressed form's name, including the dot.
    #[must_use]
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::Brotli => ".br",
            Self::Zstd => ".zst",
            Self::Gzip => ".gz",
        }
    }

    /// The name in `Content-Encoding`.
    #[must_use]
    pub const fn token(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Zstd => "zstd",
            Self::Gzip => "gzip",
        }
    }
}

/// The SHA-256 of `bytes` in hexadecimal digits.
#[must_use]
pub fn digest(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}

/// The line of the list for the form `name` of a file.
#[must_use]
pub fn line(file: &[u8], variant: &[u8], name: &str) -> String {
    format!("{} {} {name}\n", digest(file), digest(variant))
}

/// The parsed list: name of a compressed form → digests of the file and of the form.
pub(crate) type List<'a> = HashMap<&'a str, (&'a str, &'a str)>;

/// Parses a list; malformed lines are skipped.
pub(crate) fn parse(list: &str) -> List<'_> {
    let parse_line = |line| {
        let mut parts = str::splitn(line, 3, ' ');
        let (of_file, of_form) = (parts.next()?, parts.next()?);
        Some((parts.next()?, (of_file, of_form)))
    };
    list.lines().filter_map(parse_line).collect()
}

/// The name of the file whose compressed form `name` would be.
pub(crate) fn plain_name(name: &str) -> Option<&str> {
    Coding::ALL.iter().find_map(|coding| name.strip_suffix(coding.suffix()))
}
