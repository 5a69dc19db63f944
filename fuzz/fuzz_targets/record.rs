//! Any text is a record that a model predicts and that can be written again, or is refused: without a panic.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use model_core::{Predictor, Record};

/// The published model.
static PREDICTOR: LazyLock<Predictor> = LazyLock::new(|| {
    let preprocessor = include_str!("../../artifacts/preprocessor.json");
    Predictor::from_json(preprocessor, include_str!("../../artifacts/model.json")).unwrap()
});

fuzz_target!(|text: &str| {
    let schema = PREDICTOR.schema();
    let by_texts = Record::from_texts(schema, |name| {
        let start = text.find(name)? + name.len();
        text[start..].split('&').next()
    });
    let by_json = serde_json::from_str(text).ok().and_then(|object| Record::from_json(schema, &object).ok());
    for record in by_texts.ok().into_iter().chain(by_json) {
        assert!(PREDICTOR.predict(&record).shown.is_finite());
        let _ = PREDICTOR.cautions(&record);
        assert_eq!(Record::from_json(schema, &record.to_json(schema)).unwrap().values(), record.values());
    }
});
