//! Preconditions and ranges (RFC 9110, sections 13 and 14).

use std::{ops::Range, time::SystemTime};

use http::{
    HeaderMap,
    header::{HeaderName, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE, RANGE},
};

/// The result of evaluating a request's preconditions.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Send,
    NotModified,
    Failed,
}

/// The validators of one representation.
#[derive(Clone, Copy)]
pub(crate) struct Validators<'a> {
    /// A strong entity tag, including its quotes.
    pub(crate) etag: &'a str,
    /// In whole seconds.
    pub(crate) modified: Option<SystemTime>,
}

/// Evaluates the preconditions in the order of section 13.2.2.
pub(crate) fn evaluate(headers: &HeaderMap, validators: Validators) -> Outcome {
    let Validators { etag, modified } = validators;
    if headers.contains_key(IF_MATCH) {
        if !has_tag(headers, &IF_MATCH, |tag| tag == etag) {
            return Outcome::Failed;
        }
    } else if let (Some(limit), Some(modified)) = (date(headers, &IF_UNMODIFIED_SINCE), modified)
        && modified > limit
    {
        return Outcome::Failed;
    }
    if headers.contains_key(IF_NONE_MATCH) {
        if has_tag(headers, &IF_NONE_MATCH, |tag| tag.strip_prefix("W/").unwrap_or(tag) == etag) {
            return Outcome::NotModified;
        }
    } else if let (Some(known), Some(modified)) = (date(headers, &IF_MODIFIED_SINCE), modified)
        && modified <= known
    {
        return Outcome::NotModified;
    }
    Outcome::Send
}

/// The part of a file to send.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Whole,
    Range(Range<usize>),
    /// The range lies outside of the file.
    Unsatisfiable,
}

/// The part that `Range` and `If-Range` ask for. Several ranges, other units and malformed ranges are ignored, as the
/// standard allows: then the whole file is sent.
pub(crate) fn part(headers: &HeaderMap, validators: Validators, len: usize) -> Part {
    let mut values = headers.get_all(RANGE).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return Part::Whole };
    if headers.contains_key(IF_RANGE) && !is_current(headers, validators) {
        return Part::Whole;
    }
    value.to_str().ok().and_then(|value| range(value, len)).unwrap_or(Part::Whole)
}

fn range(value: &str, len: usize) -> Option<Part> {
    let (unit, set) = value.split_once('=')?;
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return None;
    }
    let (first, last) = set.trim().split_once('-')?;
    // A number too large for `usize` is larger than any file.
    let number = |text: &str| -> Option<usize> {
        let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| text.parse().unwrap_or(usize::MAX))
    };
    if first.is_empty() {
        let length = number(last)?.min(len);
        return Some(if length == 0 { Part::Unsatisfiable } else { Part::Range(len - length..len) });
    }
    let first = number(first)?;
    let last = if last.is_empty() { usize::MAX } else { number(last)? };
    if last < first {
        return None;
    }
    Some(if first >= len { Part::Unsatisfiable } else { Part::Range(first..last.saturating_add(1).min(len)) })
}

/// Whether `If-Range` names exactly this representation. A date must match exactly (section 13.1.5).
fn is_current(headers: &HeaderMap, Validators { etag, modified }: Validators) -> bool {
    let mut values = headers.get_all(IF_RANGE).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return false };
    let Ok(value) = value.to_str() else { return false };
    if value.starts_with('"') || value.starts_with("W/") {
        return value == etag;
    }
    matches!((httpdate::parse_http_date(value), modified), (Ok(date), Some(modified)) if date == modified)
}

/// Whether a list of entity tags is `*` or has a tag that `matches`.
fn has_tag(headers: &HeaderMap, name: &HeaderName, matches: impl Fn(&str) -> bool) -> bool {
    headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).any(|value| {
        // Our own tags contain no comma: splitting at one breaks only tags that would not match anyway.
        value.trim() == "*" || value.split(',').any(|tag| matches(tag.trim()))
    })
}

/// The date, if the header occurs once and is valid.
fn date(headers: &HeaderMap, name: &HeaderName) -> Option<SystemTime> {
    let mut values = headers.get_all(name).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return None };
    httpdate::parse_http_date(value.to_str().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_the_grammar_has_them() {
        for (text, expected) in [
            ("bytes=0-0", Some(Part::Range(0..1))),
            ("bytes=2-", Some(Part::Range(2..10))),
            ("bytes=-3", Some(Part::Range(7..10))),
            ("bytes=-99", Some(Part::Range(0..10))),
            ("bytes=5-99999999999999999999999", Some(Part::Range(5..10))),
            ("Bytes = 1-2", Some(Part::Range(1..3))),
            ("bytes=10-", Some(Part::Unsatisfiable)),
            ("bytes=99999999999999999999999-", Some(Part::Unsatisfiable)),
            ("bytes=-0", Some(Part::Unsatisfiable)),
            ("bytes=3-2", None),
            ("bytes=0-1,3-4", None),
            ("bytes=-", None),
            ("bytes=a-b", None),
            ("bytes=+1-2", None),
            ("lines=0-1", None),
            ("bytes", None),
        ] {
            assert_eq!(range(text, 10), expected, "{text}");
        }
        assert_eq!(range("bytes=0-", 0), Some(Part::Unsatisfiable));
    }
}
