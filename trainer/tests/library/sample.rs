//! Fictional students: the same on every platform, and similar to the records that they are modelled on.

use crate::common;
use std::path::Path;

use trainer::{
    ColumnData, Config, HEADER, IngestOptions, SearchControl, SearchOptions, Table, ingest, mean_and_sd, train,
    write_sample,
};

fn sample(n_rows: u64, seed: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_sample(&mut bytes, n_rows, seed).unwrap();
    bytes
}

fn table(bytes: &[u8]) -> Table {
    ingest(Path::new("sample.csv"), bytes, &IngestOptions { target: "math_score".into(), ..Default::default() })
        .unwrap()
}

fn share(table: &Table, column: &str, value: &str) -> f64 {
    let column = table.columns.iter().find(|known| known.name == column).unwrap();
    let ColumnData::Categorical { values, codes } = &column.data else { panic!("{} is categorical", column.name) };
    let code = u32::try_from(values.iter().position(|known| known == value).unwrap()).unwrap();
    codes.iter().filter(|known| **known == code).count() as f64 / codes.len() as f64
}

#[test]
fn the_shipped_sample_is_what_the_generator_writes() {
    let shipped = std::fs::read(common::repository().join("static/sample.csv")).unwrap();
    assert!(
        shipped == sample(1_000, 42),
        "static/sample.csv is not what the generator writes: run `cargo xtask artifacts`"
    );
}

#[test]
fn a_longer_sample_starts_with_a_shorter_one_and_seeds_differ() {
    assert!(sample(500, 3).starts_with(&sample(100, 3)));
    assert_ne!(sample(100, 3), sample(100, 4));
    assert_eq!(sample(0, 3), format!("{HEADER}\n").into_bytes());
}

#[test]
fn shares_scores_and_fit_are_those_it_is_calibrated_to() {
    let table = table(&sample(20_000, 1));
    for (column, value, expected) in [
        ("gender", "female", 0.518),
        ("race_ethnicity", "group C", 0.319),
        ("parental_level_of_education", "master's degree", 0.059),
        ("lunch", "standard", 0.645),
        ("test_preparation_course", "none", 0.642),
    ] {
        let found = share(&table, column, value);
        assert!((found - expected).abs() < 0.01, "{column} {value}: {found}");
    }
    let (mean, sd) = mean_and_sd(&table.target.to_vec());
    assert!((mean - 66.1).abs() < 1.0 && (sd - 15.16).abs() < 1.0, "mean {mean}, sd {sd}");
    assert!(table.target.iter().all(|score| score.fract() == 0.0 && (0.0..=100.0).contains(score)));
}

#[test]
fn linear_regression_explains_as_much_as_it_should() {
    for seed in [1, 2, 42] {
        let options = Config {
            search: SearchOptions { families: vec!["linear".parse().unwrap()], ..Default::default() },
            ..Default::default()
        };
        let report = train(&table(&sample(1_000, seed)), "", &options, &SearchControl::default()).unwrap().report;
        let found = report.champion.cv.r2_mean;
        assert!((0.85..=0.89).contains(&found), "seed {seed}: {found}");
    }
}
