//! Dates, which are told but not learned from.

const MONTHS: [&str; 30] = [
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
    "january",
    "february",
    "march",
    "april",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "sept",
    "mai",
    "okt",
    "dez",
    "märz",
    "juni",
    "juli",
];

/// Whether a text is a date, with or without a time: `2024-05-01`, `1.5.2024`, `05/01/24`, `1 May 2024`, `01MAY2024`.
pub(crate) fn is_date(text: &str) -> bool {
    if text.len() < 6 || text.len() > 40 || !text.contains(|letter: char| letter.is_ascii_digit()) {
        return false;
    }
    let day = text.split(['T', ' ']).next().unwrap_or_default();
    is_numeric_date(day) || is_worded_date(text)
}

/// Whether a text is what spreadsheets make of a range such as `10-20`: `10-May`, `Oct-20`.
pub(crate) fn looks_like_damaged_range(text: &str) -> bool {
    let mut parts = text.split('-');
    let (Some(left), Some(right), None) = (parts.next(), parts.next(), parts.next()) else { return false };
    let is_day = |text: &str| text.len() <= 2 && text.parse::<u32>().is_ok_and(|day| (1..=31).contains(&day));
    let is_month = |text: &str| text.len() == 3 && MONTHS.contains(&text.to_lowercase().as_str());
    (is_day(left) && is_month(right)) || (is_month(left) && is_day(right))
}

fn is_numeric_date(text: &str) -> bool {
    ['-', '/', '.'].iter().any(|sign| {
        let parts: Vec<&str> = text.split(*sign).collect();
        let numbers: Vec<u32> = parts.iter().filter_map(|part| part.parse().ok()).collect();
        let ([first, second, third], [a, b, c]) = (&parts[..], &numbers[..]) else { return false };
        let is_small = |number: u32, text: &str| (1..=31).contains(&number) && text.len() <= 2;
        let is_year = |number: u32, text: &str| text.len() == 4 && (1800..=2200).contains(&number);
        let is_short_year = |text: &str| text.len() == 2;
        (is_year(*a, first) && is_small(*b, second) && *b <= 12 && is_small(*c, third))
            || (is_small(*a, first)
                && is_small(*b, second)
                && (*a).min(*b) <= 12
                && (is_year(*c, third) || is_short_year(third)))
    })
}

fn is_worded_date(text: &str) -> bool {
    let lower = text.to_lowercase();
    let words: Vec<&str> =
        lower.split(|letter: char| !letter.is_alphabetic()).filter(|word| !word.is_empty()).collect();
    let numbers: Vec<&str> =
        lower.split(|letter: char| !letter.is_ascii_digit()).filter(|number| !number.is_empty()).collect();
    words.iter().any(|word| MONTHS.contains(word)) && words.len() <= 2 && (2..=5).contains(&numbers.len())
}
