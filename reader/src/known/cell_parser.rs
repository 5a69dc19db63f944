//! From a cell's bytes to a value, with a fast look-up of categories.

use model_core::{ColumnKind, Schema, Value};

use super::{KnownFormat, matchers};
use crate::cells::is_blank_mark;
use crate::columns::{CategoryMatcher, Cell, NumberFormat};

/// Parses the cells of one column.
#[derive(Debug, Clone)]
pub(super) enum CellParser {
    Numeric(NumberFormat),
    Dates(NumberFormat),
    Categorical(CategoryIndex, CategoryMatcher),
}

/// The meaning of a cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Parsed {
    /// A value in the model's spelling.
    Value(Value),
    /// A category in another spelling.
    Respelled(u32),
    /// A category that the model doesn't know, counted as one of the rare ones.
    Another(u32),
    /// Not a number or a date where one is expected.
    Wrong,
}

/// Categories by their first eight bytes and their length: most cells are found by one comparison each.
#[derive(Debug, Clone)]
pub(super) struct CategoryIndex {
    keys: Vec<(u64, usize)>,
    values: Vec<String>,
}

/// With more categories, binary search is faster than linear search.
const MAX_LINEAR: usize = 24;

impl CellParser {
    /// One per column; `formats` are those of the numeric columns.
    pub(super) fn all(schema: &Schema, formats: &[KnownFormat]) -> Vec<Self> {
        let parser =
            |((column, matcher), format): ((&model_core::Column, Option<CategoryMatcher>), &KnownFormat)| match (
                &column.kind,
                matcher,
            ) {
                (ColumnKind::Categorical { values, .. }, Some(matcher)) => {
                    let keys = values.iter().map(|value| key(value.as_bytes())).collect();
                    Self::Categorical(CategoryIndex { keys, values: values.clone() }, matcher)
                }
                _ if format.format.dates().is_some() => Self::Dates(format.format.clone()),
                _ => Self::Numeric(format.format.clone()),
            };
        schema.columns.iter().zip(matchers(schema)).zip(formats).map(parser).collect()
    }

    /// Parses a cell without surrounding white space.
    pub(super) fn parse(&self, cell: &[u8]) -> Parsed {
        match self {
            Self::Numeric(format) => match cell {
                [] => Parsed::Value(Value::Missing),
                // Most scores have two digits.
                [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => {
                    Parsed::Value(Value::Number(f64::from(10 * (tens - b'0') + (ones - b'0'))))
                }
                _ => read(format, cell),
            },
            Self::Dates(format) => read(format, cell),
            Self::Categorical(index, matcher) => {
                if let Some(code) = index.code(cell) {
                    return Parsed::Value(u32::try_from(code).map_or(Value::Unseen, Value::Category));
                }
                let Ok(text) = std::str::from_utf8(cell) else { return Parsed::Value(Value::Unseen) };
                if is_blank_mark(text) {
                    return Parsed::Value(Value::Missing);
                }
                match (matcher.code(text), matcher.another()) {
                    (Some(code), _) => Parsed::Respelled(code),
                    (None, Some(code)) => Parsed::Another(code),
                    (None, None) => Parsed::Value(Value::Unseen),
                }
            }
        }
    }
}

fn read(format: &NumberFormat, cell: &[u8]) -> Parsed {
    match std::str::from_utf8(cell).map(|text| format.read(text)) {
        Ok(Cell::Number(number)) => Parsed::Value(Value::Number(number)),
        Ok(Cell::Blank) => Parsed::Value(Value::Missing),
        Ok(Cell::Odd) | Err(_) => Parsed::Wrong,
    }
}

impl CategoryIndex {
    fn code(&self, cell: &[u8]) -> Option<usize> {
        if self.values.len() > MAX_LINEAR {
            return self.values.binary_search_by(|value| value.as_bytes().cmp(cell)).ok();
        }
        let wanted = key(cell);
        let is_it = |(code, key): (usize, &(u64, usize))| {
            *key == wanted && (cell.len() <= 8 || self.values[code].as_bytes()[8..] == cell[8..])
        };
        self.keys.iter().enumerate().find_map(|(code, key)| is_it((code, key)).then_some(code))
    }
}

fn key(bytes: &[u8]) -> (u64, usize) {
    let prefix = match bytes.first_chunk::<8>() {
        Some(prefix) => u64::from_le_bytes(*prefix),
        None => bytes.iter().rev().fold(0, |key, byte| key << 8 | u64::from(*byte)),
    };
    (prefix, bytes.len())
}

#[cfg(test)]
mod tests {
    use model_core::{Column, Range, Target};

    use super::*;

    fn schema(kind: ColumnKind) -> Schema {
        let observed = Range { min: 0.0, max: 1.0 };
        let target = Target {
            name: "t".into(),
            label: "T".into(),
            observed,
            limits: None,
            whole: false,
            help: None,
            unit: None,
        };
        Schema { target, columns: vec![Column::new("c", "C", kind)], order: Vec::new() }
    }

    #[test]
    fn agrees_with_the_column_it_stands_for() {
        let values: Vec<String> =
            ["", "a", "some college", "some colleges", "some high school", "é"].map(String::from).into();
        let many: Vec<String> = (0..60).map(|number| format!("value {number:02}")).collect();
        for values in [values[1..].to_vec(), many] {
            let schema = schema(ColumnKind::Categorical { values: values.clone(), mode: 0 });
            let parser = CellParser::all(&schema, &[KnownFormat::default()]).remove(0);
            let others = ["", "NA", "b", "some collegf", "some", "value 5"].map(String::from);
            for text in values.iter().chain(&others) {
                let expected = schema.columns[0].parse(text).unwrap_or(Value::Unseen);
                assert_eq!(parser.parse(text.trim().as_bytes()), Parsed::Value(expected), "{text}");
            }
            let first = values[0].to_uppercase();
            assert_eq!(parser.parse(first.as_bytes()), Parsed::Respelled(0), "{first}");
        }
    }

    #[test]
    fn numbers_are_what_they_spell() {
        let range = Range { min: 0.0, max: 1.0 };
        let schema = schema(ColumnKind::Numeric { observed: range, median: 0.5, whole: false });
        let parser = CellParser::all(&schema, &[KnownFormat::default()]).remove(0);
        for (text, expected) in
            [("00", 0.0), ("07", 7.0), ("99", 99.0), ("-3.5", -3.5), ("1e2", 100.0), ("100", 100.0), ("72%", 72.0)]
        {
            assert_eq!(parser.parse(text.as_bytes()), Parsed::Value(Value::Number(expected)));
        }
        for text in ["inf", "1O", "4,5", "AB"] {
            assert_eq!(parser.parse(text.as_bytes()), Parsed::Wrong, "{text}");
        }
        for text in ["n/a", "?", "", "--"] {
            assert_eq!(parser.parse(text.as_bytes()), Parsed::Value(Value::Missing), "{text}");
        }
        assert_eq!(parser.parse(b"\xff"), Parsed::Wrong);
    }
}
