//! The kind of each column of a file, decided once for the whole file.

use std::cell::OnceCell;

use super::number_format::{ColumnOptions, DateFormat, Kind};
use super::numbers::Survey;
use super::{Categories, Cells, ColumnBuilder, Decision, NumberFormat};
use crate::error::{ColumnProblem, Location, ReadError};
use crate::note::Note;
use crate::report::ColumnReading;

/// Maximum number of words that a note lists.
const MAX_LISTED: usize = 5;

/// A column whose kind is decided.
#[derive(Debug)]
pub struct DecidedColumn {
    /// Its cells, to be converted as [`DecidedColumn::decision`] says.
    pub builder: ColumnBuilder,
    /// Their kind.
    pub decision: Decision,
    /// What was decided, for the reading report.
    pub reading: ColumnReading,
    /// Why it has no information, if so.
    pub constant: Option<String>,
    /// Why it is an identifier, if so.
    pub identifier: Option<String>,
    /// The line and text of the first cell that is not a number, in a column that must be numeric.
    pub odd: Option<(u64, String)>,
}

impl DecidedColumn {
    /// How its dates are written, if it is a column of dates.
    #[must_use]
    pub fn dates(&self) -> Option<DateFormat> {
        if let Decision::Numeric(format) = &self.decision { format.dates() } else { None }
    }
}

/// The note that words mean blanks.
pub(super) fn blank_words<'a>(words: impl Iterator<Item = &'a str>) -> Note {
    let words = words.take(MAX_LISTED).map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", ");
    let text = format!("{words} taken for \"no value\"");
    Note::new("blank-words", &[("words", &words)], text).published_as("words for \"no value\" are blanks")
}

impl Cells {
    /// Decides about all columns. `options` are those of each column, in the order of the columns, and `None` for those
    /// that are not needed.
    ///
    /// # Errors
    /// What only a person can decide: see [`crate::ColumnProblem`].
    pub fn decide(
        &mut self,
        file: &str,
        options: &[Option<ColumnOptions>],
    ) -> Result<Vec<Option<DecidedColumn>>, ReadError> {
        let default = ColumnOptions::default();
        let has_commas = OnceCell::new();
        let has_commas_somewhere = |columns: &[ColumnBuilder]| {
            *has_commas.get_or_init(|| {
                columns.iter().zip(options).any(|(column, options)| {
                    let options = options.as_ref().unwrap_or(&default);
                    Survey::new(&column.counts(), self.delimiter, options).has_decimal_commas()
                })
            })
        };
        let mut decided = Vec::with_capacity(self.columns.len());
        for (field, options) in options.iter().enumerate() {
            let Some(options) = options else {
                decided.push(None);
                continue;
            };
            let (builder, name) = (&self.columns[field], &self.names[field]);
            let counts = builder.counts();
            let survey = Survey::new(&counts, self.delimiter, options);
            let odd = (options.kind == Some(Kind::Numeric)).then(|| survey.first_odd()).flatten();
            let location = |line: u64| Location { file: file.to_owned(), line, field: field + 1, column: name.clone() };
            let outcome = survey.decide(name, builder, &counts, || has_commas_somewhere(&self.columns));
            let (decision, mut notes) = match outcome {
                Ok(decided) => decided,
                Err((_, problem)) if options.lenient => {
                    let as_texts =
                        matches!(problem, ColumnProblem::AlmostDates { .. } | ColumnProblem::AmbiguousDate { .. });
                    let decision = match as_texts {
                        true => Decision::Categorical(Categories::default()),
                        false => Decision::Numeric(NumberFormat::default()),
                    };
                    (decision, vec![Note::new(problem.code(), &[], problem.to_string())])
                }
                Err((line, problem)) => {
                    return Err(ReadError::Column { location: location(line), problem: Box::new(problem) });
                }
            };
            if !builder.blank_words().is_empty() {
                notes.push(blank_words(builder.blank_words().iter().map(String::as_str)));
            }
            let is_blank = |text: &str| match &decision {
                Decision::Numeric(format) => format.number(text).is_none(),
                Decision::Categorical(categories) => categories.label(text).is_none(),
            };
            let n_values: u64 = counts.iter().filter(|count| !is_blank(count.text)).map(|count| count.rows).sum();
            let n_values = usize::try_from(n_values).unwrap_or(usize::MAX);
            let reading = ColumnReading {
                name: name.clone(),
                kind: match &decision {
                    Decision::Numeric(format) if format.dates().is_some() => "dates",
                    Decision::Numeric(_) => "numbers",
                    Decision::Categorical(_) => "categories",
                },
                n_values,
                n_blanks: builder.n_rows() - n_values,
                n_distinct: counts.len(),
                example: counts.first().map(|count| count.text.to_owned()).unwrap_or_default(),
                notes,
            };
            let identifier = builder.identifier_reason(name, &counts, &decision);
            decided.push(Some((decision, reading, builder.constant_reason(), identifier, odd)));
        }
        let with_builder = |(decided, builder): (Option<_>, &mut ColumnBuilder)| {
            let (decision, reading, constant, identifier, odd) = decided?;
            let builder = std::mem::take(builder);
            Some(DecidedColumn { builder, decision, reading, constant, identifier, odd })
        };
        Ok(decided.into_iter().zip(&mut self.columns).map(with_builder).collect())
    }
}
