//! The face of the custom element `<scorecast-predictor>`: some of the page's panels, in the shadow root of an element in
//! somebody else's page.
//!
//! The other half, which is the element itself, is in `web/element/`. Several elements share this program; each has a
//! [`Face`] for as long as it stands in a document, and everything that a face has is dropped with it.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Object, Reflect};
use leptos::mount::UnmountHandle;
use leptos::prelude::*;
use leptos::tachys::view::any_view::AnyViewState;
use model_core::{ArtifactFile, Interval, Record, RecordError, RecordProblem, Schema, Value};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event, HtmlElement};

use crate::announce::announce;
use crate::dom::{Root, once_mounted, repaint};
use crate::failure::failure;
use crate::format::plain;
use crate::load::{LoadError, open};
use crate::note::field_text;
use crate::panel::{estimate, goal, student, what_if, why};
use crate::session::{Form, Session};
use crate::texts::use_texts;

/// What a visitor may change, and what only looks.
const CONTROLS: &str = ":is(#student, #what-if, #goal) :is(input, select, button)";
const MARKS: &str = "#what-if [role=slider]";

#[wasm_bindgen]
extern "C" {
    /// What the element asks for; see `web/element/element.js`.
    pub type Wishes;
    #[wasm_bindgen(method, getter)]
    fn files(this: &Wishes) -> Array;
    #[wasm_bindgen(method, getter)]
    fn words(this: &Wishes) -> String;
    #[wasm_bindgen(method, getter)]
    fn locale(this: &Wishes) -> Option<String>;
    #[wasm_bindgen(method, getter)]
    fn panels(this: &Wishes) -> String;
    #[wasm_bindgen(method, getter)]
    fn level(this: &Wishes) -> f64;
    #[wasm_bindgen(method, getter)]
    fn readonly(this: &Wishes) -> bool;
    #[wasm_bindgen(method, getter)]
    fn record(this: &Wishes) -> JsValue;
    /// Called for each prediction.
    #[wasm_bindgen(method)]
    fn predicted(this: &Wishes, detail: &Object);
}

/// The panels of one element. Freed, it is taken away with all that it holds.
#[wasm_bindgen]
#[allow(missing_debug_implementations, reason = "what is shown has nothing to print")]
pub struct Face {
    session: Session,
    /// Kept so that the panels stand.
    _handle: UnmountHandle<AnyViewState>,
}

#[wasm_bindgen]
impl Face {
    /// Shows the model of `wishes` in `place`, or why it can't be shown.
    ///
    /// # Errors
    /// An object with `code`, `file` and `message`, where the model can't be used. A record that can't be used is the
    /// typical student: [`Face::set_record`] says why.
    #[wasm_bindgen(constructor)]
    pub fn new(place: HtmlElement, wishes: Wishes) -> Result<Self, JsValue> {
        use_texts(&wishes.words(), wishes.locale());
        let texts = wishes.files().iter().filter_map(|text| text.as_string()).collect();
        let loaded = open(texts).map_err(|error| refused(&error))?;
        // The signals belong to what is mounted, and go with it: the session is made in there and handed out.
        let made = Rc::new(RefCell::new(None));
        let making = Rc::clone(&made);
        let handle = mount_to(place.clone(), move || {
            let session = Session::new(loaded, Root::new(place));
            let view = panels(&session, wishes);
            making.replace(Some(session));
            view
        });
        made.take().map(|session| Self { session, _handle: handle }).ok_or(JsValue::UNDEFINED)
    }

    /// Shows a record, an object of cells by column; what is left out is blank, `null` is the typical student.
    ///
    /// # Errors
    /// An object with `code`, `field` and `message`: then nothing has changed.
    #[wasm_bindgen(js_name = setRecord)]
    pub fn set_record(&self, record: &JsValue) -> Result<(), JsValue> {
        let record = record_of(self.session.predictor().schema(), record).map_err(|error| unusable(&error))?;
        self.session.replace(&record);
        Ok(())
    }

    /// How sure intervals are to be, in percent.
    #[wasm_bindgen(js_name = setLevel)]
    pub fn set_level(&self, level: f64) {
        self.session.level.set(level);
        self.session.root().set_value("level", &plain(level));
    }
}

/// Shows in `place` why there is no model; the button there makes an event `again`.
#[wasm_bindgen]
#[must_use]
pub fn sorry(place: HtmlElement, words: &str, reason: &str) -> Sorry {
    use_texts(words, None);
    let error = LoadError::Fetch(reason.to_owned());
    let again = |root: &Root| {
        if let Ok(event) = Event::new("again") {
            let _ = root.element().dispatch_event(&event);
        }
    };
    let handle = mount_to(place.clone(), move || failure(Root::new(place), &error, again));
    Sorry { _handle: handle }
}

/// What [`sorry`] shows. Freed, it is taken away.
#[wasm_bindgen]
#[allow(missing_debug_implementations, reason = "what is shown has nothing to print")]
pub struct Sorry {
    _handle: UnmountHandle<AnyViewState>,
}

fn panels(session: &Session, wishes: Wishes) -> AnyView {
    announce(session.clone());
    session.level.set(wishes.level());
    let record = wishes.record();
    if !record.is_undefined()
        && let Ok(record) = record_of(session.predictor().schema(), &record)
    {
        session.replace(&record);
    }
    if wishes.readonly() {
        session.make_readonly();
        let shown = session.clone();
        once_mounted(move || disable(shown.root()));
    }
    let wanted = wishes.panels();
    let views: Vec<AnyView> = wanted
        .split_ascii_whitespace()
        .filter_map(|name| {
            let session = session.clone();
            Some(match name {
                "student" => student(session),
                "estimate" => estimate(session),
                "why" => why(session),
                "what-if" => what_if(session),
                "goal" => goal(session),
                _ => return None,
            })
        })
        .collect();
    let told = session.clone();
    repaint(move || {
        told.look(&mut |form| wishes.predicted(&detail(&told, form)));
    });
    view! { <p class="unseen" role="status" id="announcement"></p> <div class="panels">{views}</div> }.into_any()
}

fn disable(root: &Root) {
    let each = |selector: &str, act: &dyn Fn(&Element)| {
        let found = root.element().query_selector_all(selector);
        for place in 0..found.as_ref().map_or(0, web_sys::NodeList::length) {
            let node = found.as_ref().ok().and_then(|found| found.get(place));
            if let Some(element) = node.and_then(|node| node.dyn_into::<Element>().ok()) {
                act(&element);
            }
        }
    };
    each(CONTROLS, &|control| drop(control.set_attribute("disabled", "")));
    each(MARKS, &|mark| {
        let _ = mark.set_attribute("aria-disabled", "true");
        let _ = mark.remove_attribute("tabindex");
    });
}

/// What the element tells the page of a prediction: plain objects.
fn detail(session: &Session, form: &Form) -> Object {
    let predictor = session.predictor();
    let (detail, schema) = (Object::new(), predictor.schema());
    set(&detail, "record", &cells(schema, &form.record));
    set(&detail, "value", &form.prediction.value.into());
    set(&detail, "shown", &form.prediction.shown.into());
    let interval = session.interval(form).map_or(JsValue::NULL, |Interval { low, high }| {
        let interval = Object::new();
        set(&interval, "low", &low.into());
        set(&interval, "high", &high.into());
        set(&interval, "level", &session.level.get_untracked().into());
        interval.into()
    });
    set(&detail, "interval", &interval);
    let explanation = predictor.explain(&form.record);
    let (contributions, problems) = (Object::new(), Object::new());
    for (place, column) in schema.columns.iter().enumerate() {
        set(&contributions, &column.name, &explanation.contributions[place].into());
        if let Some(problem) = &form.fields[place].problem {
            set(&problems, &column.name, &problem.into());
        }
    }
    set(&detail, "baseline", &explanation.baseline.into());
    set(&detail, "contributions", &contributions);
    set(&detail, "exact", &explanation.exact.into());
    set(&detail, "imputed", &form.record.imputed(schema).map(JsValue::from).collect::<Array>());
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

/// The record of an object; texts and numbers are read as those in a CSV file are.
fn record_of(schema: &Schema, object: &JsValue) -> Result<Record, RecordError> {
    let mut record = Record::typical(schema);
    let Some(object) = object.dyn_ref::<Object>() else { return Ok(record) };
    for place in 0..schema.columns.len() {
        record.set_text(schema, place, "")?;
    }
    for name in Object::keys(object).iter().filter_map(|name| name.as_string()) {
        let place = schema.position(&name).ok_or_else(|| RecordError::unknown_column(schema, &name))?;
        let cell = Reflect::get(object, &JsValue::from(&name)).unwrap_or_default();
        let text = match (cell.as_string(), cell.as_f64()) {
            (Some(text), _) => text,
            (_, Some(number)) => plain(number),
            _ if cell.is_null() || cell.is_undefined() => String::new(),
            _ => return Err(RecordError { column: name, problem: RecordProblem::WrongType }),
        };
        record.set_text(schema, place, &text)?;
    }
    Ok(record)
}

fn set(object: &Object, name: &str, value: &JsValue) {
    // It fails for no object of one's own.
    let _ = Reflect::set(object, &name.into(), value);
}

fn refused(error: &LoadError) -> JsValue {
    let (code, file) = match error {
        LoadError::Fetch(_) => ("fetch-failed", None),
        LoadError::Artifact(error) => (error.code(), Some(error.file())),
        LoadError::ReportOfAnotherRun { .. } => ("not-a-pair", Some(ArtifactFile::Report)),
    };
    problem(code, "file", file.map(ArtifactFile::name), error)
}

fn unusable(error: &RecordError) -> JsValue {
    problem(error.code(), "field", Some(&error.column), error)
}

/// What the element makes an error of.
fn problem(code: &str, about: &str, name: Option<&str>, message: &dyn std::fmt::Display) -> JsValue {
    let problem = Object::new();
    set(&problem, "code", &code.into());
    set(&problem, about, &name.map_or(JsValue::UNDEFINED, JsValue::from));
    set(&problem, "message", &message.to_string().into());
    problem.into()
}
