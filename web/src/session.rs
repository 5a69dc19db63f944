//! The state that all panels share: the model, one student's record, and what follows from the two.
//!
//! A panel reads the form and calls [`Session::edit`] or [`Session::take`]; nothing else changes the record, so that
//! whatever must know of each change has one place to stand: undoing it, and the address.

use std::cell::Cell;
use std::rc::Rc;

use leptos::prelude::*;
use model_core::{Column, Interval, Prediction, Predictor, Record, Report, Value};

use crate::dom::Root;
use crate::format::{self, decimals_for};
use crate::load::Loaded;
use crate::note::{Note, field_text, unusable};

/// Steps that can be undone.
const MAX_STEPS: usize = 200;

/// What the panels share. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Session {
    model: Rc<Model>,
    root: Root,
    /// What is entered, and what is predicted for it.
    form: RwSignal<Form, LocalStorage>,
    /// How sure intervals are, in percent.
    pub(crate) level: RwSignal<f64>,
    /// A record that was kept to compare with.
    pub(crate) pinned: RwSignal<Option<Record>, LocalStorage>,
    /// Whether visitors may only look.
    is_readonly: Rc<Cell<bool>>,
    /// What the panel for it starts with, where it is shown anew.
    pub(crate) goal: Rc<Cell<Option<Goal>>>,
}

/// What stood in the panel that looks for a way to a goal.
pub(crate) struct Goal {
    /// The field's text.
    pub(crate) text: String,
    /// Whether a way was looked for.
    pub(crate) is_asked: bool,
}

/// What doesn't change while a model is shown.
struct Model {
    loaded: Loaded,
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
    /// The records to go back to, oldest first.
    past: Vec<Record>,
    /// The records that were gone back from, latest first.
    future: Vec<Record>,
    /// The column whose editing goes on: it is undone as one step.
    edited: Option<usize>,
}

/// What stands in one field.
pub(crate) struct Field {
    /// The text of the last valid value.
    pub(crate) text: String,
    /// What is wrong with what was entered since.
    pub(crate) problem: Option<String>,
    /// Whether its control shows that: at a keystroke all fields but one do.
    pub(crate) is_painted: Cell<bool>,
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
    /// Starts with the typical student, in panels below `root`.
    pub(crate) fn new(loaded: Loaded, root: Root) -> Self {
        let form = RwSignal::new_local(Form::typical(&loaded.predictor));
        let report = loaded.report.as_ref();
        let n_golden_equal = report.map_or(0, |report| report.self_test(&loaded.predictor));
        let target = &loaded.predictor.schema().target;
        // Without a report the error isn't known; a hundredth of the range is about what one has anywhere.
        let error = report.map_or((target.observed.max - target.observed.min) / 100.0, |report| report.holdout.mae);
        let decimals = decimals_for(error);
        let model = Rc::new(Model { loaded, n_golden_equal, decimals });
        let (level, pinned) = (RwSignal::new(90.0), RwSignal::new_local(None));
        Self { model, root, form, level, pinned, is_readonly: Rc::default(), goal: Rc::default() }
    }

    /// The same model, record, steps and choices for panels that are shown anew: signals end with the panels that they were made
    /// in. What is returned makes them, and is called where the new panels are made.
    pub(crate) fn renewed(&self) -> impl FnOnce() -> Self + use<> {
        let (model, root, record) = (Rc::clone(&self.model), self.root.clone(), self.record());
        let (level, pinned) = (self.level.get_untracked(), self.pinned.get_untracked());
        let (mut past, mut future) = Default::default();
        self.peek(&mut |form| (past, future) = (form.past.clone(), form.future.clone()));
        let is_asked = self.root.find("goal-result").is_some_and(|result| result.has_child_nodes());
        let goal = self.root.value_of("goal-number").map(|text| Goal { text, is_asked });
        move || {
            let mut form = Form::typical(&model.loaded.predictor);
            form.show(&model.loaded.predictor, record);
            (form.past, form.future) = (past, future);
            let form = RwSignal::new_local(form);
            let (level, pinned) = (RwSignal::new(level), RwSignal::new_local(pinned));
            Self { model, root, form, level, pinned, is_readonly: Rc::default(), goal: Rc::new(Cell::new(goal)) }
        }
    }

    /// Where the panels stand.
    pub(crate) fn root(&self) -> &Root {
        &self.root
    }

    /// The files of the model as they were read.
    pub(crate) fn texts(&self) -> &[String] {
        &self.model.loaded.texts
    }

    /// Whether the visitor opened the model from disk.
    pub(crate) fn is_own_model(&self) -> bool {
        self.model.loaded.is_own
    }

    /// Decimals of a value of the target.
    pub(crate) fn decimals(&self) -> u32 {
        u32::try_from(self.model.decimals).unwrap_or_default()
    }

    /// The preprocessor and the model.
    pub(crate) fn predictor(&self) -> &Predictor {
        &self.model.loaded.predictor
    }

    /// What training found, where it was loaded along with the model.
    pub(crate) fn report(&self) -> Option<&Report> {
        self.model.loaded.report.as_ref()
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

    /// Whether this browser computes what training did, as far as is known.
    pub(crate) fn is_exact(&self) -> bool {
        self.report().is_none_or(|report| report.golden.len() == self.n_golden_equal())
    }

    /// Reads the form; an effect that does runs again when it changes. Like the next two not generic: each kind of reading
    /// would be compiled by itself.
    pub(crate) fn look(&self, read: &mut dyn FnMut(&Form)) {
        self.form.with(|form| read(form));
    }

    /// Reads the form once.
    pub(crate) fn peek(&self, read: &mut dyn FnMut(&Form)) {
        self.form.with_untracked(|form| read(form));
    }

    fn change(&self, write: &mut dyn FnMut(&mut Form)) {
        if !self.is_readonly.get() {
            self.form.update(|form| write(form));
        }
    }

    /// From now on only [`Session::replace`] changes the record.
    #[cfg(feature = "element")]
    pub(crate) fn make_readonly(&self) {
        self.is_readonly.set(true);
    }

    /// Takes a record that the visitor did not enter: there is nothing to undo.
    #[cfg(feature = "element")]
    pub(crate) fn replace(&self, record: &Record) {
        self.form.update(|form| {
            form.past.clear();
            form.future.clear();
            form.show(self.predictor(), record.clone());
        });
    }

    /// The record as it is now.
    pub(crate) fn record(&self) -> Record {
        let mut record = Record::typical(self.predictor().schema());
        self.peek(&mut |form| record = form.record.clone());
        record
    }

    /// The interval of the form's estimate at the chosen level.
    pub(crate) fn interval(&self, form: &Form) -> Option<Interval> {
        self.predictor().interval_of(form.record.values(), form.prediction, self.level.get())
    }

    /// Takes what was entered for a column. What can't be used is explained beside the field and changes nothing else.
    pub(crate) fn edit(&self, column_idx: usize, entry: &Entry) {
        self.change(&mut |form| form.edit(self.predictor(), column_idx, entry));
    }

    /// Gives a column a value.
    pub(crate) fn set(&self, column_idx: usize, value: Value) {
        self.edit(column_idx, &Entry::Text(field_text(&self.columns()[column_idx], value)));
    }

    /// Ends the editing of a field: the next change is a step of its own.
    pub(crate) fn commit(&self) {
        self.form.update_untracked(|form| form.edited = None);
    }

    /// Takes a whole record in one step.
    pub(crate) fn take(&self, record: &Record) {
        self.change(&mut |form| {
            form.remember();
            form.show(self.predictor(), record.clone());
        });
    }

    /// Takes what an address holds; what can't be used is explained beside its field.
    pub(crate) fn take_entries(&self, entries: &[(usize, String)]) {
        self.change(&mut |form| {
            form.remember();
            form.show(self.predictor(), Record::typical(self.predictor().schema()));
            for (column_idx, text) in entries {
                form.enter(self.predictor(), *column_idx, &Entry::Text(text.clone()));
            }
        });
    }

    /// One step back.
    pub(crate) fn undo(&self) {
        self.change(&mut |form| {
            if let Some(record) = form.past.pop() {
                form.future.push(form.record.clone());
                form.show(self.predictor(), record);
            }
        });
    }

    /// One step that was gone back, forward again.
    pub(crate) fn redo(&self) {
        self.change(&mut |form| {
            if let Some(record) = form.future.pop() {
                form.past.push(form.record.clone());
                form.show(self.predictor(), record);
            }
        });
    }

    /// A value of the target, with as many digits as the model's error deserves.
    pub(crate) fn in_target_unit(&self, value: f64) -> String {
        format::number(value, self.model.decimals)
    }

    /// An error of the model: one digit more than the values it is about.
    pub(crate) fn error_in_target_unit(&self, error: f64) -> String {
        format::number(error, self.model.decimals + 1)
    }

    /// A difference between two estimates, with its sign.
    pub(crate) fn difference(&self, difference: f64) -> String {
        format::signed(difference, self.model.decimals + 1)
    }
}

impl Form {
    fn typical(predictor: &Predictor) -> Self {
        let record = Record::typical(predictor.schema());
        let fields = fields_of(predictor, &record);
        let prediction = predictor.predict(&record);
        Self { prediction, record, fields, past: Vec::new(), future: Vec::new(), edited: None }
    }

    fn edit(&mut self, predictor: &Predictor, column_idx: usize, entry: &Entry) {
        if self.edited != Some(column_idx) {
            self.remember();
        }
        self.enter(predictor, column_idx, entry);
        self.edited = Some(column_idx);
    }

    fn enter(&mut self, predictor: &Predictor, column_idx: usize, entry: &Entry) {
        let schema = predictor.schema();
        let (field, column) = (&mut self.fields[column_idx], &schema.columns[column_idx]);
        let problem = match entry {
            Entry::Text(text) => match self.record.set_text(schema, column_idx, text) {
                Ok(()) => {
                    field.text.clone_from(text);
                    None
                }
                Err(_) => Some(unusable(column)),
            },
            Entry::Unreadable => Some(unusable(column)),
        };
        field.problem = problem;
        field.is_painted.set(false);
        self.prediction = predictor.predict(&self.record);
    }

    /// Keeps the record to go back to, before it changes.
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
        self.prediction = predictor.predict(&record);
        self.record = record;
        self.edited = None;
    }

    /// Whether there is something to undo, and something to do again.
    pub(crate) fn can_step(&self) -> (bool, bool) {
        (!self.past.is_empty(), !self.future.is_empty())
    }

    /// The line below a column's field.
    pub(crate) fn note(&self, columns: &[Column], column_idx: usize) -> Option<Note> {
        let problem = self.fields[column_idx].problem.clone();
        Note::on(&columns[column_idx], self.record.values()[column_idx], problem)
    }
}

fn fields_of(predictor: &Predictor, record: &Record) -> Vec<Field> {
    let text = |(column, value): (&Column, &Value)| Field {
        text: field_text(column, *value),
        problem: None,
        is_painted: Cell::default(),
    };
    predictor.schema().columns.iter().zip(record.values()).map(text).collect()
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
        form.edit(&predictor, 0, &Entry::Text("72".into()));
        assert_eq!(form.prediction.value, 68.0);
        for entry in [Entry::Unreadable, Entry::Text("many".into())] {
            form.edit(&predictor, 0, &entry);
            assert_eq!((form.prediction.value, form.fields[0].text.as_str()), (68.0, "72"));
            assert!(form.fields[0].problem.is_some());
        }
        form.edit(&predictor, 0, &Entry::Text("70".into()));
        assert_eq!((form.prediction.value, &form.fields[0].problem), (66.0, &None));
    }

    #[test]
    fn a_blank_is_the_median() {
        let predictor = predictor();
        let mut form = Form::typical(&predictor);
        form.edit(&predictor, 0, &Entry::Text(String::new()));
        assert_eq!(form.record.values(), [Value::Missing]);
        assert_eq!(form.prediction, Form::typical(&predictor).prediction);
    }

    #[test]
    fn typing_in_one_field_is_one_step() {
        let predictor = predictor();
        let mut form = Form::typical(&predictor);
        for text in ["7", "75"] {
            form.edit(&predictor, 0, &Entry::Text(text.into()));
        }
        assert_eq!(form.past, [Record::typical(predictor.schema())]);
        form.edited = None;
        form.edit(&predictor, 0, &Entry::Text("80".into()));
        assert_eq!((form.past.len(), form.can_step()), (2, (true, false)));
    }
}
