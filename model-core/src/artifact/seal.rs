//! The seal: a file's last member, `"sha256"`, is the digest of everything before it, as originally written.
//!
//! White space between values is not covered: a file stays valid if a formatter such as Prettier, or a checkout with
//! other line ends, changes it.

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

/// The JSON `text` as originally written, before any formatting: one line without white space between values or a line
/// end.
pub(super) fn unformatted(text: &str) -> Cow<'_, str> {
    let text = text.trim_ascii();
    if !text.contains(['\n', '\r']) {
        return Cow::Borrowed(text);
    }
    let (mut in_string, mut is_escaped) = (false, false);
    let is_kept = |character: &char| {
        if in_string {
            in_string = is_escaped || *character != '"';
            is_escaped = !is_escaped && *character == '\\';
            return true;
        }
        in_string = *character == '"';
        !character.is_ascii_whitespace()
    };
    Cow::Owned(text.chars().filter(is_kept).collect())
}

/// Whether these are the bytes that were sealed.
pub(super) fn is_intact(unformatted: &str) -> bool {
    let text = unformatted.strip_suffix("\"}").unwrap_or_default();
    let parts = text.len().checked_sub(DIGITS).and_then(|middle| text.split_at_checked(middle));
    parts.is_some_and(|(content, sha256)| {
        content.strip_suffix(MEMBER).is_some_and(|content| sha256_hex(content.as_bytes()) == sha256)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_within_texts_is_kept() {
        let text = "{\r\n  \"a b\" : [ 1.0,\t2e5 ],\n\"\\\" \\\\\": \" \\n x\"\n}\n";
        assert_eq!(unformatted(text), "{\"a b\":[1.0,2e5],\"\\\" \\\\\":\" \\n x\"}");
        assert!(matches!(unformatted("{\"a\":1}\r\n"), Cow::Borrowed("{\"a\":1}")));
    }
}
