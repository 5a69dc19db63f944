//! The split is scikit-learn's, row by row.

use crate::common;
use model_core::sha256_hex;
use trainer::{SplitError, holdout_split, k_folds};

#[test]
fn the_same_rows_as_scikit_learn() {
    let golden = common::golden("splits.json");
    let cases = golden["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 28);
    for case in cases {
        let n_rows = usize::try_from(case["n"].as_u64().unwrap()).unwrap();
        let seed = u32::try_from(case["seed"].as_u64().unwrap()).unwrap();
        let split = holdout_split(n_rows, 0.2, seed, 2).unwrap();
        assert_eq!(digest(&split.holdout), case["test_sha256"], "holdout of {n_rows} rows, seed {seed}");
        assert_eq!(digest(&split.train), case["train_sha256"], "train of {n_rows} rows, seed {seed}");
    }
    let expected: Vec<u32> = serde_json::from_value(golden["test_share_033_of_101_seed_7"].clone()).unwrap();
    assert_eq!(holdout_split(101, 0.33, 7, 3).unwrap().holdout, expected);
}

#[test]
fn the_folds_of_scikit_learn_keep_the_order_of_the_rows() {
    let rows: Vec<usize> = (0..80).rev().collect();
    let folds = k_folds(&rows, 3);
    let expected = common::golden("splits.json")["kfold_3_of_80_first_last"].clone();
    for (fold, places) in folds.iter().zip(expected.as_array().unwrap()) {
        let place = |end: usize| usize::try_from(places[end].as_u64().unwrap()).unwrap();
        assert_eq!(fold.validation, rows[place(0)..=place(1)]);
        let rest: Vec<usize> = rows.iter().copied().filter(|row| !fold.validation.contains(row)).collect();
        assert_eq!(fold.train, rest);
    }
}

#[test]
fn a_split_that_cannot_be_is_refused() {
    for test_size in [0.0, 1.0, -0.1, f64::NAN] {
        assert!(matches!(holdout_split(100, test_size, 1, 3), Err(SplitError::TestSize { .. })));
    }
    assert!(matches!(holdout_split(7, 0.2, 1, 3), Err(SplitError::TooFewRows { n_rows: 7, .. })));
    assert!(matches!(holdout_split(100, 0.2, 1, 1), Err(SplitError::Folds { n_folds: 1 })));
    assert!(holdout_split(10, 0.2, 1, 3).is_ok());
}

fn digest(rows: &[u32]) -> String {
    sha256_hex(rows.iter().map(ToString::to_string).collect::<Vec<_>>().join(",").as_bytes())
}
