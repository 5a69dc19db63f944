//! The crate `reader` in WebAssembly, for the page's class and the JavaScript module's `predictCsv`.
//!
//! A separate WebAssembly module: with workbook support it is larger than the page's, and most visits open no file. It
//! is loaded when a file is opened. Bytes are pushed in pieces ([`RecordFile::push`]); the results, block by block, are
//! typed columns in the form that the predictor takes, the problems of rows, and at the end the reading report. Texts
//! are passed as JSON, numbers as memory that JavaScript reads directly.

// What users can reach must not panic (docs/reliability.md).
#![cfg_attr(
    not(test),
    warn(
        clippy::expect_used,
        clippy::panic,
        clippy::print_stderr,
        clippy::print_stdout,
        clippy::unreachable,
        clippy::unwrap_used
    )
)]

mod answers;
mod batch;
mod kept;

use model_core::{DateOrder, Schema, Value, read_preprocessor};
use reader::{
    Decimal, Encoding, Feed, Notation, Output, ReadError, ReadOptions, RecordParser, RecordReader, Skipped, Tally,
};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

use crate::answers::{error, header, problems, report};
use crate::batch::Batch;
use crate::kept::Kept;

/// [`RecordFile::read_rows`] has no more rows.
const END: i32 = -1;
/// More bytes have to be pushed first.
const PENDING: i32 = -2;
const NOT_OPEN: &str = "the file is not open";

/// A file of records, read as a model's columns.
#[wasm_bindgen]
pub struct RecordFile {
    name: String,
    schema: Schema,
    options: ReadOptions,
    feed: Feed,
    reader: Option<RecordReader<'static>>,
    fields: Vec<Option<usize>>,
    parser: Option<RecordParser>,
    batch: Batch,
    tally: Tally,
    skipped: Skipped,
    kept: Option<Kept>,
}

#[wasm_bindgen]
impl RecordFile {
    /// For a file with this name and a model with this `preprocessor.json`. `options` are `{ sheet, headerRow,
    /// skipRows, comment }` as JSON, all of them optional; `keeps` says whether rows can be shown and written later.
    ///
    /// # Errors
    /// What is wrong with the preprocessor.
    #[wasm_bindgen(constructor)]
    pub fn new(name: String, preprocessor: &str, options: &str, keeps: bool) -> Result<Self, JsValue> {
        let schema = read_preprocessor(preprocessor).map_err(|error| JsValue::from(error.to_string()))?.schema;
        let n_columns = schema.columns.len();
        Ok(Self {
            name,
            batch: Batch::new(&schema),
            schema,
            options: read_options(options),
            feed: Feed::default(),
            reader: None,
            fields: Vec::new(),
            parser: None,
            tally: Tally::new(n_columns),
            skipped: Skipped::default(),
            kept: keeps.then(Kept::default),
        })
    }

    /// Takes the next bytes of the file.
    pub fn push(&self, bytes: Vec<u8>) {
        self.feed.push(bytes);
    }

    /// Marks the end of the file.
    pub fn end(&self) {
        self.feed.end();
    }

    /// The header's content as JSON; undefined while more bytes are needed.
    ///
    /// # Errors
    /// The file is no table.
    pub fn open(&mut self) -> Result<Option<String>, JsValue> {
        if !self.feed.can_open() {
            return Ok(None);
        }
        let opened = RecordReader::of_feed(&self.name, &self.feed, &self.schema, &self.options);
        let reader = opened.map_err(|problem| match problem.is_pending() {
            true => error(&ReadError::EndlessRow { file: self.name.clone(), line: 1, bytes: self.feed.n_waiting() }),
            false => error(&problem),
        })?;
        let answer = header(&reader);
        self.fields.clone_from(&reader.known().fields);
        self.reader = Some(reader);
        Ok(Some(answer))
    }

    /// Decides how cells are read, and goes back to the first row. `fields` gives the position of each column of the
    /// model, -1 if it is missing; `decimal` (`.` or `,`) and `dates` (`day-first` or `month-first`) resolve ambiguous
    /// cells, or are empty. False while more bytes are needed.
    ///
    /// # Errors
    /// Ambiguous cells, or a problem with the file.
    pub fn choose(&mut self, fields: &[i32], decimal: &str, dates: &str) -> Result<bool, JsValue> {
        let reader = self.reader.as_mut().ok_or(NOT_OPEN)?;
        let fields: Vec<Option<usize>> = fields.iter().map(|field| usize::try_from(*field).ok()).collect();
        let decimal = match decimal {
            "." => Some(Decimal::Point),
            "," => Some(Decimal::Comma),
            _ => None,
        };
        let dates = match dates {
            "day-first" => Some(DateOrder::DayFirst),
            "month-first" => Some(DateOrder::MonthFirst),
            _ => None,
        };
        let notation = Notation { decimal, dates };
        let known = self.kept.as_mut().filter(|kept| !kept.blocks.is_empty());
        let parser = match known {
            Some(kept) => {
                kept.next = 0;
                reader.parser_again(&kept.blocks, &self.schema, Some(&fields), notation)
            }
            None => reader.parser(&self.schema, Some(&fields), notation),
        };
        match parser {
            Ok(parser) => self.parser = Some(parser),
            Err(problem) if problem.is_pending() => return Ok(false),
            Err(problem) => return Err(error(&problem)),
        }
        self.fields = fields;
        self.tally = Tally::new(self.schema.columns.len());
        self.skipped = Skipped::default();
        self.batch.n_before = 0;
        self.batch.n_rows = 0;
        Ok(true)
    }

    /// Reads the next rows: returns their number, -1 at the end, -2 while more bytes are needed.
    ///
    /// # Errors
    /// What is wrong with the file as a whole.
    #[wasm_bindgen(js_name = readRows)]
    pub fn read_rows(&mut self) -> Result<i32, JsValue> {
        let (Some(reader), Some(parser)) = (&mut self.reader, &self.parser) else { return Err(NOT_OPEN.into()) };
        let known = self.kept.as_mut().and_then(Kept::take_known);
        let is_known = known.is_some();
        let block = match known.map_or_else(|| reader.next_block(), |block| Ok(Some(block))) {
            Ok(Some(block)) => block,
            Ok(None) if self.batch.n_before + self.batch.n_rows == 0 => {
                return Err(error(&ReadError::NoRows { file: self.name.clone() }));
            }
            Ok(None) => return Ok(END),
            Err(problem) if problem.is_pending() => return Ok(PENDING),
            Err(problem) => return Err(error(&problem)),
        };
        self.batch.clear();
        let splitter = reader.table().splitter();
        let visited = splitter.each(&block, |row| self.batch.add(row, parser, &self.fields, &mut self.tally));
        let skipped = visited.map_err(|stray| {
            let (file, line, n_lines) = (self.name.clone(), stray.line, stray.n_lines);
            error(&ReadError::OpenQuote { file, line, n_lines })
        })?;
        self.skipped.add(&skipped);
        match &mut self.kept {
            Some(kept) if is_known => kept.give_back(block),
            Some(kept) => kept.add(block, &self.batch),
            None => {}
        }
        Ok(i32::try_from(self.batch.n_rows).unwrap_or(i32::MAX))
    }

    /// The address of the rows' cells of a column: `f64` for numbers, else `u16` codes with 65535 for a blank and 65534
    /// for an unseen category.
    #[must_use]
    pub fn column(&self, column: usize) -> *const u8 {
        self.batch.column(column)
    }

    /// The address of the rows' flags, a byte each: 1 for a blank, 2 for a number outside the range of the training
    /// data, 4 for an unseen value, 8 for a row that can't be estimated.
    #[must_use]
    pub fn flags(&self) -> *const u8 {
        self.batch.flags.as_ptr()
    }

    /// The address of the rows' true targets, an `f64` each, NaN for none.
    #[must_use]
    pub fn truths(&self) -> *const f64 {
        self.batch.truths.as_ptr()
    }

    /// The address of the rows' line numbers in the file, a `u32` each.
    #[must_use]
    pub fn lines(&self) -> *const u32 {
        self.batch.lines.as_ptr()
    }

    /// The problems of the rows that were read last, as JSON; `[]` if there are none.
    #[must_use]
    pub fn problems(&self) -> String {
        problems(&self.batch.problems, &self.schema)
    }

    /// The decisions so far, as JSON: notes on the file, and an entry per column.
    #[must_use]
    pub fn report(&self) -> String {
        let Some(reader) = &self.reader else { return "null".into() };
        report(reader, &self.schema, &self.fields, &self.tally, &self.skipped)
    }

    /// The texts of a kept row's fields, as JSON.
    #[must_use]
    pub fn cells(&self, row: usize) -> String {
        let mut cells: Vec<String> = Vec::new();
        self.visit(row, |found| {
            let text = |field| String::from_utf8_lossy(found.cell(field)).into_owned();
            cells = (0..found.cells.len()).map(text).collect();
        });
        serde_json::Value::from(cells).to_string()
    }

    /// The values of a kept row, one per column: numbers and codes, NaN for a blank, -1 for an unseen category.
    #[must_use]
    pub fn record(&self, row: usize) -> Vec<f64> {
        let mut values = vec![Value::Missing; self.schema.columns.len()];
        if let Some(parser) = &self.parser {
            // A row of the wrong length has only blanks.
            self.visit(row, |found| _ = parser.parse(found, &mut values, |_, _, _| {}));
        }
        values.into_iter().map(batch::number_of).collect()
    }

    /// The kept rows' numbers in a column of the model, NaN for none.
    #[must_use]
    pub fn numbers(&self, column: usize) -> Vec<f64> {
        let (Some(reader), Some(kept)) = (&self.reader, &self.kept) else { return Vec::new() };
        let (Some(format), Some(Some(field))) = (reader.formats().get(column), self.fields.get(column)) else {
            return vec![f64::NAN; kept.rows.len()];
        };
        let mut numbers = Vec::with_capacity(kept.rows.len());
        kept.each(reader.table().splitter(), |row| {
            let text = std::str::from_utf8(row.cell(*field)).unwrap_or_default();
            numbers.push(format.format.number(text).unwrap_or(f64::NAN));
        });
        numbers
    }

    /// The indices of the kept rows in the alphabetical order of a field's texts.
    #[must_use]
    pub fn ranks(&self, field: usize) -> Vec<u32> {
        let (Some(reader), Some(kept)) = (&self.reader, &self.kept) else { return Vec::new() };
        kept.ranks(reader.table().splitter(), field)
    }

    /// Whether each kept row contains a text, ignoring case: 1 or 0.
    #[must_use]
    pub fn containing(&self, text: &str) -> Vec<u8> {
        let (Some(reader), Some(kept)) = (&self.reader, &self.kept) else { return Vec::new() };
        kept.containing(reader.table().splitter(), text)
    }

    /// The file's header with additional names, in the file's format; with a byte order mark, which Excel needs.
    #[must_use]
    #[wasm_bindgen(js_name = writtenHeader)]
    #[expect(clippy::needless_pass_by_value, reason = "lists of texts cross by value only")]
    pub fn written_header(&self, names: Vec<String>) -> Vec<u8> {
        let (Some(reader), Some((output, encoding))) = (&self.reader, self.output()) else { return Vec::new() };
        let mark = if encoding == Encoding::Utf8 { Encoding::Utf8Bom } else { encoding }.mark();
        let header = output.header(reader.table().header().0, reader.table().header_cells(), &names);
        [mark, &reader::encoded(encoding, &header)].concat()
    }

    /// Kept rows from `from` on, unchanged, each with its estimate and the ends of its interval (empty for NaN) and the
    /// words of its flags.
    #[must_use]
    #[wasm_bindgen(js_name = writtenRows)]
    #[expect(clippy::needless_pass_by_value, reason = "lists of texts cross by value only")]
    pub fn written_rows(
        &self,
        from: usize,
        values: &[f64],
        lows: &[f64],
        highs: &[f64],
        flags: &[u8],
        words: Vec<String>,
    ) -> Vec<u8> {
        let (Some(kept), Some((output, encoding))) = (&self.kept, self.output()) else { return Vec::new() };
        let mut bytes = Vec::new();
        for (place, flags) in flags.iter().enumerate() {
            self.visit(from + place, |row| output.push_row(&mut bytes, row));
            for numbers in [values, lows, highs] {
                bytes.push(output.delimiter());
                if let Some(number) = numbers.get(place).filter(|number| number.is_finite()) {
                    output.push_number(&mut bytes, &number.to_string());
                }
            }
            bytes.push(output.delimiter());
            let is_set = |(bit, word): (usize, &String)| (flags >> bit & 1 == 1).then(|| word.clone());
            let said: Vec<String> = words.iter().enumerate().filter_map(is_set).collect();
            output.push_cell(&mut bytes, said.join(", ").as_bytes());
            bytes.push(b'\n');
        }
        debug_assert!(from + flags.len() <= kept.rows.len(), "rows are written that are not kept");
        reader::encoded(encoding, &bytes).into_owned()
    }

    fn output(&self) -> Option<(Output, Encoding)> {
        let reader = self.reader.as_ref()?;
        let table = reader.table();
        let delimiter = table.splitter().dialect.delimiter;
        Some((Output::new(delimiter, table.names().len(), reader.formats()), table.encoding()))
    }

    fn visit(&self, row: usize, visit: impl FnMut(&reader::Row<'_>)) {
        if let (Some(reader), Some(kept)) = (&self.reader, &self.kept) {
            kept.visit(reader.table().splitter(), row, visit);
        }
    }
}

fn read_options(json: &str) -> ReadOptions {
    let options = model_core::parse_json(json).unwrap_or_default();
    let text = |name: &str| options[name].as_str().map(ToOwned::to_owned);
    ReadOptions {
        wanted: Vec::new(),
        header_row: options["headerRow"].as_u64(),
        skip_rows: options["skipRows"].as_u64().unwrap_or_default(),
        comment: text("comment"),
        sheet: text("sheet"),
        needed: None,
    }
}
