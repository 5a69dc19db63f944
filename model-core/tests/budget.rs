//! Any hostile artifact is loaded, predicts and is explained in bounded time.

#![expect(clippy::disallowed_methods, reason = "the clock is for the test alone")]

use std::time::{Duration, Instant};

use model_core::{
    Background, BatchPredictor, Column, ColumnKind, Combine, Distance, Encoding, Kernel, KernelModel, Model,
    Neighbours, Predictor, Preprocessor, Range, Record, Schema, Symmetric, SymmetricInput, Target, Trees, Trust,
    Weighting,
};

/// Time limit for loading, a prediction and an explanation on a busy machine; on an idle one they take a second or two.
/// Without a budget most of these models would take from many minutes to hours.
const LIMIT: Duration = Duration::from_secs(60);
const N_PROTOTYPES: usize = 256;

fn predictor(n_columns: usize, model: Model) -> Predictor {
    let observed = Range { min: -1e6, max: 1e6 };
    let column = |idx: usize| {
        let name = format!("c{idx}");
        Column::new(&name, &name, ColumnKind::Numeric { observed, median: 0.5, whole: false })
    };
    let target =
        Target { name: "t".into(), label: "T".into(), observed, limits: None, whole: false, help: None, unit: None };
    let schema = Schema { target, columns: (0..n_columns).map(column).collect(), order: vec![] };
    let background = Background {
        rows: (0..N_PROTOTYPES).map(|idx| 5 + idx as u32 % 7).collect(),
        columns: (0..n_columns)
            .map(|column| (0..N_PROTOTYPES).map(|idx| (idx * (column + 1) % 97) as f64).collect())
            .collect(),
        spreads: vec![1.0; n_columns],
        usual_distance: 1.0,
        category_rows: vec![vec![]; n_columns],
    };
    Predictor::new(Preprocessor { schema, encoding: Encoding::Native { imputed: true } }, model, "test")
        .unwrap()
        .with_trust(Trust { intervals: None, background: Some(background) })
        .unwrap()
}

fn check(name: &str, n_columns: usize, model: Model) {
    let start = Instant::now();
    let predictor = predictor(n_columns, model);
    let record = Record::typical(predictor.schema());
    let value = BatchPredictor::new(predictor.clone()).predict_values(record.values());
    assert_eq!(value, predictor.predict(&record).value);
    let explanation = predictor.explain(&record);
    // Whatever it is compared with, the contributions add up.
    let sum = explanation.baseline + explanation.contributions.iter().sum::<f64>();
    assert!((sum - value).abs() <= 1e-6 * value.abs().max(1.0), "{name}: {sum} is not {value}");
    assert!(start.elapsed() < LIMIT, "{name}: {:?}", start.elapsed());
}

fn stumps(n_trees: usize, n_columns: usize, leaf: impl Fn(usize) -> f64, combine: Combine) -> Model {
    Model::Trees(Trees {
        categorical: vec![false; n_columns],
        lengths: vec![3; n_trees],
        features: (0..n_trees).flat_map(|tree| [(tree % n_columns) as u16, 0, 0]).collect(),
        values: (0..n_trees).flat_map(|tree| [(tree % 89) as f64, leaf(tree), leaf(tree) + 1.0]).collect(),
        rights: [2, 0, 0].repeat(n_trees),
        blank_left: vec![],
        combine,
    })
}

#[test]
fn a_median_of_many_descending_leaves() {
    let combine = Combine::WeightedMedian { weights: vec![1.0; 100_000] };
    check("median", 12, stumps(100_000, 12, |tree| -(tree as f64), combine));
}

#[test]
fn many_stored_rows() {
    let (n_rows, n_columns) = (100_000, 12);
    let rows = (0..n_rows * n_columns).map(|idx| (idx % 1_009) as f64).collect();
    check(
        "neighbours",
        n_columns,
        Model::Neighbours(Neighbours {
            n_neighbors: n_rows as u32,
            distance: Distance::Manhattan,
            weighting: Weighting::Distance,
            rows,
            targets: (0..n_rows).map(|idx| idx as f64).collect(),
            row_weights: vec![],
        }),
    );
}

#[test]
fn many_support_vectors() {
    let (n_vectors, n_columns) = (50_000, 12);
    check(
        "kernel",
        n_columns,
        Model::Kernel(KernelModel {
            kernel: Kernel::Rbf { gamma: 1e-3 },
            intercept: 1.0,
            dual_coefficients: (0..n_vectors).map(|idx| (idx % 5) as f64 - 2.0).collect(),
            support_vectors: (0..n_vectors * n_columns).map(|idx| (idx % 101) as f64).collect(),
        }),
    );
}

#[test]
fn a_tree_of_many_leaves_and_columns() {
    // A chain: each node's left child is a leaf, so that prototypes fail on different columns all the way.
    let (n_tests, n_columns) = (200_000, 60);
    let n_nodes = 2 * n_tests + 1;
    let is_test = |node: usize| node.is_multiple_of(2) && node + 1 < n_nodes;
    check(
        "chain",
        n_columns,
        Model::Trees(Trees {
            categorical: vec![false; n_columns],
            lengths: vec![n_nodes as u32],
            features: (0..n_nodes).map(|node| if is_test(node) { (node / 2 % n_columns) as u16 } else { 0 }).collect(),
            values: (0..n_nodes).map(|node| (node * 7 % 97) as f64).collect(),
            rights: (0..n_nodes).map(|node| if is_test(node) { 2 } else { 0 }).collect(),
            blank_left: vec![],
            combine: Combine::Sum { base: 0.0 },
        }),
    );
}

#[test]
fn many_stumps_over_many_columns() {
    check("stumps", 2_000, stumps(200_000, 2_000, |tree| (tree % 13) as f64, Combine::Sum { base: 1.0 }));
}

#[test]
fn deep_symmetric_trees() {
    let (n_trees, depth) = (20, 16);
    check(
        "symmetric",
        16,
        Model::Symmetric(Symmetric {
            inputs: vec![SymmetricInput::Number; 16],
            base: 0.0,
            depths: vec![depth; n_trees],
            features: (0..n_trees * usize::from(depth)).map(|test| (test % 16) as u16).collect(),
            thresholds: (0..n_trees * usize::from(depth)).map(|test| (test % 83) as f64).collect(),
            leaves: (0..n_trees << depth).map(|leaf| (leaf % 11) as f64).collect(),
        }),
    );
}

#[test]
fn a_model_that_is_too_large_to_be_explained_is_refused() {
    let (n_vectors, n_columns) = (1_000, 1_000);
    let model = Model::Kernel(KernelModel {
        kernel: Kernel::Linear,
        intercept: 0.0,
        dual_coefficients: vec![1.0; n_vectors],
        support_vectors: vec![1.0; n_vectors * n_columns],
    });
    let schema = predictor(n_columns, stumps(1, n_columns, |_| 0.0, Combine::Mean)).schema().clone();
    let preprocessor = Preprocessor { schema, encoding: Encoding::Native { imputed: true } };
    let error = Predictor::new(preprocessor, model, "svr").unwrap_err().to_string();
    assert!(error.contains("too large for its estimates to be explained"), "{error}");
}
