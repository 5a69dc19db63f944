//! The compressed forms of a site's files, made when the site is built.
//!
//! Why a list of digests beside them: a `web.js.br` says nothing about the `web.js` it was made of, and times of change
//! are lost or reordered by most ways of copying. The file `.variants` holds both digests of each pair; a pair that does
//! not match is not served. Then an edited file comes uncompressed, but never in yesterday's form.
//!
//! One pair a line: SHA-256 of the file, SHA-256 of the compressed form, name of the compressed form.

use std::{collections::HashMap, fmt::Write};

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
    /// All of them, the usually smallest first.
    pub const ALL: [Self; 3] = [Self::Brotli, Self::Zstd, Self::Gzip];

    /// What a compressed form's name ends with, dot included.
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
    let mut text = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// The line of the list for the form `name` of a file.
#[must_use]
pub fn line(file: &[u8], variant: &[u8], name: &str) -> String {
    format!("{} {} {name}\n", digest(file), digest(variant))
}

/// What a list promises: name of a compressed form → digests of the file and of the form. Lines that are not understood
/// promise nothing.
pub(crate) fn parse(list: &str) -> HashMap<&str, (&str, &str)> {
    let pair = |line: &'_ str| -> Option<(usize, usize)> {
        let first = line.find(' ')?;
        let second = first + 1 + line[first + 1..].find(' ')?;
        Some((first, second))
    };
    list.lines()
        .filter_map(|line| {
            let (first, second) = pair(line)?;
            Some((&line[second + 1..], (&line[..first], &line[first + 1..second])))
        })
        .collect()
}
