//! The line below a field: a hint, or a remark on its value.

use model_core::{BlankTreatment, Column, ColumnKind, Date, Predictor, Value};

use crate::format::plain;
use crate::i18n::I18n;

/// The line below a field, by severity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Note {
    /// The range of the training data.
    Hint(String),
    /// The field is blank; this says how the model treats it.
    Blank(String),
    /// The value is used, but it is unusual for the training data.
    Caution(String),
    /// The value is invalid.
    Problem(String),
}

impl Note {
    /// The note on a column with its last valid `value`; `is_refused` means that the field is invalid.
    pub(crate) fn on(
        i18n: I18n,
        predictor: &Predictor,
        column_idx: usize,
        value: Value,
        is_refused: bool,
    ) -> Option<Self> {
        let column = &predictor.schema().columns[column_idx];
        if is_refused {
            return Some(Self::Problem(unusable(i18n, column)));
        }
        if value == Value::Missing {
            return Some(Self::Blank(match predictor.blank_treatment(column_idx) {
                BlankTreatment::OwnValue => i18n.text("note.blank-own"),
                BlankTreatment::Imputed(value) => {
                    let key = if let Value::Number(_) = value { "note.blank-number" } else { "note.blank-category" };
                    i18n.fill(key, &[("value", &value_text(i18n, column, value))])
                }
            }));
        }
        let ColumnKind::Numeric { observed, .. } = &column.kind else { return None };
        let last_day = column.last_day();
        let (min, max) = (number_text(i18n, last_day, observed.min), number_text(i18n, last_day, observed.max));
        let range = [("min", min.as_str()), ("max", max.as_str())];
        Some(if matches!(value, Value::Number(number) if !observed.contains(number)) {
            Self::Caution(i18n.fill("note.outside", &range))
        } else {
            Self::Hint(i18n.fill("note.range", &range))
        })
    }

    /// The note's text.
    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Hint(text) | Self::Blank(text) | Self::Caution(text) | Self::Problem(text) => text,
        }
    }

    /// The CSS class of the note.
    pub(crate) fn class(&self) -> &'static str {
        match self {
            Self::Hint(_) => "hint",
            Self::Blank(_) => "hint imputed",
            Self::Caution(_) => "hint odd",
            Self::Problem(_) => "hint odd problem",
        }
    }
}

/// The message for invalid input. It doesn't repeat the input, which is shown above it.
pub(crate) fn unusable(i18n: I18n, column: &Column) -> String {
    match &column.kind {
        ColumnKind::Numeric { median, .. } => {
            let key = if column.date.is_some() { "note.not-a-date" } else { "note.not-a-number" };
            i18n.fill(key, &[("example", &number_text(i18n, column.last_day(), *median))])
        }
        ColumnKind::Categorical { values, .. } => i18n.fill("note.not-a-value", &[("values", &values.join(", "))]),
    }
}

/// A formatted number; the date that it stands for if it is relative to `last_day`.
pub(crate) fn number_text(i18n: I18n, last_day: Option<Date>, number: f64) -> String {
    last_day.map_or_else(|| i18n.shortest(number), |last| i18n.day(&last.plus(number).to_string()))
}

/// `value`, formatted.
pub(crate) fn value_text(i18n: I18n, column: &Column, value: Value) -> String {
    match (&column.kind, value) {
        (_, Value::Number(number)) => number_text(i18n, column.last_day(), number),
        (ColumnKind::Categorical { values, .. }, Value::Category(code)) => {
            values.get(code as usize).cloned().unwrap_or_default()
        }
        (_, Value::Unseen) => i18n.text("student.unseen"),
        _ => i18n.text("student.not-known"),
    }
}

/// The text of the field of `column` for `value`.
pub(crate) fn field_text(column: &Column, value: Value) -> String {
    match (&column.kind, value) {
        (_, Value::Number(number)) => match column.last_day() {
            Some(last) => last.plus(number).to_string(),
            None => plain(number),
        },
        (ColumnKind::Categorical { values, .. }, Value::Category(code)) => {
            values.get(code as usize).cloned().unwrap_or_default()
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use model_core::{ColumnEncoding, Encoding, LinearModel, Model, Preprocessor};

    use super::*;
    use crate::i18n::english;

    /// A score from 17 to 100 and a choice of two, both read by a linear model.
    fn predictor() -> Predictor {
        let (preprocessor, _) = model_core::doc_example();
        let Preprocessor { mut schema, encoding } = model_core::read_preprocessor(&preprocessor).unwrap();
        let kind = ColumnKind::Categorical { values: vec!["free/reduced".into(), "standard".into()], mode: 1 };
        schema.columns.push(Column::new("lunch", "Lunch", kind));
        let Encoding::OneHot(mut columns) = encoding else { panic!("not one-hot") };
        columns.push(ColumnEncoding::OneHot { scales: vec![1.0, 1.0] });
        let model = Model::Linear(LinearModel { intercept: 66.0, coefficients: vec![10.0, 0.0, 1.0] });
        Predictor::new(Preprocessor { schema, encoding: Encoding::OneHot(columns) }, model, "linear").unwrap()
    }

    #[test]
    fn a_value_is_noted_by_where_it_lies() {
        let (_owner, i18n) = english();
        let predictor = predictor();
        let on = |column_idx, value| Note::on(i18n, &predictor, column_idx, value, false);
        assert_eq!(on(0, Value::Number(17.0)), Some(Note::Hint("17 to 100 in the training data".into())));
        assert_eq!(on(0, Value::Missing), Some(Note::Blank("Left blank: the median, 70, is used".into())));
        assert!(
            matches!(on(0, Value::Number(100.5)), Some(Note::Caution(text)) if text.starts_with("Outside 17 to 100"))
        );
        assert_eq!(on(1, Value::Category(0)), None);
        assert!(matches!(on(1, Value::Missing), Some(Note::Blank(text)) if text.contains("standard")));
    }

    #[test]
    fn what_cannot_be_used_comes_before_everything_else() {
        let (_owner, i18n) = english();
        let note = Note::on(i18n, &predictor(), 0, Value::Missing, true);
        let text = "This is not a number; write one such as 70, or leave it blank";
        assert_eq!(note, Some(Note::Problem(text.into())));
    }

    #[test]
    fn a_fields_text_is_read_back_as_the_same_value() {
        let predictor = predictor();
        for (column, value) in predictor.schema().columns.iter().zip([Value::Number(-0.1), Value::Category(1)]) {
            assert_eq!(column.parse(&field_text(column, value)), Ok(value));
        }
    }
}
