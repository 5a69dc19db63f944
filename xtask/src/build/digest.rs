//! Digests of published files.

use base64::{Engine, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256, Sha384};

/// The value of an `integrity` attribute.
pub(crate) fn integrity(bytes: &[u8]) -> String {
    format!("sha384-{}", BASE64_STANDARD.encode(Sha384::digest(bytes)))
}

/// SHA-256 in hexadecimal.
pub(super) fn sha256(bytes: &[u8]) -> String {
    base16ct::lower::encode_string(&Sha256::digest(bytes))
}

/// A file name with a digest of the content: the content at such an address never changes.
pub(super) fn hashed_name(name: &str, content: &[u8], extension: &str) -> String {
    format!("{name}-{}.{extension}", &sha256(content)[..16])
}
