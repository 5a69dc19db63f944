//! The rows that were read last, in the form that the predictor takes.

use model_core::{ColumnKind, Schema, Value};
use reader::{Parsed, RecordParser, Row, Tally, WrongLength};

/// Codes of a blank and of an unseen category.
const BLANK: u16 = 0xffff;
const UNSEEN: u16 = 0xfffe;

/// Bits of a row's flags.
const HAS_BLANK: u8 = 1;
const IS_OUTSIDE: u8 = 2;
const HAS_UNSEEN: u8 = 4;
const IS_BAD: u8 = 8;

/// Typed columns of some rows.
pub(crate) struct Batch {
    columns: Vec<Column>,
    pub(crate) flags: Vec<u8>,
    pub(crate) truths: Vec<f64>,
    pub(crate) lines: Vec<u32>,
    /// Each row's offset in its block.
    pub(crate) starts: Vec<u32>,
    pub(crate) problems: Vec<Problem>,
    pub(crate) n_rows: usize,
    /// How many rows came in earlier batches.
    pub(crate) n_before: usize,
    values: Vec<Value>,
    is_date: Vec<bool>,
}

enum Column {
    Numbers(Vec<f64>),
    Codes(Vec<u16>),
}

/// A problem or a remark about a row.
pub(crate) struct Problem {
    /// Its index among all rows.
    pub(crate) row: usize,
    pub(crate) line: u32,
    /// The model's column.
    pub(crate) column: Option<usize>,
    pub(crate) code: &'static str,
    /// Whether the row can't be estimated because of it.
    pub(crate) is_bad: bool,
    pub(crate) figures: Vec<(&'static str, String)>,
}

/// The JavaScript representation: NaN for a blank, -1 for an unseen category.
pub(crate) fn number_of(value: Value) -> f64 {
    match value {
        Value::Number(number) => number,
        Value::Category(code) => f64::from(code),
        Value::Missing => f64::NAN,
        Value::Unseen => -1.0,
    }
}

impl Batch {
    pub(crate) fn new(schema: &Schema) -> Self {
        let column = |column: &model_core::Column| match column.kind {
            ColumnKind::Numeric { .. } => Column::Numbers(Vec::new()),
            ColumnKind::Categorical { .. } => Column::Codes(Vec::new()),
        };
        Self {
            columns: schema.columns.iter().map(column).collect(),
            flags: Vec::new(),
            truths: Vec::new(),
            lines: Vec::new(),
            starts: Vec::new(),
            problems: Vec::new(),
            n_rows: 0,
            n_before: 0,
            values: vec![Value::Missing; schema.columns.len()],
            is_date: schema.columns.iter().map(|column| column.date.is_some()).collect(),
        }
    }

    /// Clears the buffers for the next rows.
    pub(crate) fn clear(&mut self) {
        self.n_before += self.n_rows;
        self.n_rows = 0;
        for column in &mut self.columns {
            match column {
                Column::Numbers(numbers) => numbers.clear(),
                Column::Codes(codes) => codes.clear(),
            }
        }
        self.flags.clear();
        self.truths.clear();
        self.lines.clear();
        self.starts.clear();
        self.problems.clear();
    }

    pub(crate) fn column(&self, column: usize) -> *const u8 {
        match &self.columns[column] {
            Column::Numbers(numbers) => numbers.as_ptr().cast(),
            Column::Codes(codes) => codes.as_ptr().cast(),
        }
    }

    /// Reads the next row.
    pub(crate) fn add(&mut self, row: &Row<'_>, parser: &RecordParser, fields: &[Option<usize>], tally: &mut Tally) {
        let at = self.n_before + self.n_rows;
        let line = u32::try_from(row.line).unwrap_or(u32::MAX);
        let mut flag = if parser.has_absent() { HAS_BLANK } else { 0 };
        let (problems, is_date) = (&mut self.problems, &self.is_date);
        let mut problem = |column, code, is_bad, figures| {
            problems.push(Problem { row: at, line, column, code, is_bad, figures });
        };
        let parsed = parser.parse(row, &mut self.values, |column, parsed, cell| {
            tally.add(column, parsed, cell);
            let found = || vec![("found", String::from_utf8_lossy(cell).chars().take(40).collect::<String>())];
            match parsed {
                Parsed::Value(Value::Missing) => flag |= HAS_BLANK,
                Parsed::Value(Value::Unseen) | Parsed::Another(_) => {
                    flag |= HAS_UNSEEN;
                    problem(Some(column), "unknown-category", false, found());
                }
                Parsed::Wrong => {
                    flag |= IS_BAD;
                    problem(Some(column), if is_date[column] { "not-a-date" } else { "not-a-number" }, true, found());
                }
                Parsed::Respelled(_) | Parsed::Value(Value::Number(_) | Value::Category(_)) => {}
            }
        });
        match parsed {
            Ok(()) => tally.add_row(),
            Err(WrongLength { found, expected }) => {
                flag = IS_BAD;
                let figures = vec![("found", found.to_string()), ("expected", expected.to_string())];
                problem(None, "wrong-length", true, figures);
            }
        }
        for column in parser.outside(&self.values) {
            tally.add_outside(column);
            flag |= IS_OUTSIDE;
        }
        if !tally.has_examples() {
            for (column, field) in fields.iter().enumerate() {
                tally.show(column, field.map_or(b"", |field| row.cell(field)));
            }
        }
        for (column, value) in self.columns.iter_mut().zip(&self.values) {
            match (column, value) {
                (Column::Numbers(numbers), Value::Number(number)) => numbers.push(*number),
                (Column::Numbers(numbers), _) => numbers.push(f64::NAN),
                (Column::Codes(codes), Value::Category(code)) => codes.push(u16::try_from(*code).unwrap_or(UNSEEN)),
                (Column::Codes(codes), Value::Unseen) => codes.push(UNSEEN),
                (Column::Codes(codes), _) => codes.push(BLANK),
            }
        }
        self.truths.push(if flag & IS_BAD == 0 { parser.truth(row) } else { f64::NAN });
        self.flags.push(flag);
        self.lines.push(line);
        self.starts.push(u32::try_from(row.start).unwrap_or(u32::MAX));
        self.n_rows += 1;
    }
}
