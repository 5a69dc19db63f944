//! Tables of 50,000 rows and more use other algorithms; their results are compared with the plain ones.

use model_core::{Params, Prediction, Predictor};
use trainer::{
    Candidate, ColumnData, Config, Features, FitData, SearchControl, SearchOptions, SplitMix64, Table, TableColumn,
    conformal_quantile, fit_preprocessor, holdout_split, k_folds, learner, summarise, train,
};

const N_ROWS: usize = 70_000;

/// The target has an error of 5, and a range of hundreds.
fn table() -> Table {
    let mut random = SplitMix64::new(11);
    let cells: Vec<(f64, u32, f64)> = (0..N_ROWS)
        .map(|_| {
            let (x, group) = ((random.uniform() * 500.0).floor(), (random.uniform() * 4.0) as u32);
            (x, group, 2.0 * x + 30.0 * f64::from(group) + 5.0 * random.normal())
        })
        .collect();
    let group = ColumnData::Categorical {
        values: ["a", "b", "c", "d"].map(String::from).into(),
        codes: cells.iter().map(|(_, group, _)| *group).collect(),
    };
    Table {
        columns: vec![
            TableColumn { name: "x".into(), data: ColumnData::Numeric(cells.iter().map(|(x, ..)| *x).collect()) },
            TableColumn { name: "group".into(), data: group },
        ],
        target_name: "y".into(),
        target: cells.iter().map(|(.., y)| *y).collect(),
        weights: None,
        keys: trainer::RowKeys::default(),
        directions: Default::default(),
        most_columns: None,
        cells: None,
        dates: Default::default(),
        left_out: Vec::new(),
        notices: Vec::new(),
        reading: Default::default(),
    }
}

#[test]
fn intervals_and_prototypes_are_those_of_the_first_rows_of_the_splits_order() {
    let table = table();
    let linear = Candidate { learner: learner("linear").unwrap(), params: Params::new() };
    let options =
        Config { search: SearchOptions { candidates: Some(vec![linear]), ..Default::default() }, ..Default::default() };
    let outcome = train(&table, "", &options, &SearchControl::default()).unwrap();
    let predictor = Predictor::from_json(&outcome.preprocessor_json, &outcome.model_json).unwrap();

    let split = holdout_split(N_ROWS, 0.2, 42, 3).unwrap();
    let preprocessor = fit_preprocessor(&table, &split.train, None);
    let all = FitData::new(&preprocessor, &table, &split.train);
    let first = FitData::new(&preprocessor, &table, &split.train[..20_000]);
    assert_eq!(predictor.background(), summarise(&first, &all).as_ref());

    // 5 folds of 11,200 rows: 8,000 residuals of one fold suffice.
    let summary = &outcome.report.intervals;
    assert_eq!((summary.n_folds, summary.n_rows, summary.varying), (1, 8_000, false));
    let mut errors = Vec::new();
    for fold in k_folds(&split.train, 5).iter().take(1) {
        let preprocessor = fit_preprocessor(&table, &fold.train, None);
        let [train, validation] =
            [&fold.train[..], &fold.validation[..8_000]].map(|rows| FitData::new(&preprocessor, &table, rows));
        let model = learner("linear").unwrap().fit(&Params::new(), &train, 0).unwrap();
        let predicted = validation.predict(&model, Features::OneHot);
        errors.extend(
            fold.validation[..8_000].iter().zip(predicted).map(|(row, value)| (table.target[*row] - value).abs()),
        );
    }
    errors.sort_unstable_by(f64::total_cmp);
    for level in [50, 75, 90, 99] {
        let prediction = Prediction { value: 0.0, shown: 0.0 };
        let interval = predictor.interval_of(&[], prediction, f64::from(level)).unwrap();
        let expected = conformal_quantile(&errors, level);
        // Published half-widths are rounded up to four digits.
        assert!(interval.high >= expected && interval.high <= 1.001 * expected, "{level} %: {interval:?}, {expected}");
    }
    // The page says which figures are from a sample.
    let page = &outcome.report_html;
    assert!(page.contains("of the 14,000 records held back") && page.contains("random sample of the 56,000"), "{page}");
    let coverage = &outcome.report.intervals.coverage;
    assert!(coverage.iter().all(|of| (of.share - of.level / 100.0).abs() < 0.02), "{coverage:?}");
}
