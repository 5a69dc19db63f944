//! The record in the address, after `#`: a link brings it back, and no server ever sees it.

use model_core::{Record, Schema, Value};

use crate::note::field_text;

/// `column=value&…` with every column; empty for the typical student, whom every visit starts with.
pub(crate) fn hash_of(schema: &Schema, record: &Record) -> String {
    if *record == Record::typical(schema) {
        return String::new();
    }
    let pair = |(column, value): (&model_core::Column, &Value)| {
        format!("{}={}", encoded(&column.name), encoded(&field_text(column, *value)))
    };
    schema.columns.iter().zip(record.values()).map(pair).collect::<Vec<_>>().join("&")
}

/// The columns' places and texts in a hash (with or without its `#`); what names no column is passed over.
pub(crate) fn entries(schema: &Schema, hash: &str) -> Vec<(usize, String)> {
    let pair = |pair: &str| {
        let (name, text) = pair.split_once('=')?;
        Some((schema.position(&decoded(name))?, decoded(text)))
    };
    hash.trim_start_matches('#').split('&').filter_map(pair).collect()
}

fn encoded(text: &str) -> String {
    let mut address = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => address.push(byte.into()),
            b' ' => address.push('+'),
            other => {
                address.push('%');
                for half in [other >> 4, other & 15] {
                    address.push(char::from(b"0123456789ABCDEF"[usize::from(half)]));
                }
            }
        }
    }
    address
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, others @ ..] = rest {
        rest = others;
        match (first, others) {
            (b'%', [high, low, after @ ..]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                bytes.push(digit(*high) << 4 | digit(*low));
                rest = after;
            }
            (b'+', _) => bytes.push(b' '),
            (other, _) => bytes.push(*other),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn digit(letter: u8) -> u8 {
    if letter.is_ascii_digit() { letter - b'0' } else { (letter | 32) - b'a' + 10 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_survives_the_address() {
        for text in ["bachelor's degree", "a=b&c#d", "50 %+", "ñandú", "free/reduced", ""] {
            assert_eq!(decoded(&encoded(text)), text);
        }
        assert_eq!(decoded("100%"), "100%");
        assert_eq!(encoded("group C"), "group+C");
    }

    #[test]
    fn a_record_comes_back_and_what_is_unknown_is_passed_over() {
        let (preprocessor, model) = model_core::doc_example();
        let predictor = model_core::Predictor::from_json(&preprocessor, &model).unwrap();
        let schema = predictor.schema();
        let mut record = Record::typical(schema);
        assert_eq!(hash_of(schema, &record), "");
        record.set_text(schema, 0, "72").unwrap();
        assert_eq!(hash_of(schema, &record), "reading_score=72");
        assert_eq!(entries(schema, "#reading_score=72&name=x&about"), [(0, "72".to_owned())]);
    }
}
