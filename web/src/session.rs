//! The state that all panels share: the model, one student's record, and what follows from the two.
//!
//! A panel reads the form and calls [`Session::edit`]; nothing else changes the record, so that whatever must know of
//! each change has one place to stand.

use std::rc::Rc;

use leptos::prelude::*;
use model_core::{Column, Prediction, Predictor, Record, Report, Value};

use crate::format::{self, decimals_for};
use crate::load::Loaded;
use crate::note::{Note, field_text, unusable};

/// What the panels share. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Session {
    model: Rc<Model>,
    /// What is entered, and what is predicted for it.
    pub(crate) form: RwSignal<Form, LocalStorage>,
}

/// What doesn't change while a model is shown.
struct Model {
    predictor: Predictor,
    report: Report,
    n_golden_equal: usize,
    decimals: usize,
}

/// One student's record as entered.
pub(crate) struct Form {
    /// The last valid record: where a field can't be used, it holds that field's last valid value.
    pub(crate) record: Record,
    /// The prediction for the record.
    pub(crate) prediction: Prediction,
    /// One a column, in order.
    pub(crate) fields: Vec<Field>,
}

/// What stands in one field.
pub(crate) struct Field {
    /// The text of the last valid value.
    pub(crate) text: String,
    /// What is wrong with what was entered since.
    pub(crate) problem: Option<String>,
}

/// What was entered in a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Entry {
    /// Text.
    Text(String),
    /// Something that the browser couldn't read either, and therefore keeps to itself.
    Unreadable,
}

impl Session {
    /// Starts with the typical student.
    pub(crate) fn new(Loaded { predictor, report }: Loaded) -> Self {
        let form = RwSignal::new_local(Form::typical(&predictor));
        let (n_golden_equal, decimals) = (report.self_test(&predictor), decimals_for(report.holdout.mae));
        Self { model: Rc::new(Model { predictor, report, n_golden_equal, decimals }), form }
    }

    /// The preprocessor and the model.
    pub(crate) fn predictor(&self) -> &Predictor {
        &self.model.predictor
    }

    /// What training found.
    pub(crate) fn report(&self) -> &Report {
        &self.model.report
    }

    /// The columns of the record, in order.
    pub(crate) fn columns(&self) -> &[Column] {
        &self.predictor().schema().columns
    }

    /// The target's name in a sentence.
    pub(crate) fn target(&self) -> String {
        format::in_sentence(&self.predictor().schema().target.label)
    }

    /// How many golden records gave the same bits as in training.
    pub(crate) fn n_golden_equal(&self) -> usize {
        self.model.n_golden_equal
    }

    /// Takes what was entered for a column. What can't be used is explained beside the field and changes nothing else.
    pub(crate) fn edit(&self, column_idx: usize, entry: Entry) {
        self.form.update(|form| form.edit(self.predictor(), column_idx, entry));
    }

    /// Back to the typical student.
    pub(crate) fn reset(&self) {
        self.form.set(Form::typical(self.predictor()));
    }

    /// A value of the target, with as many digits as the model's error deserves.
    pub(crate) fn in_target_unit(&self, value: f64) -> String {
        format::number(value, self.model.decimals)
    }

    /// An error of the model: one digit more than the values it is about.
    pub(crate) fn error_in_target_unit(&self, error: f64) -> String {
        format::number(error, self.model.decimals + 1)
    }

    /// `value` as it is shown: what arithmetic that people can follow by eye must start from.
    pub(crate) fn rounded(&self, value: f64) -> f64 {
        let unit = (0..self.model.decimals).fold(1.0, |unit: f64, _| unit * 10.0);
        (value * unit).round() / unit
    }
}

impl Form {
    fn typical(predictor: &Predictor) -> Self {
        let schema = predictor.schema();
        let record = Record::typical(schema);
        let text = |(column, value): (&Column, &Value)| Field { text: field_text(column, *value), problem: None };
        let fields = schema.columns.iter().zip(record.values()).map(text).collect();
        Self { prediction: predictor.predict(&record), record, fields }
    }

    fn edit(&mut self, predictor: &Predictor, column_idx: usize, entry: Entry) {
        let schema = predictor.schema();
        let (field, column) = (&mut self.fields[column_idx], &schema.columns[column_idx]);
        let problem = match entry {
            Entry::Text(text) => match self.record.set_text(schema, column_idx, &text) {
                Ok(()) => {
                    field.text = text;
                    None
                }
                Err(_) => Some(unusable(column)),
            },
            Entry::Unreadable => Some(unusable(column)),
        };
        field.problem = problem;
        self.prediction = predictor.predict(&self.record);
    }

    /// The line below a column's field.
    pub(crate) fn note(&self, columns: &[Column], column_idx: usize) -> Option<Note> {
        let problem = self.fields[column_idx].problem.clone();
        Note::on(&columns[column_idx], self.record.values()[column_idx], problem)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn predictor() -> Predictor {
        let (preprocessor, model) = model_core::doc_example();
        Predictor::from_json(&preprocessor, &model).unwrap()
    }

    #[test]
    fn an_entry_that_cannot_be_used_clears_nothing() {
        let predictor = predictor();
        let mut form = Form::typical(&predictor);
        form.edit(&predictor, 0, Entry::Text("72".into()));
        assert_eq!(form.prediction.value, 68.0);
        for entry in [Entry::Unreadable, Entry::Text("many".into())] {
            form.edit(&predictor, 0, entry);
            assert_eq!((form.prediction.value, form.fields[0].text.as_str()), (68.0, "72"));
            assert!(form.fields[0].problem.is_some());
        }
        form.edit(&predictor, 0, Entry::Text("70".into()));
        assert_eq!((form.prediction.value, &form.fields[0].problem), (66.0, &None));
    }

    #[test]
    fn a_blank_is_the_median() {
        let predictor = predictor();
        let mut form = Form::typical(&predictor);
        form.edit(&predictor, 0, Entry::Text(String::new()));
        assert_eq!(form.record.values(), [Value::Missing]);
        assert_eq!(form.prediction, Form::typical(&predictor).prediction);
    }
}
