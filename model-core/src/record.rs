//! One student's record, parsed once and valid from then on.
//!
//! Code that reads a [`Record`] may rely on this: each value is of its column's kind, numbers are finite, category
//! codes are in range. Blanks are allowed and explicit ([`Value::Missing`]).

use serde_json::{Number, Value as Json};
use thiserror::Error;

use crate::date::Date;
use crate::number::{is_measurement, parse_finite, parse_number};
use crate::schema::{Column, ColumnKind, Schema};

/// One cell of a record.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value {
    /// Blank: imputed with the training rows' median or most frequent category.
    Missing,
    /// A number within [`MAX_MAGNITUDE`](crate::MAX_MAGNITUDE).
    Number(f64),
    /// The code of a category: its index among the column's sorted values.
    Category(u32),
    /// A category that training never saw. Only batches may hold it, as a flagged row; it encodes to zeros.
    Unseen,
}

/// A valid record: one [`Value`] a column, in the schema's order, none of them [`Value::Unseen`].
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    values: Box<[Value]>,
}

/// A cell that can't be used, and why.
#[derive(Debug, Clone, PartialEq, Error)]
#[error("column \"{column}\": {problem}")]
pub struct RecordError {
    /// The column's name.
    pub column: String,
    /// What is wrong with the cell.
    pub problem: RecordProblem,
}

/// What can be wrong with a cell.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum RecordProblem {
    /// Text where a number is expected.
    #[error("\"{found}\" is not a number; write one such as {}, or leave it blank", example.round() as i64)]
    NotANumber {
        /// The cell.
        found: String,
        /// A number from the training rows.
        example: f64,
    },
    /// Something else where a date is expected.
    #[error("\"{found}\" is not a date; write one such as {example}, or leave it blank")]
    NotADate {
        /// The cell.
        found: String,
        /// A day of the training rows.
        example: Date,
    },
    /// A number that is too large to be a measurement.
    #[error("\"{found}\" is too large; write a number from -1e100 to 1e100, or leave it blank")]
    TooLarge {
        /// The cell.
        found: String,
    },
    /// A category that training never saw.
    #[error("\"{found}\" is not among the known values: {}", known.join(", "))]
    UnknownCategory {
        /// The cell.
        found: String,
        /// What the column may hold.
        known: Vec<String>,
    },
    /// The record names a column that the model doesn't have.
    #[error("the model has no such column; it reads {}", known.join(", "))]
    UnknownColumn {
        /// The model's columns.
        known: Vec<String>,
    },
    /// A JSON value that is neither number, text nor null.
    #[error("expected a number, a text or null")]
    WrongType,
}

/// Whether a cell's text means "not known": empty, `NA`, `N/A`, `NaN` or `null`, in any case.
///
/// `none` is a value: in the classic schema it means that no test preparation was taken.
#[must_use]
pub fn is_missing(text: &str) -> bool {
    text.is_empty()
        || (text.len() <= 4 && ["na", "n/a", "nan", "null"].iter().any(|word| text.eq_ignore_ascii_case(word)))
}

impl RecordError {
    /// The error for a name that is not in the schema.
    #[must_use]
    pub fn unknown_column(schema: &Schema, name: &str) -> Self {
        let known = schema.inputs().iter().map(|column| column.name.clone()).collect();
        Self { column: name.into(), problem: RecordProblem::UnknownColumn { known } }
    }

    /// An identifier for programs, part of the JavaScript interface.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self.problem {
            RecordProblem::NotANumber { .. } | RecordProblem::TooLarge { .. } => "not-a-number",
            RecordProblem::NotADate { .. } => "not-a-date",
            RecordProblem::UnknownCategory { .. } => "unknown-category",
            RecordProblem::UnknownColumn { .. } => "unknown-column",
            RecordProblem::WrongType => "wrong-type",
        }
    }
}

impl Record {
    /// The typical student: each column's median or most frequent category.
    #[must_use]
    pub fn typical(schema: &Schema) -> Self {
        let typical = |column: &Column| match column.kind {
            _ if column.is_derived() => Value::Missing,
            ColumnKind::Numeric { median, .. } => Value::Number(median),
            ColumnKind::Categorical { mode, .. } => Value::Category(mode),
        };
        Self { values: schema.columns.iter().map(typical).collect() }
    }

    /// Parses the text of each column, asked for by name; `None` and the spellings of [`is_missing`] are blanks.
    ///
    /// # Errors
    /// The first cell that can't be used.
    pub fn from_texts<'a>(schema: &Schema, text_of: impl Fn(&str) -> Option<&'a str>) -> Result<Self, RecordError> {
        let parse = |column: &Column| match text_of(&column.name) {
            Some(text) => column.parse(text),
            None => Ok(Value::Missing),
        };
        Ok(Self { values: schema.columns.iter().map(parse).collect::<Result<_, _>>()? })
    }

    /// Reads an object such as `{"gender": "female", "reading_score": 72}`; absent columns and `null` are blanks.
    ///
    /// # Errors
    /// The first member that can't be used, or that names no column.
    pub fn from_json(schema: &Schema, object: &serde_json::Map<String, Json>) -> Result<Self, RecordError> {
        let is_input = |name: &str| schema.inputs().iter().any(|column| column.name == name);
        if let Some(name) = object.keys().find(|name| !is_input(name)) {
            return Err(RecordError::unknown_column(schema, name));
        }
        let parse = |column: &Column| match (object.get(&column.name), &column.kind) {
            (None | Some(Json::Null), _) => Ok(Value::Missing),
            (Some(Json::Number(number)), _) => column.parse_number(number),
            (Some(Json::String(text)), _) => column.parse(text),
            (Some(_), _) => Err(RecordError { column: column.name.clone(), problem: RecordProblem::WrongType }),
        };
        Ok(Self { values: schema.columns.iter().map(parse).collect::<Result<_, _>>()? })
    }

    /// Takes parsed values, one per column or one per input; here a category may be [`Value::Unseen`].
    ///
    /// # Errors
    /// The first value that is not of its column's kind; the first missing or the last surplus column.
    pub fn from_values(schema: &Schema, mut values: Vec<Value>) -> Result<Self, RecordError> {
        if values.len() == schema.inputs().len() {
            // Derived columns are computed at prediction.
            values.resize(schema.columns.len(), Value::Missing);
        }
        let is_right = |(column, value): (&Column, &Value)| match (&column.kind, value) {
            (ColumnKind::Numeric { .. }, Value::Number(number)) => number.is_finite(),
            (ColumnKind::Categorical { values, .. }, Value::Category(code)) => (*code as usize) < values.len(),
            (ColumnKind::Categorical { .. }, Value::Unseen) | (_, Value::Missing) => true,
            _ => false,
        };
        let mut pairs = schema.columns.iter().zip(&values);
        let wrong = pairs.find(|pair| !is_right(*pair)).map(|(column, _)| column);
        let wrong = wrong.or_else(|| schema.columns.get(values.len()));
        let wrong = wrong.or_else(|| schema.columns.last().filter(|_| values.len() > schema.columns.len()));
        match wrong {
            Some(column) => Err(RecordError { column: column.name.clone(), problem: RecordProblem::WrongType }),
            None => Ok(Self { values: values.into() }),
        }
    }

    /// Writes the record as the object that [`Record::from_json`] reads; blanks are `null`.
    #[must_use]
    pub fn to_json(&self, schema: &Schema) -> serde_json::Map<String, Json> {
        let member = |(column, value): (&Column, &Value)| {
            let json = match (value, &column.kind) {
                (Value::Number(number), _) => match column.last_day() {
                    Some(last) => Json::from(last.plus(*number).to_string()),
                    None => Json::from(*number),
                },
                (Value::Category(code), ColumnKind::Categorical { values, .. }) => {
                    Json::from(values[*code as usize].as_str())
                }
                _ => Json::Null,
            };
            (column.name.clone(), json)
        };
        schema.inputs().iter().zip(&self.values).map(member).collect()
    }

    /// One value per column, in the schema's order.
    #[must_use]
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    /// Replaces one value with the parsed `text`.
    ///
    /// # Errors
    /// What is wrong with `text`; the record is then as it was.
    pub fn set_text(&mut self, schema: &Schema, column_idx: usize, text: &str) -> Result<(), RecordError> {
        self.values[column_idx] = schema.columns[column_idx].parse(text)?;
        Ok(())
    }

    /// The names of the columns that are blank and will be imputed.
    pub fn imputed<'a>(&'a self, schema: &'a Schema) -> impl Iterator<Item = &'a str> {
        let is_blank =
            |(column, value): (&'a Column, &Value)| (*value == Value::Missing).then_some(column.name.as_str());
        schema.inputs().iter().zip(&self.values).filter_map(is_blank)
    }
}

impl Column {
    /// The number itself or, in a categorical column, the category that is spelled as this number.
    fn parse_number(&self, number: &Number) -> Result<Value, RecordError> {
        let float = number.as_f64().unwrap_or(f64::NAN);
        if matches!(self.kind, ColumnKind::Numeric { .. }) && self.date.is_none() && is_measurement(float) {
            return Ok(Value::Number(float));
        }
        // Not serde_json's spelling, which writes `3.0` for a category that is spelled "3".
        let text = number.as_i64().map_or_else(|| float.to_string(), |whole| whole.to_string());
        if let ColumnKind::Categorical { values, .. } = &self.kind
            && self.kind.code(&text).is_none()
            && let Some(spelling) = values.iter().find(|value| parse_number(value) == Some(float))
        {
            return self.parse(spelling);
        }
        self.parse(&text)
    }

    /// The value that `text`, without surrounding white space, stands for in this column.
    ///
    /// # Errors
    /// What is wrong with it, and what is accepted.
    pub fn parse(&self, text: &str) -> Result<Value, RecordError> {
        let text = text.trim();
        if is_missing(text) && self.kind.code(text).is_none() {
            return Ok(Value::Missing);
        }
        let value = match (&self.kind, self.last_day()) {
            (ColumnKind::Numeric { median, .. }, Some(last)) => Date::parse(text)
                .map(|date| Value::Number(date.days_since(last)))
                .ok_or_else(|| RecordProblem::NotADate { found: text.into(), example: last.plus(*median) }),
            (ColumnKind::Numeric { median, .. }, None) => {
                parse_number(text).map(Value::Number).ok_or_else(|| match parse_finite(text) {
                    Some(_) => RecordProblem::TooLarge { found: text.into() },
                    None => RecordProblem::NotANumber { found: text.into(), example: *median },
                })
            }
            (ColumnKind::Categorical { values, .. }, _) => self
                .kind
                .code(text)
                .map(Value::Category)
                .ok_or_else(|| RecordProblem::UnknownCategory { found: text.into(), known: values.clone() }),
        };
        value.map_err(|problem| RecordError { column: self.name.clone(), problem })
    }
}
