//! What a file's first bytes tell.

use super::compression::is_packed;

/// Enough to see what a file is.
pub(crate) const HEAD_BYTES: usize = 4_096;

/// Whether a file that starts so can't be read piece by piece.
pub(crate) fn is_read_as_a_whole(head: &[u8]) -> bool {
    is_workbook(head) || is_packed(head)
}

pub(super) fn is_workbook(head: &[u8]) -> bool {
    head.starts_with(b"PK\x03\x04") || head.starts_with(b"\xd0\xcf\x11\xe0")
}
