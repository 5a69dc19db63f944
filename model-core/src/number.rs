//! From the text of a number to its bits.
//!
//! Rust's own parsing rounds correctly, with a table of 10 kB. The page can't afford that table and has the browser's,
//! which rounds correctly too (ECMA-262, `RoundMVResult`: exactly up to 20 significant digits; we write at most 17): the
//! feature `js-numbers` takes that one instead. The page's self-test and its journeys hold the two to equal bits.

/// The finite number that `text` spells, if it does.
#[must_use]
pub fn parse_number(text: &str) -> Option<f64> {
    // Neither spells "inf", "infinity" or "nan", which are no measurements.
    parse(text).filter(|number| number.is_finite())
}

#[cfg(not(all(target_arch = "wasm32", feature = "js-numbers")))]
fn parse(text: &str) -> Option<f64> {
    text.parse().ok()
}

#[cfg(all(target_arch = "wasm32", feature = "js-numbers"))]
fn parse(text: &str) -> Option<f64> {
    is_decimal(text.as_bytes()).then(|| js_sys::Number::parse_float(text))
}

/// A number in a message. In the browser its own arithmetic writes the digits: Rust's take 6 kB.
pub(crate) struct Written(pub(crate) f64);

impl std::fmt::Display for Written {
    #[cfg(not(all(target_arch = "wasm32", feature = "js-numbers")))]
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(formatter)
    }

    #[cfg(all(target_arch = "wasm32", feature = "js-numbers"))]
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let digits = js_sys::Number::from(self.0).to_string_with_radix(10);
        formatter.write_str(&digits.map(String::from).unwrap_or_default())
    }
}

/// Whether `text` is all of a decimal number as Rust reads it: JavaScript stops where one ends, and forgives what follows.
#[cfg(any(test, all(target_arch = "wasm32", feature = "js-numbers")))]
fn is_decimal(text: &[u8]) -> bool {
    let after_sign = |text: &mut &[u8]| {
        if let [b'+' | b'-', rest @ ..] = *text {
            *text = rest;
        }
    };
    let n_digits = |text: &mut &[u8]| {
        let n = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
        *text = &text[n..];
        n
    };
    let mut rest = text;
    after_sign(&mut rest);
    let mut n = n_digits(&mut rest);
    if let [b'.', behind @ ..] = rest {
        rest = behind;
        n += n_digits(&mut rest);
    }
    if let [b'e' | b'E', behind @ ..] = rest
        && n > 0
    {
        rest = behind;
        after_sign(&mut rest);
        n = n_digits(&mut rest);
    }
    n > 0 && rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decimal_number_is_what_rust_reads_as_one() {
        // Every text of up to six of these characters.
        let alphabet = b"07.eE+-x";
        let mut texts: Vec<Vec<u8>> = vec![Vec::new()];
        let mut n_numbers = 0;
        for _ in 0..=6 {
            for text in &texts {
                let text = std::str::from_utf8(text).unwrap();
                let is_number = text.parse::<f64>().is_ok();
                n_numbers += usize::from(is_number);
                assert_eq!(is_decimal(text.as_bytes()), is_number, "{text:?}");
            }
            let longer = |text: &Vec<u8>| alphabet.map(|byte| [text.as_slice(), &[byte]].concat());
            texts = texts.iter().flat_map(longer).collect();
        }
        assert!(n_numbers > 1_000, "{n_numbers}");
    }

    #[test]
    fn only_measurements_are_numbers() {
        assert_eq!(parse_number("-1.5e2"), Some(-150.0));
        for text in ["", "inf", "NaN", "1e999", "1 ", "0x10", "1_000", "72 points"] {
            assert_eq!(parse_number(text), None, "{text:?}");
            assert!(!is_decimal(text.as_bytes()) || text == "1e999", "{text:?}");
        }
    }
}
