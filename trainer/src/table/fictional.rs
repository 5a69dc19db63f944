//! Fictional students in the classic schema.
//!
//! Shares and regressions are those of the well-known "Students performance in exams" records (themselves generated):
//! background is drawn column by column, reading given background, writing given reading and background, mathematics
//! given all of them. Rows are streamed, so any number of them fits in memory; `libm` makes the output identical on all
//! platforms.

use std::io::{self, Write};

use crate::random::SplitMix64;

/// The header of the file.
pub const HEADER: &str = "gender,race_ethnicity,parental_level_of_education,lunch,test_preparation_course,math_score,reading_score,writing_score";

/// A value of a background column: its share, and its effects on reading, writing and mathematics, in points.
struct Level {
    value: &'static str,
    share: f64,
    reading: f64,
    writing: f64,
    math: f64,
}

const fn level(value: &'static str, share: f64, reading: f64, writing: f64, math: f64) -> Level {
    Level { value, share, reading, writing, math }
}

const GENDER: &[Level] = &[level("female", 0.518, 0.0, 0.0, 0.0), level("male", 0.482, -7.071, -2.610, 13.240)];
const RACE_ETHNICITY: &[Level] = &[
    level("group A", 0.089, 0.0, 0.0, 0.0),
    level("group B", 0.190, 1.326, 0.004, 0.835),
    level("group C", 0.319, 2.274, 0.327, 0.178),
    level("group D", 0.262, 4.106, 2.165, 0.098),
    level("group E", 0.140, 5.514, 0.080, 5.078),
];
const PARENTAL_LEVEL_OF_EDUCATION: &[Level] = &[
    level("associate's degree", 0.222, 0.0, 0.0, 0.0),
    level("bachelor's degree", 0.118, 2.156, 1.507, -1.047),
    level("high school", 0.196, -4.900, -1.319, 0.568),
    level("master's degree", 0.059, 4.205, 1.326, -1.856),
    level("some college", 0.226, -1.280, 0.253, 0.400),
    level("some high school", 0.179, -4.049, -1.608, 0.552),
];
const LUNCH: &[Level] = &[level("free/reduced", 0.355, 0.0, 0.0, 0.0), level("standard", 0.645, 7.246, 1.556, 3.213)];
const TEST_PREPARATION_COURSE: &[Level] =
    &[level("completed", 0.358, 0.0, 0.0, 0.0), level("none", 0.642, -7.362, -3.305, 3.502)];
const BACKGROUND: [&[Level]; 5] = [GENDER, RACE_ETHNICITY, PARENTAL_LEVEL_OF_EDUCATION, LUNCH, TEST_PREPARATION_COURSE];

/// Intercept, slopes and residual standard deviation of each regression.
const READING: (f64, f64) = (71.278, 12.912);
const WRITING: (f64, f64, f64) = (6.533, 0.917, 3.924);
const MATH: (f64, f64, f64, f64) = (-11.604, 0.264, 0.702, 5.362);

/// Writes a header and `n_rows` students.
///
/// # Errors
/// When `output` can't be written to.
pub fn write_sample(output: &mut (impl Write + ?Sized), n_rows: u64, seed: u64) -> io::Result<()> {
    let mut random = SplitMix64::new(seed);
    writeln!(output, "{HEADER}")?;
    for _ in 0..n_rows {
        let background = BACKGROUND.map(|levels| draw(levels, random.uniform()));
        let add = |effect: fn(&Level) -> f64| background.iter().map(|level| effect(level)).sum::<f64>();
        let reading = score(READING.0 + add(|level| level.reading) + READING.1 * random.normal());
        let writing = score(WRITING.0 + WRITING.1 * reading + add(|level| level.writing) + WRITING.2 * random.normal());
        let math =
            score(MATH.0 + MATH.1 * reading + MATH.2 * writing + add(|level| level.math) + MATH.3 * random.normal());
        for level in background {
            write!(output, "{},", level.value)?;
        }
        writeln!(output, "{math},{reading},{writing}")?;
    }
    Ok(())
}

/// A score, rounded and clamped to 0 to 100.
fn score(points: f64) -> f64 {
    // `+ 0.0` turns −0 into 0, which would be written as "-0".
    points.round().clamp(0.0, 100.0) + 0.0
}

fn draw(levels: &'static [Level], uniform: f64) -> &'static Level {
    let mut rest = uniform;
    for level in levels {
        if rest < level.share {
            return level;
        }
        rest -= level.share;
    }
    // Shares add up to one except for rounding.
    &levels[levels.len() - 1]
}
