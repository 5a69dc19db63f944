//! The panels of the custom element `<scorecast-predictor>`: some of the page's, in the shadow root of an element on a
//! third-party page.
//!
//! The other half, the element itself, is in `web/element/`. Several elements share this program; each has its
//! [`MountedPanels`] while it is attached to a document, and all state is dropped with them.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

use js_sys::{Array, Object, Reflect};
use leptos::mount::UnmountHandle;
use leptos::prelude::*;
use leptos::tachys::view::any_view::AnyViewState;
use model_core::{ArtifactFile, BlankTreatment, Interval, Record, RecordError, RecordProblem, Schema, Value};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Event, HtmlElement};

use crate::announce::Announcement;
use crate::failure::Failure;
use crate::format::plain;
use crate::i18n::{I18n, Language, provide_i18n, use_i18n};
use crate::load::{LoadError, open};
use crate::note::{field_text, unusable};
use crate::panel::{Estimate, Goal, Student, WhatIf, Why};
use crate::session::{Session, use_session};

#[wasm_bindgen]
extern "C" {
    /// The element's options; see `web/element/element.js`.
    pub type ElementOptions;
    #[wasm_bindgen(method, getter)]
    fn files(this: &ElementOptions) -> Array;
    #[wasm_bindgen(method, getter)]
    fn words(this: &ElementOptions) -> String;
    #[wasm_bindgen(method, getter)]
    fn locale(this: &ElementOptions) -> Option<String>;
    #[wasm_bindgen(method, getter)]
    fn panels(this: &ElementOptions) -> String;
    #[wasm_bindgen(method, getter)]
    fn level(this: &ElementOptions) -> f64;
    #[wasm_bindgen(method, getter)]
    fn readonly(this: &ElementOptions) -> bool;
    #[wasm_bindgen(method, getter)]
    fn record(this: &ElementOptions) -> JsValue;
    /// Called for each prediction.
    #[wasm_bindgen(method)]
    fn predicted(this: &ElementOptions, detail: &Object);
}

/// The panels of one element. Freeing it removes them with all their state.
#[wasm_bindgen]
#[allow(missing_debug_implementations, reason = "what is shown has nothing to print")]
pub struct MountedPanels {
    session: Session,
    /// Keeps the panels mounted.
    _handle: UnmountHandle<AnyViewState>,
}

#[wasm_bindgen]
impl MountedPanels {
    /// Shows the model of `options` in `parent`, or an error.
    ///
    /// # Errors
    /// An object with `code`, `file` and `message`, if the model can't be used. For an invalid record the typical
    /// student is shown: [`MountedPanels::set_record`] reports why.
    #[wasm_bindgen(constructor)]
    pub fn new(parent: HtmlElement, options: ElementOptions) -> Result<Self, JsValue> {
        let texts = options.files().iter().filter_map(|text| text.as_string()).collect();
        let loaded = Arc::new(open(texts).map_err(|error| refused(&error))?);
        // The signals belong to the mounted view and are dropped with it, so the session is created there and passed
        // out.
        let made = Rc::new(Cell::new(None));
        let making = Rc::clone(&made);
        let handle = mount_to(parent, move || {
            provide_i18n(Language::read(&options.words(), options.locale()));
            making.set(Some(Session::provide(loaded, options.readonly())));
            panels(options)
        });
        made.take().map(|session| Self { session, _handle: handle }).ok_or(JsValue::UNDEFINED)
    }

    /// Shows a record, an object of cells by column; missing cells are blank, `null` is the typical student.
    ///
    /// # Errors
    /// An object with `code`, `field` and `message`: then nothing has changed.
    #[wasm_bindgen(js_name = setRecord)]
    pub fn set_record(&self, record: &JsValue) -> Result<(), JsValue> {
        let model = self.session.model();
        let record = record_of(model.schema(), record).map_err(|error| unusable_record(&error))?;
        self.session.replace(record);
        Ok(())
    }

    /// The level of intervals, in percent.
    #[wasm_bindgen(js_name = setLevel)]
    pub fn set_level(&self, level: f64) {
        self.session.set_level(level);
    }
}

/// Shows in `parent` why there is no model; its button dispatches an event `again`.
#[wasm_bindgen]
#[must_use]
pub fn show_error(parent: HtmlElement, words: &str, reason: &str) -> MountedError {
    let (words, error) = (words.to_owned(), LoadError::Fetch(reason.to_owned()));
    let handle = mount_to(parent.clone(), move || {
        provide_i18n(Language::read(&words, None));
        let parent = StoredValue::new_local(parent);
        let on_again = Callback::new(move |()| {
            if let Ok(event) = Event::new("again") {
                let _ = parent.with_value(|parent| parent.dispatch_event(&event));
            }
        });
        view! { <Failure error on_again/> }.into_any()
    });
    MountedError { _handle: handle }
}

/// The content of [`show_error`]. Freeing it removes the content.
#[wasm_bindgen]
#[allow(missing_debug_implementations, reason = "what is shown has nothing to print")]
pub struct MountedError {
    _handle: UnmountHandle<AnyViewState>,
}

/// The panels that the options name; each prediction is reported.
fn panels(options: ElementOptions) -> AnyView {
    let (session, i18n) = (use_session(), use_i18n());
    session.set_level(options.level());
    let record = options.record();
    if !record.is_undefined()
        && let Ok(record) = record_of(session.model().schema(), &record)
    {
        session.replace(record);
    }
    let wanted = options.panels();
    let panel = |name| {
        Some(match name {
            "student" => view! { <Student/> }.into_any(),
            "estimate" => view! { <Estimate/> }.into_any(),
            "why" => view! { <Why/> }.into_any(),
            "what-if" => view! { <WhatIf/> }.into_any(),
            "goal" => view! { <Goal/> }.into_any(),
            _ => return None,
        })
    };
    let panels = wanted.split_ascii_whitespace().filter_map(panel).collect_view();
    Effect::new(move |_| options.predicted(&detail(session, i18n)));
    view! {
        <Announcement/>
        <div class="panels">{panels}</div>
    }
    .into_any()
}

/// The details of a prediction for the page, as plain objects.
fn detail(session: Session, i18n: I18n) -> Object {
    let model = session.model();
    let (detail, schema, prediction) = (Object::new(), model.schema(), session.prediction.get());
    let record = session.record.get();
    set(&detail, "record", &cells(schema, &record));
    set(&detail, "value", &prediction.value.into());
    set(&detail, "shown", &prediction.shown.into());
    let interval = session.interval.get().map_or(JsValue::NULL, |Interval { low, high }| {
        let interval = Object::new();
        set(&interval, "low", &low.into());
        set(&interval, "high", &high.into());
        set(&interval, "level", &session.level.get().into());
        interval.into()
    });
    set(&detail, "interval", &interval);
    let explanation = session.explanation.get();
    let (contributions, problems) = (Object::new(), Object::new());
    for (column, contribution) in schema.columns.iter().zip(&explanation.contributions) {
        set(&contributions, &column.name, &(*contribution).into());
    }
    for column_idx in session.refused() {
        let column = &schema.columns[column_idx];
        set(&problems, &column.name, &unusable(i18n, column).into());
    }
    set(&detail, "baseline", &explanation.baseline.into());
    set(&detail, "contributions", &contributions);
    set(&detail, "exact", &explanation.exact.into());
    let is_imputed = |column_idx: &usize| {
        record.values()[*column_idx] == Value::Missing
            && matches!(model.predictor().blank_treatment(*column_idx), BlankTreatment::Imputed(_))
    };
    let imputed =
        (0..schema.columns.len()).filter(is_imputed).map(|column_idx| JsValue::from(&schema.columns[column_idx].name));
    set(&detail, "imputed", &imputed.collect::<Array>());
    set(&detail, "problems", &problems);
    detail
}

fn cells(schema: &Schema, record: &Record) -> Object {
    let cells = Object::new();
    for (column, value) in schema.columns.iter().zip(record.values()) {
        let cell = match value {
            Value::Number(number) => JsValue::from(*number),
            Value::Category(_) => JsValue::from(field_text(column, *value)),
            Value::Missing | Value::Unseen => JsValue::NULL,
        };
        set(&cells, &column.name, &cell);
    }
    cells
}

/// The record in an object; texts and numbers are parsed as in a CSV file.
fn record_of(schema: &Schema, object: &JsValue) -> Result<Record, RecordError> {
    let mut record = Record::typical(schema);
    let Some(object) = object.dyn_ref::<Object>() else { return Ok(record) };
    for column_idx in 0..schema.columns.len() {
        record.set_text(schema, column_idx, "")?;
    }
    for name in Object::keys(object).iter().filter_map(|name| name.as_string()) {
        let column_idx = schema.position(&name).ok_or_else(|| RecordError::unknown_column(schema, &name))?;
        let cell = Reflect::get(object, &JsValue::from(&name)).unwrap_or_default();
        let text = match (cell.as_string(), cell.as_f64()) {
            (Some(text), _) => text,
            (_, Some(number)) => plain(number),
            _ if cell.is_null() || cell.is_undefined() => String::new(),
            _ => return Err(RecordError { column: name, problem: RecordProblem::WrongType }),
        };
        record.set_text(schema, column_idx, &text)?;
    }
    Ok(record)
}

fn set(object: &Object, name: &str, value: &JsValue) {
    // Can't fail for a new object.
    let _ = Reflect::set(object, &name.into(), value);
}

fn refused(error: &LoadError) -> JsValue {
    let (code, file) = match error {
        LoadError::Fetch(_) | LoadError::NotThreeFiles | LoadError::OwnFiles(_) => ("fetch-failed", None),
        LoadError::Artifact(error) => (error.code(), Some(error.file())),
        LoadError::ReportOfAnotherRun { .. } => ("not-a-pair", Some(ArtifactFile::Report)),
    };
    problem(code, "file", file.map(ArtifactFile::name), error)
}

fn unusable_record(error: &RecordError) -> JsValue {
    problem(error.code(), "field", Some(&error.column), error)
}

/// The data from which the element creates an error.
fn problem(code: &str, about: &str, name: Option<&str>, message: &dyn std::fmt::Display) -> JsValue {
    let problem = Object::new();
    set(&problem, "code", &code.into());
    set(&problem, about, &name.map_or(JsValue::UNDEFINED, JsValue::from));
    set(&problem, "message", &message.to_string().into());
    problem.into()
}
