//! The state that all panels share: the model, one student's record, and everything derived from the two.
//!
//! A panel reads the memos and calls [`Session::edit`] or [`Session::take`]; nothing else changes the record, so that
//! code that must handle every change, such as undo, is in one place.

use std::sync::{Arc, OnceLock};

use leptos::html::Section;
use leptos::prelude::*;
use model_core::{Column, Explanation, Interval, Prediction, Predictor, Record, Report, Schema, Value};

use crate::dom::focus;
use crate::form::{Field, Form};
use crate::format::{decimals_for, in_sentence, plain};
use crate::i18n::I18n;
use crate::load::Loaded;
use crate::note::field_text;

/// The shared state.
#[derive(Clone, Copy)]
pub(crate) struct Session {
    model: StoredValue<Arc<Model>>,
    form: RwSignal<Form>,
    /// The last valid record.
    pub(crate) record: Memo<Record>,
    /// The model's prediction for the record.
    pub(crate) prediction: Memo<Prediction>,
    /// The interval at the chosen level, for a model with intervals.
    pub(crate) interval: Memo<Option<Interval>>,
    /// The contribution of each column.
    pub(crate) explanation: Memo<Explanation>,
    /// The level of intervals, in percent.
    pub(crate) level: RwSignal<f64>,
    /// Records kept for comparison.
    pub(crate) kept: RwSignal<Vec<Record>>,
    /// The mark whose probability is shown, as typed.
    pub(crate) mark: RwSignal<String>,
    /// The goal as it was typed.
    pub(crate) goal: RwSignal<String>,
    /// The record and the goal, as typed, of the last search for plans.
    pub(crate) asked_goal: RwSignal<Option<(Record, String)>>,
    /// Whether the record is from a link that was made with another model.
    pub(crate) is_from_other_model: RwSignal<bool>,
    /// The form's panel, for panels that link to it.
    pub(crate) student: NodeRef<Section>,
    is_readonly: bool,
}

/// State that is constant while a model is shown.
pub(crate) struct Model {
    loaded: Arc<Loaded>,
    n_golden_equal: usize,
    decimals: usize,
    /// Computed on demand: the first estimate doesn't need it.
    importance: OnceLock<Vec<f64>>,
}

/// The session that [`Session::provide`] has put into the context.
pub(crate) fn use_session() -> Session {
    expect_context()
}

impl Session {
    /// Starts with the typical student and puts the session into the context. If it is read-only, only
    /// [`Session::replace`] changes the record.
    pub(crate) fn provide(loaded: Arc<Loaded>, is_readonly: bool) -> Self {
        let model = Arc::new(Model::new(loaded));
        let form = RwSignal::new(Form::new(model.predictor(), Record::typical(model.schema())));
        let level = RwSignal::new(model.nearest_level(90.0));
        let record = Memo::new(move |_| form.with(|form| form.record.clone()));
        let own = Arc::clone(&model);
        let prediction = Memo::new(move |_| record.with(|record| own.predictor().predict(record)));
        let own = Arc::clone(&model);
        let interval = Memo::new(move |_| {
            record.with(|record| own.predictor().interval_of(record.values(), prediction.get(), level.get()))
        });
        let own = Arc::clone(&model);
        let explanation = Memo::new(move |_| record.with(|record| own.predictor().explain(record)));
        let session = Self {
            mark: RwSignal::new(model.part_of_scale(0.5)),
            // Three quarters of the scale, as a typical goal.
            goal: RwSignal::new(model.part_of_scale(0.75)),
            model: StoredValue::new(model),
            form,
            record,
            prediction,
            interval,
            explanation,
            level,
            kept: RwSignal::new(Vec::new()),
            asked_goal: RwSignal::new(None),
            is_from_other_model: RwSignal::new(false),
            student: NodeRef::new(),
            is_readonly,
        };
        provide_context(session);
        session
    }

    /// The constant state.
    pub(crate) fn model(self) -> Arc<Model> {
        self.model.get_value()
    }

    /// Sets the level of intervals, or the nearest that the model supports.
    pub(crate) fn set_level(self, level: f64) {
        self.level.set(self.model().nearest_level(level));
    }

    /// Whether visitors can't edit the record.
    pub(crate) fn is_readonly(self) -> bool {
        self.is_readonly
    }

    /// The state of a column's field.
    pub(crate) fn field(self, column_idx: usize) -> Memo<Field> {
        Memo::new(move |_| self.form.with(|form| form.fields[column_idx].clone()))
    }

    /// A column's last valid value.
    pub(crate) fn value(self, column_idx: usize) -> Memo<Value> {
        Memo::new(move |_| self.record.with(|record| record.values()[column_idx]))
    }

    /// The columns whose fields are invalid.
    pub(crate) fn refused(self) -> Vec<usize> {
        self.form.with(|form| (0..form.fields.len()).filter(|idx| form.fields[*idx].is_refused).collect())
    }

    /// Whether there is something to undo.
    pub(crate) fn can_undo(self) -> bool {
        self.form.with(Form::can_undo)
    }

    /// Whether there is something to redo.
    pub(crate) fn can_redo(self) -> bool {
        self.form.with(Form::can_redo)
    }

    fn change(self, write: impl FnOnce(&mut Form, &Predictor)) {
        if !self.is_readonly {
            let model = self.model();
            self.form.update(|form| write(form, model.predictor()));
        }
    }

    /// Sets the text of a column, whose value is spelled by `value`. Invalid text changes nothing but the field.
    pub(crate) fn edit(self, column_idx: usize, text: &str, value: &str) {
        self.change(|form, predictor| form.edit(predictor, column_idx, text, value));
    }

    /// Sets a column's value.
    pub(crate) fn set(self, column_idx: usize, value: Value) {
        let text = field_text(&self.model().columns()[column_idx], value);
        self.edit(column_idx, &text, &text);
    }

    /// Ends the editing of a field: the next change is a separate step.
    pub(crate) fn commit(self) {
        self.form.update_untracked(Form::commit);
    }

    /// Sets the whole record in one step.
    pub(crate) fn take(self, record: Record) {
        self.change(|form, predictor| form.take(predictor, record));
    }

    /// Scrolls to the form and focuses it.
    pub(crate) fn show_student(self) {
        if let Some(student) = self.student.get_untracked() {
            student.scroll_into_view();
            focus(Some(student));
        }
    }

    /// Sets the texts of a link; invalid ones are explained beside their fields.
    pub(crate) fn take_texts(self, texts: &[(usize, String)]) {
        self.change(|form, predictor| form.take_texts(predictor, texts));
    }

    /// Sets a record that the visitor did not enter: there is nothing to undo.
    #[cfg(feature = "element")]
    pub(crate) fn replace(self, record: Record) {
        let form = Form::new(self.model().predictor(), record);
        self.form.set(form);
    }

    /// Undoes one step.
    pub(crate) fn undo(self) {
        self.change(Form::undo);
    }

    /// Redoes one step.
    pub(crate) fn redo(self) {
        self.change(Form::redo);
    }

    /// The number format of the target's values.
    pub(crate) fn target_format(self, i18n: I18n) -> TargetFormat {
        TargetFormat { i18n, decimals: self.model.with_value(|model| model.decimals) }
    }
}

impl Model {
    fn new(loaded: Arc<Loaded>) -> Self {
        let report = loaded.report.as_ref();
        let n_golden_equal = report.map_or(0, |report| report.self_test(&loaded.predictor));
        let target = &loaded.predictor.schema().target;
        // Without a report the error is unknown; a hundredth of the range is a typical one.
        let error = report.map_or((target.observed.max - target.observed.min) / 100.0, |report| report.holdout.mae);
        // Whatever the error, whole scores have no finer marks; one decimal shows the direction of the next one.
        let most = if target.whole { 1 } else { usize::MAX };
        let decimals = decimals_for(error).min(most);
        Self { n_golden_equal, decimals, importance: OnceLock::new(), loaded }
    }

    /// The preprocessor and the model.
    pub(crate) fn predictor(&self) -> &Predictor {
        &self.loaded.predictor
    }

    /// The training report, if it was loaded along with the model.
    pub(crate) fn report(&self) -> Option<&Report> {
        self.loaded.report.as_ref()
    }

    /// What a record consists of.
    pub(crate) fn schema(&self) -> &Schema {
        self.predictor().schema()
    }

    /// The input columns, in order; derived ones may follow them in the schema.
    pub(crate) fn columns(&self) -> &[Column] {
        self.schema().inputs()
    }

    /// The display name of the column `name`.
    pub(crate) fn label_of(&self, name: &str) -> String {
        let column = self.schema().columns.iter().find(|column| column.name == name);
        column.map_or_else(|| name.to_owned(), |column| column.label.clone())
    }

    /// The target's name in a sentence.
    pub(crate) fn target_label(&self) -> String {
        in_sentence(&self.schema().target.label)
    }

    /// The texts of the model's files.
    pub(crate) fn texts(&self) -> &[String] {
        &self.loaded.texts
    }

    /// The first digits of the model's SHA-256.
    pub(crate) fn fingerprint(&self) -> &str {
        &self.loaded.fingerprint
    }

    /// The mean absolute contribution of each column, see [`Predictor::importance`].
    pub(crate) fn importance(&self) -> &[f64] {
        self.importance.get_or_init(|| self.predictor().importance())
    }

    /// The columns' indices by importance, descending; ties in the order of the form.
    pub(crate) fn by_importance(&self) -> Vec<usize> {
        let importance = self.importance();
        let mut order: Vec<usize> = Vec::new();
        for column_idx in self.schema().form_order() {
            let position = order.partition_point(|before| importance[*before] >= importance[column_idx]);
            order.insert(position, column_idx);
        }
        order
    }

    /// Whether the visitor opened the model from disk.
    pub(crate) fn is_own(&self) -> bool {
        self.loaded.is_own
    }

    /// The number of golden records with the same bits as in training.
    pub(crate) fn n_golden_equal(&self) -> usize {
        self.n_golden_equal
    }

    /// Whether this browser's predictions are identical to those of training, as far as it is known.
    pub(crate) fn is_exact(&self) -> bool {
        self.report().is_none_or(|report| report.golden.len() == self.n_golden_equal)
    }

    /// The nearest level that intervals support.
    fn nearest_level(&self, level: f64) -> f64 {
        self.predictor().levels().map_or(level, |levels| levels.clamp(level))
    }

    /// A whole number at this share of the target's scale.
    fn part_of_scale(&self, share: f64) -> String {
        let target = &self.schema().target;
        let range = target.limits.unwrap_or(target.observed);
        plain((range.min + share * (range.max - range.min)).round())
    }
}

/// The number format of the target's values: the precision depends on the model's error.
#[derive(Clone, Copy)]
pub(crate) struct TargetFormat {
    i18n: I18n,
    decimals: usize,
}

impl TargetFormat {
    /// A value of the target.
    pub(crate) fn value(self, value: f64) -> String {
        self.i18n.number(value, self.decimals)
    }

    /// An error of the model, with one digit more than the values.
    pub(crate) fn error(self, error: f64) -> String {
        self.i18n.number(error, self.decimals + 1)
    }

    /// A difference between two estimates, with its sign.
    pub(crate) fn difference(self, difference: f64) -> String {
        self.i18n.signed(difference, self.decimals + 1)
    }
}
