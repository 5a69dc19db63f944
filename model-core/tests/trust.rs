//! Curves, goals, cautions and estimated explanations of a small predictor whose answers can be worked out by hand.

use model_core::{
    Background, Caution, Column, ColumnEncoding, ColumnKind, Direction, Encoding, Interval, Intervals, Kernel,
    KernelModel, LinearModel, Model, Predictor, Preprocessor, Range, Reach, Record, Schema, Target, Trust, Value,
};

/// 60 + 5 · (reading − 70) / 10 + 4 with the course, − 2 for lunch "free".
fn schema() -> Schema {
    let range = |min, max| Range { min, max };
    let categorical = |name: &str, values: [&str; 2], actionable| Column {
        actionable,
        sensitive: !actionable,
        ..Column::new(name, name, ColumnKind::Categorical { values: values.map(String::from).into(), mode: 1 })
    };
    let reading = Column {
        actionable: true,
        ..Column::new(
            "reading",
            "Reading",
            ColumnKind::Numeric { observed: range(20.0, 100.0), median: 70.0, whole: true },
        )
    };
    let target = Target {
        name: "math".into(),
        label: "Math".into(),
        observed: range(0.0, 100.0),
        limits: Some(range(0.0, 100.0)),
        whole: true,
        help: None,
        unit: None,
    };
    let columns = vec![
        categorical("lunch", ["free", "standard"], false),
        categorical("course", ["completed", "none"], true),
        reading,
    ];
    Schema { target, columns, order: Vec::new() }
}

fn predictor() -> Predictor {
    let one_hot = || ColumnEncoding::OneHot { scales: vec![1.0, 1.0] };
    let encoding = Encoding::OneHot(vec![one_hot(), one_hot(), ColumnEncoding::Scaled { mean: 70.0, scale: 10.0 }]);
    let model = Model::Linear(LinearModel { intercept: 60.0, coefficients: vec![-2.0, 0.0, 4.0, 0.0, 5.0] });
    let background = Background {
        rows: vec![30, 70],
        columns: vec![vec![0.0, 1.0], vec![1.0, 1.0], vec![60.5, 75.5]],
        spreads: vec![1.0, 1.0, 10.0],
        usual_distance: 1.5,
        category_rows: vec![vec![30, 70], vec![0, 95], vec![]],
    };
    let intervals = Intervals {
        half_widths: (50..100).map(|level| f64::from(level) / 10.0).collect(),
        spread: None,
        max_level: None,
        by: None,
    };
    Predictor::new(Preprocessor { schema: schema(), encoding }, model, "linear")
        .unwrap()
        .with_trust(Trust { intervals: Some(intervals), background: Some(background) })
        .unwrap()
}

fn record(predictor: &Predictor, cells: [&str; 3]) -> Record {
    let place = |name: &str| predictor.schema().position(name).unwrap();
    Record::from_texts(predictor.schema(), |name| Some(cells[place(name)])).unwrap()
}

#[test]
fn intervals_and_explanations_worked_by_hand() {
    let predictor = predictor();
    let record = record(&predictor, ["free", "none", "80"]);
    assert_eq!(predictor.predict(&record).value, 63.0);
    assert_eq!(predictor.interval(&record, 90.0), Some(Interval { low: 54.0, high: 72.0 }));
    let explanation = predictor.explain(&record);
    // Mean reading 71: 60 + 0.5 − 0.3 × 2.
    assert!((explanation.baseline - 59.9).abs() < 1e-12);
    for (found, expected) in explanation.contributions.iter().zip([-1.4, 0.0, 4.5]) {
        assert!((found - expected).abs() < 1e-12, "{explanation:?}");
    }
    assert!(explanation.exact);
}

#[test]
fn curves_go_from_end_to_end_and_hold_the_rest() {
    let predictor = predictor();
    let record = record(&predictor, ["free", "none", "80"]);
    let curves = predictor.curves(&record, 5, 90.0);
    let reading: Vec<(Value, f64)> = curves[2].points.iter().map(|point| (point.at, point.prediction.value)).collect();
    let expected = [20.0, 40.0, 60.0, 80.0, 100.0].map(|at| (Value::Number(at), 58.0 + (at - 70.0) / 2.0));
    assert_eq!(reading, expected);
    assert_eq!(curves[2].points[3].interval, predictor.interval(&record, 90.0));
    let course: Vec<f64> = curves[1].points.iter().map(|point| point.prediction.value).collect();
    assert_eq!((curves.len(), course), (3, vec![67.0, 63.0]));
}

#[test]
fn the_smallest_change_of_the_fewest_columns_reaches_a_goal() {
    let predictor = predictor();
    let from = record(&predictor, ["free", "none", "70"]);
    assert_eq!(predictor.predict(&from).value, 58.0);
    assert_eq!(predictor.reach(&from, 58.0), Reach::Already);
    let changes = |goal: f64| match predictor.reach(&from, goal) {
        Reach::With(plans) => plans[0]
            .changes
            .iter()
            .map(|change| (change.column, change.to))
            .chain([(9, Value::Number(plans[0].prediction.shown))])
            .collect(),
        other => panic!("{other:?}"),
    };
    let number = Value::Number;
    // Four points more: the course costs one step, reading 78 only 0.8 of one.
    let found: Vec<_> = changes(62.0);
    assert_eq!(found, [(2, number(78.0)), (9, number(62.0))]);
    // Eleven more are 22 points of reading; half a point more is a whole point of reading.
    let found: Vec<_> = changes(69.25);
    assert_eq!(found, [(2, number(93.0)), (9, number(69.5))]);
    // Reading alone reaches 73.
    let found: Vec<_> = changes(74.0);
    assert_eq!(found, [(1, Value::Category(0)), (2, number(94.0)), (9, number(74.0))]);
    // Goals below the estimate are reached already.
    assert_eq!(predictor.reach(&from, 55.0), Reach::Already);
    // Reading alone and the course alone reach it: two ways, neither of which needs the other.
    let Reach::With(plans) = predictor.reach(&from, 62.0) else { panic!() };
    let columns: Vec<Vec<usize>> =
        plans.iter().map(|plan| plan.changes.iter().map(|change| change.column).collect()).collect();
    assert_eq!(columns, [[2], [1]]);
    // Lunch, which would add the last two points, is not actionable.
    let Reach::OutOfReach(plan) = predictor.reach(&from, 78.0) else { panic!() };
    assert_eq!(plan.prediction.value, 77.0);
    assert!(plan.changes.iter().all(|change| change.column != 0), "{plan:?}");
}

#[test]
fn a_way_to_a_goal_goes_in_the_direction_that_is_said() {
    let free = predictor();
    // Those with the course read a little less: by the prototypes alone, estimates fall with reading.
    let background = Background {
        columns: vec![vec![1.0, 1.0], vec![0.0, 1.0], vec![60.0, 61.0]],
        ..free.background().unwrap().clone()
    };
    let with = |direction: Option<Direction>| {
        let mut schema = schema();
        schema.columns[2].direction = direction;
        schema.columns[1].actionable = false;
        let encoding = free.preprocessor().encoding.clone();
        let predictor = Predictor::new(Preprocessor { schema, encoding }, free.model().clone(), "linear").unwrap();
        predictor.with_trust(Trust { intervals: None, background: Some(background.clone()) }).unwrap()
    };
    let plans = |predictor: &Predictor| predictor.reach(&record(predictor, ["standard", "none", "70"]), 62.0);
    assert!(matches!(plans(&with(None)), Reach::OutOfReach(_)));
    let Reach::With(plans) = plans(&with(Some(Direction::Up))) else { panic!() };
    assert_eq!(plans[0].changes[0].to, Value::Number(74.0));
    let mut schema = schema();
    schema.columns[0].direction = Some(Direction::Up);
    assert!(schema.validate().unwrap_err().to_string().contains("no numbers"));
}

#[test]
fn cautions_name_what_is_unusual() {
    let predictor = predictor();
    let texts = |cells| {
        predictor
            .cautions(&record(&predictor, cells))
            .iter()
            .map(|caution| (caution.column(), caution.to_string()))
            .collect::<Vec<_>>()
    };
    assert_eq!(texts(["standard", "none", "75"]), []);
    let found = texts(["standard", "completed", "101"]);
    assert_eq!(found.iter().map(|(column, _)| *column).collect::<Vec<_>>(), [Some(1), Some(2)]);
    assert!(found[0].1.contains("fewer than 10 records"), "{found:?}");
    assert!(found[1].1.contains("20 to 100"), "{found:?}");
    assert_eq!(texts(["standard", "none", ""])[0].0, Some(2));
    let unusual = predictor.cautions(&record(&predictor, ["standard", "none", "95"]));
    assert_eq!(unusual, [Caution::UnusualCombination { distance: 1.95, usual: 1.5 }]);
}

#[test]
fn what_is_too_much_to_enumerate_is_estimated_and_says_so() {
    // A kernel over 24 columns in pairs of equal ones, so that the truth is known: half of what two columns do
    // together.
    let n = 24;
    let observed = Range { min: -5.0, max: 5.0 };
    let column = |place: usize| {
        Column::new(
            format!("x{place}"),
            format!("x{place}"),
            ColumnKind::Numeric { observed, median: 0.0, whole: false },
        )
    };
    let target =
        Target { name: "y".into(), label: "y".into(), observed, limits: None, whole: false, help: None, unit: None };
    let schema = Schema { target, columns: (0..n).map(column).collect(), order: Vec::new() };
    let mut support_vectors: Vec<f64> =
        (0..3 * n).map(|place| if place / n == 0 { 0.5 } else { 0.1 * (place % 5) as f64 }).collect();
    support_vectors.chunks_mut(2).for_each(|pair| pair[1] = pair[0]);
    let model = Model::Kernel(KernelModel {
        kernel: Kernel::Rbf { gamma: 0.05 },
        intercept: 50.0,
        dual_coefficients: vec![10.0, -4.0, 3.0],
        support_vectors,
    });
    let background = Background {
        rows: vec![5, 15],
        columns: (0..n).map(|column| vec![-0.2 * (column / 2 % 3) as f64, 0.3]).collect(),
        spreads: vec![1.0; n],
        usual_distance: 9.0,
        category_rows: vec![Vec::new(); n],
    };
    let predictor = Predictor::new(Preprocessor { schema, encoding: Encoding::Native { imputed: true } }, model, "svr")
        .unwrap()
        .with_trust(Trust { intervals: None, background: Some(background) })
        .unwrap();
    let values: Vec<Value> = (0..n).map(|place| Value::Number(1.0 + (place / 2) as f64 / 20.0)).collect();
    let explanation = predictor.explain_values(&values);
    let value = predictor.predict_values(&values, &mut vec![0.0; n]).value;
    assert!((explanation.baseline + explanation.contributions.iter().sum::<f64>() - value).abs() < 1e-9);
    let errors = explanation.standard_error.unwrap();
    assert!(!explanation.exact && errors.iter().any(|error| *error > 0.0));
    for pair in 0..n / 2 {
        let [one, other] = [2 * pair, 2 * pair + 1].map(|column| explanation.contributions[column]);
        let error = (errors[2 * pair] * errors[2 * pair] + errors[2 * pair + 1] * errors[2 * pair + 1]).sqrt();
        assert!((one - other).abs() < 8.0 * error + 1e-12, "{one} and {other} differ by more than {error}");
    }
}

#[test]
fn the_importance_of_a_column_is_how_far_it_moves_the_prototypes() {
    let predictor = predictor();
    let importance = predictor.importance();
    let background = predictor.background().unwrap();
    let mut expected = vec![0.0; importance.len()];
    for (prototype, weight) in background.weights().into_iter().enumerate() {
        let explanation = predictor.explain_values(&background.values(predictor.schema(), prototype));
        for (sum, own) in expected.iter_mut().zip(&explanation.contributions) {
            *sum += weight * own.abs();
        }
    }
    assert_eq!(importance, expected);
    assert!(importance[2] > importance[0] && importance[0] > 0.0, "{importance:?}");
}

#[test]
fn a_background_that_no_training_has_is_refused() {
    let good = predictor().background().unwrap().clone();
    let is_refused = |change: fn(&mut Background)| {
        let mut background = good.clone();
        change(&mut background);
        let plain = Predictor::new(predictor().preprocessor().clone(), predictor().model().clone(), "linear").unwrap();
        plain.with_trust(Trust { intervals: None, background: Some(background) }).is_err()
    };
    assert!(!is_refused(|_| {}));
    let changes: [fn(&mut Background); 17] = [
        |background| background.rows.clear(),
        |background| background.rows[1] = 0,
        |background| background.rows.push(5),
        |background| background.rows = vec![1; 257],
        |background| background.columns.truncate(2),
        |background| background.spreads.truncate(2),
        |background| background.category_rows.truncate(2),
        |background| background.spreads[2] = 0.0,
        |background| background.spreads[0] = f64::NAN,
        |background| background.spreads[2] = 1e-60,
        |background| background.usual_distance = f64::INFINITY,
        |background| background.usual_distance = -0.5,
        |background| background.columns[2][0] = f64::NAN,
        |background| background.columns[0][0] = 2.0,
        |background| background.columns[0][1] = 0.5,
        |background| background.category_rows[2].push(1),
        |background| background.category_rows[0].push(1),
    ];
    for (idx, change) in changes.into_iter().enumerate() {
        assert!(is_refused(change), "change {idx} is taken");
    }
}
