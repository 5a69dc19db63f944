//! No estimate is NaN or infinite: numbers that are not measurements are rejected, and so are models that could
//! overflow.

use model_core::{
    Additive, ArtifactError, ArtifactFile, Background, Blend, Column, ColumnEncoding, ColumnKind, Combine, Distance,
    Encoding, Intervals, Kernel, KernelModel, LinearModel, MAX_MAGNITUDE, Member, Model, Neighbours, PairShape,
    Predictor, Preprocessor, Range, Record, RecordProblem, Schema, Shape, Symmetric, SymmetricInput, Target, Trees,
    Trust, Value, Weighting,
};
use serde_json::json;

fn schema() -> Schema {
    let column = |name: &str| {
        let observed = Range { min: -1.0, max: 1.0 };
        Column::new(name, name, ColumnKind::Numeric { observed, median: 0.0, whole: false })
    };
    let target = Target {
        name: "t".into(),
        label: "T".into(),
        observed: Range { min: 0.0, max: 1.0 },
        limits: None,
        whole: false,
        help: None,
        unit: None,
    };
    Schema { target, columns: vec![column("a"), column("b")], order: vec![] }
}

fn predictor(model: Model) -> Result<Predictor, ArtifactError> {
    Predictor::new(Preprocessor { schema: schema(), encoding: Encoding::Native { imputed: true } }, model, "test")
}

fn trees(leaf: f64, combine: Combine) -> Model {
    Model::Trees(Trees {
        categorical: vec![false; 2],
        lengths: vec![3, 3],
        features: vec![0, 0, 0, 1, 0, 0],
        values: vec![0.5, leaf, -leaf, 1e300, leaf, leaf],
        rights: vec![2, 0, 0, 2, 0, 0],
        blank_left: vec![],
        combine,
    })
}

/// One model of each kind whose largest numbers are about `size`.
fn models(size: f64) -> Vec<(&'static str, Model)> {
    let steps = |size: f64| Shape::Steps { thresholds: vec![0.0], values: vec![-size, size], blank: 0.0 };
    let neighbours = |weighting| {
        let (rows, targets) = (vec![0.0, 0.0, MAX_MAGNITUDE, -MAX_MAGNITUDE], vec![size, -size]);
        let distance = Distance::Euclidean;
        Model::Neighbours(Neighbours { n_neighbors: 2, distance, weighting, rows, targets, row_weights: vec![] })
    };
    let kernel = |kernel, support_vectors| {
        Model::Kernel(KernelModel { kernel, intercept: size, dual_coefficients: vec![size, -size], support_vectors })
    };
    let linear = |size: f64| Model::Linear(LinearModel { intercept: 1.0, coefficients: vec![size, -size] });
    vec![
        // Times features of up to 1e100.
        ("linear", linear(size / 1e100)),
        (
            "additive",
            Model::Additive(Additive { intercept: size, shapes: vec![steps(size), steps(1.0)], pairs: vec![] }),
        ),
        (
            "pairs",
            Model::Additive(Additive {
                intercept: 0.0,
                shapes: vec![steps(1.0), steps(1.0)],
                pairs: vec![PairShape {
                    columns: [0, 1],
                    axes: [model_core::Axis::Steps(vec![]), model_core::Axis::Steps(vec![])],
                    values: vec![size; 4],
                }],
            }),
        ),
        ("sum", trees(size, Combine::Sum { base: size })),
        ("mean", trees(size, Combine::Mean)),
        ("median", trees(size, Combine::WeightedMedian { weights: vec![1.0, size] })),
        (
            "symmetric",
            Model::Symmetric(Symmetric {
                inputs: vec![SymmetricInput::Number; 2],
                base: -size,
                depths: vec![1, 1],
                features: vec![0, 1],
                thresholds: vec![0.0, 1e300],
                leaves: vec![-size, size, size, size],
            }),
        ),
        ("uniform", neighbours(Weighting::Uniform)),
        ("distance", neighbours(Weighting::Distance)),
        ("kernel", kernel(Kernel::Linear, vec![1e-100, 1e-100, -1e-100, 0.0])),
        ("rbf", kernel(Kernel::Rbf { gamma: 1e300 }, vec![1e300, -1e300, 0.0, 0.0])),
        (
            "blend",
            Model::Blend(Blend { members: vec![Member { weight: size / 1e100, from: 0, to: 2, model: linear(0.5) }] }),
        ),
    ]
}

fn extremes() -> Vec<Record> {
    let numbers = ["", "0", "5e-324", "-1e100", "1e100", "1e-200", "0.5"];
    let pairs = numbers.iter().flat_map(|a| numbers.iter().map(move |b| [*a, *b]));
    pairs.map(|[a, b]| Record::from_texts(&schema(), |name| Some(if name == "a" { a } else { b })).unwrap()).collect()
}

#[test]
fn whatever_a_record_holds_all_that_is_said_of_it_is_finite() {
    let background = Background {
        rows: vec![5, 5],
        columns: vec![vec![-1e100, 0.5], vec![1e100, 0.0]],
        spreads: vec![1e-40, 1.0],
        usual_distance: 1.0,
        category_rows: vec![vec![], vec![]],
    };
    for (name, model) in models(1e149) {
        let intervals = Intervals { half_widths: vec![1e150; 50], spread: None, max_level: None, by: None };
        let trust = Trust { intervals: Some(intervals), background: Some(background.clone()) };
        let predictor = predictor(model).unwrap().with_trust(trust).unwrap();
        for record in extremes() {
            let mut numbers = vec![predictor.predict(&record).value, predictor.predict(&record).shown];
            let interval = predictor.interval(&record, 90.0).unwrap();
            numbers.extend([interval.low, interval.high]);
            let explanation = predictor.explain(&record);
            numbers.push(explanation.baseline);
            numbers.extend(explanation.contributions);
            numbers.extend(explanation.standard_error.into_iter().flatten());
            let points = predictor.curves(&record, 5, 90.0).into_iter().flat_map(|curve| curve.points);
            numbers.extend(points.map(|point| point.prediction.value));
            numbers.push(predictor.background().unwrap().distance(record.values()));
            assert!(numbers.iter().all(|number| number.is_finite()), "{name}, {:?}: {numbers:?}", record.values());
        }
    }
}

#[test]
fn a_model_that_could_overflow_is_refused() {
    for (name, model) in models(1e200) {
        let error = predictor(model).expect_err(name);
        assert!(
            matches!(&error, ArtifactError::Invalid { file: ArtifactFile::Model, problem } if problem.contains("1e150")),
            "{error}"
        );
    }
    // A scale that blows a usual coefficient up.
    let scaled = |scale| ColumnEncoding::Scaled { mean: 0.0, scale };
    let encoded = |scale| {
        let preprocessor =
            Preprocessor { schema: schema(), encoding: Encoding::OneHot(vec![scaled(1.0), scaled(scale)]) };
        Predictor::new(
            preprocessor,
            Model::Linear(LinearModel { intercept: 0.0, coefficients: vec![1.0, 1.0] }),
            "linear",
        )
    };
    assert!(encoded(1e-30).is_ok());
    assert!(encoded(1e-60).is_err() && encoded(1e-300).is_err());
}

#[test]
fn trust_that_could_overflow_is_refused() {
    let sound = || predictor(models(1.0).remove(0).1).unwrap();
    let intervals = |half_width: f64| Trust {
        intervals: Some(Intervals { half_widths: vec![half_width; 50], spread: None, max_level: None, by: None }),
        background: None,
    };
    assert!(sound().with_trust(intervals(1e100)).is_ok());
    assert!(sound().with_trust(intervals(1e151)).is_err());
    let background = |cell: f64, spread: f64| Trust {
        intervals: None,
        background: Some(Background {
            rows: vec![5],
            columns: vec![vec![cell], vec![0.0]],
            spreads: vec![spread, 1.0],
            usual_distance: 1.0,
            category_rows: vec![vec![], vec![]],
        }),
    };
    assert!(sound().with_trust(background(1.0, 1e-30)).is_ok());
    assert!(sound().with_trust(background(1.0, 1e-60)).is_err());
    assert!(sound().with_trust(background(1e101, 1.0)).is_err());
}

#[test]
fn a_number_that_is_too_large_is_refused_with_a_reason() {
    let schema = schema();
    for text in ["1e101", "-1e101", "1e308", "9".repeat(200).as_str()] {
        let error = schema.columns[0].parse(text).unwrap_err();
        assert_eq!(error.problem, RecordProblem::TooLarge { found: text.into() });
        assert!(error.to_string().contains("is too large; write a number from -1e100 to 1e100"), "{error}");
    }
    let object = json!({"a": 1e200}).as_object().cloned().unwrap();
    assert!(matches!(Record::from_json(&schema, &object).unwrap_err().problem, RecordProblem::TooLarge { .. }));
    assert_eq!(schema.columns[0].parse("1e100").unwrap(), Value::Number(1e100));
    assert!(matches!(schema.columns[0].parse("1e999").unwrap_err().problem, RecordProblem::NotANumber { .. }));
}

#[test]
fn a_schema_with_numbers_that_are_too_large_is_refused() {
    let with = |observed: Range, limits: Option<Range>| {
        let mut schema = schema();
        schema.columns[1].kind = ColumnKind::Numeric { observed, median: observed.min, whole: false };
        schema.target.limits = limits;
        schema.validate().is_err()
    };
    let usual = Range { min: 0.0, max: 1.0 };
    assert!(!with(usual, None));
    assert!(with(Range { min: 0.0, max: 1e200 }, None));
    assert!(with(usual, Some(Range { min: -1e308, max: 1e308 })));
}
