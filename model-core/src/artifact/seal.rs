//! The seal: the last member of a file, `"sha256"`, is the digest of all that stands before it, as we write it.
//!
//! What is sealed is the value, not its bytes: a file that went through `JSON.parse` and `JSON.stringify`, through a
//! formatter or through a checkout with other line ends holds what it held. It is written again the way we write, and
//! that has to fit the seal.

use std::borrow::Cow;

use serde::Serialize;

use super::sha256_hex;

const MEMBER: &str = ",\"sha256\":\"";
const DIGITS: usize = 64;

/// The text of an artifact: its content as an object on one line, sealed.
pub(super) fn write(content: &impl Serialize) -> serde_json::Result<String> {
    let mut text = serde_json::to_string(content)?;
    text.pop();
    let sha256 = sha256_hex(text.as_bytes());
    text.push_str(MEMBER);
    text.push_str(&sha256);
    text.push_str("\"}\n");
    Ok(text)
}

/// The file as it was written, without the line end: `text` itself or, where that was formatted anew, its `content`
/// written again. `None` where neither fits the seal.
pub(super) fn as_written<'a>(text: &'a str, content: &impl Serialize, sha256: Option<&str>) -> Option<Cow<'a, str>> {
    let text = text.trim_ascii_end();
    if is_intact(text) {
        return Some(Cow::Borrowed(text));
    }
    let written = write(content).ok()?;
    let written = written.trim_ascii_end();
    (sha256_of(written)? == sha256?).then(|| Cow::Owned(written.to_owned()))
}

/// Whether the bytes are those that were sealed.
pub(super) fn is_intact(text: &str) -> bool {
    let content =
        sha256_of(text).and_then(|sha256| text.strip_suffix("\"}")?.strip_suffix(sha256)?.strip_suffix(MEMBER));
    content.is_some_and(|content| sha256_of(text) == Some(&sha256_hex(content.as_bytes())))
}

/// The digest that stands at the end of a file on one line.
fn sha256_of(text: &str) -> Option<&str> {
    let text = text.strip_suffix("\"}")?;
    text.split_at_checked(text.len().checked_sub(DIGITS)?).map(|(_, sha256)| sha256)
}
