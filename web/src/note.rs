//! The line below a field: what it may hold, or what is odd about what it holds.

use model_core::{Column, ColumnKind, Value};

use crate::format::{plain, shortest};
use crate::texts::{fill, text};

/// The line below a field, by how much it asks to be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Note {
    /// What the training data hold.
    Hint(String),
    /// The field is blank; this is what it is taken for.
    Imputed(String),
    /// The value is used, but the model has seen none like it.
    Caution(String),
    /// What stands in the field can't be used.
    Problem(String),
}

impl Note {
    /// The note on `column` with the valid `value`, or with a `problem` in its place.
    pub(crate) fn on(column: &Column, value: Value, problem: Option<String>) -> Option<Self> {
        if let Some(problem) = problem {
            return Some(Self::Problem(problem));
        }
        match (&column.kind, value) {
            (ColumnKind::Numeric { median, .. }, Value::Missing) => {
                Some(Self::Imputed(fill("note.blank-number", &[("value", &shortest(*median))])))
            }
            (ColumnKind::Categorical { values, mode }, Value::Missing) => {
                let mode = values.get(*mode as usize).map(String::as_str).unwrap_or_default();
                Some(Self::Imputed(fill("note.blank-category", &[("value", mode)])))
            }
            (ColumnKind::Numeric { observed, .. }, value) => {
                let (min, max) = (shortest(observed.min), shortest(observed.max));
                let range = [("min", min.as_str()), ("max", max.as_str())];
                Some(if matches!(value, Value::Number(number) if !observed.contains(number)) {
                    Self::Caution(fill("note.outside", &range))
                } else {
                    Self::Hint(fill("note.range", &range))
                })
            }
            (ColumnKind::Categorical { .. }, _) => None,
        }
    }

    /// The note's words.
    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Hint(text) | Self::Imputed(text) | Self::Caution(text) | Self::Problem(text) => text,
        }
    }

    /// The class that gives the note its look.
    pub(crate) fn class(&self) -> &'static str {
        match self {
            Self::Hint(_) => "hint",
            Self::Imputed(_) => "hint imputed",
            Self::Caution(_) => "hint odd",
            Self::Problem(_) => "hint odd problem",
        }
    }
}

/// What is said of an entry that can't be used. It doesn't repeat the entry, which the browser may keep to itself.
pub(crate) fn unusable(column: &Column) -> String {
    match &column.kind {
        ColumnKind::Numeric { median, .. } => fill("note.not-a-number", &[("example", &shortest(*median))]),
        ColumnKind::Categorical { values, .. } => fill("note.not-a-value", &[("values", &values.join(", "))]),
    }
}

/// `value` for people.
pub(crate) fn value_text(column: &Column, value: Value) -> String {
    match (&column.kind, value) {
        (_, Value::Number(number)) => shortest(number),
        (ColumnKind::Categorical { values, .. }, Value::Category(code)) => {
            values.get(code as usize).cloned().unwrap_or_default()
        }
        _ => text("student.not-known"),
    }
}

/// What stands in the field of `column` for `value`.
pub(crate) fn field_text(column: &Column, value: Value) -> String {
    match (&column.kind, value) {
        (_, Value::Number(number)) => plain(number),
        (ColumnKind::Categorical { values, .. }, Value::Category(code)) => {
            values.get(code as usize).cloned().unwrap_or_default()
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use model_core::Range;

    use super::*;

    fn reading() -> Column {
        let observed = Range { min: 17.0, max: 100.0 };
        let kind = ColumnKind::Numeric { observed, median: 70.0, whole: true };
        Column::new("reading_score", "Reading score", kind)
    }

    fn lunch() -> Column {
        let kind = ColumnKind::Categorical { values: vec!["free/reduced".into(), "standard".into()], mode: 1 };
        Column::new("lunch", "Lunch", kind)
    }

    #[test]
    fn a_number_is_noted_by_where_it_lies() {
        let on = |value| Note::on(&reading(), value, None);
        assert_eq!(on(Value::Number(17.0)), Some(Note::Hint("17 to 100 in the training data".into())));
        assert_eq!(on(Value::Missing), Some(Note::Imputed("Blank: 70, the median, is used".into())));
        let Some(Note::Caution(text)) = on(Value::Number(100.5)) else { panic!("no caution") };
        assert_eq!(text, "Outside 17 to 100, what the model has seen: the estimate is a guess there");
    }

    #[test]
    fn a_category_is_noted_when_blank() {
        assert_eq!(Note::on(&lunch(), Value::Category(0), None), None);
        let blank = Note::on(&lunch(), Value::Missing, None);
        assert_eq!(blank, Some(Note::Imputed("Blank: standard, the most frequent, is used".into())));
    }

    #[test]
    fn a_problem_comes_before_everything_else() {
        let note = Note::on(&reading(), Value::Missing, Some(unusable(&reading())));
        let text = "This is not a number; write one such as 70, or leave it blank";
        assert_eq!(note, Some(Note::Problem(text.into())));
    }

    #[test]
    fn a_fields_text_is_read_back_as_the_same_value() {
        for (column, value) in [(reading(), Value::Number(-0.1)), (lunch(), Value::Category(1))] {
            assert_eq!(column.parse(&field_text(&column, value)), Ok(value));
        }
    }
}
