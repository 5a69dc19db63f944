//! From text to [`serde_json::Value`]: a recursive-descent parser.
//!
//! Why not serde_json's own parser: the JavaScript module's WebAssembly was 108 kB after brotli with it and 91 kB
//! without it (and without one sorting routine), mostly tables and code for numbers. What serde_json accepts is
//! accepted here, with bit-identical values (`tests/json.rs`), except for two differences: duplicate names in an object
//! are rejected, since readers disagree on which one counts; and memory is bounded, since `{"":0},` takes 90 bytes of
//! memory for each byte of text.

use serde_json::{Map, Number, Value as Json};
use thiserror::Error;

use crate::number::parse_finite;

/// Maximum nesting of objects and lists, as in serde_json: a hostile file can't exhaust the stack.
const MAX_DEPTH: usize = 127;
/// Maximum cost of the values of one text, which bounds memory. A value costs 1; a list or an object costs more, as its
/// first items allocate a block. The largest published models have some hundred thousand values.
const MAX_COST: usize = 1 << 23;
const LIST_COST: usize = 4;
const OBJECT_COST: usize = 16;

/// Why a text is not JSON, and where: line and column count from 1, columns in characters.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{problem} at line {line}, column {column}")]
pub struct JsonError {
    /// What is wrong.
    pub problem: &'static str,
    /// Whether the text ends too early.
    pub is_truncated: bool,
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

/// Reads a text that is one JSON value.
///
/// # Errors
/// The first position where it isn't JSON.
pub fn parse_json(text: &str) -> Result<Json, JsonError> {
    let mut reader = Reader { text, offset: 0, budget: MAX_COST };
    reader.document().map_err(|problem| {
        // An error at the end of the text means that there is too little of it; a number out of range is wrong wherever
        // it ends.
        let is_truncated = reader.offset >= text.len() && problem != OUT_OF_RANGE;
        let before = text.get(..reader.offset).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |end| end + 1);
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        JsonError {
            problem,
            is_truncated,
            line,
            column: before.get(line_start..).map_or(0, |line| line.chars().count()) + 1,
        }
    })
}

type Problem = &'static str;

const OUT_OF_RANGE: Problem = "number out of range";
const HALF_A_PAIR: Problem = "half of a surrogate pair";

struct Reader<'a> {
    text: &'a str,
    /// The offset of the next byte; after an error, of the invalid byte.
    offset: usize,
    /// What remains of [`MAX_COST`].
    budget: usize,
}

impl<'a> Reader<'a> {
    fn document(&mut self) -> Result<Json, Problem> {
        let value = self.value(0)?;
        self.skip_space();
        if self.offset < self.text.len() { Err("more text after the end") } else { Ok(value) }
    }

    fn spend(&mut self, cost: usize) -> Result<(), Problem> {
        self.budget = self.budget.checked_sub(cost).ok_or("more values than are supported")?;
        Ok(())
    }

    fn value(&mut self, depth: usize) -> Result<Json, Problem> {
        self.skip_space();
        self.spend(1)?;
        match self.next() {
            Some(b'{') => self.object(depth + 1),
            Some(b'[') => self.list(depth + 1),
            Some(b'"') => self.string().map(Json::String),
            Some(b'-' | b'0'..=b'9') => self.number().map(Json::Number),
            Some(b'n') => self.word("null", Json::Null),
            Some(b't') => self.word("true", Json::Bool(true)),
            Some(b'f') => self.word("false", Json::Bool(false)),
            _ => Err("expected a value"),
        }
    }

    fn object(&mut self, depth: usize) -> Result<Json, Problem> {
        self.spend(OBJECT_COST)?;
        let mut members = Map::new();
        self.items(depth, b'}', |reader| {
            let offset = reader.offset;
            if reader.next() != Some(b'"') {
                return Err("expected a name in double quotes");
            }
            let name = reader.string()?;
            if members.contains_key(&name) {
                reader.offset = offset;
                return Err("a name that this object has already");
            }
            reader.skip_space();
            if reader.next() != Some(b':') {
                return Err("expected a colon");
            }
            reader.offset += 1;
            members.insert(name, reader.value(depth)?);
            Ok(())
        })?;
        Ok(Json::Object(members))
    }

    fn list(&mut self, depth: usize) -> Result<Json, Problem> {
        self.spend(LIST_COST)?;
        let mut items = Vec::new();
        self.items(depth, b']', |reader| {
            items.push(reader.value(depth)?);
            Ok(())
        })?;
        Ok(Json::Array(items))
    }

    /// Items between an opening bracket and `end`, separated by commas.
    fn items(
        &mut self,
        depth: usize,
        end: u8,
        mut item: impl FnMut(&mut Self) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        if depth > MAX_DEPTH {
            return Err("nested too deeply");
        }
        self.offset += 1;
        self.skip_space();
        let mut is_over = self.next() == Some(end);
        while !is_over {
            self.skip_space();
            item(self)?;
            self.skip_space();
            is_over = match self.next() {
                Some(b',') => false,
                byte if byte == Some(end) => true,
                _ => return Err("expected a comma or the closing bracket"),
            };
            if !is_over {
                self.offset += 1;
            }
        }
        self.offset += 1;
        Ok(())
    }

    fn string(&mut self) -> Result<String, Problem> {
        self.offset += 1;
        let mut string = String::new();
        loop {
            let start = self.offset;
            while self.next().is_some_and(|byte| byte >= b' ' && byte != b'"' && byte != b'\\') {
                self.offset += 1;
            }
            // Both ends are next to an ASCII character, so on character boundaries.
            string.push_str(self.since(start));
            match self.next() {
                Some(b'"') => {
                    self.offset += 1;
                    return Ok(string);
                }
                Some(b'\\') => {
                    self.offset += 1;
                    string.push(self.escaped()?);
                }
                _ => return Err("a line break or another control character inside of a text"),
            }
        }
    }

    fn escaped(&mut self) -> Result<char, Problem> {
        let character = match self.next() {
            Some(byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.offset += 1;
                let first = self.code_unit()?;
                let second = if (0xD800..0xDC00).contains(&first) {
                    self.expect("\\u")?;
                    Some(self.code_unit()?)
                } else {
                    None
                };
                let character = char::decode_utf16([first].into_iter().chain(second)).next().and_then(Result::ok);
                return character.ok_or_else(|| {
                    // The digit is invalid, not what follows.
                    self.offset -= 1;
                    HALF_A_PAIR
                });
            }
            _ => return Err("an unknown escape"),
        };
        self.offset += 1;
        Ok(character)
    }

    fn code_unit(&mut self) -> Result<u16, Problem> {
        let mut unit = 0;
        if self.text.len() - self.offset < 4 {
            self.offset = self.text.len();
        }
        for _ in 0..4 {
            let digit = self.next().and_then(|byte| char::from(byte).to_digit(16));
            unit = unit * 16 + digit.ok_or("expected four hexadecimal digits")?;
            self.offset += 1;
        }
        Ok(u16::try_from(unit).unwrap_or_default())
    }

    fn number(&mut self) -> Result<Number, Problem> {
        let start = self.offset;
        let mut is_whole = true;
        self.skip(b"-");
        if self.next() == Some(b'0') {
            self.offset += 1;
        } else {
            self.digits()?;
        }
        if self.skip(b".") {
            is_whole = false;
            self.digits()?;
        }
        if self.skip(b"eE") {
            is_whole = false;
            self.skip(b"+-");
            self.digits()?;
        }
        let text = self.since(start);
        if is_whole && text != "-0" {
            if let Ok(number) = text.parse::<u64>() {
                return Ok(number.into());
            }
            if let Ok(number) = text.parse::<i64>() {
                return Ok(number.into());
            }
        }
        parse_finite(text).and_then(Number::from_f64).ok_or(OUT_OF_RANGE)
    }

    fn digits(&mut self) -> Result<(), Problem> {
        let start = self.offset;
        while self.next().is_some_and(|byte| byte.is_ascii_digit()) {
            self.offset += 1;
        }
        if self.offset == start { Err("expected a digit") } else { Ok(()) }
    }

    fn word(&mut self, word: &str, value: Json) -> Result<Json, Problem> {
        self.expect(word).map(|()| value)
    }

    fn expect(&mut self, word: &str) -> Result<(), Problem> {
        for byte in word.bytes() {
            if self.next() != Some(byte) {
                return Err(if word == "\\u" { HALF_A_PAIR } else { "expected null, true or false" });
            }
            self.offset += 1;
        }
        Ok(())
    }

    fn skip_space(&mut self) {
        while self.skip(b" \n\r\t") {}
    }

    /// Skips the next byte if it is one of these.
    fn skip(&mut self, bytes: &[u8]) -> bool {
        let is_one = self.next().is_some_and(|byte| bytes.contains(&byte));
        self.offset += usize::from(is_one);
        is_one
    }

    fn next(&self) -> Option<u8> {
        self.text.as_bytes().get(self.offset).copied()
    }

    fn since(&self, start: usize) -> &'a str {
        self.text.get(start..self.offset).unwrap_or_default()
    }
}
