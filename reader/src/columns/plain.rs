//! A fast check for numbers as programs write them, which are most texts of most columns.

pub(super) enum Point {
    /// Digits only.
    None,
    Decimal,
    /// It may also be a thousands separator.
    Doubtful,
}

/// Whether a text is a number as programs write it, and does not look like a code.
pub(super) fn is_plain(text: &str) -> Option<Point> {
    let bytes = text.as_bytes();
    let digits = bytes.strip_prefix(b"-").unwrap_or(bytes);
    if digits.is_empty() || digits.len() > 15 && !digits.contains(&b'.') {
        return None;
    }
    let mut point = None;
    for (position, byte) in digits.iter().enumerate() {
        match byte {
            b'0'..=b'9' => {}
            b'.' if point.is_none() && digits.len() > 1 => point = Some(position),
            _ => return None,
        }
    }
    let whole = point.unwrap_or(digits.len());
    if whole > 1 && digits[0] == b'0' {
        return None;
    }
    Some(match point {
        None => Point::None,
        Some(position) if (1..=3).contains(&position) && digits.len() == position + 4 && digits[0] != b'0' => {
            Point::Doubtful
        }
        Some(_) => Point::Decimal,
    })
}
