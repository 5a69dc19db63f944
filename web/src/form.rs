//! One student's record as entered, and its history.

use model_core::{Predictor, Record};

use crate::note::field_text;

/// Maximum number of steps that can be undone.
const MAX_STEPS: usize = 200;

/// One student's record as entered.
#[derive(Debug, Clone)]
pub(crate) struct Form {
    /// The last valid record: for an invalid field, it holds the last valid value.
    pub(crate) record: Record,
    /// One per column, in order.
    pub(crate) fields: Vec<Field>,
    /// The records to undo to, oldest first.
    past: Vec<Record>,
    /// The records to redo, latest first.
    future: Vec<Record>,
    /// The column that is being edited: its changes are undone as one step.
    edited: Option<usize>,
}

/// The state of one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Field {
    /// The text as it was typed.
    pub(crate) text: String,
    /// Whether it is invalid.
    pub(crate) is_refused: bool,
}

impl Form {
    pub(crate) fn new(predictor: &Predictor, record: Record) -> Self {
        Self { fields: fields_of(predictor, &record), record, past: Vec::new(), future: Vec::new(), edited: None }
    }

    /// Sets the text of a column, whose value is spelled by `value`. Invalid text changes nothing but the field.
    pub(crate) fn edit(&mut self, predictor: &Predictor, column_idx: usize, text: &str, value: &str) {
        if self.edited != Some(column_idx) {
            self.remember();
        }
        self.enter(predictor, column_idx, text, value);
        self.edited = Some(column_idx);
    }

    /// Ends the editing of a field: the next change is a separate step.
    pub(crate) fn commit(&mut self) {
        self.edited = None;
    }

    /// Sets the whole record in one step.
    pub(crate) fn take(&mut self, predictor: &Predictor, record: Record) {
        self.remember();
        self.show(predictor, record);
    }

    /// Sets the texts of some columns in one step; the others are typical.
    pub(crate) fn take_texts(&mut self, predictor: &Predictor, texts: &[(usize, String)]) {
        self.take(predictor, Record::typical(predictor.schema()));
        for (column_idx, text) in texts {
            self.enter(predictor, *column_idx, text, text);
        }
    }

    /// Undoes one step.
    pub(crate) fn undo(&mut self, predictor: &Predictor) {
        if let Some(record) = self.past.pop() {
            self.future.push(self.record.clone());
            self.show(predictor, record);
        }
    }

    /// Redoes one step.
    pub(crate) fn redo(&mut self, predictor: &Predictor) {
        if let Some(record) = self.future.pop() {
            self.past.push(self.record.clone());
            self.show(predictor, record);
        }
    }

    /// Whether there is something to undo.
    pub(crate) fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    /// Whether there is something to redo.
    pub(crate) fn can_redo(&self) -> bool {
        !self.future.is_empty()
    }

    fn enter(&mut self, predictor: &Predictor, column_idx: usize, text: &str, value: &str) {
        let is_refused = self.record.set_text(predictor.schema(), column_idx, value).is_err();
        self.fields[column_idx] = Field { text: text.to_owned(), is_refused };
    }

    /// Adds the record to the history, before it changes.
    fn remember(&mut self) {
        if self.past.last() != Some(&self.record) {
            self.past.push(self.record.clone());
        }
        if self.past.len() > MAX_STEPS {
            self.past.remove(0);
        }
        self.future.clear();
        self.edited = None;
    }

    fn show(&mut self, predictor: &Predictor, record: Record) {
        self.fields = fields_of(predictor, &record);
        self.record = record;
        self.edited = None;
    }
}

fn fields_of(predictor: &Predictor, record: &Record) -> Vec<Field> {
    let columns = predictor.schema().columns.iter().zip(record.values());
    columns.map(|(column, value)| Field { text: field_text(column, *value), is_refused: false }).collect()
}

#[cfg(test)]
mod tests {
    use model_core::Value;

    use super::*;

    fn typical() -> (Predictor, Form) {
        let (preprocessor, model) = model_core::doc_example();
        let predictor = Predictor::from_json(&preprocessor, &model).unwrap();
        let form = Form::new(&predictor, Record::typical(predictor.schema()));
        (predictor, form)
    }

    #[test]
    fn an_entry_that_cannot_be_used_clears_nothing() {
        let (predictor, mut form) = typical();
        form.edit(&predictor, 0, "72,5", "72.5");
        assert_eq!(form.record.values(), [Value::Number(72.5)]);
        form.edit(&predictor, 0, "many", "many");
        assert_eq!(form.record.values(), [Value::Number(72.5)]);
        assert_eq!(form.fields, [Field { text: "many".into(), is_refused: true }]);
        form.edit(&predictor, 0, "", "");
        assert_eq!((form.record.values(), form.fields[0].is_refused), (&[Value::Missing][..], false));
    }

    #[test]
    fn typing_in_one_field_is_one_step() {
        let (predictor, mut form) = typical();
        for text in ["7", "75"] {
            form.edit(&predictor, 0, text, text);
        }
        assert_eq!(form.past, [Record::typical(predictor.schema())]);
        form.commit();
        form.edit(&predictor, 0, "80", "80");
        assert_eq!((form.past.len(), form.can_redo()), (2, false));
        form.undo(&predictor);
        assert_eq!((form.fields[0].text.as_str(), form.can_redo()), ("75", true));
    }
}
