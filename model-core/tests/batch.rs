//! Blocks of rows give the same bits as single rows, whatever the model and the cells.

use model_core::{
    Additive, BatchPredictor, Cells, CellsError, ColumnEncoding, ColumnKind, Combine, Encoding, Intervals, LinearModel,
    Model, Predictor, Preprocessor, Range, Schema, Shape, Symmetric, SymmetricInput, Trees, Trust, Value,
};
use serde_json::json;

const N_ROWS: usize = 1_000;

/// SplitMix64, for random cells and models.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((bits ^ (bits >> 31)) % n as u64) as usize
    }

    fn number(&mut self) -> f64 {
        (self.below(2_001) as f64 - 1_000.0) / 7.0
    }

    /// One of a few numbers, so that cells can equal thresholds.
    fn threshold(&mut self) -> f64 {
        [-0.0, 0.0, 1.5, -3.25, 40.0, 7.0, 1e300, -1e-300][self.below(8)]
    }

    fn numbers(&mut self, n: usize) -> Vec<f64> {
        (0..n).map(|_| self.number()).collect()
    }
}

/// Numbers, a few categories, more categories than 8-bit codes allow for, numbers.
fn schema() -> Schema {
    let numeric = |name: &str| {
        json!({"name": name, "label": name, "kind": {"numeric": {
        "observed": {"min": -100.0, "max": 100.0}, "median": 1.5, "whole": false}}})
    };
    let categorical = |name: &str, n: usize| {
        json!({"name": name, "label": name, "kind": {"categorical": {
        "values": (0..n).map(|value| format!("{value:03}")).collect::<Vec<_>>(), "mode": 1}}})
    };
    let schema = json!({
        "target": {"name": "t", "label": "T", "observed": {"min": 0.0, "max": 1.0}, "whole": false},
        "columns": [numeric("a"), categorical("b", 3), categorical("c", 300), numeric("d")],
    });
    model_core::from_json(&schema.to_string()).unwrap()
}

fn linear(random: &mut Random, intercept: f64) -> (Encoding, Model) {
    let scaled = |random: &mut Random| ColumnEncoding::Scaled { mean: random.number(), scale: 3.0 };
    let one_hot = |n: usize| ColumnEncoding::OneHot { scales: (1..=n).map(|value| 0.1 * value as f64).collect() };
    let encodings = vec![scaled(random), one_hot(3), one_hot(300), scaled(random)];
    let mut coefficients = random.numbers(305);
    coefficients[2] = 0.0;
    (Encoding::OneHot(encodings), Model::Linear(LinearModel { intercept, coefficients }))
}

fn trees(random: &mut Random, imputed: bool, combine: Combine, depth: usize) -> (Encoding, Model) {
    let categorical = vec![false, true, true, false];
    let (mut lengths, mut features, mut values, mut rights) = (vec![], vec![], vec![], vec![]);
    for _ in 0..9 {
        let start = features.len();
        grow(random, depth, &categorical, (&mut features, &mut values, &mut rights));
        lengths.push((features.len() - start) as u32);
    }
    let blank_left = (0..features.len() as u32).filter(|node| node % 3 == 0).collect();
    (
        Encoding::Native { imputed },
        Model::Trees(Trees { categorical, lengths, features, values, rights, blank_left, combine }),
    )
}

type Nodes<'a> = (&'a mut Vec<u16>, &'a mut Vec<f64>, &'a mut Vec<u32>);

fn grow(random: &mut Random, depth: usize, categorical: &[bool], (features, values, rights): Nodes<'_>) {
    let node = features.len();
    if depth == 0 || random.below(5) == 0 {
        features.push(0);
        values.push(random.number());
        rights.push(0);
        return;
    }
    let feature = random.below(4);
    features.push(feature as u16);
    // Existing codes, and that of an unseen category.
    values.push(if categorical[feature] { random.below(5) as f64 - 1.0 } else { random.threshold() });
    rights.push(0);
    if categorical[feature] && values[node] > 2.0 {
        values[node] = 2.0;
    }
    grow(random, depth - 1, categorical, (features, values, rights));
    rights[node] = (features.len() - node) as u32;
    grow(random, depth - 1, categorical, (features, values, rights));
}

fn symmetric(random: &mut Random, imputed: bool, depth: u8) -> (Encoding, Model) {
    let statistic = SymmetricInput::Statistic { values: random.numbers(300), blank: 2.0, unseen: -3.0 };
    let inputs = vec![SymmetricInput::Number, SymmetricInput::Category, statistic, SymmetricInput::Number];
    let depths: Vec<u8> = (0..8).map(|_| random.below(usize::from(depth) + 1) as u8).collect();
    let n_tests: usize = depths.iter().map(|depth| usize::from(*depth)).sum();
    let features: Vec<u16> = (0..n_tests).map(|_| random.below(4) as u16).collect();
    let threshold = |feature: &u16| match feature {
        1 => random.below(4) as f64 - 1.0,
        2 => random.number(),
        _ => random.threshold(),
    };
    let thresholds = features.iter().map(threshold).collect();
    let leaves = random.numbers(depths.iter().map(|depth| 1 << depth).sum());
    (
        Encoding::Native { imputed },
        Model::Symmetric(Symmetric { inputs, base: 50.0, depths, features, thresholds, leaves }),
    )
}

fn additive(random: &mut Random) -> (Encoding, Model) {
    let steps = |random: &mut Random| Shape::Steps {
        thresholds: vec![-3.25, 0.0, 40.0],
        values: random.numbers(4),
        blank: random.number(),
    };
    let categories = |random: &mut Random, n: usize| Shape::Categories { values: random.numbers(n), blank: 1.0 };
    let shapes = vec![steps(random), categories(random, 3), categories(random, 300), steps(random)];
    (Encoding::Native { imputed: false }, Model::Additive(Additive { intercept: 1.0, shapes, pairs: vec![] }))
}

/// Cells of `N_ROWS` rows: a fifth blank, some never seen.
struct Rows {
    a: Vec<f64>,
    b: Vec<u8>,
    c: Vec<u16>,
    d: Vec<f64>,
}

impl Rows {
    fn draw(random: &mut Random) -> Self {
        let mut number = |_| match random.below(10) {
            0 | 1 => f64::NAN,
            2 | 3 => random.number(),
            _ => random.threshold(),
        };
        let (a, d) = ((0..N_ROWS).map(&mut number).collect(), (0..N_ROWS).map(&mut number).collect());
        let b = (0..N_ROWS).map(|_| [0, 1, 2, 3, Cells::BLANK_U8][random.below(5)]).collect();
        let c = (0..N_ROWS).map(|_| [0, 1, 2, 299, 300, Cells::BLANK_U16][random.below(6)]).collect();
        Self { a, b, c, d }
    }

    fn cells(&self) -> [Cells<'_>; 4] {
        [Cells::Numbers(&self.a), Cells::Codes8(&self.b), Cells::Codes16(&self.c), Cells::Numbers(&self.d)]
    }

    fn values(&self, row: usize) -> [Value; 4] {
        let number = |number: f64| if number.is_nan() { Value::Missing } else { Value::Number(number) };
        let b = match self.b[row] {
            Cells::BLANK_U8 => Value::Missing,
            code if code < 3 => Value::Category(u32::from(code)),
            _ => Value::Unseen,
        };
        let c = match self.c[row] {
            Cells::BLANK_U16 => Value::Missing,
            code if code < 300 => Value::Category(u32::from(code)),
            _ => Value::Unseen,
        };
        [number(self.a[row]), b, c, number(self.d[row])]
    }
}

#[test]
fn blocks_and_single_rows_get_equal_bits() {
    let mut random = Random(3);
    let mut models = vec![linear(&mut random, 60.0), linear(&mut random, 0.0), linear(&mut random, -0.0)];
    for imputed in [false, true] {
        // Up to seven levels: the last forest is too deep for blocks and is evaluated row by row.
        for depth in 0..=7 {
            models.push(trees(&mut random, imputed, Combine::Sum { base: 60.0 }, depth));
            models.push(trees(&mut random, imputed, Combine::Mean, depth));
        }
        models.push(trees(&mut random, imputed, Combine::WeightedMedian { weights: vec![1.5; 9] }, 3));
        for depth in 0..=9 {
            models.push(symmetric(&mut random, imputed, depth));
        }
    }
    models.push(additive(&mut random));
    for (model_idx, (encoding, model)) in models.into_iter().enumerate() {
        let preprocessor = Preprocessor { schema: schema(), encoding };
        let predictor = Predictor::new(preprocessor, model, "test").unwrap();
        let mut batch = BatchPredictor::new(predictor.clone());
        let mut features = vec![0.0; predictor.preprocessor().n_features()];
        let rows = Rows::draw(&mut random);
        let mut values = vec![0.0; N_ROWS];
        batch.predict(&rows.cells(), &mut values).unwrap();
        for (row, value) in values.iter().enumerate() {
            let cells = rows.values(row);
            let expected = predictor.predict_values(&cells, &mut features).value;
            let alone = batch.predict_values(&cells);
            let bits = [value, &alone].map(|number| number.to_bits());
            assert_eq!(bits, [expected.to_bits(); 2], "model {model_idx}, row {row}: {cells:?}");
        }
    }
}

#[test]
fn blocks_and_single_rows_get_equal_intervals() {
    let mut random = Random(7);
    // Errors are twice as large where column `a` is above 0, or where column `b` has its second category.
    let spread = Trees {
        categorical: vec![false, true, true, false, false],
        lengths: vec![5],
        features: vec![0, 1, 0, 0, 0],
        values: vec![0.0, 1.0, 2.0, 1.0, 2.0],
        rights: vec![4, 2, 0, 0, 0],
        blank_left: vec![],
        combine: Combine::Sum { base: 0.0 },
    };
    let half_widths: Vec<f64> = (50..100).map(|level| 0.125 * f64::from(level)).collect();
    let rows = Rows::draw(&mut random);
    for spread in [None, Some(spread)] {
        let (encoding, model) = linear(&mut random, 60.0);
        let mut schema = schema();
        schema.target.limits = Some(Range { min: -5_000.0, max: 5_000.0 });
        let predictor = Predictor::new(Preprocessor { schema, encoding }, model, "test").unwrap();
        let trust = Trust {
            intervals: Some(Intervals {
                half_widths: half_widths.clone(),
                spread: spread.clone(),
                max_level: None,
                by: None,
            }),
            background: None,
        };
        let predictor = predictor.with_trust(trust).unwrap();
        let mut batch = BatchPredictor::new(predictor.clone());
        let mut values = vec![0.0; N_ROWS];
        batch.predict(&rows.cells(), &mut values).unwrap();
        let (mut lows, mut highs) = (vec![0.0; N_ROWS], vec![0.0; N_ROWS]);
        assert!(batch.intervals(&rows.cells(), &values, 81.5, (&mut lows, &mut highs)));
        let mut features = vec![0.0; predictor.preprocessor().n_features()];
        let mut widths: Vec<u64> = Vec::new();
        for (row, (low, high)) in lows.iter().zip(&highs).enumerate() {
            let cells = rows.values(row);
            let prediction = predictor.predict_values(&cells, &mut features);
            let expected = predictor.interval_of(&cells, prediction, 81.5).unwrap();
            assert_eq!((*low, *high), (expected.low, expected.high), "row {row}: {cells:?}");
            widths.push((high - low).to_bits());
        }
        widths.sort_unstable();
        widths.dedup();
        assert!(widths.len() > 1, "limits or the tree make them differ");
    }
    let (encoding, model) = linear(&mut random, 60.0);
    let without = Predictor::new(Preprocessor { schema: schema(), encoding }, model, "test").unwrap();
    let (mut lows, mut highs) = (vec![7.0; N_ROWS], vec![7.0; N_ROWS]);
    let values = vec![0.0; N_ROWS];
    assert!(!BatchPredictor::new(without).intervals(&rows.cells(), &values, 90.0, (&mut lows, &mut highs)));
    assert!(lows.iter().chain(&highs).all(|end| *end == 7.0));
}

#[test]
fn cells_that_do_not_fit_are_refused() {
    let mut random = Random(5);
    let (encoding, model) = linear(&mut random, 60.0);
    let predictor = Predictor::new(Preprocessor { schema: schema(), encoding }, model, "test").unwrap();
    let mut batch = BatchPredictor::new(predictor);
    let rows = Rows::draw(&mut random);
    let cells = rows.cells();
    let mut values = vec![7.0; N_ROWS];
    let refused = batch.predict(&cells[..3], &mut values).unwrap_err();
    assert_eq!(refused, CellsError::WrongNumberOfColumns { found: 3, expected: 4 });
    let refused = batch.predict(&[cells[0], cells[0], cells[2], cells[3]], &mut values).unwrap_err();
    assert_eq!(refused, CellsError::WrongKind { column_idx: 1 });
    let refused = batch.predict(&cells, &mut values[1..]).unwrap_err();
    assert_eq!(refused, CellsError::WrongLength { column_idx: 0, found: N_ROWS, expected: N_ROWS - 1 });
    assert!(values.iter().all(|value| *value == 7.0));
}

#[test]
fn the_first_unusable_cell_is_found() {
    let schema = schema();
    let kind = |column: usize| -> &ColumnKind { &schema.columns[column].kind };
    assert_eq!(Cells::Numbers(&[1.0, f64::NAN]).first_unusable(kind(0)), None);
    assert_eq!(Cells::Numbers(&[1.0, f64::NEG_INFINITY, f64::INFINITY]).first_unusable(kind(0)), Some(1));
    assert_eq!(Cells::Codes8(&[0, 2, Cells::BLANK_U8]).first_unusable(kind(1)), None);
    assert_eq!(Cells::Codes8(&[0, 2, 3]).first_unusable(kind(1)), Some(2));
    assert_eq!(Cells::Codes16(&[299, Cells::BLANK_U16]).first_unusable(kind(2)), None);
    assert_eq!(Cells::Codes16(&[300, 0]).first_unusable(kind(2)), Some(0));
}
