//! Models fitted on cells equal those fitted on the rows that the cells stand for.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::json;
use trainer::{
    Candidate, Config, CrossValidation, FitData, IngestError, IngestOptions, Ingested, OpenedFile, Outcome, Roundings,
    Search, SearchControl, SearchOptions, SelectRule, SplitMix64, StopSignal, Table, cells_at_least, evaluate,
    fit_preprocessor, ingest, ingest_cells, learner, out_of_fold, prepare_k_folds, roundings, table_split, train,
};

use crate::common::assert_close;
use crate::oracle::{PARTING, Records, pupils};

fn rows(records: &Records, share: f64) -> Ingested {
    read_rows(&records.sample(PARTING, share)).unwrap()
}

fn read_rows(csv: &str) -> Result<Ingested, IngestError> {
    let options = IngestOptions { target: "score".into(), part: Some("scorecast_part".into()), ..Default::default() };
    OpenedFile::open(Path::new("sample.csv"), csv.as_bytes(), Some("score"), &Default::default())?.ingest(&options)
}

fn read_cells(cells: &str, sample: Ingested) -> Result<Ingested, IngestError> {
    ingest_cells(Path::new("cells.csv"), cells.as_bytes(), sample, &Roundings::new())
}

/// All rows, with their parts, and the cells that they are aggregated into.
fn both() -> (Table, Table) {
    let records = pupils(12_000, 3);
    let all = rows(&records, 1.0);
    let cells = read_cells(&records.cells(PARTING), rows(&records, 1.0)).unwrap();
    assert!(cells.table.n_rows() < 11_000 && cells.table.n_records() == 12_000, "{}", cells.table.n_rows());
    (all.table, cells.table)
}

fn candidates() -> Vec<Candidate> {
    let candidate = |family: &str, params: serde_json::Value| Candidate {
        learner: learner(family).unwrap(),
        params: serde_json::from_value(params).unwrap(),
    };
    vec![
        candidate("linear", json!({})),
        candidate("ridge", json!({"alpha": 3.0})),
        candidate("lasso", json!({"alpha": 0.05})),
        candidate("elastic-net", json!({"alpha": 0.05})),
        candidate("tree", json!({"max_depth": 6, "min_samples_leaf": 40})),
        candidate("gradient-boosting", json!({"n_estimators": 30, "min_samples_leaf": 30})),
        candidate("xgboost", json!({"n_estimators": 30, "min_child_weight": 20.0})),
        candidate(
            "catboost",
            json!({"iterations": 20, "one_hot_max_size": 8, "random_strength": 0.0, "subsample": 1.0}),
        ),
        candidate("ebm", json!({"outer_bags": 1})),
    ]
}

#[test]
fn a_fold_of_cells_scores_as_its_rows_do() {
    let (all, cells) = both();
    let scores = |table: &Table| {
        let split = table_split(table, 0.2, 42, 3).unwrap();
        let folds = prepare_k_folds(table, &split.train, 3);
        let control = SearchControl::default();
        let search = Search { folds: &folds, seed: 42, keep_predictions: false, control: &control };
        let mut found: Vec<(String, Vec<f64>)> = search
            .score(&candidates())
            .unwrap()
            .into_iter()
            .map(|scored| (scored.entry.family.clone(), scored.entry.cv.r2_folds.clone()))
            .collect();
        found.sort_by(|left, right| left.0.cmp(&right.0));
        found
    };
    for ((family, of_rows), (_, of_cells)) in scores(&all).iter().zip(&scores(&cells)) {
        assert_eq!(of_rows.len(), 3);
        for (of_rows, of_cells) in of_rows.iter().zip(of_cells) {
            // Iterative fits end within their tolerance.
            let tolerance = if ["lasso", "elastic-net"].contains(&family.as_str()) { 1e-7 } else { 1e-12 };
            assert_close(*of_cells, *of_rows, tolerance, family);
        }
    }
}

#[test]
fn a_model_of_cells_predicts_as_that_of_their_rows_does() {
    let (all, cells) = both();
    let fitted = |table: &Table| {
        let split = table_split(table, 0.2, 42, 3).unwrap();
        let preprocessor = fit_preprocessor(table, &split.train, None);
        let data = FitData::new(&preprocessor, table, &split.train);
        // Both models predict the same rows.
        let held_back = FitData::new(&preprocessor, &all, &table_split(&all, 0.2, 42, 3).unwrap().holdout);
        let predict = |Candidate { learner, params }: &Candidate| {
            held_back.predict(&learner.fit(params, &data, 7).unwrap(), learner.abilities().features)
        };
        (preprocessor, candidates().iter().map(predict).collect::<Vec<_>>())
    };
    let ((of_rows, rows_predicted), (of_cells, cells_predicted)) = (fitted(&all), fitted(&cells));
    assert_eq!(of_rows.schema, of_cells.schema);
    for (candidate, (rows, cells)) in candidates().iter().zip(rows_predicted.iter().zip(&cells_predicted)) {
        assert!(rows.len() > 2_000);
        for (row, cell) in rows.iter().zip(cells) {
            assert_close(*cell, *row, 1e-6, candidate.learner.family());
        }
    }
}

/// Families with row sampling draw other rows from cells; their scores differ only by chance.
#[test]
fn families_that_draw_rows_draw_them_from_cells() {
    let (all, cells) = both();
    let candidate = |family: &str, params: serde_json::Value| Candidate {
        learner: learner(family).unwrap(),
        params: serde_json::from_value(params).unwrap(),
    };
    let drawing = [
        candidate("forest", json!({"n_estimators": 20, "min_samples_leaf": 20})),
        // Thresholds are random. Rounding decides between equally good splits, after which other thresholds are drawn.
        candidate("extra-trees", json!({"n_estimators": 20, "min_samples_leaf": 25, "max_features": 0.7})),
        candidate("catboost", json!({"iterations": 30, "one_hot_max_size": 2})),
        candidate("gradient-boosting", json!({"n_estimators": 40, "subsample": 0.5, "min_samples_leaf": 20})),
        candidate("ebm", json!({"outer_bags": 4})),
    ];
    let score = |table: &Table| {
        let split = table_split(table, 0.2, 42, 3).unwrap();
        let folds = prepare_k_folds(table, &split.train, 3);
        let search = Search { folds: &folds, seed: 1, keep_predictions: false, control: &SearchControl::default() };
        let mut scored = search.score(&drawing).unwrap();
        scored.sort_by(|left, right| left.entry.family.cmp(&right.entry.family));
        scored.iter().map(|scored| scored.entry.cv.r2_mean).collect::<Vec<f64>>()
    };
    for (of_rows, of_cells) in score(&all).into_iter().zip(score(&cells)) {
        assert!((of_rows - of_cells).abs() < 0.003, "{of_cells} is not about {of_rows}");
    }
}

fn trained(table: &Table, families: &[&str]) -> Outcome {
    let families = families.iter().map(|family| trainer::Family(learner(family).unwrap())).collect();
    let search = SearchOptions { families, select: Some(SelectRule::Best), ..Default::default() };
    train(table, "", &Config { search, ..Default::default() }, &SearchControl::default()).unwrap()
}

#[test]
fn a_report_on_cells_has_the_figures_of_their_rows() {
    let (all, cells) = both();
    let (of_rows, of_cells) = (trained(&all, &["linear"]), trained(&cells, &["linear"]));
    let (rows, cells) = (&of_rows.report, &of_cells.report);
    assert_eq!((cells.data.rows, cells.data.rows_train), (12_000, rows.data.rows_train));
    let counted = cells.data.counted.clone().unwrap();
    assert_eq!((counted.sampled, counted.sampled_holdout), (12_000, rows.data.rows_holdout));
    for (cell, row, what) in [
        (cells.holdout.r2, rows.holdout.r2, "r2"),
        (cells.holdout.rmse, rows.holdout.rmse, "rmse"),
        (cells.champion.cv.r2_mean, rows.champion.cv.r2_mean, "cross-validated r2"),
        (cells.data.target.mean, rows.data.target.mean, "mean"),
        (cells.data.target.sd, rows.data.target.sd, "sd"),
        // Here the sample has all rows.
        (cells.holdout.mae, rows.holdout.mae, "mae"),
    ] {
        assert_close(cell, row, 1e-12, what);
    }
    for (cell, row) in cells.intervals.coverage.iter().zip(&rows.intervals.coverage) {
        assert!(cell.level == row.level && cell.share == row.share, "{cell:?} {row:?}");
        assert_close(cell.width, row.width, 1e-9, "width");
    }
    assert!(rows.data.counted.is_none() && of_cells.report_html.contains("counted where they are"));
    assert!(!of_rows.report_html.contains("counted where they are"));
    assert!(of_cells.report_html.contains("the published model is off by"));
    assert!(!of_rows.report_html.contains("the published model is off by"));
}

#[test]
fn intervals_of_cells_hold_new_rows_as_promised() {
    let records = pupils(40_000, 5);
    let cells = read_cells(&records.cells(PARTING), rows(&records, 0.25)).unwrap().table;
    let outcome = trained(&cells, &["gradient-boosting"]);
    let counted = outcome.report.data.counted.unwrap();
    assert!((9_500..10_500).contains(&counted.sampled), "{}", counted.sampled);
    let predictor = model_core::Predictor::from_json(&outcome.preprocessor_json, &outcome.model_json).unwrap();
    // Unseen rows.
    let new = rows(&pupils(20_000, 6), 1.0).table;
    let every: Vec<u32> = (0..new.n_rows() as u32).collect();
    let (coverage, _) = trainer::coverage(&predictor, &new, &every);
    let at_90 = coverage.iter().find(|coverage| coverage.level == 90.0).unwrap();
    assert!((at_90.share - 0.9).abs() < 0.015, "{}", at_90.share);
}

#[test]
fn the_order_of_cells_and_rows_and_their_spelling_say_nothing() {
    let records = pupils(3_000, 8);
    let reversed = |csv: &str| {
        let (header, lines) = csv.split_once('\n').unwrap();
        let lines: Vec<&str> = lines.lines().rev().collect();
        format!("{header}\n{}\n", lines.join("\n"))
    };
    let of = |cells: &str, sample: &str| read_cells(cells, read_rows(sample).unwrap()).unwrap();
    let (cells, sample) = (records.cells(PARTING), records.sample(PARTING, 0.5));
    let plain = of(&cells, &sample);
    // An engine may write 3.0 for 3, or a decimal for a sum; `GROUP BY` separates the spellings of a blank.
    let spelled = cells.replace(",1\n", ",1.00\n");
    let split = spelled.lines().flat_map(|line| {
        let is_blank = line.starts_with(",O'Brien 3,");
        let other = line.replacen(",O'Brien 3,", "n/a,O'Brien 3,", 1);
        if is_blank { vec![other] } else { vec![line.to_owned()] }
    });
    let other = of(&reversed(&(split.collect::<Vec<_>>().join("\n") + "\n")), &reversed(&sample));
    assert!(spelled != cells && plain.table.n_rows() == other.table.n_rows());
    assert_eq!(plain.sha256, other.sha256);
    let changed = of(&records.cells(PARTING), &records.sample(PARTING, 0.49));
    assert_ne!(changed.sha256, plain.sha256);
}

#[test]
fn cells_that_are_none_of_the_sample_are_refused() {
    let records = pupils(2_000, 9);
    let (cells, sample) = (records.cells(PARTING), records.sample(PARTING, 1.0));
    let problem = |cells: &str, sample: &str| read_cells(cells, read_rows(sample).unwrap()).unwrap_err().to_string();
    // New pupils were added after the cells were counted.
    let later = Records { rows: pupils(2_100, 9).rows, ..pupils(0, 9) };
    let message = problem(&cells, &later.sample(PARTING, 1.0));
    assert!(message.contains("rows of the sample are in no cell of cells.csv: the table changed"), "{message}");
    let other_seed = records.sample(crate::oracle::Parting { seed: 43, ..PARTING }, 1.0);
    assert!(problem(&cells, &other_seed).contains("were given different options"));
    let line = |edit: &dyn Fn(&mut Vec<String>)| {
        let mut lines: Vec<String> = cells.lines().map(ToOwned::to_owned).collect();
        let mut fields: Vec<String> = lines[5].split(',').map(ToOwned::to_owned).collect();
        edit(&mut fields);
        lines[5] = fields.join(",");
        lines.join("\n") + "\n"
    };
    assert!(problem(&line(&|fields| fields[7] = "1".into()), &sample).contains("overflowed or were rounded"));
    assert!(problem(&line(&|fields| fields[5] = "2.5".into()), &sample).contains("is not a whole number"));
    assert!(problem(&line(&|fields| fields[10] = "2".into()), &sample).contains("the same number of decimals"));
    assert!(problem(&line(&|fields| fields[4] = "-2".into()), &sample).contains("-2 is no part"));
    assert!(problem(&cells.replace("scorecast_n,", "n,"), &sample).contains("no column \"scorecast_n\""));
    let mut other_fold: Vec<&str> = cells.lines().nth(5).unwrap().split(',').collect();
    other_fold[4] = "3";
    assert!(problem(&format!("{cells}{}\n", other_fold.join(",")), &sample).contains("its cells have other parts"));
    // 50.34 is counted as 50.3.
    let finer = |line: &str| match line.rsplit_once(',') {
        Some((row, part)) if row.contains('.') => format!("{row}4,{part}\n"),
        _ => format!("{line}\n"),
    };
    let finer: String = sample.lines().map(finer).collect();
    let read = read_cells(&cells, read_rows(&finer).unwrap()).unwrap().table;
    assert!(read.notices.iter().any(|notice| notice.contains("more decimals than the 1 that cells count")));
    assert!(
        read_cells(&cells, read_rows(&sample).unwrap())
            .unwrap()
            .table
            .notices
            .iter()
            .all(|notice| !notice.contains("decimals"))
    );
    let gap = sample.replace(",1\n", ",2\n");
    assert!(read_rows(&gap).unwrap_err().to_string().contains("which fold judges by it"));
}

/// The residuals of sampled rows are those of models fitted on the cells of the other folds.
#[test]
fn rows_of_a_sample_are_predicted_by_models_of_other_folds() {
    let (all, _) = both();
    let split = table_split(&all, 0.2, 42, 3).unwrap();
    let candidate = Candidate { learner: learner("linear").unwrap(), params: Default::default() };
    let found = out_of_fold(&all, &split.train, &candidate, 42, &StopSignal::default()).unwrap();
    let parts = |row: &u32| match &all.keys.parting {
        trainer::Parting::Given(parts) => i64::from(parts[*row as usize]),
        _ => -2,
    };
    assert!(found.rows.iter().zip(&found.fold).all(|(row, fold)| parts(row) == *fold as i64));
    let cross_validation = CrossValidation { table: &all, rows: &split.train, n_folds: 3, seed: 1 };
    assert_eq!(cross_validation.n_folds, 3);
}

#[test]
fn what_is_learned_from_rounded_numbers_is_judged_by_rows_as_they_are() {
    // A target that increases with a number of 1,000 values.
    let mut random = SplitMix64::new(31);
    let mut csv = String::from("minutes,course,score,scorecast_part\n");
    for row in 0..20_000 {
        let minutes = (random.uniform() * 1_000.0).floor();
        let course = random.next_u64() % 3;
        let score = (0.08 * minutes + 3.0 * course as f64 + 4.0 * random.normal()).round();
        csv += &format!("{minutes},{},{score},{}\n", ["a", "b", "c"][course as usize], row % 4 - 1);
    }
    let sample = read_rows(&csv).unwrap();
    let roundings = roundings(&sample.table, 16);
    let rounding = &roundings["minutes"];
    assert_eq!((roundings.len(), rounding.n_values()), (1, 18));
    let counted = cells_of(&csv, |number| rounding.nearest(number));
    let n_cells = counted.lines().count() - 1;
    // With this many rows, nearly every cell occurs more than once.
    let at_least = cells_at_least(&sample.table, &roundings);
    assert!((at_least - n_cells as f64).abs() < 3.0, "{at_least} of {n_cells}");
    let cells = ingest_cells(Path::new("cells.csv"), counted.as_bytes(), sample.clone(), &roundings).unwrap().table;
    assert_eq!((cells.n_records(), cells.n_rows()), (20_000, n_cells));
    // Without the roundings, the rows are in none of the cells.
    let untold = read_cells(&counted, sample.clone()).unwrap_err();
    assert!(untold.to_string().contains("are in no cell"), "{untold}");

    let families = ["gradient-boosting"];
    let (of_cells, of_rows) = (trained(&cells, &families), trained(&sample.table, &families));
    let (rounded, exact) = (&of_cells.report, &of_rows.report);
    assert_eq!(rounded.data.counted.as_ref().unwrap().rounded["minutes"], 18);
    assert!((rounded.holdout.r2 - exact.holdout.r2).abs() < 0.01, "{} {}", rounded.holdout.r2, exact.holdout.r2);
    assert!(of_cells.report_html.contains("minutes to 18 values"));
    // The holdout's scores are those of the published model on the original, unrounded numbers.
    let predictor = model_core::Predictor::from_json(&of_cells.preprocessor_json, &of_cells.model_json).unwrap();
    let is_held_back = |line: &&str| line.ends_with(",-1") || line.starts_with("minutes");
    let held_back: String = csv.lines().filter(is_held_back).map(|line| format!("{line}\n")).collect();
    let options =
        IngestOptions { target: "score".into(), drop: vec!["scorecast_part".into()], ..IngestOptions::default() };
    let held_back = ingest(Path::new("held_back.csv"), held_back.as_bytes(), &options).unwrap();
    assert_close(rounded.holdout.r2, evaluate(&predictor, &held_back, None).r2, 1e-12, "r2");
}

/// The cells of rows with a number, a category, a whole target and a part.
fn cells_of(csv: &str, rounded: impl Fn(f64) -> f64) -> String {
    let mut cells: BTreeMap<(String, String, String), Vec<i64>> = BTreeMap::new();
    for line in csv.lines().skip(1) {
        let [minutes, course, score, part] = line.split(',').collect::<Vec<_>>().try_into().unwrap();
        let key = (rounded(minutes.parse().unwrap()).to_string(), course.to_owned(), part.to_owned());
        cells.entry(key).or_default().push(score.parse().unwrap());
    }
    let mut text = String::from(
        "minutes,course,scorecast_part,scorecast_n,scorecast_sum,scorecast_squares,scorecast_low,scorecast_high,scorecast_decimals\n",
    );
    for ((minutes, course, part), scores) in cells {
        let (sum, squares): (i64, i64) = (scores.iter().sum(), scores.iter().map(|score| score * score).sum());
        let (low, high) = (scores.iter().min().unwrap(), scores.iter().max().unwrap());
        text += &format!("{minutes},{course},{part},{},{sum},{squares},{low},{high},0\n", scores.len());
    }
    text
}
