//! The state of the opened class. It outlives the panel, which is rebuilt when the language changes.

use leptos::prelude::*;
use model_core::{Record, Value};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Blob;

use super::reading::Reading;
use super::worker::{ClassWorker, Failure, count_of, get, items_of, number_of, text_of, texts_by_name, texts_of};
use crate::session::Session;

/// The text keys of a row's flags, starting with the lowest bit.
pub(super) const FLAGS: [&str; 4] = ["class.flag-blank", "class.flag-outside", "class.flag-unseen", "class.flag-bad"];

/// The class of a session.
#[derive(Clone, Copy)]
pub(crate) struct ClassState {
    session: Session,
    worker: StoredValue<Option<ClassWorker>, LocalStorage>,
    /// The current stage.
    pub(super) stage: RwSignal<Stage>,
    /// The share of the file that has been processed.
    pub(super) share: RwSignal<f64>,
    /// What was found in the file's header.
    pub(super) found: RwSignal<Found>,
    /// The reading report.
    pub(super) reading: RwSignal<Reading>,
    /// The decimal sign, once the visitor has chosen it.
    decimal: RwSignal<&'static str>,
    /// The order of dates, once the visitor has chosen it.
    dates: RwSignal<&'static str>,
    /// How the rows are sorted and filtered.
    pub(super) view: RwSignal<View>,
    /// The number of rows after filtering.
    pub(super) n_shown: RwSignal<usize>,
    /// The row that the form shows, or showed last.
    pub(super) opened: RwSignal<Option<Row>>,
}

/// The stage of processing a class.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Stage {
    Nothing,
    Reading {
        file: String,
    },
    Cancelled,
    Failed(Failure),
    /// Not every column was found.
    AskingForMapping,
    /// A number or a date is ambiguous: the values for the placeholders of the question.
    AskingForNotation(Vec<(String, String)>),
    Shown(Summary),
}

/// What was found in the file's header.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Found {
    pub(super) header: Vec<String>,
    /// For each column of the schema its index in the header.
    pub(super) mapping: Vec<Option<usize>>,
    /// Whether it is the file that the model was trained on.
    pub(super) is_training_file: bool,
}

/// The results for a class.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Summary {
    pub(super) n_rows: usize,
    pub(super) n_bad: usize,
    pub(super) n_flagged: usize,
    /// The mean estimate; NaN if no row could be estimated.
    pub(super) mean: f64,
    /// The errors of the estimates, if the file has the true scores.
    pub(super) errors: Option<Errors>,
    pub(super) n_problems: usize,
    /// Columns of the file that the model doesn't read, such as names.
    pub(super) others: Vec<String>,
    /// The level of the intervals, in percent.
    pub(super) level: f64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Errors {
    pub(super) n: usize,
    pub(super) mae: f64,
    pub(super) rmse: f64,
    pub(super) r2: f64,
}

/// How rows are sorted and filtered.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct View {
    pub(super) column: String,
    pub(super) is_down: bool,
    pub(super) text: String,
    pub(super) only: &'static str,
}

/// A row of the file.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row {
    /// Its position among the rows that are shown.
    pub(super) position: usize,
    pub(super) line: usize,
    /// The cells of the columns that the model doesn't read, and of those that it does.
    pub(super) others: Vec<String>,
    pub(super) cells: Vec<String>,
    /// The record that was estimated.
    pub(super) values: Vec<Value>,
    pub(super) estimate: f64,
    pub(super) low: f64,
    pub(super) high: f64,
    /// NaN if it is not in the file.
    pub(super) truth: f64,
    pub(super) flags: u32,
}

/// Set in [`Row::flags`] for a row that can't be estimated.
pub(super) const FLAG_BAD: u32 = 8;

/// A problem in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) line: usize,
    pub(super) column: Option<String>,
    pub(super) reason: String,
    pub(super) values: Vec<(String, String)>,
}

impl Default for View {
    fn default() -> Self {
        Self { column: "line".into(), is_down: false, text: String::new(), only: "all" }
    }
}

impl ClassState {
    pub(crate) fn new(session: Session) -> Self {
        Self {
            session,
            worker: StoredValue::new_local(None),
            stage: RwSignal::new(Stage::Nothing),
            share: RwSignal::new(0.0),
            found: RwSignal::new(Found::default()),
            reading: RwSignal::new(Reading::default()),
            decimal: RwSignal::new(""),
            dates: RwSignal::new(""),
            view: RwSignal::new(View::default()),
            n_shown: RwSignal::new(0),
            opened: RwSignal::new(None),
        }
    }

    /// Reads and predicts a file.
    pub(super) fn open(self, file: &Blob, name: String) {
        self.worker.set_value(None);
        self.stage.set(Stage::Reading { file: name.clone() });
        self.decimal.set("");
        self.dates.set("");
        self.view.set(View::default());
        self.opened.set(None);
        self.share.set(0.0);
        let model = self.session.model();
        let [preprocessor, model_text, ..] = model.texts() else { return };
        let sha256 = model.report().map(|report| report.data.sha256.clone());
        let answer = self.ask(
            "open",
            &[
                ("file", file),
                ("name", &name.into()),
                ("preprocessor", &preprocessor.as_str().into()),
                ("model", &model_text.as_str().into()),
                ("level", &self.session.level.get_untracked().into()),
                ("trainingSha256", &sha256.into()),
            ],
        );
        self.then(answer, move |answer| {
            let idx = |value: &JsValue| value.as_f64().filter(|idx| *idx >= 0.0).map(|idx| idx as usize);
            self.found.set(Found {
                header: texts_of(&answer, "header"),
                mapping: items_of(&answer, "mapping").iter().map(idx).collect(),
                is_training_file: get(&answer, "isTrainingFile").is_truthy(),
            });
            self.show(&answer);
        });
    }

    /// Predicts with another mapping of the file's columns.
    pub(super) fn use_mapping(self, mapping: Vec<Option<usize>>) {
        self.found.update(|found| found.mapping = mapping);
        self.predict();
    }

    /// Predicts with this decimal sign.
    pub(super) fn use_decimal(self, decimal: &'static str) {
        self.decimal.set(decimal);
        self.predict();
    }

    /// Predicts with this order of dates.
    pub(super) fn use_dates(self, dates: &'static str) {
        self.dates.set(dates);
        self.predict();
    }

    /// Predicts again, with the current level.
    pub(super) fn predict(self) {
        self.stage.set(Stage::Reading { file: String::new() });
        let idx = |column: &Option<usize>| JsValue::from(column.map_or(-1.0, |idx| idx as f64));
        let mapping: js_sys::Array = self.found.with_untracked(|found| found.mapping.iter().map(idx).collect());
        let level = self.session.level.get_untracked();
        let (decimal, dates) = (self.decimal.get_untracked(), self.dates.get_untracked());
        let members: [(&str, &JsValue); 4] =
            [("mapping", &mapping), ("level", &level.into()), ("decimal", &decimal.into()), ("dates", &dates.into())];
        let answer = self.ask("predict", &members);
        self.then(answer, move |answer| self.show(&answer));
    }

    /// Cancels the work.
    pub(super) fn cancel(self) {
        self.worker.set_value(None);
        self.stage.set(Stage::Cancelled);
    }

    /// Sorts and filters.
    pub(super) fn order(self, change: impl FnOnce(&mut View)) {
        if !self.is_shown() {
            return;
        }
        // Its position has changed.
        self.opened.set(None);
        self.view.update(change);
        self.view.with_untracked(|view| {
            let answer = self.ask(
                "order",
                &[
                    ("column", &view.column.as_str().into()),
                    ("isDown", &view.is_down.into()),
                    ("text", &view.text.as_str().into()),
                    ("only", &view.only.into()),
                ],
            );
            self.then(answer, move |answer| self.n_shown.set(count_of(&answer, "nShown")));
        });
    }

    /// Requests `count` of the rows that are shown, starting at `from`.
    pub(super) fn rows(self, from: usize, count: usize, then: impl FnOnce(Vec<Row>) + 'static) {
        if !self.is_shown() {
            return;
        }
        let answer = self.ask("rows", &[("from", &(from as f64).into()), ("count", &(count as f64).into())]);
        self.then(answer, move |answer| {
            let rows = items_of(&answer, "rows");
            then(rows.iter().enumerate().map(|(offset, row)| self.row(from + offset, row)).collect());
        });
    }

    /// Shows a row in the panels; of one that can't be estimated only the name.
    pub(super) fn open_row(self, row: Row) {
        if row.flags & FLAG_BAD == 0
            && let Ok(record) = Record::from_values(self.session.model().schema(), row.values.clone())
        {
            self.session.take(record);
        }
        self.opened.set(Some(row));
    }

    /// Requests the problems in the file.
    pub(super) fn problems(self, then: impl FnOnce(Vec<Problem>) + 'static) {
        let problem = |problem: &JsValue| Problem {
            line: count_of(problem, "line"),
            column: get(problem, "column").as_string(),
            reason: text_of(problem, "reason"),
            values: texts_by_name(&get(problem, "values")),
        };
        let answer = self.ask("problems", &[]);
        self.then(answer, move |answer| then(items_of(&answer, "problems").iter().map(problem).collect()));
    }

    /// Requests the file with the estimates added.
    pub(super) fn download(self, names: &[String], flag_names: &[String], then: impl FnOnce(Blob) + 'static) {
        let list = |texts: &[String]| JsValue::from(texts.iter().map(JsValue::from).collect::<js_sys::Array>());
        let answer = self.ask("download", &[("names", &list(names)), ("flagNames", &list(flag_names))]);
        self.then(answer, move |answer| {
            if let Ok(blob) = get(&answer, "blob").dyn_into() {
                then(blob);
            }
        });
    }

    /// While another file is read, elements that are still visible must not request rows.
    fn is_shown(self) -> bool {
        self.stage.with_untracked(|stage| matches!(stage, Stage::Shown(_)))
    }

    fn ask(
        self,
        kind: &str,
        members: &[(&str, &JsValue)],
    ) -> Result<impl Future<Output = Result<JsValue, Failure>> + use<>, Failure> {
        if self.worker.with_value(Option::is_none) {
            let share = self.share;
            let worker = ClassWorker::start(move |done| {
                share.try_set(done);
            })?;
            self.worker.set_value(Some(worker));
        }
        let answer = self.worker.with_value(|worker| worker.as_ref().map(|worker| worker.ask(kind, members)));
        answer.ok_or(Failure::Stopped)
    }

    /// Handles the response, or shows the error.
    fn then(
        self,
        answer: Result<impl Future<Output = Result<JsValue, Failure>> + 'static, Failure>,
        take: impl FnOnce(JsValue) + 'static,
    ) {
        leptos::task::spawn_local(async move {
            let outcome = match answer {
                Ok(answer) => answer.await,
                Err(failure) => Err(failure),
            };
            // Another model may have been opened in the meantime.
            if self.stage.is_disposed() {
                return;
            }
            match outcome {
                Ok(answer) => take(answer),
                Err(Failure::Stopped) => (),
                Err(failure) => {
                    self.worker.set_value(None);
                    self.stage.set(Stage::Failed(failure));
                }
            }
        });
    }

    fn show(self, answer: &JsValue) {
        let (summary, question) = (get(answer, "summary"), get(answer, "question"));
        if question.is_object() {
            self.stage.set(Stage::AskingForNotation(texts_by_name(&question)));
            return;
        }
        if !summary.is_object() {
            self.stage.set(Stage::AskingForMapping);
            return;
        }
        let errors = get(&summary, "errors");
        let errors = errors.is_object().then(|| Errors {
            n: count_of(&errors, "n"),
            mae: number_of(&errors, "mae"),
            rmse: number_of(&errors, "rmse"),
            r2: number_of(&errors, "r2"),
        });
        let summary = Summary {
            n_rows: count_of(&summary, "nRows"),
            n_bad: count_of(&summary, "nBad"),
            n_flagged: count_of(&summary, "nFlagged"),
            mean: number_of(&summary, "mean"),
            errors,
            n_problems: count_of(&summary, "nProblems"),
            others: texts_of(&summary, "others"),
            level: number_of(&summary, "level"),
        };
        self.reading.set(Reading::read(&get(answer, "report")));
        self.n_shown.set(summary.n_rows);
        self.stage.set(Stage::Shown(summary));
        if self.view.with_untracked(|view| *view != View::default()) {
            self.order(|_| ());
        }
    }

    fn row(self, position: usize, row: &JsValue) -> Row {
        let model = self.session.model();
        let value = |(column, value): (&model_core::Column, JsValue)| match (&column.kind, value.as_f64()) {
            (model_core::ColumnKind::Numeric { .. }, Some(number)) if !number.is_nan() => Value::Number(number),
            (model_core::ColumnKind::Categorical { .. }, Some(code)) if code >= 0.0 => Value::Category(code as u32),
            (model_core::ColumnKind::Categorical { .. }, Some(_)) => Value::Unseen,
            _ => Value::Missing,
        };
        Row {
            position,
            line: count_of(row, "line"),
            others: texts_of(row, "others"),
            cells: texts_of(row, "cells"),
            values: model.columns().iter().zip(items_of(row, "values")).map(value).collect(),
            estimate: number_of(row, "value"),
            low: number_of(row, "low"),
            high: number_of(row, "high"),
            truth: number_of(row, "truth"),
            flags: count_of(row, "flags") as u32,
        }
    }
}
