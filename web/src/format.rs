//! Formatting of numbers and names, in one place so that the whole page agrees.
//!
//! The number of decimals depends on the error: a score with a typical error of four points is shown as a whole number.

#[cfg(target_arch = "wasm32")]
use self::browser::{fixed, localised, localised_day, shortest_digits};
#[cfg(not(target_arch = "wasm32"))]
use self::native::{fixed, localised, localised_day, shortest_digits};

const MINUS: char = '\u{2212}';

/// The number of decimals for a number with the typical error `error`: none from about 1 on, one from about 0.1 on.
pub(crate) fn decimals_for(error: f64) -> usize {
    const MOST: usize = 4;
    let mut unit = 0.95;
    (0..MOST)
        .find(|_| {
            let is_enough = error >= unit;
            unit /= 10.0;
            is_enough
        })
        .unwrap_or(MOST)
}

/// `value` with this many decimals, a true minus sign, and thousands separators from 10,000 on.
pub(crate) fn number(value: f64, decimals: usize, locale: Option<&str>) -> String {
    with_sign(value, localised(value.abs(), Some(decimals), locale), "")
}

/// Like [`number`], with a plus sign where it is above 0.
pub(crate) fn signed(value: f64, decimals: usize, locale: Option<&str>) -> String {
    with_sign(value, localised(value.abs(), Some(decimals), locale), "+")
}

/// `value` as in the data: the shortest digits, a true minus sign.
pub(crate) fn shortest(value: f64, locale: Option<&str>) -> String {
    with_sign(value, localised(value.abs(), None, locale), "")
}

fn with_sign(value: f64, digits: String, plus: &str) -> String {
    let is_zero = !digits.bytes().any(|byte| matches!(byte, b'1'..=b'9'));
    if is_zero {
        digits
    } else if value < 0.0 {
        format!("{MINUS}{digits}")
    } else {
        format!("{plus}{digits}")
    }
}

/// `value` for machines: the shortest digits that identify it exactly.
pub(crate) fn plain(value: f64) -> String {
    // JavaScript formats −0 without its sign.
    if value == 0.0 && value.is_sign_negative() { "-0".into() } else { shortest_digits(value) }
}

/// A position from 0 to 100 as an attribute in a drawing.
pub(crate) fn percent(position: f64) -> String {
    fixed(position, 2) + "%"
}

/// A position from 0 to 100 in a drawing of that width.
pub(crate) fn coordinate(position: f64) -> String {
    fixed(position, 2)
}

/// A label within a sentence: "Math score" becomes "math score", "G3" and "GPA" stay.
pub(crate) fn in_sentence(label: &str) -> String {
    let mut label = label.to_owned();
    if label.as_bytes().get(1).is_some_and(u8::is_ascii_lowercase)
        && let Some(first) = label.get_mut(..1)
    {
        first.make_ascii_lowercase();
    }
    label
}

/// A date `YYYY-MM-DD`, formatted for the visitor's locale.
pub(crate) fn day(date: &str, locale: Option<&str>) -> String {
    localised_day(date, locale)
}

/// The first digits of a SHA-256: enough to distinguish files by eye.
pub(crate) fn fingerprint(sha256: &str) -> &str {
    sha256.get(..12).unwrap_or(sha256)
}

/// `text` with a capital first letter, unless it starts with a file's name.
pub(crate) fn capitalised(text: &str) -> String {
    let mut text = text.to_owned();
    if text.split(' ').next().is_some_and(|word| word.contains(".json")) {
        return text;
    }
    // ASCII only: Unicode's case tables would be a tenth of the page's size.
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text
}

#[cfg(target_arch = "wasm32")]
mod browser {
    //! Uses the browser's number formatting, which gives the same digits as Rust's, in the visitor's locale: Rust's
    //! takes 5 kB of the first load.

    use std::cell::RefCell;

    use js_sys::{Array, Date, Function, Intl, Number, Object, Reflect};
    use wasm_bindgen::JsValue;

    thread_local! {
        /// One for each locale and number of decimals, and one for the shortest digits: creating one takes longer than
        /// using it.
        static FORMATS: RefCell<Vec<Format>> = const { RefCell::new(Vec::new()) };
    }

    type Format = (Option<String>, Option<usize>, Function);

    pub(super) fn localised(value: f64, decimals: Option<usize>, locale: Option<&str>) -> String {
        FORMATS.with_borrow_mut(|formats| {
            let is_it = |(own, of, _): &Format| *of == decimals && own.as_deref() == locale;
            let found = formats.iter().position(is_it).unwrap_or_else(|| {
                formats.push((locale.map(str::to_owned), decimals, format(locale, decimals)));
                formats.len() - 1
            });
            let text = formats[found].2.call1(&JsValue::UNDEFINED, &value.into());
            text.ok().and_then(|text| text.as_string()).unwrap_or_default()
        })
    }

    fn format(locale: Option<&str>, decimals: Option<usize>) -> Function {
        let options = Object::new();
        let (least, most) = decimals.map_or((0, 20), |decimals| (decimals, decimals));
        // `false`: as in the data.
        let grouping = if decimals.is_some() { JsValue::from("min2") } else { JsValue::FALSE };
        for (name, value) in [
            ("minimumFractionDigits", JsValue::from(least as u32)),
            ("maximumFractionDigits", JsValue::from(most as u32)),
            ("useGrouping", grouping),
        ] {
            // Can't fail for a new object.
            let _ = Reflect::set(&options, &name.into(), &value);
        }
        let locales = locale.map_or_else(Array::new, |locale| Array::of1(&locale.into()));
        Intl::NumberFormat::new(&locales, &options).format()
    }

    pub(super) fn fixed(value: f64, decimals: usize) -> String {
        let digits = Number::from(value).to_fixed(u8::try_from(decimals).unwrap_or(u8::MAX));
        digits.map(String::from).unwrap_or_default()
    }

    pub(super) fn shortest_digits(value: f64) -> String {
        Number::from(value).to_string_with_radix(10).map(String::from).unwrap_or_default()
    }

    pub(super) fn localised_day(date: &str, locale: Option<&str>) -> String {
        let options = Object::new();
        // A date without a time is midnight in UTC, which may be another day in local time.
        for (name, value) in [("dateStyle", "long"), ("timeZone", "UTC")] {
            let _ = Reflect::set(&options, &name.into(), &value.into());
        }
        let locales = locale.map_or_else(Array::new, |locale| Array::of1(&locale.into()));
        let format = Intl::DateTimeFormat::new(&locales, &options).format();
        let text = format.call1(&JsValue::UNDEFINED, &Date::new(&date.into()));
        text.ok().and_then(|text| text.as_string()).unwrap_or_else(|| date.to_owned())
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod native {
    //! The output of an English browser, for tests.

    pub(super) fn localised(value: f64, decimals: Option<usize>, _: Option<&str>) -> String {
        let Some(decimals) = decimals else { return shortest_digits(value) };
        let digits = fixed(value, decimals);
        let n_whole = digits.find('.').unwrap_or(digits.len());
        if n_whole > 4 { grouped(&digits, n_whole) } else { digits }
    }

    pub(super) fn fixed(value: f64, decimals: usize) -> String {
        format!("{value:.decimals$}")
    }

    pub(super) fn shortest_digits(value: f64) -> String {
        value.to_string()
    }

    pub(super) fn localised_day(date: &str, _: Option<&str>) -> String {
        date.to_owned()
    }

    fn grouped(digits: &str, n_whole: usize) -> String {
        let mut text = String::with_capacity(digits.len() + n_whole / 3);
        for (idx, digit) in digits.chars().enumerate() {
            if idx > 0 && idx < n_whole && (n_whole - idx).is_multiple_of(3) {
                text.push(',');
            }
            text.push(digit);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bit_of_a_number_is_written() {
        for value in [63.251296618968425, 0.1 + 0.2, -0.0, 1e-7, 70.0] {
            assert_eq!(plain(value).parse::<f64>().map(f64::to_bits), Ok(value.to_bits()));
        }
    }

    #[test]
    fn the_error_decides_how_many_decimals_are_shown() {
        let cases = [(4.2, 0), (1.0, 0), (0.96, 0), (0.9, 1), (0.3, 1), (0.096, 1), (0.05, 2), (0.0001, 4), (0.0, 4)];
        for (error, decimals) in cases {
            assert_eq!(decimals_for(error), decimals, "{error}");
        }
    }

    #[test]
    fn numbers_have_a_true_minus_sign_and_no_negative_zero() {
        assert_eq!(number(66.4, 0, None), "66");
        assert_eq!(number(-6.38, 1, None), "−6.4");
        assert_eq!(number(-0.04, 1, None), "0.0");
        assert_eq!(shortest(-1.5, None), "−1.5");
        assert_eq!(shortest(17.0, None), "17");
    }

    #[test]
    fn thousands_are_set_apart_where_they_help() {
        assert_eq!(number(1988.0, 0, None), "1988");
        assert_eq!(number(-1_234_567.25, 1, None), "−1,234,567.2");
        assert_eq!(number(999.0, 0, None), "999");
        assert_eq!(number(10_000.0, 0, None), "10,000");
        assert_eq!(signed(1.25, 1, None), "+1.2");
        assert_eq!(signed(-1.25, 1, None), "−1.2");
    }

    #[test]
    fn labels_fit_into_a_sentence() {
        assert_eq!(in_sentence("Math score"), "math score");
        assert_eq!(in_sentence("G3"), "G3");
        assert_eq!(in_sentence("GPA"), "GPA");
        assert_eq!(in_sentence(""), "");
    }
}
