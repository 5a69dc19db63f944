//! Detects the encoding of a text from its bytes.
//!
//! ASCII is the same in UTF-8 and in Windows-1252, so the decision is made at the first byte beyond it, however late:
//! one pass is enough.

use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};

/// The encoding of a file's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, ASCII included.
    Utf8,
    /// UTF-8 with a byte order mark.
    Utf8Bom,
    /// UTF-16, little-endian.
    Utf16Le,
    /// UTF-16, big-endian.
    Utf16Be,
    /// The encoding of Windows programs in Western Europe and America; a superset of Latin-1.
    Windows1252,
}

impl Encoding {
    /// Its display name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf8Bom => "UTF-8 with a byte order mark",
            Self::Utf16Le | Self::Utf16Be => "UTF-16",
            Self::Windows1252 => "Windows-1252",
        }
    }

    /// `text` in this encoding, without a byte order mark; characters that it lacks become question marks.
    #[must_use]
    pub fn encode(self, text: &str) -> Vec<u8> {
        match self {
            Self::Utf8 | Self::Utf8Bom => text.as_bytes().to_vec(),
            Self::Utf16Le => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            Self::Utf16Be => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            Self::Windows1252 => {
                let mut buffer = [0; 4];
                let letter = |letter: char| match WINDOWS_1252.encode(letter.encode_utf8(&mut buffer)) {
                    (bytes, _, false) => bytes.into_owned(),
                    _ => vec![b'?'],
                };
                text.chars().flat_map(letter).collect()
            }
        }
    }

    /// The byte order mark of a file in this encoding.
    #[must_use]
    pub fn mark(self) -> &'static [u8] {
        match self {
            Self::Utf8 | Self::Windows1252 => b"",
            Self::Utf8Bom => b"\xef\xbb\xbf",
            Self::Utf16Le => b"\xff\xfe",
            Self::Utf16Be => b"\xfe\xff",
        }
    }
}

/// Bytes that are rare in Windows-1252 text: five are unassigned, ÿ and þ are frequent in other kinds of files.
const HARDLY_LETTERS: [u8; 7] = [0x81, 0x8d, 0x8f, 0x90, 0x9d, 0xfe, 0xff];

pub(super) enum Decoder {
    /// Only ASCII so far.
    Undecided,
    Utf8 {
        has_mark: bool,
    },
    Windows1252,
    Utf16 {
        encoding: Encoding,
        decoder: Box<encoding_rs::Decoder>,
    },
    #[cfg_attr(not(feature = "workbook"), expect(dead_code, reason = "no workbook is read without the feature"))]
    Workbook {
        sheet: String,
    },
}

impl Decoder {
    pub(super) fn detect(head: &[u8]) -> Self {
        let utf_16 = |encoding| {
            let decoder = if encoding == Encoding::Utf16Le { UTF_16LE } else { UTF_16BE };
            Self::Utf16 { encoding, decoder: Box::new(decoder.new_decoder_with_bom_removal()) }
        };
        if head.starts_with(Encoding::Utf8Bom.mark()) {
            return Self::Utf8 { has_mark: true };
        }
        for encoding in [Encoding::Utf16Le, Encoding::Utf16Be] {
            if head.starts_with(encoding.mark()) {
                return utf_16(encoding);
            }
        }
        // Without a mark: every other byte of mostly ASCII text is zero.
        let zeros = |offset: usize| head.iter().skip(offset).step_by(2).filter(|byte| **byte == 0).count();
        let n_pairs = head.len() / 2;
        match (zeros(0), zeros(1)) {
            (high, 0) if n_pairs > 1 && 2 * high > n_pairs => utf_16(Encoding::Utf16Be),
            (0, high) if n_pairs > 1 && 2 * high > n_pairs => utf_16(Encoding::Utf16Le),
            _ => Self::Undecided,
        }
    }

    #[cfg(feature = "workbook")]
    pub(super) fn workbook(sheet: String) -> Self {
        Self::Workbook { sheet }
    }

    pub(super) fn sheet(&self) -> Option<&str> {
        if let Self::Workbook { sheet } = self { Some(sheet) } else { None }
    }

    pub(super) fn encoding(&self) -> Encoding {
        match self {
            Self::Undecided | Self::Utf8 { has_mark: false } | Self::Workbook { .. } => Encoding::Utf8,
            Self::Utf8 { has_mark: true } => Encoding::Utf8Bom,
            Self::Windows1252 => Encoding::Windows1252,
            Self::Utf16 { encoding, .. } => *encoding,
        }
    }

    /// Converts the bytes from `start` on to UTF-8. Invalid bytes of a UTF-8 file are kept: the parser reports them
    /// with their cell.
    pub(super) fn decode(&mut self, bytes: &mut Vec<u8>, start: usize, is_end: bool) {
        if matches!(self, Self::Undecided) && !bytes[start..].is_ascii() {
            *self = if is_windows_1252(&bytes[start..]) { Self::Windows1252 } else { Self::Utf8 { has_mark: false } };
        }
        match self {
            Self::Undecided | Self::Utf8 { .. } | Self::Workbook { .. } => {}
            Self::Windows1252 => {
                if !bytes[start..].is_ascii() {
                    let text = WINDOWS_1252.decode_without_bom_handling(&bytes[start..]).0.into_owned();
                    bytes.truncate(start);
                    bytes.extend_from_slice(text.as_bytes());
                }
            }
            Self::Utf16 { decoder, .. } => {
                let raw = bytes.split_off(start);
                let most = decoder.max_utf8_buffer_length(raw.len()).unwrap_or(4 * raw.len() + 16);
                bytes.resize(start + most, 0);
                let (_, _, n_written, _) = decoder.decode_to_utf8(&raw, &mut bytes[start..], is_end);
                bytes.truncate(start + n_written);
            }
        }
    }
}

/// Whether the non-ASCII bytes in `bytes` look like single characters rather than UTF-8 sequences.
fn is_windows_1252(bytes: &[u8]) -> bool {
    let (mut n_sequences, mut n_invalid, mut n_odd) = (0, 0, 0);
    let mut at = 0;
    for chunk in bytes.utf8_chunks() {
        n_sequences += chunk.valid().chars().filter(|letter| !letter.is_ascii()).count();
        at += chunk.valid().len() + chunk.invalid().len();
        // A sequence may be cut at the end of the bytes read so far.
        let is_cut = at == bytes.len() && std::str::from_utf8(chunk.invalid()).is_err_and(|e| e.error_len().is_none());
        if !chunk.invalid().is_empty() && !is_cut {
            n_invalid += 1;
            n_odd += usize::from(chunk.invalid().iter().any(|byte| HARDLY_LETTERS.contains(byte)));
        }
    }
    n_invalid > n_sequences && 2 * n_odd < n_invalid
}
