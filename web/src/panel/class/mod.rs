//! A whole class: a worker, loaded on demand, reads a file of records and predicts them.

mod mapping;
mod outcome;
mod pager;
mod reading;
mod reading_report;
mod script_address;
mod state;
mod table;
mod worker;

use leptos::ev::DragEvent;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, File, HtmlInputElement, Response};

pub(crate) use pager::Pager;
pub(crate) use state::ClassState;
use worker::Failure;

use self::outcome::Outcome;
use self::state::Stage;
use super::Panel;
use crate::i18n::use_i18n;
use crate::session::use_session;

const SAMPLE: &str = "sample.csv";

/// Inputs (a file, a drop, pasted text, and an example), and the outcome.
#[component]
pub(crate) fn Class() -> impl IntoView {
    let (session, i18n) = (use_session(), use_i18n());
    let class = expect_context::<ClassState>();
    let model = session.model();
    let columns: Vec<String> = model.columns().iter().map(|column| column.name.clone()).collect();
    let choose = move |input: HtmlInputElement| {
        if let Some(file) = input.files().and_then(|files| files.get(0)) {
            open_file(class, &file);
        }
        // Reset, so that choosing the same file after a correction is a change.
        input.set_value("");
    };
    let sample = move |_| leptos::task::spawn_local(open_sample(class));
    view! {
        <Panel id="class" title=i18n.text("class.title")>
            <p>{i18n.fill("class.lead", &[("columns", &columns.join(", "))])}</p>
            <DropPlace>
                <label for="class-file">{i18n.text("class.file")}</label>
                <input
                    type="file"
                    id="class-file"
                    accept=".csv,.tsv,.txt,.gz,.zst,.xlsx,.xlsm,.xlsb,.xls,.ods,text/csv"
                    on:change:target=move |event| choose(event.target())
                />
                <div class="buttons">
                    <button type="button" id="class-sample" on:click=sample>
                        {i18n.text("class.sample")}
                    </button>
                </div>
            </DropPlace>
            <Paste/>
            <div id="class-place" data-testid="class">
                <Outcome/>
            </div>
        </Panel>
    }
}

/// A drop zone for a file.
#[component]
fn DropPlace(children: Children) -> impl IntoView {
    let class = expect_context::<ClassState>();
    let is_over = RwSignal::new(false);
    let over = move |event: DragEvent| {
        event.prevent_default();
        is_over.set(true);
    };
    let drop = move |event: DragEvent| {
        event.prevent_default();
        is_over.set(false);
        let files = event.data_transfer().and_then(|dropped| dropped.files());
        if let Some(file) = files.and_then(|files| files.get(0)) {
            open_file(class, &file);
        }
    };
    view! {
        <div
            class="drop"
            id="class-drop"
            class:over=is_over
            on:dragover=over
            on:dragleave=move |_| is_over.set(false)
            on:drop=drop
        >
            {children()}
        </div>
    }
}

#[component]
fn Paste() -> impl IntoView {
    let i18n = use_i18n();
    let class = expect_context::<ClassState>();
    let pasted = RwSignal::new(String::new());
    let read = move |_| {
        let parts = js_sys::Array::of1(&pasted.get_untracked().into());
        if let Ok(blob) = Blob::new_with_str_sequence(&parts) {
            class.open(&blob, i18n.text("class.pasted"));
        }
    };
    view! {
        <details>
            <summary>{i18n.text("class.paste")}</summary>
            <div class="field">
                <label for="class-text">{i18n.text("class.paste-label")}</label>
                <textarea
                    id="class-text"
                    rows="5"
                    autocomplete="off"
                    spellcheck="false"
                    prop:value=pasted
                    on:input:target=move |event| pasted.set(event.target().value())
                ></textarea>
            </div>
            <button type="button" id="class-paste" on:click=read>
                {i18n.text("class.paste-read")}
            </button>
        </details>
    }
}

fn open_file(class: ClassState, file: &File) {
    let name = file.name();
    class.open(file, name);
}

async fn open_sample(class: ClassState) {
    match fetch_sample().await {
        Ok(blob) => class.open(&blob, SAMPLE.to_owned()),
        Err(_) => {
            let values = vec![("file".to_owned(), SAMPLE.to_owned())];
            class.stage.set(Stage::Failed(Failure::Explained { key: "boot.no-answer".into(), values }));
        }
    }
}

async fn fetch_sample() -> Result<Blob, JsValue> {
    let response: Response = JsFuture::from(window().fetch_with_str(&format!("./{SAMPLE}"))).await?.dyn_into()?;
    if !response.ok() {
        return Err(JsValue::from(response.status()));
    }
    JsFuture::from(response.blob()?).await?.dyn_into()
}
