//! Parsing of numbers, and the largest magnitude of a number.
//!
//! Rust's own parsing rounds correctly, with a table of 10 kB that does not compress. In a browser, the feature
//! `js-numbers` uses the browser's parsing instead, which rounds correctly too (ECMA-262, `RoundMVResult`: exactly up
//! to 20 significant digits; we write at most 17). The page's self-test and its end-to-end tests compare the bits.

/// The largest magnitude that counts as a measurement. Within it no difference, product or square that a model computes
/// overflows, so that no prediction is infinite or NaN.
pub const MAX_MAGNITUDE: f64 = 1e100;

/// The number that `text` spells in decimal notation, correctly rounded; `None` for other text and beyond
/// [`MAX_MAGNITUDE`].
#[must_use]
pub fn parse_number(text: &str) -> Option<f64> {
    parse_finite(text).filter(|number| is_measurement(*number))
}

/// The finite number that `text` spells, if it is one.
pub(crate) fn parse_finite(text: &str) -> Option<f64> {
    // Rust also reads "inf", "infinity" and "nan", which are not numbers here.
    parse(text).filter(|number| number.is_finite())
}

/// Whether `number` is finite and no larger than [`MAX_MAGNITUDE`].
pub(crate) fn is_measurement(number: f64) -> bool {
    number.abs() <= MAX_MAGNITUDE
}

#[cfg(not(all(target_arch = "wasm32", feature = "js-numbers")))]
fn parse(text: &str) -> Option<f64> {
    text.parse().ok()
}

#[cfg(all(target_arch = "wasm32", feature = "js-numbers"))]
fn parse(text: &str) -> Option<f64> {
    is_decimal(text.as_bytes()).then(|| exact(text.as_bytes()).unwrap_or_else(|| js_sys::Number::parse_float(text)))
}

/// The value of a decimal number without an exponent whose digits and power of ten are both exact as `f64`: then a
/// single division rounds correctly (Clinger 1990, "How to read floating point numbers accurately"). Most numbers of an
/// artifact are such, and calling the browser for each of a thousand delays the first estimate.
#[cfg(any(test, all(target_arch = "wasm32", feature = "js-numbers")))]
fn exact(text: &[u8]) -> Option<f64> {
    const MAX_DIGITS: u32 = 15;
    const MAX_SCALE: u64 = 10_u64.pow(MAX_DIGITS);
    let (mut digits, mut n_digits, mut scale, mut is_fraction) = (0_u64, 0, 1_u64, false);
    for byte in text {
        match byte {
            b'0'..=b'9' if n_digits < MAX_DIGITS => {
                digits = 10 * digits + u64::from(byte - b'0');
                n_digits += u32::from(digits > 0);
                // At most 15 digits are significant, but there may be leading zeros.
                scale = if is_fraction { scale.checked_mul(10)? } else { scale };
            }
            b'.' => is_fraction = true,
            b'-' | b'+' => (),
            _ => return None,
        }
    }
    let size = (scale <= MAX_SCALE).then(|| digits as f64 / scale as f64)?;
    Some(if text.first() == Some(&b'-') { -size } else { size })
}

/// Whether all of `text` is a decimal number in Rust's syntax: JavaScript ignores what follows a number.
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
    fn what_is_read_without_help_has_the_same_bits() {
        let (mut state, mut n_exact) = (1_u64, 0);
        let mut random = || {
            // Knuth's MMIX.
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state >> 16
        };
        for _ in 0..500_000 {
            let digits = (random() % 10_u64.pow(u32::try_from(random() % 19).unwrap())).to_string();
            let zeros = "0".repeat(usize::try_from(random() % 4).unwrap());
            let mut text = zeros + &digits;
            text.insert(usize::try_from(random()).unwrap() % (text.len() + 1), '.');
            if random() % 2 == 0 {
                text.insert(0, '-');
            }
            let read = exact(text.as_bytes());
            n_exact += usize::from(read.is_some());
            assert!(read.is_none_or(|read| read.to_bits() == text.parse::<f64>().unwrap().to_bits()), "{text}");
        }
        assert!(n_exact > 300_000, "{n_exact}");
        assert_eq!(exact(b"0.001953"), Some(0.001_953));
        assert_eq!(exact(b"-0"), Some(-0.0));
        for longer in ["1e3", "0.1234567890123456", "0.0000000000000001"] {
            assert_eq!(exact(longer.as_bytes()), None, "{longer}");
        }
    }

    #[test]
    fn only_measurements_are_numbers() {
        assert_eq!(parse_number("-1.5e2"), Some(-150.0));
        assert_eq!(parse_number("1e100"), Some(1e100));
        for text in ["", "inf", "NaN", "1e999", "-1e101", "1 ", "0x10", "1_000", "72 points"] {
            assert_eq!(parse_number(text), None, "{text:?}");
            assert!(!is_decimal(text.as_bytes()) || text.ends_with("1e999") || text == "-1e101", "{text:?}");
        }
    }
}
