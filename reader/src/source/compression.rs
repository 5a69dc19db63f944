//! Decompresses gzip and zstd files.

use std::io::{self, BufReader, Read};

use flate2::read::MultiGzDecoder;
use ruzstd::decoding::StreamingDecoder;

type Input<'r> = Box<dyn Read + Send + 'r>;

const GZIP: &[u8] = b"\x1f\x8b";
const ZSTD: &[u8] = b"\x28\xb5\x2f\xfd";

/// Whether a file that starts like this is compressed.
pub(super) fn is_packed(head: &[u8]) -> bool {
    head.starts_with(GZIP) || head.starts_with(ZSTD)
}

/// The decompressed bytes and the name of the format; other bytes are unchanged.
pub(super) fn unpack<'r>(head: &[u8], input: Input<'r>) -> io::Result<(Input<'r>, Option<&'static str>)> {
    if head.starts_with(GZIP) {
        return Ok((Box::new(MultiGzDecoder::new(BufReader::new(input))), Some("gzip")));
    }
    if head.starts_with(ZSTD) {
        let decoder = StreamingDecoder::new(BufReader::new(input)).map_err(io::Error::other)?;
        return Ok((Box::new(decoder), Some("zstd")));
    }
    Ok((input, None))
}
