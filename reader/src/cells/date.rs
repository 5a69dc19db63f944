//! Dates as people write them: `2024-05-01`, `1.5.2024`, `05/01/24`, `1 May 2024`, `01MAY2024`, with or without a time.
//!
//! Whether `5/1/2024` begins with its day can't be decided from one cell: both readings are returned here, and the
//! column decides.

use model_core::{Date, DateOrder};

/// Names of months in English, German, Spanish, French, Italian, Portuguese and Dutch, without accents: one list per
/// month. The first three letters of a name are accepted, too.
const MONTHS: [&[&str]; 12] = [
    &["january", "januar", "enero", "janvier", "gennaio", "janeiro", "januari", "jan", "ene", "gen", "janv"],
    &["february", "februar", "febrero", "fevrier", "febbraio", "fevereiro", "februari", "feb", "fev", "fevr"],
    &["march", "marz", "maerz", "marzo", "mars", "marco", "maart", "mar", "mrz", "mrt", "maa"],
    &["april", "abril", "avril", "aprile", "apr", "abr", "avr"],
    &["may", "mai", "mayo", "maggio", "maio", "mei", "mag"],
    &["june", "juni", "junio", "juin", "giugno", "junho", "jun", "giu"],
    &["july", "juli", "julio", "juillet", "luglio", "julho", "jul", "juil", "lug"],
    &["august", "agosto", "aout", "augustus", "aug", "ago", "aou"],
    &["september", "septiembre", "septembre", "settembre", "setembro", "sep", "sept", "set"],
    &["october", "oktober", "octubre", "octobre", "ottobre", "outubro", "oct", "okt", "ott", "out"],
    &["november", "noviembre", "novembre", "novembro", "nov"],
    &["december", "dezember", "diciembre", "decembre", "dicembre", "dezembro", "dec", "dez", "dic"],
];
/// Words in a date that have no meaning.
const WORDS: [&str; 22] = [
    "de", "del", "of", "the", "st", "nd", "rd", "th", "er", "mon", "tue", "wed", "thu", "fri", "sat", "sun", "am",
    "pm", "utc", "gmt", "t", "z",
];
/// Two-digit years from here on are of the last century.
const LAST_CENTURY: u32 = 69;
/// Plausible years; others are typing errors.
const YEARS: std::ops::RangeInclusive<i32> = 1800..=2200;
/// Excel's day 0, in days since 1970. Valid after Excel's day 60, a 29th of February 1900 that did not exist.
const EXCEL_EPOCH: i32 = -25_569;
/// Excel's numbers of the days from 1954 to 2064.
const EXCEL_DAYS: std::ops::RangeInclusive<f64> = 20_000.0..=60_000.0;

/// The readings of a text as a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DateReadings {
    /// If it begins with the day, or with the year.
    pub(crate) day_first: Option<Date>,
    /// If it begins with the month, or with the year.
    pub(crate) month_first: Option<Date>,
}

impl DateReadings {
    /// `None` if it is not a date in any reading.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.len() < 6 || text.len() > 40 || !text.contains(|letter: char| letter.is_ascii_digit()) {
            return None;
        }
        let day = match text.find(['T', ' ']) {
            Some(end) if is_time(text[end + 1..].trim()) => &text[..end],
            _ => text,
        };
        numeric(day).or_else(|| worded(text))
    }

    pub(crate) fn in_order(self, order: DateOrder) -> Option<Date> {
        match order {
            DateOrder::DayFirst => self.day_first,
            DateOrder::MonthFirst => self.month_first,
        }
    }

    fn both(date: Date) -> Self {
        Self { day_first: Some(date), month_first: Some(date) }
    }
}

/// The date that a whole number stands for: Excel's day number, or `20240501`.
pub(crate) fn counted_day(number: f64) -> Option<Date> {
    if number.fract() == 0.0 && (18_000_101.0..=22_001_231.0).contains(&number) {
        let number = number as u32;
        return Date::new((number / 10_000) as i32, number / 100 % 100, number % 100);
    }
    // The fraction of a day is the time.
    EXCEL_DAYS.contains(&number).then(|| Date::from_number(number.floor() as i32 + EXCEL_EPOCH)).flatten()
}

/// Whether a text is what spreadsheets turn a range such as `10-20` into: `10-May`, `Oct-20`.
pub(crate) fn looks_like_damaged_range(text: &str) -> bool {
    let mut parts = text.split('-');
    let (Some(left), Some(right), None) = (parts.next(), parts.next(), parts.next()) else { return false };
    let is_day = |text: &str| text.len() <= 2 && text.parse::<u32>().is_ok_and(|day| (1..=31).contains(&day));
    let is_month = |text: &str| text.len() == 3 && month_of(&text.to_lowercase()).is_some();
    (is_day(left) && is_month(right)) || (is_month(left) && is_day(right))
}

fn month_of(word: &str) -> Option<u32> {
    let month_idx = MONTHS.iter().position(|names| names.contains(&word))?;
    u32::try_from(month_idx + 1).ok()
}

/// `12:30`, `12:30:59.5+02:00`, `0:00 AM`.
fn is_time(text: &str) -> bool {
    let is_part = |letter: char| letter.is_ascii_digit() || ":.+-Z ".contains(letter) || "AaPpMm".contains(letter);
    text.contains(':') && text.starts_with(|letter: char| letter.is_ascii_digit()) && text.chars().all(is_part)
}

fn year_of(text: &str, number: u32) -> Option<i32> {
    match text.len() {
        4 => i32::try_from(number).ok().filter(|year| YEARS.contains(year)),
        2 => Some(if number >= LAST_CENTURY { 1900 } else { 2000 } + number as i32),
        _ => None,
    }
}

fn numeric(text: &str) -> Option<DateReadings> {
    let sign = ['-', '/', '.'].into_iter().find(|sign| text.contains(*sign))?;
    let text = if sign == '.' { text.strip_suffix('.').unwrap_or(text) } else { text };
    let mut parts = text.split(sign).map(str::trim);
    let (Some(first), Some(second), Some(third), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return None;
    };
    let is_number = |part: &str| (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    if ![first, second, third].into_iter().all(is_number) {
        return None;
    }
    let [a, b, c] = [first, second, third].map(|part| part.parse::<u32>().unwrap_or_default());
    if second.len() > 2 {
        return None;
    }
    if first.len() == 4 {
        let date = (third.len() <= 2).then(|| Date::new(year_of(first, a)?, b, c)).flatten()?;
        return Some(DateReadings::both(date));
    }
    if first.len() > 2 {
        return None;
    }
    let year = year_of(third, c)?;
    let day_first = Date::new(year, b, a);
    // Dates with dots never begin with the month.
    let month_first = Date::new(year, a, b).filter(|_| sign != '.');
    (day_first.is_some() || month_first.is_some()).then_some(DateReadings { day_first, month_first })
}

/// The name of a month, a day and a year, in any order.
fn worded(text: &str) -> Option<DateReadings> {
    let plain = crate::unicode::without_marks(text).to_lowercase();
    let mut month = None;
    for word in plain.split(|letter: char| !letter.is_alphabetic()).filter(|word| !word.is_empty()) {
        match month_of(word) {
            Some(found) if month.is_none() => month = Some(found),
            Some(_) => return None,
            None if WORDS.contains(&word) || is_weekday(word) => {}
            None => return None,
        }
    }
    let numbers: Vec<&str> =
        plain.split(|letter: char| !letter.is_ascii_digit()).filter(|number| !number.is_empty()).collect();
    let ([first, second], Some(month)) = (numbers.get(..2)?, month) else { return None };
    // A time may follow.
    let is_rest_time = numbers.len() == 2 || plain.contains(':');
    let (day, year) = if first.len() == 4 { (second, first) } else { (first, second) };
    if !is_rest_time || day.len() > 2 {
        return None;
    }
    let date = Date::new(year_of(year, year.parse().ok()?)?, month, day.parse().ok()?)?;
    Some(DateReadings::both(date))
}

fn is_weekday(word: &str) -> bool {
    const DAYS: [&str; 14] = [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "montag",
        "dienstag",
        "mittwoch",
        "donnerstag",
        "freitag",
        "samstag",
        "sonntag",
    ];
    DAYS.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn readings(text: &str) -> (String, String) {
        let shown = |date: Option<Date>| date.map_or("-".into(), |date| date.to_string());
        DateReadings::of(text)
            .map_or(("-".into(), "-".into()), |found| (shown(found.day_first), shown(found.month_first)))
    }

    #[test]
    fn dates_have_the_readings_that_their_signs_allow() {
        for (text, day_first, month_first) in [
            ("2024-05-01", "2024-05-01", "2024-05-01"),
            ("2024/5/1", "2024-05-01", "2024-05-01"),
            ("2024.05.01", "2024-05-01", "2024-05-01"),
            ("2024-05-01T12:30:59.5+02:00", "2024-05-01", "2024-05-01"),
            ("2024-05-01 00:00", "2024-05-01", "2024-05-01"),
            ("1.5.2024", "2024-05-01", "-"),
            ("01.05.24", "2024-05-01", "-"),
            ("1. 5. 2024", "2024-05-01", "-"),
            ("5/1/2024", "2024-01-05", "2024-05-01"),
            ("5/1/24 3:04 PM", "2024-01-05", "2024-05-01"),
            ("13/1/2024", "2024-01-13", "-"),
            ("1/13/2024", "-", "2024-01-13"),
            ("05-01-1999", "1999-01-05", "1999-05-01"),
            ("1/1/70", "1970-01-01", "1970-01-01"),
            ("01MAY2024", "2024-05-01", "2024-05-01"),
            ("1 May 2024", "2024-05-01", "2024-05-01"),
            ("May 1, 2024", "2024-05-01", "2024-05-01"),
            ("Wednesday, May 1st, 2024", "2024-05-01", "2024-05-01"),
            ("5. März 2024", "2024-03-05", "2024-03-05"),
            ("1 de mayo de 2024", "2024-05-01", "2024-05-01"),
            ("1er février 2024", "2024-02-01", "2024-02-01"),
            ("01-May-24", "2024-05-01", "2024-05-01"),
            ("2024-May-01", "2024-05-01", "2024-05-01"),
            ("01-MAY-2024 10:20:30", "2024-05-01", "2024-05-01"),
            ("2024-02-30", "-", "-"),
            ("31/31/2024", "-", "-"),
            ("9999-12-31", "-", "-"),
            ("10-May", "-", "-"),
            ("2024-05", "-", "-"),
            ("1.5", "-", "-"),
            ("12/20", "-", "-"),
            ("1.234.567", "-", "-"),
            ("192.168.1.1", "-", "-"),
            ("group 1 may 2", "-", "-"),
            ("may 12 2024 classes", "-", "-"),
            ("123-45-6789", "-", "-"),
        ] {
            assert_eq!(readings(text), (day_first.into(), month_first.into()), "{text:?}");
        }
    }

    #[test]
    fn counted_days_are_those_of_spreadsheets_and_of_eight_digits() {
        let day = |number| counted_day(number).map(|date| date.to_string());
        assert_eq!(day(45_413.0), Some("2024-05-01".into()));
        assert_eq!(day(45_413.75), Some("2024-05-01".into()));
        assert_eq!(day(20_240_501.0), Some("2024-05-01".into()));
        assert_eq!([day(20_241_301.0), day(19_999.0), day(72.0)], [None, None, None]);
    }
}
