//! Requests to the worker that reads and predicts a class (`static/class/worker.js`), and its responses.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Event, MessageEvent, Worker, WorkerOptions, WorkerType};

use super::script_address::start_worker;

const ADDRESS: &str = "./class/worker.js";

/// Why a request failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Failure {
    /// An error: the key of a text, and the values for its placeholders.
    Explained { key: String, values: Vec<(String, String)> },
    /// The worker was terminated.
    Stopped,
}

/// A worker, which is terminated on drop.
pub(super) struct ClassWorker {
    worker: Worker,
    waiting: Rc<RefCell<Vec<Waiting>>>,
    next_id: Cell<u32>,
    _listeners: [Closure<dyn FnMut(Event)>; 2],
}

/// A pending request.
struct Waiting {
    id: f64,
    resolve: Function,
    reject: Function,
}

impl ClassWorker {
    /// Starts a worker, which reports the share of the work that is done to `on_progress`.
    pub(super) fn start(on_progress: impl Fn(f64) + 'static) -> Result<Self, Failure> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = start_worker(ADDRESS, &options).map_err(|_| Failure::explained("class.crashed"))?;
        let waiting: Rc<RefCell<Vec<Waiting>>> = Rc::default();
        let asked = Rc::clone(&waiting);
        let on_message = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
            let data = event.unchecked_into::<MessageEvent>().data();
            let kind = text_of(&data, "type");
            if kind == "progress" {
                on_progress(number_of(&data, "share"));
                return;
            }
            let id = number_of(&data, "id");
            let idx = asked.borrow().iter().position(|own| own.id == id);
            if let Some(idx) = idx {
                let own = asked.borrow_mut().swap_remove(idx);
                let tell = if kind == "failed" { own.reject } else { own.resolve };
                // It does not throw.
                let _ = tell.call1(&JsValue::UNDEFINED, &data);
            }
        });
        // Out of memory, or a script that could not be loaded: the page itself goes on.
        let broken = Rc::clone(&waiting);
        let on_error = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
            event.prevent_default();
            let crash = object(&[("key", &"class.crashed".into())]);
            refuse(&broken, &crash);
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        Ok(Self { worker, waiting, next_id: Cell::new(1), _listeners: [on_message, on_error] })
    }

    /// Sends a request of the type `kind`, see `static/class/worker.js`.
    pub(super) fn ask(
        &self,
        kind: &str,
        members: &[(&str, &JsValue)],
    ) -> impl Future<Output = Result<JsValue, Failure>> + use<> {
        let id = f64::from(self.next_id.replace(self.next_id.get() + 1));
        let message = object(members);
        set(&message, "type", &kind.into());
        set(&message, "id", &id.into());
        let answer = Promise::new(&mut |resolve, reject| {
            self.waiting.borrow_mut().push(Waiting { id, resolve, reject });
        });
        // All requests can be cloned, so posting can't fail.
        let _ = self.worker.post_message(&message);
        async move { JsFuture::from(answer).await.map_err(|reason| Failure::of(&reason)) }
    }
}

impl Drop for ClassWorker {
    fn drop(&mut self) {
        self.worker.terminate();
        refuse(&self.waiting, &JsValue::UNDEFINED);
    }
}

impl Failure {
    pub(super) fn explained(key: &str) -> Self {
        Self::Explained { key: key.to_owned(), values: Vec::new() }
    }

    fn of(reason: &JsValue) -> Self {
        if !reason.is_object() {
            return Self::Stopped;
        }
        Self::Explained { key: text_of(reason, "key"), values: texts_by_name(&get(reason, "values")) }
    }
}

fn refuse(waiting: &RefCell<Vec<Waiting>>, reason: &JsValue) {
    for own in waiting.take() {
        let _ = own.reject.call1(&JsValue::UNDEFINED, reason);
    }
}

fn object(members: &[(&str, &JsValue)]) -> JsValue {
    let object = JsValue::from(Object::new());
    for (name, value) in members {
        set(&object, name, value);
    }
    object
}

fn set(object: &JsValue, name: &str, value: &JsValue) {
    // Can't fail for a new object.
    let _ = Reflect::set(object, &name.into(), value);
}

/// A member of a response; undefined if it is missing.
pub(super) fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or_default()
}

/// NaN if it is missing.
pub(super) fn number_of(object: &JsValue, name: &str) -> f64 {
    get(object, name).as_f64().unwrap_or(f64::NAN)
}

pub(super) fn count_of(object: &JsValue, name: &str) -> usize {
    get(object, name).as_f64().unwrap_or_default() as usize
}

pub(super) fn text_of(object: &JsValue, name: &str) -> String {
    get(object, name).as_string().unwrap_or_default()
}

pub(super) fn items_of(object: &JsValue, name: &str) -> Vec<JsValue> {
    get(object, name).dyn_into::<Array>().map(|items| items.iter().collect()).unwrap_or_default()
}

pub(super) fn texts_of(object: &JsValue, name: &str) -> Vec<String> {
    items_of(object, name).iter().map(|item| item.as_string().unwrap_or_default()).collect()
}

/// The values for the placeholders of a text: texts, and numbers as they are.
pub(super) fn texts_by_name(object: &JsValue) -> Vec<(String, String)> {
    let Some(object) = object.dyn_ref::<Object>() else { return Vec::new() };
    let text = |name: JsValue| {
        let value = Reflect::get(object, &name).unwrap_or_default();
        let text = value.as_string().or_else(|| Some(crate::format::plain(value.as_f64()?)));
        Some((name.as_string()?, text?))
    };
    Object::keys(object).iter().filter_map(text).collect()
}
