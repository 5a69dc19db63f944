//! Calendar dates as day numbers.
//!
//! Models read numbers, people write dates. A column of dates holds days since the last day in the training rows; its
//! month and weekday are derived columns, which nobody fills in.

use std::fmt;

use serde::{Serialize, Serializer};
use serde_json::Value as Json;

use crate::decode::{Decoder, FromJson};

/// A day of the Gregorian calendar, from the year 1 to 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    /// Days since 1970-01-01.
    number: i32,
}

/// The number of 0001-01-01 and of 9999-12-31.
const FIRST: i32 = -719_162;
const LAST: i32 = 2_932_896;

impl Date {
    /// 1970-01-01
    pub const EPOCH: Self = Self { number: 0 };

    /// The date with this year, month and day, if it exists.
    #[must_use]
    pub fn new(year: i32, month: u32, day: u32) -> Option<Self> {
        if !(1..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
            return None;
        }
        // Howard Hinnant's days_from_civil: years begin in March, so that a leap day is the last day of a year.
        let shifted = if month <= 2 { year - 1 } else { year };
        let era = shifted.div_euclid(400);
        let year_of_era = shifted.rem_euclid(400);
        let month_from_march = (month as i32 + 9) % 12;
        let day_of_year = (153 * month_from_march + 2) / 5 + day as i32 - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        let date = Self { number: era * 146_097 + day_of_era - 719_468 };
        // A 31st of April would have become the 1st of May.
        (date.parts() == (year, month, day)).then_some(date)
    }

    /// The date this many days after 1970-01-01.
    #[must_use]
    pub fn from_number(number: i32) -> Option<Self> {
        (FIRST..=LAST).contains(&number).then_some(Self { number })
    }

    /// Reads `2026-03-01`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let is_digits = |from: usize, to: usize| bytes[from..to].iter().all(u8::is_ascii_digit);
        if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' || !is_digits(0, 4) || !is_digits(5, 7) {
            return None;
        }
        Self::new(text.get(..4)?.parse().ok()?, text.get(5..7)?.parse().ok()?, text.get(8..)?.parse().ok()?)
    }

    /// Days since 1970-01-01.
    #[must_use]
    pub fn number(self) -> i32 {
        self.number
    }

    /// Days from `last` to this date, negative before it.
    #[must_use]
    pub fn days_since(self, last: Self) -> f64 {
        f64::from(self.number - last.number)
    }

    /// The date `days` after this one, rounded down to whole days and clamped to the calendar's range.
    #[must_use]
    pub fn plus(self, days: f64) -> Self {
        let number = (f64::from(self.number) + days).floor();
        Self { number: number.max(f64::from(FIRST)).min(f64::from(LAST)) as i32 }
    }

    /// Year, month and day.
    #[must_use]
    pub fn parts(self) -> (i32, u32, u32) {
        let shifted = self.number + 719_468;
        let era = shifted.div_euclid(146_097);
        let day_of_era = shifted.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
        (year_of_era + era * 400 + i32::from(month <= 2), month as u32, day as u32)
    }

    /// The weekday, from 1 for Monday to 7 for Sunday.
    #[must_use]
    pub fn weekday(self) -> u32 {
        // 1970-01-01 was a Thursday.
        (self.number + 3).rem_euclid(7) as u32 + 1
    }
}

/// `2026-03-01`
impl fmt::Display for Date {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.parts();
        write!(formatter, "{year:04}-{month:02}-{day:02}")
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl FromJson for Date {
    fn read<'a>(json: &'a Json, decoder: &mut Decoder<'a>) -> Self {
        json.as_str().and_then(Self::parse).unwrap_or_else(|| {
            decoder.refuse("this is not a day such as \"2026-03-01\"");
            Self::EPOCH
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_as_the_calendar_has_them() {
        for (text, number, weekday) in [
            ("1970-01-01", 0, 4),
            ("1969-12-31", -1, 3),
            ("2000-02-29", 11_016, 2),
            ("2026-03-01", 20_513, 7),
            ("0001-01-01", FIRST, 1),
            ("9999-12-31", LAST, 5),
        ] {
            let date = Date::parse(text).unwrap();
            assert_eq!((date.number(), date.weekday(), date.to_string()), (number, weekday, text.into()));
        }
        for text in ["2026-02-29", "1900-02-29", "2026-04-31", "2026-00-01", "2026-3-01", "26-03-01", "2026-03-1é", ""]
        {
            assert_eq!(Date::parse(text), None, "{text}");
        }
    }

    #[test]
    fn every_day_is_read_back() {
        let mut before = None;
        for number in (-200_000..200_000).step_by(13).chain([FIRST, LAST]) {
            let date = Date::from_number(number).unwrap();
            assert_eq!(Date::parse(&date.to_string()), Some(date));
            assert!(before.is_none_or(|before| before < date) || number == FIRST);
            before = Some(date);
        }
    }

    #[test]
    fn a_part_of_a_day_belongs_to_it_and_nothing_lies_beyond_the_calendar() {
        let day = |text| Date::parse(text).unwrap();
        assert_eq!(day("2026-03-01").plus(-0.5), day("2026-02-28"));
        assert_eq!(
            (day("2026-03-01").plus(1e300), day("2026-03-01").plus(-1e9)),
            (day("9999-12-31"), day("0001-01-01"))
        );
        assert_eq!(day("2026-02-27").days_since(day("2026-03-01")), -2.0);
    }
}
