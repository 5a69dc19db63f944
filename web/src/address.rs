//! The record in a link, after its `#`: whoever opens the link gets the record, and it is never sent to a server.
//!
//! A link is made on request only. The hash is removed from the address when it has been read, and editing does not
//! change the address: addresses stay in the browser's history, which other users of the device can see.

use leptos::ev;
use leptos::prelude::*;
use model_core::{Record, Schema};
use wasm_bindgen::JsValue;

use crate::note::field_text;
use crate::session::Session;

/// The hash parameter for the model that a link was made with; no column has this name.
const MODEL: &str = "~model";

/// Reads the record from the link that the page was opened with, and from those that are opened later.
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

/// A link to this page with the current record.
pub(crate) fn link_to(session: Session) -> String {
    let (model, origin) = (session.model(), window().location().origin().unwrap_or_default());
    let hash = session.record.with_untracked(|record| hash_of(model.schema(), record));
    format!("{origin}{}#{MODEL}={}&{hash}", own_path(), model.fingerprint())
}

/// Removes the hash from the address.
fn clean() {
    if let Ok(history) = window().history() {
        // Can't fail for the page's own address.
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&own_path()));
    }
}

fn own_path() -> String {
    let location = window().location();
    location.pathname().unwrap_or_default() + &location.search().unwrap_or_default()
}

/// `column=value&…` with every column, form-encoded.
fn hash_of(schema: &Schema, record: &Record) -> String {
    let texts =
        schema.inputs().iter().zip(record.values()).map(|(column, value)| (&column.name, field_text(column, *value)));
    form_urlencoded::Serializer::new(String::new()).extend_pairs(texts).finish()
}

/// The columns' indices and texts in a hash (with or without `#`); unknown names are ignored.
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
