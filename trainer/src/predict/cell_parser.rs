//! From a cell's bytes to a value: what [`model_core::Column::parse`] does, without messages and without searching
//! for each category anew.

use model_core::{ColumnKind, Schema, Value, is_missing, parse_number};

/// Parses the cells of one column.
#[derive(Debug)]
pub(super) enum CellParser {
    Numeric,
    Categorical(CategoryIndex),
}

/// Categories by their first eight bytes and their length: most cells are told apart by one comparison each.
#[derive(Debug)]
pub(super) struct CategoryIndex {
    keys: Vec<(u64, usize)>,
    values: Vec<String>,
}

/// With more categories than this, searching by halves is faster than looking at each.
const MAX_LINEAR: usize = 24;

impl CellParser {
    /// One a column.
    pub(super) fn all(schema: &Schema) -> Vec<Self> {
        let parser = |column: &model_core::Column| match &column.kind {
            ColumnKind::Numeric { .. } => Self::Numeric,
            ColumnKind::Categorical { values, .. } => Self::Categorical(CategoryIndex {
                keys: values.iter().map(|value| key(value.as_bytes())).collect(),
                values: values.clone(),
            }),
        };
        schema.columns.iter().map(parser).collect()
    }

    /// The value of a cell without white space around it; `None` for what should be a number and isn't.
    pub(super) fn parse(&self, cell: &[u8]) -> Option<Value> {
        match self {
            Self::Numeric => match cell {
                // Scores are most often two digits long.
                [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => {
                    Some(Value::Number(f64::from(10 * (tens - b'0') + (ones - b'0'))))
                }
                _ => {
                    let text = std::str::from_utf8(cell).ok()?;
                    if is_missing(text) { Some(Value::Missing) } else { parse_number(text).map(Value::Number) }
                }
            },
            Self::Categorical(index) => Some(match index.code(cell) {
                Some(code) => u32::try_from(code).map_or(Value::Unseen, Value::Category),
                None if std::str::from_utf8(cell).is_ok_and(is_missing) => Value::Missing,
                None => Value::Unseen,
            }),
        }
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

    #[test]
    fn agrees_with_the_column_it_stands_for() {
        let values: Vec<String> =
            ["", "a", "some college", "some colleges", "some high school", "é"].map(String::from).into();
        let many: Vec<String> = (0..60).map(|number| format!("value {number:02}")).collect();
        for values in [values[1..].to_vec(), many] {
            let column = Column::new("c", "C", ColumnKind::Categorical { values: values.clone(), mode: 0 });
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
            let parser =
                CellParser::all(&Schema { target, columns: vec![column.clone()], order: Vec::new() }).remove(0);
            let others = ["", "NA", "b", "some collegf", "some", "value 00 ", "value 5"].map(String::from);
            for text in values.iter().chain(&others) {
                let expected = column.parse(text).unwrap_or(Value::Unseen);
                // A cell comes without the white space that a column takes off.
                assert_eq!(parser.parse(text.trim().as_bytes()), Some(expected), "{text}");
            }
        }
    }

    #[test]
    fn numbers_are_what_they_spell() {
        for (text, expected) in [("00", 0.0), ("07", 7.0), ("99", 99.0), ("-3.5", -3.5), ("1e2", 100.0), ("100", 100.0)]
        {
            assert_eq!(CellParser::Numeric.parse(text.as_bytes()), Some(Value::Number(expected)));
        }
        for text in ["inf", "1O", "4,5", "--"] {
            assert_eq!(CellParser::Numeric.parse(text.as_bytes()), None, "{text}");
        }
        assert_eq!(CellParser::Numeric.parse(b"n/a"), Some(Value::Missing));
        assert_eq!(CellParser::Numeric.parse(b"\xff"), None);
    }
}
