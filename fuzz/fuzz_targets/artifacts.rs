//! Any two texts are artifacts that predict finite numbers, or are refused: without a panic.

#![no_main]

use libfuzzer_sys::fuzz_target;
use model_core::{ModelFile, Predictor, Record, read_model, read_preprocessor, read_report};

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let _ = read_report(&text);
    // The two files, one after the other, with a NUL between them.
    let Some((preprocessor, model)) = text.split_once('\0') else { return };
    // Not by `from_json`, which would refuse nearly all of them for the digest by which a model names its preprocessor.
    let (Ok(preprocessor), Ok(model)) = (read_preprocessor(preprocessor), read_model(model)) else { return };
    let ModelFile { family, model, trust, .. } = model;
    let Ok(predictor) = Predictor::new(preprocessor, model, &family).and_then(|own| own.with_trust(trust)) else { return };
    let record = Record::typical(predictor.schema());
    assert!(predictor.predict(&record).shown.is_finite());
    let explanation = predictor.explain(&record);
    assert!(explanation.contributions.iter().all(|contribution| contribution.is_finite()));
    let _ = predictor.cautions(&record);
    if let Some(interval) = predictor.interval(&record, 90.0) {
        assert!(interval.low <= interval.high);
    }
});
