//! From text to a tree of JSON: the one reader of the trainer, the page and the module.
//!
//! Why not serde's own reading: it is compiled anew for every type that is read, and took 40 kB of the page's first
//! load. Types are read from the tree (see [`crate::FromTree`]); what serde_json accepts is accepted and gives the
//! same tree, with one difference: a name that an object has twice is refused, since readers disagree on which counts.

use serde_json::{Map, Number, Value as Json};
use thiserror::Error;

use crate::number::parse_number;
use crate::tree::FromTree;

/// Objects and lists within each other, as serde_json has it: a hostile file can't exhaust the stack.
const MAX_DEPTH: usize = 127;

/// Why a text is not JSON, and where: both from 1, the column in characters.
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
/// The first place where it isn't JSON.
pub fn parse_json(text: &str) -> Result<Json, JsonError> {
    let mut reader = Reader { text, place: 0 };
    reader.document().map_err(|problem| {
        // At the end of the text nothing but more text is missing; a number out of range is wrong wherever it ends.
        let is_truncated = reader.place >= text.len() && problem != OUT_OF_RANGE;
        let before = text.get(..reader.place).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |end| end + 1);
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        JsonError { problem, is_truncated, line, column: before[line_start..].chars().count() + 1 }
    })
}

/// Reads a text that is one value of type `T`, as it is written by serde_json.
///
/// # Errors
/// Where the text is not JSON, or how it is another value than was expected.
pub fn from_json<T: FromTree>(text: &str) -> Result<T, Box<dyn std::error::Error + Send + Sync>> {
    Ok(T::from_tree(&parse_json(text)?)?)
}

type Problem = &'static str;

const OUT_OF_RANGE: Problem = "number out of range";
const HALF_A_PAIR: Problem = "half of a surrogate pair";

struct Reader<'a> {
    text: &'a str,
    /// The byte that is next; where something is wrong it is the byte that is.
    place: usize,
}

impl<'a> Reader<'a> {
    fn document(&mut self) -> Result<Json, Problem> {
        let value = self.value(0)?;
        self.skip_space();
        if self.place < self.text.len() { Err("more text after the end") } else { Ok(value) }
    }

    fn value(&mut self, depth: usize) -> Result<Json, Problem> {
        self.skip_space();
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
        let mut members = Map::new();
        self.items(depth, b'}', |reader| {
            let place = reader.place;
            if reader.next() != Some(b'"') {
                return Err("expected a name in double quotes");
            }
            let name = reader.string()?;
            if members.contains_key(&name) {
                reader.place = place;
                return Err("a name that this object has already");
            }
            reader.skip_space();
            if reader.next() != Some(b':') {
                return Err("expected a colon");
            }
            reader.place += 1;
            members.insert(name, reader.value(depth)?);
            Ok(())
        })?;
        Ok(Json::Object(members))
    }

    fn list(&mut self, depth: usize) -> Result<Json, Problem> {
        let mut items = Vec::new();
        self.items(depth, b']', |reader| {
            items.push(reader.value(depth)?);
            Ok(())
        })?;
        Ok(Json::Array(items))
    }

    /// What stands between an opening bracket and `end`, item by item.
    fn items(
        &mut self,
        depth: usize,
        end: u8,
        mut item: impl FnMut(&mut Self) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        if depth > MAX_DEPTH {
            return Err("nested too deeply");
        }
        self.place += 1;
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
                self.place += 1;
            }
        }
        self.place += 1;
        Ok(())
    }

    fn string(&mut self) -> Result<String, Problem> {
        self.place += 1;
        let mut string = String::new();
        loop {
            let start = self.place;
            while self.next().is_some_and(|byte| byte >= b' ' && byte != b'"' && byte != b'\\') {
                self.place += 1;
            }
            // Between two ASCII characters, so at a character's border.
            string.push_str(self.since(start));
            match self.next() {
                Some(b'"') => {
                    self.place += 1;
                    return Ok(string);
                }
                Some(b'\\') => {
                    self.place += 1;
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
                self.place += 1;
                let first = self.code_unit()?;
                let second = if (0xD800..0xDC00).contains(&first) {
                    self.expect("\\u")?;
                    Some(self.code_unit()?)
                } else {
                    None
                };
                let character = char::decode_utf16([first].into_iter().chain(second)).next().and_then(Result::ok);
                return character.ok_or_else(|| {
                    // The digit is wrong, not what follows.
                    self.place -= 1;
                    HALF_A_PAIR
                });
            }
            _ => return Err("an escape that there is not"),
        };
        self.place += 1;
        Ok(character)
    }

    fn code_unit(&mut self) -> Result<u16, Problem> {
        let mut unit = 0;
        if self.text.len() - self.place < 4 {
            self.place = self.text.len();
        }
        for _ in 0..4 {
            let digit = self.next().and_then(|byte| char::from(byte).to_digit(16));
            unit = unit * 16 + digit.ok_or("expected four hexadecimal digits")?;
            self.place += 1;
        }
        Ok(u16::try_from(unit).unwrap_or_default())
    }

    fn number(&mut self) -> Result<Number, Problem> {
        let start = self.place;
        let mut is_whole = true;
        self.skip(b"-");
        if self.next() == Some(b'0') {
            self.place += 1;
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
        parse_number(text).and_then(Number::from_f64).ok_or(OUT_OF_RANGE)
    }

    fn digits(&mut self) -> Result<(), Problem> {
        let start = self.place;
        while self.next().is_some_and(|byte| byte.is_ascii_digit()) {
            self.place += 1;
        }
        if self.place == start { Err("expected a digit") } else { Ok(()) }
    }

    fn word(&mut self, word: &str, value: Json) -> Result<Json, Problem> {
        self.expect(word).map(|()| value)
    }

    fn expect(&mut self, word: &str) -> Result<(), Problem> {
        for byte in word.bytes() {
            if self.next() != Some(byte) {
                return Err(if word == "\\u" { HALF_A_PAIR } else { "expected null, true or false" });
            }
            self.place += 1;
        }
        Ok(())
    }

    fn skip_space(&mut self) {
        while self.skip(b" \n\r\t") {}
    }

    /// Steps over the next byte if it is one of these.
    fn skip(&mut self, bytes: &[u8]) -> bool {
        let is_one = self.next().is_some_and(|byte| bytes.contains(&byte));
        self.place += usize::from(is_one);
        is_one
    }

    fn next(&self) -> Option<u8> {
        self.text.as_bytes().get(self.place).copied()
    }

    fn since(&self, start: usize) -> &'a str {
        self.text.get(start..self.place).unwrap_or_default()
    }
}
