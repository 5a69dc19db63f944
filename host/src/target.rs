//! Decodes the path of a request.

/// A path that is invalid on any site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

/// Decodes percent-encoding exactly once.
///
/// # Errors
///
/// A `%` without two hexadecimal digits, an encoded slash (it would hide a path separator), a backslash, a control
/// character, or bytes that are not UTF-8. Dots need no special treatment: paths are looked up literally, and no file
/// of a snapshot has such a name.
pub(crate) fn decode(path: &str) -> Result<String, Malformed> {
    let mut decoded = Vec::with_capacity(path.len());
    let mut bytes = path.bytes();
    while let Some(byte) = bytes.next() {
        let is_encoded = byte == b'%';
        let byte = if is_encoded {
            let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16)).ok_or(Malformed);
            let value = digit(bytes.next())? * 16 + digit(bytes.next())?;
            u8::try_from(value).map_err(|_| Malformed)?
        } else {
            byte
        };
        if byte.is_ascii_control() || byte == b'\\' || is_encoded && byte == b'/' {
            return Err(Malformed);
        }
        decoded.push(byte);
    }
    let decoded = String::from_utf8(decoded).map_err(|_| Malformed)?;
    if decoded.starts_with('/') { Ok(decoded) } else { Err(Malformed) }
}

/// Encodes a decoded path for the header `Location`.
pub(crate) fn encode(path: &str) -> String {
    let mut encoded = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~!$&'()*+,;=:@".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decoded_once_and_strictly() {
        assert_eq!(decode("/two%20words.csv").as_deref(), Ok("/two words.csv"));
        assert_eq!(decode("/%2541").as_deref(), Ok("/%41"));
        assert_eq!(decode("/%C3%A9").as_deref(), Ok("/é"));
        for bad in ["/%", "/%4", "/%zz", "/a%2fb", "/a%5Cb", "/a\\b", "/%00", "/%0d%0a", "/%ff", "", "a", "*"] {
            assert_eq!(decode(bad), Err(Malformed), "{bad}");
        }
    }

    #[test]
    fn what_is_encoded_is_decoded_to_the_same() {
        for path in ["/", "/a b/é/100%/x?y#z"] {
            assert_eq!(decode(&encode(path)).as_deref(), Ok(path));
        }
    }
}
