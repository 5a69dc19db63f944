//! A whole class: where a file of records comes in. What reads and shows it (`static/class`) is loaded when it is used.

use leptos::prelude::*;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::Element;

use crate::dom::{escaped, once_mounted, panel, repaint};
use crate::session::Session;
use crate::texts::{fill, text};

const ID: &str = "class";

#[wasm_bindgen]
extern "C" {
    /// See `static/boot.js`.
    #[wasm_bindgen(js_namespace = scorecast, js_name = prepareClass)]
    fn prepare_class(section: &Element, preprocessor: &str, model: &str, decimals: u32);
    /// See `static/boot.js`.
    #[wasm_bindgen(js_namespace = scorecast, js_name = useLevel)]
    fn use_level(level: f64);
}

/// Ways in: a file, a drop, pasted text, and a worked sample.
pub(crate) fn class(session: Session) -> AnyView {
    let columns: Vec<String> = session.columns().iter().map(|column| column.name.clone()).collect();
    let markup = format!(
        "<h2 id=\"class-title\">{}</h2><p>{}</p><div class=\"drop\" id=\"class-drop\">\
         <label for=\"class-file\">{}</label><input type=\"file\" id=\"class-file\" accept=\".csv,.tsv,.txt,.xlsx,text/csv\">\
         <div class=\"buttons\"><button type=\"button\" id=\"class-sample\">{}</button></div></div>\
         <details><summary>{}</summary><div class=\"field\"><label for=\"class-text\">{}</label>\
         <textarea id=\"class-text\" rows=\"5\" autocomplete=\"off\" spellcheck=\"false\"></textarea></div>\
         <button type=\"button\" id=\"class-paste\">{}</button></details>\
         <div id=\"class-place\" data-testid=\"class\"></div>",
        text("class.title"),
        escaped(&fill("class.lead", &[("columns", &columns.join(", "))])),
        text("class.file"),
        text("class.sample"),
        text("class.paste"),
        text("class.paste-label"),
        text("class.paste-read"),
    );
    let level = session.level;
    repaint(move || use_level(level.get()));
    once_mounted(move || {
        if let (Some(section), [preprocessor, model, ..]) = (session.root().find(ID), session.texts()) {
            prepare_class(&section, preprocessor, model, session.decimals());
        }
    });
    panel(ID, "card class", markup)
}
