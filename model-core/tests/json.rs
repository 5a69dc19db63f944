//! Our JSON parser is compared with serde_json: the same texts accepted, the same trees, the same bits of numbers.

use model_core::{JsonError, from_json, parse_json};
use serde_json::{Map, Value as Json, json};

/// xorshift64*, so that a failure can be reproduced.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() >> 11) as usize % n
    }

    fn pick<'a>(&mut self, items: &[&'a str]) -> &'a str {
        items[self.below(items.len())]
    }

    fn tree(&mut self, depth: usize) -> Json {
        match self.below(if depth > 4 { 5 } else { 7 }) {
            0 => [Json::Null, Json::Bool(true), Json::Bool(false)][self.below(3)].clone(),
            1 => json!(f64::from_bits(self.next())),
            2 => json!(self.next() >> self.below(64)),
            3 => json!((self.next() as i64) >> self.below(64)),
            4 => Json::String(self.text()),
            5 => (0..self.below(5)).map(|_| self.tree(depth + 1)).collect(),
            _ => Json::Object((0..self.below(5)).map(|_| (self.text(), self.tree(depth + 1))).collect::<Map<_, _>>()),
        }
    }

    fn text(&mut self) -> String {
        let n_parts = self.below(6);
        let parts = ["a", "\"", "\\", "/", "\n", "\u{1}", "\u{7f}", "é", "数", "𝄞", "\u{2028}", " ", "{", "}"];
        (0..n_parts).map(|_| self.pick(&parts)).collect()
    }

    /// The text of a number, well-formed or not.
    fn number(&mut self) -> String {
        let digits = |random: &mut Self, n: usize| -> String {
            (0..random.below(n)).map(|_| char::from(b'0' + random.below(10) as u8)).collect()
        };
        let mut text = String::from(self.pick(&["", "-", "0", "-0", "1", "+", "00"]));
        text += &digits(self, 24);
        text += self.pick(&["", "", ".", ".0", ".5"]);
        text += &digits(self, 24);
        text += self.pick(&["", "", "", "e", "E-", "e+3", "e-7", "e30", "e308", "e-320", "e-999", "e999"]);
        text
    }
}

/// Compares the bits of numbers too: `-0.0 == 0.0`.
fn is_same(left: &Json, right: &Json) -> bool {
    match (left, right) {
        (Json::Number(left), Json::Number(right)) => {
            left == right && left.as_f64().map(f64::to_bits) == right.as_f64().map(f64::to_bits)
        }
        (Json::Array(left), Json::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| is_same(left, right))
        }
        (Json::Object(left), Json::Object(right)) => {
            left.len() == right.len()
                && left.iter().zip(right).all(|(left, right)| left.0 == right.0 && is_same(left.1, right.1))
        }
        _ => left == right,
    }
}

/// Whether `text` was accepted, after making sure that serde_json agrees.
fn agree(text: &str) -> bool {
    match (parse_json(text), serde_json::from_str::<Json>(text)) {
        (Ok(ours), Ok(theirs)) => {
            assert!(is_same(&ours, &theirs), "{text:?}: {ours} is not {theirs}");
            true
        }
        (Err(ours), Err(theirs)) => {
            let is_truncated = theirs.is_eof();
            assert_eq!(ours.is_truncated, is_truncated, "{text:?}: {ours}, but {theirs}");
            false
        }
        (ours, theirs) => panic!("{text:?}: {ours:?}, but {theirs:?}"),
    }
}

#[test]
fn whole_texts_give_the_same_trees() {
    let mut random = Random(1);
    for _ in 0..20_000 {
        let tree = random.tree(0);
        assert!(agree(&tree.to_string()));
        assert!(agree(&serde_json::to_string_pretty(&tree).unwrap()));
    }
}

#[test]
fn spoilt_texts_are_accepted_or_refused_alike() {
    let mut random = Random(2);
    let parts = [
        "",
        "\"",
        "\\",
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        " ",
        "\t",
        "\n",
        "\r",
        "\u{b}",
        "\u{a0}",
        "0",
        "-",
        ".",
        "e",
        "nul",
        "null",
        "true",
        "fals",
        "\\u",
        "\\u00e9",
        "\\ud834\\udd1e",
        "\\ud834",
        "\\udd1e",
        "\\ud834\\n",
        "\\x",
        "\u{1}",
        "é",
    ];
    let mut n_accepted = 0;
    for _ in 0..100_000 {
        let mut text: Vec<char> = random.tree(2).to_string().chars().collect();
        for _ in 0..1 + random.below(2) {
            let (from, to) = (random.below(text.len() + 1), random.below(3));
            let to = (from + to).min(text.len());
            text.splice(from..to, random.pick(&parts).chars());
        }
        let text: String = text.into_iter().collect();
        // Intended differences have a test below.
        let is_twice = parse_json(&text).is_err_and(|error| error.problem.contains("already"));
        n_accepted += u32::from(!is_twice && agree(&text));
    }
    assert!(n_accepted > 5_000 && n_accepted < 95_000, "{n_accepted} of 100,000 accepted: both should be tried");
}

#[test]
fn numbers_have_the_same_bits() {
    let mut random = Random(3);
    let mut n_accepted = 0;
    for _ in 0..200_000 {
        let value = f64::from_bits(random.next());
        if value.is_finite() {
            let text = format!("{value:e}");
            assert_eq!(parse_json(&text).unwrap().as_f64().map(f64::to_bits), Some(value.to_bits()), "{text}");
            assert!(agree(&text));
        }
        n_accepted += u32::from(agree(&random.number()));
    }
    assert!(n_accepted > 20_000, "{n_accepted}");
    // Exactly between two doubles, and just above; the smallest; around the largest.
    for text in [
        "9007199254740993",
        "9007199254740993.0",
        "9007199254740993.0000000000000000000000000000000001",
        "18446744073709551615",
        "18446744073709551616",
        "-9223372036854775808",
        "-9223372036854775809",
        "2.4703282292062327e-324",
        "2.4703282292062328e-324",
        "5e-324",
        "1.7976931348623158e308",
        "-0",
        "-0.0",
        "-0e5",
    ] {
        assert!(agree(text), "{text}");
    }
    assert!(!agree("1.7976931348623159e308"));
}

#[test]
fn nesting_is_bounded() {
    let nested = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
    assert!(agree(&nested(127)));
    assert!(!agree(&nested(128)));
    assert!(parse_json(&"[".repeat(1_000_000)).is_err_and(|error| error.problem == "nested too deeply"));
    assert!(parse_json(&"{\"a\":".repeat(1_000_000)).is_err_and(|error| error.problem == "nested too deeply"));
}

#[test]
fn errors_say_where() {
    let error = |text: &str| parse_json(text).unwrap_err();
    let expected = JsonError { problem: "expected a value", is_truncated: false, line: 2, column: 6 };
    assert_eq!(error("{\n\"é\": !}"), expected);
    assert_eq!(error("{\n\"é\": !}").to_string(), "expected a value at line 2, column 6");
    let cut = error("{\n\"é\":");
    assert!(cut.is_truncated && (cut.line, cut.column) == (2, 5), "{cut:?}");
    let twice = error(r#"{"a": 1, "b": {"a": 1}, "a": 1}"#);
    assert_eq!((twice.problem, twice.column), ("a name that this object has already", 25));
}

#[test]
fn values_that_are_not_of_the_type_are_placed() {
    let error = |text: &str| from_json::<Vec<Vec<u8>>>(text).unwrap_err().to_string();
    assert_eq!(error("[[1, 2], [3, 256]]"), "[1][1]: this number is not a whole number that fits in u8");
    assert_eq!(error("[[1.0]]"), "[0][0]: this number is not a whole number that fits in u8");
    assert_eq!(error("{}"), "an object is not a list");
    assert_eq!(error("[[1}"), "expected a comma or the closing bracket at line 1, column 4");
    assert_eq!(from_json::<Option<f64>>("null").unwrap(), None);
    assert!(from_json::<[bool; 2]>("[true]").is_err());
}
