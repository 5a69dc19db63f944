//! The cells of a sheet as they are displayed: percentages with their sign, dates and times in their notation.

use std::fmt::Write as _;

use calamine::{Data, DataRef, ExcelDateTime, Style};

const SECONDS_A_DAY: f64 = 86_400.0;

/// Whether numbers in this style are displayed as percentages.
pub(super) fn is_percent(style: &Style) -> bool {
    let Some(format) = &style.number_format else { return false };
    let mut is_quoted = false;
    format.format_code.chars().any(|letter| {
        is_quoted ^= letter == '"';
        letter == '%' && !is_quoted
    })
}

pub(super) fn text_of_ref(value: &DataRef<'_>, is_percent: bool) -> String {
    match value {
        DataRef::Int(number) if is_percent => text_of_percent(*number as f64),
        DataRef::Float(number) if is_percent => text_of_percent(*number),
        DataRef::SharedString(text) => (*text).to_owned(),
        other => text_of(&Data::from(other.clone())),
    }
}

pub(super) fn text_of(value: &Data) -> String {
    match value {
        Data::Int(number) => number.to_string(),
        Data::Float(number) => number.to_string(),
        Data::String(text) => text.clone(),
        Data::DateTimeIso(text) => text.strip_suffix("T00:00:00").unwrap_or(text).to_owned(),
        Data::DurationIso(text) => duration_of_iso(text).map_or_else(|| text.clone(), text_of_time),
        Data::Bool(is_true) => String::from(if *is_true { "TRUE" } else { "FALSE" }),
        Data::DateTime(moment) => text_of_moment(moment),
        Data::Error(error) => error.to_string(),
        _ => String::new(),
    }
}

/// `0.07` is `7%`: the decimal point is shifted by two digits, without loss.
fn text_of_percent(number: f64) -> String {
    let shifted = format!("{number:e}");
    let hundredfold = shifted
        .split_once('e')
        .and_then(|(digits, exponent)| format!("{digits}e{}", exponent.parse::<i32>().ok()? + 2).parse::<f64>().ok());
    format!("{}%", hundredfold.unwrap_or(100.0 * number))
}

fn text_of_moment(moment: &ExcelDateTime) -> String {
    let days = moment.as_f64();
    // Neither a time of day nor a duration has a date.
    if !moment.is_datetime() || (0.0..1.0).contains(&days) {
        return text_of_time((days * SECONDS_A_DAY).round());
    }
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    let mut text = format!("{year}-{month:02}-{day:02}");
    if (hour, minute, second) != (0, 0, 0) {
        let _ = write!(text, " {hour:02}:{minute:02}:{second:02}");
    }
    text
}

/// `1:30:00`
fn text_of_time(seconds: f64) -> String {
    let sign = if seconds < 0.0 { "-" } else { "" };
    let seconds = seconds.abs() as u64;
    format!("{sign}{}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

/// The seconds of `PT01H30M00S`.
fn duration_of_iso(text: &str) -> Option<f64> {
    let (sign, parts) = match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest.strip_prefix("PT")?),
        None => (1.0, text.strip_prefix("PT")?),
    };
    let mut seconds = 0.0;
    for part in parts.split_inclusive(['H', 'M', 'S']) {
        let (number, unit) = part.split_at(part.len() - 1);
        let each = match unit {
            "H" => 3_600.0,
            "M" => 60.0,
            "S" => 1.0,
            _ => return None,
        };
        seconds += each * number.replace(',', ".").parse::<f64>().ok()?;
    }
    Some(sign * seconds.round())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percents_lose_no_digit() {
        for (number, text) in
            [(0.85, "85%"), (0.07, "7%"), (1.0, "100%"), (0.0, "0%"), (-0.125, "-12.5%"), (0.29, "29%")]
        {
            assert_eq!(text_of_percent(number), text);
        }
    }

    #[test]
    fn durations_are_shown_as_spreadsheets_show_them() {
        for (iso, text) in [("PT01H30M00S", "1:30:00"), ("PT26H00M05.4S", "26:00:05"), ("PT0S", "0:00:00")] {
            assert_eq!(duration_of_iso(iso).map(text_of_time).as_deref(), Some(text));
        }
        assert_eq!(duration_of_iso("P1D"), None);
    }
}
