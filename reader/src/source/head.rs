//! Detection by a file's first bytes.

use super::compression::is_packed;

/// Enough bytes to detect a file's format.
pub(crate) const HEAD_BYTES: usize = 4_096;

/// Whether a file that starts like this can't be read in pieces.
pub(crate) fn is_read_as_a_whole(head: &[u8]) -> bool {
    is_workbook(head) || is_packed(head)
}

pub(super) fn is_workbook(head: &[u8]) -> bool {
    head.starts_with(b"PK\x03\x04") || head.starts_with(b"\xd0\xcf\x11\xe0")
}
