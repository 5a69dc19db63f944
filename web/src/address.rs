//! The record in a link, after its `#`: whoever opens the link gets the record, and no server ever sees it.
//!
//! A link is made on request alone. The address that one came with is cleaned, and editing writes nothing there: what
//! stands in an address stays in the browser's history, for the next one who uses the machine.

use leptos::ev;
use leptos::prelude::*;
use model_core::{Record, Schema};
use wasm_bindgen::JsValue;

use crate::note::field_text;
use crate::session::Session;

/// What a link calls the model that it was made with; no column is called so.
const MODEL: &str = "~model";

/// Takes the record of the link that the page was opened with, and of those that are opened later.
pub(crate) fn follow_links(session: Session) {
    let follow = move || {
        let hash = window().location().hash().unwrap_or_default();
        let texts = texts_of(session.model().schema(), &hash);
        if !texts.is_empty() {
            let made_with = pairs(&hash).find(|(name, _)| name == MODEL);
            let is_other = made_with.is_some_and(|(_, model)| model != session.model().fingerprint());
            session.is_from_other_model.set(is_other);
            session.take_texts(&texts);
            clean();
        }
    };
    follow();
    let handle = window_event_listener(ev::hashchange, move |_| follow());
    on_cleanup(move || handle.remove());
}

/// A link to this page with the present record.
pub(crate) fn link_to(session: Session) -> String {
    let (model, origin) = (session.model(), window().location().origin().unwrap_or_default());
    let hash = session.record.with_untracked(|record| hash_of(model.schema(), record));
    format!("{origin}{}#{MODEL}={}&{hash}", own_path(), model.fingerprint())
}

/// Takes what stands after the `#` out of the address.
fn clean() {
    if let Ok(history) = window().history() {
        // It fails for no address of this page.
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&own_path()));
    }
}

fn own_path() -> String {
    let location = window().location();
    location.pathname().unwrap_or_default() + &location.search().unwrap_or_default()
}

/// `column=value&…` with every column, as browsers write a form.
fn hash_of(schema: &Schema, record: &Record) -> String {
    let texts =
        schema.inputs().iter().zip(record.values()).map(|(column, value)| (&column.name, field_text(column, *value)));
    form_urlencoded::Serializer::new(String::new()).extend_pairs(texts).finish()
}

/// The columns' indices and texts in a hash (with or without its `#`); what names no column is passed over.
fn texts_of(schema: &Schema, hash: &str) -> Vec<(usize, String)> {
    pairs(hash).filter_map(|(name, text)| Some((schema.position(&name)?, text.into_owned()))).collect()
}

fn pairs(hash: &str) -> form_urlencoded::Parse<'_> {
    form_urlencoded::parse(hash.trim_start_matches('#').as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_comes_back_and_what_is_unknown_is_passed_over() {
        let (preprocessor, model) = model_core::doc_example();
        let predictor = model_core::Predictor::from_json(&preprocessor, &model).unwrap();
        let schema = predictor.schema();
        let mut record = Record::typical(schema);
        record.set_text(schema, 0, "72").unwrap();
        assert_eq!(hash_of(schema, &record), "reading_score=72");
        assert_eq!(texts_of(schema, "#reading_score=72&name=x&about"), [(0, "72".to_owned())]);
        assert_eq!(texts_of(schema, "reading%5Fscore=50+%25%"), [(0, "50 %%".to_owned())]);
    }
}
