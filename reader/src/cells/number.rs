//! Numbers as people write them: `88,5`, `1,234`, `1 085.5`, `85 %`, `$72`, `'72`, `12/20`.
//!
//! Whether a comma is a decimal sign can't be decided from one cell: both readings are returned here, and the column
//! decides.

use std::borrow::Cow;

use model_core::parse_number;

/// The decimal sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Decimal {
    /// `88.5`
    #[default]
    Point,
    /// `88,5`
    Comma,
}

/// A prefix or suffix that does not change the number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Affix {
    Percent,
    Currency(String),
    Unit(String),
    /// A time of day or a duration, in hours.
    Hours,
}

/// A text that is a number, except that the meaning of its points and commas is open.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Numeral<'a> {
    core: Cow<'a, str>,
    pub(crate) affix: Option<Affix>,
    /// Whether it is marked as text for spreadsheets: an apostrophe, `="72"`.
    pub(crate) is_quoted: bool,
}

const CURRENCIES: [&str; 14] = ["$", "€", "£", "¥", "₹", "₽", "₩", "₺", "us$", "eur", "usd", "gbp", "chf", "inr"];
const UNITS: [&str; 67] = [
    "cm", "mm", "m", "km", "kg", "g", "lb", "lbs", "in", "ft", "h", "hr", "hrs", "hour", "hours", "min", "mins",
    "minute", "minutes", "s", "sec", "secs", "seconds", "pt", "pts", "point", "points", "mark", "marks", "y", "yr",
    "yrs", "year", "years", "days", "day", "std", "std.", "stunden", "jahre", "punkte", "pkt", "pkt.", "week", "weeks",
    "wk", "wks", "month", "months", "term", "terms", "credit", "credits", "ects", "hr.", "min.", "sec.", "°", "°c",
    "°f", "ml", "l", "mg", "tage", "wochen", "minuten", "puntos",
];
/// Spellings of one unit.
const SAME_UNITS: [&[&str]; 8] = [
    &["hour", "h", "hr", "hrs", "hours", "std", "stunden"],
    &["minute", "min", "mins", "minutes", "minuten"],
    &["second", "s", "sec", "secs", "seconds"],
    &["point", "pt", "pts", "points", "punkte", "pkt", "puntos"],
    &["year", "y", "yr", "yrs", "years", "jahre"],
    &["week", "weeks", "wk", "wks", "wochen"],
    &["day", "days", "tage"],
    &["pound", "lb", "lbs"],
];
/// Not all larger whole numbers have distinct 64-bit floats.
const MAX_WHOLE: f64 = 9_007_199_254_740_992.0;

impl Decimal {
    pub(crate) const BOTH: [Self; 2] = [Self::Point, Self::Comma];

    fn sign(self) -> u8 {
        if self == Self::Point { b'.' } else { b',' }
    }
}

impl<'a> Numeral<'a> {
    /// The number's core in a text; `None` if there is no digit, or a character that belongs to no number.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let (text, mut is_quoted) = match text.strip_prefix("=\"").and_then(|text| text.strip_suffix('"')) {
            Some(inner) => (inner, true),
            None => (text, false),
        };
        let text = plain_signs(text);
        if let Some(hours) = hours_of(&text) {
            return Some(Self { core: Cow::Owned(hours.to_string()), affix: Some(Affix::Hours), is_quoted });
        }
        let text: Cow<'a, str> = match text {
            Cow::Borrowed(text) => {
                let rest = text.strip_prefix('\'').unwrap_or(text);
                is_quoted |= rest.len() < text.len();
                Cow::Borrowed(rest.trim())
            }
            Cow::Owned(text) => {
                let rest = text.strip_prefix('\'').unwrap_or(&text);
                is_quoted |= rest.len() < text.len();
                Cow::Owned(rest.trim().to_owned())
            }
        };
        // A sign may precede the currency.
        let text = match text.strip_prefix('-').map(str::trim_start).filter(|rest| starts_with_currency(rest)) {
            Some(rest) => {
                let digits = rest.find(|letter: char| letter.is_ascii_digit())?;
                let (currency, number) = rest.split_at(digits);
                Cow::Owned(format!("{currency}-{number}"))
            }
            None => text,
        };
        let (start, end, affix) = strip_affix(&text)?;
        let core = match text {
            Cow::Borrowed(text) => Cow::Borrowed(&text[start..end]),
            Cow::Owned(text) => Cow::Owned(text[start..end].trim().to_owned()),
        };
        let core = if core.starts_with(['-', '+']) && core[1..].starts_with(' ') {
            Cow::Owned(format!("{}{}", &core[..1], core[1..].trim_start()))
        } else {
            core
        };
        is_numeral(core.as_bytes()).then_some(Self { core, affix, is_quoted })
    }

    /// The number, if its points and commas fit a reading; always finite.
    pub(crate) fn value(&self, decimal: Decimal) -> Option<f64> {
        let bytes = self.core.as_bytes();
        if self.affix == Some(Affix::Hours) {
            return parse_number(&self.core);
        }
        if decimal == Decimal::Point && bytes.iter().all(|byte| !b", '".contains(byte)) {
            return parse_number(&self.core);
        }
        let (mantissa, exponent) = match bytes.iter().position(|byte| b"eE".contains(byte)) {
            Some(position) => self.core.split_at(position),
            None => (&self.core[..], ""),
        };
        let (whole, fraction) = match mantissa.bytes().position(|byte| byte == decimal.sign()) {
            Some(position) => (&mantissa[..position], &mantissa[position + 1..]),
            None => (mantissa, ""),
        };
        if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let whole = without_thousands(whole)?;
        let point = if fraction.is_empty() { "" } else { "." };
        parse_number(&format!("{whole}{point}{fraction}{exponent}"))
    }

    /// Whether the text looks like a code rather than a number: `007`, `1E201` or more digits than a float can hold.
    pub(crate) fn is_code(&self) -> bool {
        if self.affix == Some(Affix::Hours) {
            return false;
        }
        let digits = self.core.strip_prefix(['-', '+']).unwrap_or(&self.core);
        if digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return (digits.len() > 1 && digits.starts_with('0'))
                || (digits.len() > 15 && parse_number(digits).is_none_or(|number| number > MAX_WHOLE));
        }
        let mut parts = self.core.split(['e', 'E']);
        let (Some(left), Some(right), None) = (parts.next(), parts.next(), parts.next()) else { return false };
        [left, right].iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
    }

    /// Whether there are thousands separators in this reading.
    pub(crate) fn has_thousands(&self, decimal: Decimal) -> bool {
        let other = if decimal == Decimal::Point { ',' } else { '.' };
        self.core.contains([other, ' ', '\''])
    }

    /// The unit: `week` for `weeks`, `$` for `USD`, `/20` for points out of 20.
    pub(crate) fn unit(&self) -> Option<String> {
        match self.affix.as_ref()? {
            Affix::Percent | Affix::Hours => None,
            Affix::Currency(currency) => Some(match currency.to_lowercase().as_str() {
                "usd" | "us$" => "$".into(),
                "eur" => "€".into(),
                "gbp" => "£".into(),
                "inr" => "₹".into(),
                other => other.to_owned(),
            }),
            Affix::Unit(unit) => {
                let unit = unit.to_lowercase();
                let unit = unit.trim_end_matches('.');
                let long = SAME_UNITS.iter().find(|same| same.contains(&unit)).map(|same| same[0]);
                Some(long.unwrap_or(if unit.len() > 2 { unit.trim_end_matches('s') } else { unit }).to_owned())
            }
        }
    }

    pub(crate) fn has_comma(&self) -> bool {
        self.core.contains(',')
    }
}

/// The hours of `12:30` or `1:30:00`.
fn hours_of(text: &str) -> Option<f64> {
    let (sign, text) = text.strip_prefix('-').map_or((1.0, text), |rest| (-1.0, rest));
    let mut parts = text.split(':');
    let (hours, minutes, seconds) = (parts.next()?, parts.next()?, parts.next().unwrap_or("00"));
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_sixtieth = |text: &str| text.len() == 2 && is_digits(text) && text < "60";
    if parts.next().is_some()
        || hours.len() > 5
        || !is_digits(hours)
        || ![minutes, seconds].into_iter().all(is_sixtieth)
    {
        return None;
    }
    let [hours, minutes, seconds] = [hours, minutes, seconds].map(|part| part.parse::<f64>().unwrap_or_default());
    Some(sign * (hours + (60.0 * minutes + seconds) / 3_600.0))
}

/// Replaces digits, minus signs and spaces of all scripts by their ASCII equivalents.
fn plain_signs(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let plain = |letter: char| match letter {
        '\u{2212}' | '\u{ff0d}' => '-',
        '\u{ff0e}' | '\u{66b}' => '.',
        '\u{ff0c}' => ',',
        '\u{ff05}' => '%',
        '\u{2019}' | '\u{2018}' => '\'',
        '\u{660}'..='\u{669}' => digit(letter, '\u{660}'),
        '\u{6f0}'..='\u{6f9}' => digit(letter, '\u{6f0}'),
        '\u{966}'..='\u{96f}' => digit(letter, '\u{966}'),
        '\u{ff10}'..='\u{ff19}' => digit(letter, '\u{ff10}'),
        space if space.is_whitespace() => ' ',
        other => other,
    };
    Cow::Owned(text.chars().map(plain).collect())
}

fn digit(letter: char, zero: char) -> char {
    char::from_digit(letter as u32 - zero as u32, 10).unwrap_or(letter)
}

fn starts_with_currency(text: &str) -> bool {
    let currency = text.split(|letter: char| letter.is_ascii_digit()).next().unwrap_or_default().trim();
    !currency.is_empty() && CURRENCIES.contains(&currency.to_lowercase().as_str())
}

/// The position of the number in a text, and its prefix or suffix; `None` for letters that are neither currency nor
/// unit.
fn strip_affix(text: &str) -> Option<(usize, usize, Option<Affix>)> {
    let start = text.find(|letter: char| letter.is_ascii_digit() || "+-.,".contains(letter))?;
    let end = 1 + text.rfind(|letter: char| letter.is_ascii_digit() || letter == '.' || letter == ',')?;
    if end <= start {
        return None;
    }
    let (before, after) = (text[..start].trim(), text[end..].trim());
    let lower = |text: &str| text.to_lowercase();
    match (before, after) {
        ("", "") => {}
        ("", "%") => return Some((start, end, Some(Affix::Percent))),
        ("", unit) if CURRENCIES.contains(&lower(unit).as_str()) => {
            return Some((start, end, Some(Affix::Currency(unit.into()))));
        }
        ("", unit) if UNITS.contains(&lower(unit).as_str()) => {
            return Some((start, end, Some(Affix::Unit(unit.into()))));
        }
        (currency, "" | ".-" | "-") if CURRENCIES.contains(&lower(currency).as_str()) => {
            return Some((start, end, Some(Affix::Currency(currency.into()))));
        }
        ("-", "") | ("+", "") => {}
        _ => return None,
    }
    // Points out of a total: the total is the unit.
    if let Some(slash) = text[start..end].find('/') {
        let (points, total) = (&text[start..start + slash], &text[start + slash + 1..end]);
        let is_plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || b".,".contains(&byte));
        if !points.is_empty() && !total.is_empty() && is_plain(points.trim()) && is_plain(total) {
            return Some((start, start + points.trim_end().len(), Some(Affix::Unit(format!("/{total}")))));
        }
        return None;
    }
    Some((start, end, None))
}

/// Whether a text consists of digits with signs where numbers may have them.
fn is_numeral(core: &[u8]) -> bool {
    let digits = core.strip_prefix(b"-").or_else(|| core.strip_prefix(b"+")).unwrap_or(core);
    let (mantissa, exponent) = match digits.iter().position(|byte| b"eE".contains(byte)) {
        Some(position) => (&digits[..position], Some(&digits[position + 1..])),
        None => (digits, None),
    };
    let is_exponent = exponent.is_none_or(|exponent| {
        let digits = exponent.strip_prefix(b"-").or_else(|| exponent.strip_prefix(b"+")).unwrap_or(exponent);
        !digits.is_empty() && digits.iter().all(u8::is_ascii_digit)
    });
    is_exponent
        && mantissa.iter().any(u8::is_ascii_digit)
        && mantissa.iter().all(|byte| byte.is_ascii_digit() || b"., '".contains(byte))
}

/// A whole number without its thousands separators; `None` if they are in the wrong places.
fn without_thousands(whole: &str) -> Option<String> {
    let (sign, digits) = match whole.strip_prefix(['-', '+']) {
        Some(digits) => (if whole.starts_with('-') { "-" } else { "" }, digits),
        None => ("", whole),
    };
    let Some(separator) = digits.bytes().find(|byte| !byte.is_ascii_digit()) else {
        return Some(format!("{sign}{}", if digits.is_empty() { "0" } else { digits }));
    };
    let mut groups = digits.split(char::from(separator));
    let first = groups.next()?;
    let is_digits = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    let is_first = (1..=3).contains(&first.len()) && is_digits(first) && first != "0";
    // Indian groups have two digits, except for the last.
    let others: Vec<&str> = groups.collect();
    let (last, middle) = others.split_last()?;
    let are_others = last.len() == 3
        && is_digits(last)
        && middle.iter().all(|group| is_digits(group) && [2, 3].contains(&group.len()));
    (is_first && are_others).then(|| format!("{sign}{first}{}", others.concat()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn readings(text: &str) -> (Option<f64>, Option<f64>) {
        Numeral::parse(text)
            .map_or((None, None), |numeral| (numeral.value(Decimal::Point), numeral.value(Decimal::Comma)))
    }

    #[test]
    fn a_text_has_the_readings_that_its_signs_allow() {
        for (text, point, comma) in [
            ("88", Some(88.0), Some(88.0)),
            ("88.5", Some(88.5), None),
            ("88,5", None, Some(88.5)),
            ("1,234", Some(1234.0), Some(1.234)),
            ("1.234", Some(1.234), Some(1234.0)),
            ("1.234,5", None, Some(1234.5)),
            ("1,234.5", Some(1234.5), None),
            ("1,234,567", Some(1_234_567.0), None),
            ("12,34,567", Some(1_234_567.0), None),
            ("1 085,5", None, Some(1085.5)),
            ("1\u{a0}085", Some(1085.0), Some(1085.0)),
            ("1'085.50", Some(1085.5), None),
            ("0,123", None, Some(0.123)),
            ("0.123", Some(0.123), None),
            ("-3.5", Some(-3.5), None),
            ("\u{2212}72", Some(-72.0), Some(-72.0)),
            ("７２", Some(72.0), Some(72.0)),
            ("٧٢", Some(72.0), Some(72.0)),
            ("85%", Some(85.0), Some(85.0)),
            ("85,5 %", None, Some(85.5)),
            ("$7100", Some(7100.0), Some(7100.0)),
            ("72 €", Some(72.0), Some(72.0)),
            ("-$5", Some(-5.0), Some(-5.0)),
            ("$-5", Some(-5.0), Some(-5.0)),
            ("- 1.234,50 €", None, Some(-1234.5)),
            ("12 weeks", Some(12.0), Some(12.0)),
            ("'72", Some(72.0), Some(72.0)),
            ("=\"72\"", Some(72.0), Some(72.0)),
            ("170 cm", Some(170.0), Some(170.0)),
            ("12/20", Some(12.0), Some(12.0)),
            ("12:30", Some(12.5), Some(12.5)),
            ("1:30:00", Some(1.5), Some(1.5)),
            ("-0:45", Some(-0.75), Some(-0.75)),
            ("3:2", None, None),
            ("1:60", None, None),
            ("7.2E+01", Some(72.0), None),
            ("1e2", Some(100.0), Some(100.0)),
            (".5", Some(0.5), None),
            ("72.", Some(72.0), None),
            ("7 2", None, None),
            ("1,23,4", None, None),
            ("", None, None),
            ("-", None, None),
            ("72*", None, None),
            ("< 5", None, None),
            ("0x48", None, None),
            ("inf", None, None),
            ("1e400", None, None),
            ("group 1", None, None),
            ("01/09/2023", None, None),
            ("2023-01-01", None, None),
            ("B12", None, None),
        ] {
            assert_eq!(readings(text), (point, comma), "{text:?}");
        }
    }

    #[test]
    fn codes_are_told_from_numbers() {
        for code in ["007", "06000", "1E201", "2e2", "12345678901234567890"] {
            assert!(Numeral::parse(code).unwrap().is_code(), "{code}");
        }
        for number in ["0", "0.5", "7.2E+01", "1.5e3", "70", "9007199254740992", "-5"] {
            assert!(!Numeral::parse(number).unwrap().is_code(), "{number}");
        }
    }

    #[test]
    fn digits_are_read_to_the_last_bit() {
        assert_eq!(readings("0,1").1, Some(0.1));
        assert_eq!(readings("1.234.567,123456789").1, Some(1_234_567.123_456_789));
        assert_eq!(readings("2,5e-7").1, Some(2.5e-7));
    }
}
