//! The time of a prediction with its interval and its explanation, for one record:
//! `cargo run --release -p trainer --example trust_speed -- FILE.csv TARGET`.

use std::path::Path;
use std::time::Instant;

use model_core::{Params, Predictor, Record, Trust};
use trainer::{FitData, IngestOptions, fit_preprocessor, ingest, intervals, learner, out_of_fold, summarise};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, file, target] = &arguments[..] else { return Err("name a CSV file and its target".into()) };
    let options = IngestOptions { target: target.clone(), ..Default::default() };
    let table = ingest(Path::new(file), &std::fs::read(file)?, &options)?;
    let rows: Vec<usize> = (0..table.n_rows()).collect();
    let data = FitData::new(&fit_preprocessor(&table, &rows, None), &table, &rows);
    for (family, params) in [
        ("linear", "{}"),
        ("gradient-boosting", r#"{"n_estimators": 256, "max_depth": 3}"#),
        ("catboost", r#"{"iterations": 256, "depth": 3}"#),
        ("ebm", "{}"),
        ("adaboost", r#"{"n_estimators": 50}"#),
    ] {
        let learner = learner(family).ok_or("no such family")?;
        let params: Params = serde_json::from_str(params)?;
        let out_of_fold = out_of_fold(
            &table,
            &rows,
            &trainer::Candidate { learner, params: params.clone() },
            1,
            &trainer::StopSignal::default(),
        )?;
        let trust =
            Trust { intervals: Some(intervals(&data, &out_of_fold, &[]).0), background: summarise(&data, &data) };
        let preprocessor = data.preprocessor(learner.abilities().features);
        let predictor = Predictor::new(preprocessor, learner.fit(&params, &data, 1)?, family)?.with_trust(trust)?;
        let record = Record::typical(predictor.schema());
        let started = Instant::now();
        let mut sum = predictor.explain(&record).baseline;
        let first = started.elapsed();
        let n = if family == "adaboost" { 20 } else { 2_000 };
        let started = Instant::now();
        for _ in 0..n {
            sum += predictor.predict(&record).value + predictor.explain(&record).contributions[0];
            sum += predictor.interval(&record, 90.0).map_or(0.0, |interval| interval.low);
        }
        let each = started.elapsed() / n;
        println!("{family:<20} first {first:>10.1?}, then {each:>10.1?} (checksum {sum:.3})");
    }
    Ok(())
}
