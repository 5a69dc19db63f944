//! Sentinels, numbers that mean "no value" in surveys and exports: `-999`, `-8`, `99`.

use super::builder::TextCount;
use super::number_format::NumberFormat;
use crate::error::ColumnProblem;

/// A sentinel is an outlier among at least this many other numbers.
const MIN_OTHERS: usize = 3;
/// The same for a negative number that is near the others.
const MIN_OTHERS_OF_NEGATIVE: usize = 5;

/// A sentinel far outside the range of all other numbers, with the line of its first occurrence.
pub(super) fn find(counts: &[TextCount<'_>], format: &NumberFormat) -> Option<(u64, ColumnProblem)> {
    let mut numbers: Vec<(f64, &TextCount<'_>)> =
        counts.iter().filter_map(|count| Some((format.number(count.text)?, count))).collect();
    if !numbers.iter().any(|(number, _)| is_code(*number)) {
        return None;
    }
    numbers.sort_by(|left, right| left.0.total_cmp(&right.0));
    let others: Vec<f64> = numbers.iter().map(|(number, _)| *number).filter(|number| !is_code(*number)).collect();
    let (Some(min), Some(max)) = (others.first().copied(), others.last().copied()) else { return None };
    if others.len() < MIN_OTHERS {
        return None;
    }
    let spread = max - min;
    let negatives: Vec<f64> = numbers.iter().map(|(number, _)| *number).filter(|number| *number < 0.0).collect();
    // If all others are 0 or above, one negative code is out of place however near, and so are a few below -5.
    let is_negative_alone = min >= 0.0
        && others.len() >= MIN_OTHERS_OF_NEGATIVE
        && (negatives.len() == 1 || (negatives.len() <= 3 && negatives.iter().all(|number| *number < -5.0)));
    let is_far = |number: f64| {
        (number < 0.0 && is_negative_alone) || number > max + spread.max(1.0) || number < min - spread.max(1.0)
    };
    let (number, count) = numbers.iter().find(|(number, _)| is_code(*number) && is_far(*number))?;
    let n_cells = numbers.iter().filter(|(other, _)| other == number).map(|(_, count)| count.rows).sum::<u64>();
    let n_cells = usize::try_from(n_cells).unwrap_or(usize::MAX);
    Some((count.line, ColumnProblem::Sentinel { column: String::new(), code: count.text.into(), n_cells, min, max }))
}

/// -1 to -9; 99, 999, … and the same with eights and sevens, with either sign.
fn is_code(number: f64) -> bool {
    if number.fract() != 0.0 || number.abs() > 1e9 {
        return false;
    }
    if (-9.0..=-1.0).contains(&number) {
        return true;
    }
    let digits = format!("{}", number.abs());
    digits.len() > 1 && ["9", "8", "7"].iter().any(|digit| digits == digit.repeat(digits.len()))
}
