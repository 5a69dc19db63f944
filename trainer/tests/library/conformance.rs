//! The contract of every family, checked for every candidate of the default grid and a sample of the larger ones.

use std::path::Path;

use model_core::{Direction, Model, ModelFile, Params, read_model, write_model};
use rayon::prelude::*;
use serde_json::json;
use trainer::{
    FitData, Grid, IngestOptions, LEARNERS, Learner, SplitMix64, Table, fit_preprocessor, ingest, learner, write_sample,
};

/// The number of candidates sampled from a larger grid.
const SAMPLED: usize = 10;

/// The table of a CSV text whose target is the column `y`.
fn table(csv: &str) -> Table {
    let options = IngestOptions { target: "y".into(), ..Default::default() };
    ingest(Path::new("made.csv"), csv.as_bytes(), &options).unwrap()
}

/// Fictional students, every eleventh cell blank, with an unseen category among the validation rows.
fn students() -> (FitData, FitData) {
    let mut csv = Vec::new();
    write_sample(&mut csv, 160, 5).unwrap();
    let text = String::from_utf8(csv).unwrap();
    let blanked = text.lines().enumerate().map(|(row, line)| {
        let cells = line.split(',').enumerate().map(|(column, cell)| match (row, column) {
            (0, 5) => "y",
            (0, _) | (_, 5) => cell,
            (150, 1) => "group Z",
            _ if (row * 7 + column) % 11 == 0 => "",
            _ => cell,
        });
        cells.collect::<Vec<_>>().join(",") + "\n"
    });
    let table = table(&blanked.collect::<String>());
    parts(&table, &(0..120).collect::<Vec<_>>(), &(120..160).collect::<Vec<_>>())
}

fn parts(table: &Table, train: &[usize], rest: &[usize]) -> (FitData, FitData) {
    let preprocessor = fit_preprocessor(table, train, None);
    (FitData::new(&preprocessor, table, train), FitData::new(&preprocessor, table, rest))
}

/// Rows of two numbers and one category; `y` computes their target.
fn made(n_rows: usize, y: impl Fn(f64, f64, usize) -> f64) -> Table {
    let mut random = SplitMix64::new(3);
    let mut csv = String::from("a,b,c,y\n");
    for _ in 0..n_rows {
        let (a, b, c) = (random.uniform(), random.uniform(), (random.uniform() * 3.0) as usize);
        csv += &format!("{a},{b},c{c},{}\n", y(a, b, c));
    }
    table(&csv)
}

fn params(json: serde_json::Value) -> Params {
    serde_json::from_value(json).unwrap()
}

fn predict(learner: &dyn Learner, model: &Model, rows: &FitData) -> Vec<f64> {
    rows.predict(model, learner.abilities().features)
}

fn candidates(learner: &dyn Learner) -> Vec<Params> {
    let sampled = [Grid::Classic, Grid::Deeper, Grid::Thorough].into_iter().flat_map(|grid| {
        let all = learner.grid(grid);
        let step = all.len().div_ceil(SAMPLED).max(1);
        // The last candidate of a grid is its largest.
        all.into_iter().rev().step_by(step)
    });
    learner.grid(Grid::Default).into_iter().chain(sampled).chain([Params::new()]).collect()
}

#[test]
fn every_candidate_is_finite_repeats_itself_survives_json_and_scores_as_it_predicts() {
    let (train, rest) = students();
    for learner in LEARNERS {
        candidates(learner).par_iter().for_each(|params| {
            let what = format!("{} {params:?}", learner.family());
            let model = learner.fit(params, &train, 7).unwrap();
            let predicted = predict(learner, &model, &rest);
            assert!(predicted.iter().all(|value| value.is_finite()), "{what}");
            assert_eq!(learner.fit(params, &train, 7).unwrap(), model, "{what}");
            let file = ModelFile {
                family: learner.family().into(),
                params: params.clone(),
                preprocessor_sha256: String::new(),
                model,
                trust: model_core::Trust::default(),
            };
            let read = read_model(&write_model(&file).unwrap()).unwrap();
            assert_eq!(read, file, "{what}");
            let bits = |values: &[f64]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(&predict(learner, &read.model, &rest)), bits(&predicted), "{what}");
            let scored = learner.evaluate(&[params], &train, &rest, 7).unwrap().swap_remove(0);
            assert_eq!(bits(&scored), bits(&predicted), "{what}");
        });
    }
}

#[test]
fn a_weight_of_two_is_a_row_given_twice() {
    // Random families draw other rows if there are more of them; k-NN averages k rows, whatever their weights;
    // quantiles other than the median are interpolated only with equal weights.
    let deterministic = [
        ("linear", json!({})),
        ("ridge", json!({"alpha": 3.0})),
        ("lasso", json!({"alpha": 0.05})),
        ("elastic-net", json!({"alpha": 0.05, "l1_ratio": 0.4})),
        ("ebm", json!({"rounds": 30, "min_samples_leaf": 3.0})),
        ("tree", json!({"max_depth": 4})),
        ("tree", json!({"max_depth": 4, "criterion": "poisson"})),
        ("tree", json!({"max_depth": 4, "criterion": "absolute_error"})),
        ("tree", json!({"ccp_alpha": 0.1})),
        ("forest", json!({"bootstrap": false, "n_estimators": 2, "max_depth": 5})),
        ("gradient-boosting", json!({"n_estimators": 20})),
        ("gradient-boosting", json!({"n_estimators": 20, "loss": "huber", "max_depth": 2})),
        ("gradient-boosting", json!({"n_estimators": 20, "loss": "absolute_error", "max_depth": 2})),
        ("xgboost", json!({"n_estimators": 20, "max_depth": 4, "reg_alpha": 0.5})),
        ("catboost", json!({"iterations": 20, "random_strength": 0.0, "subsample": 1.0, "one_hot_max_size": 8})),
    ];
    let table = made(60, |a, b, c| 10.0 + 8.0 * a * a - 3.0 * b + c as f64 + libm::sin(37.0 * (a + b)));
    let weighted = Table { weights: Some((0..60).map(|row| f64::from(1 + row % 2)).collect()), ..table.clone() };
    let once: Vec<usize> = (0..60).collect();
    let twice: Vec<usize> = once.iter().flat_map(|row| std::iter::repeat_n(*row, 1 + row % 2)).collect();
    let preprocessor = fit_preprocessor(&table, &once, None);
    let [weighted, repeated, plain] = [(&weighted, &once), (&table, &twice), (&table, &once)]
        .map(|(table, rows)| FitData::new(&preprocessor, table, rows));
    for (family, json) in deterministic {
        let learner = learner(family).unwrap();
        assert!(learner.abilities().weights);
        let of = |data: &FitData| predict(learner, &learner.fit(&params(json.clone()), data, 7).unwrap(), &plain);
        let (weighted, repeated) = (of(&weighted), of(&repeated));
        let worst = weighted.iter().zip(&repeated).map(|(left, right)| (left - right).abs()).fold(0.0, f64::max);
        assert!(worst < 1e-6, "{family} {json}: off by up to {worst:e}");
        let change = weighted.iter().zip(of(&plain)).map(|(left, right)| (left - right).abs()).fold(0.0, f64::max);
        assert!(change > 1e-3, "{family} {json}: the weights change nothing");
    }
}

#[test]
fn whoever_takes_weights_heeds_them() {
    // The rows differ only in their weights: the best constant is 9.
    let table = made(400, |a, _, _| a);
    let target: Vec<f64> = (0..400).map(|row| f64::from(row % 2) * 10.0).collect();
    let weights = target.iter().map(|target| if *target > 0.0 { 9.0 } else { 1.0 }).collect();
    let table = Table { target: target.into(), weights: Some(weights), ..table };
    let rows: Vec<usize> = (0..400).collect();
    let (train, _) = parts(&table, &rows, &rows);
    for learner in LEARNERS.into_iter().filter(|learner| learner.abilities().weights) {
        let params = match learner.family() {
            "tree" | "forest" | "extra-trees" => params(json!({"min_samples_leaf": 40})),
            "knn" => params(json!({"n_neighbors": 100})),
            // Its later trees focus on the rows that the first got wrong.
            "adaboost" => params(json!({"n_estimators": 1, "max_depth": 2})),
            _ => learner.grid(Grid::Default).swap_remove(0),
        };
        let predicted = predict(learner, &learner.fit(&params, &train, 7).unwrap(), &train);
        let mean = predicted.iter().sum::<f64>() / 400.0;
        assert!((mean - 9.0).abs() < 1.2, "{}: {mean}", learner.family());
    }
}

#[test]
fn whoever_learns_from_blanks_tells_them_from_the_median() {
    // A blank means 10; every number means 0. Imputation would replace a blank by the median.
    let csv: String = (0..210).map(|row| ["1,0\n", "2,0\n", "3,0\n", ",10\n", ",10\n", ",10\n"][row % 6]).collect();
    let table = table(&format!("a,y\n{csv}"));
    let rows: Vec<usize> = (0..210).collect();
    let (train, _) = parts(&table, &rows, &rows);
    for learner in LEARNERS {
        let params = learner.grid(Grid::Default).swap_remove(0);
        let predicted = predict(learner, &learner.fit(&params, &train, 7).unwrap(), &train);
        let difference = predicted[3] - predicted[1];
        if learner.abilities().missing_values {
            assert!(difference > 8.0, "{}: {predicted:?}", learner.family());
        } else {
            assert_eq!(difference, 0.0, "{}", learner.family());
        }
    }
}

#[test]
fn whoever_reads_categories_as_such_needs_one_feature_for_them() {
    // Of 24 categories, every third has target 10: their alphabetical order does not separate them.
    let csv: String = (0..960).map(|row| format!("c{:02},{}\n", row % 24, if row % 3 == 0 { 10 } else { 0 })).collect();
    let table = table(&format!("c,y\n{csv}"));
    let rows: Vec<usize> = (0..960).collect();
    let (train, _) = parts(&table, &rows, &rows);
    for learner in LEARNERS.into_iter().filter(|learner| learner.abilities().native_categories) {
        assert_eq!(train.preprocessor(learner.abilities().features).n_features(), 1);
        // One test per tree and two trees; or one shape function.
        let params = match learner.family() {
            "catboost" => params(json!({"depth": 1, "iterations": 2, "learning_rate": 1.0, "random_strength": 0.0})),
            "ebm" => params(json!({"rounds": 60})),
            other => panic!("{other} reads categories as such: say here how few steps it needs"),
        };
        let predicted = predict(learner, &learner.fit(&params, &train, 7).unwrap(), &train);
        let worst = predicted.iter().zip(train.target()).map(|(value, target)| (value - target).abs());
        let worst = worst.fold(0.0, f64::max);
        assert!(worst < 2.0, "{}: {worst}", learner.family());
    }
}

/// Whether predictions for the rows of a ladder, three per step, are monotone in the direction.
fn goes(direction: Direction, predicted: &[f64]) -> bool {
    let sign = f64::from(direction.sign());
    predicted.iter().zip(&predicted[3..]).all(|(before, after)| sign * (after - before) >= 0.0)
}

/// A ladder of steps in a, with three rows each, encoded like the rows of `table`.
fn ladder(table: &Table) -> FitData {
    let mut csv = String::from("a,b,c,y\n");
    for step in 0..40 {
        for row in 0..3 {
            csv += &format!("{},{},c{row},{step}\n", f64::from(step) / 39.0, f64::from(row) / 3.0);
        }
    }
    let ladder = self::table(&csv);
    let rows: Vec<usize> = (0..table.n_rows()).collect();
    FitData::new(&fit_preprocessor(table, &rows, None), &ladder, &(0..120).collect::<Vec<usize>>())
}

/// Falls, then rises, with a: either direction is violated.
fn fall_and_rise(a: f64, b: f64, c: usize) -> f64 {
    20.0 * (a - 0.6) * (a - 0.6) + b + c as f64
}

#[test]
fn whoever_keeps_directions_keeps_them_and_the_others_refuse() {
    let mut n_kept = std::collections::BTreeSet::new();
    for direction in [Direction::Up, Direction::Down] {
        let mut table = made(300, fall_and_rise);
        let (free, _) = parts(&table, &(0..300).collect::<Vec<_>>(), &[0]);
        table.directions.insert("a".into(), direction);
        let (train, _) = parts(&table, &(0..300).collect::<Vec<_>>(), &[0]);
        let steps = ladder(&table);
        let more = |family: &str| match family {
            "tree" => vec![json!({"ccp_alpha": 0.01}), json!({"criterion": "poisson"}), json!({"splitter": "random"})],
            "gradient-boosting" => {
                vec![json!({"max_leaf_nodes": 5, "max_depth": null}), json!({"n_iter_no_change": 3})]
            }
            "catboost" => vec![json!({"depth": 6, "iterations": 40}), json!({"boosting_type": "ordered"})],
            "ebm" => vec![json!({"interactions": 3, "outer_bags": 3, "max_leaves": 8})],
            _ => Vec::new(),
        };
        let tried = LEARNERS.into_iter().flat_map(|learner| {
            let more = more(learner.family()).into_iter().map(params);
            candidates(learner).into_iter().chain(more).map(move |params| (learner, params))
        });
        let tried: Vec<(&dyn Learner, Params)> =
            tried.map(|(learner, params)| (learner as &dyn Learner, params)).collect();
        let families: Vec<Option<&str>> = tried
            .par_iter()
            .map(|(learner, params)| {
                let family = learner.family();
                let fitted = learner.fit(params, &train, 7);
                if !learner.keeps_directions(params) {
                    let error = fitted.err().unwrap_or_else(|| panic!("{family} {params:?} takes it")).to_string();
                    assert!(error.contains("can't keep the direction of \"a\""), "{error}");
                    return None;
                }
                assert!(learner.abilities().monotone, "{family}");
                let predicted = predict(*learner, &fitted.unwrap(), &steps);
                assert!(goes(direction, &predicted), "{family} {direction:?} {params:?}: {predicted:?}");
                // Without the direction at least one of the two is violated, or the model does not use a at all.
                let other = predict(*learner, &learner.fit(params, &free, 7).unwrap(), &steps);
                (!goes(direction, &other)).then_some(family)
            })
            .collect();
        n_kept.extend(families.into_iter().flatten());
    }
    let able: Vec<&str> =
        LEARNERS.iter().filter(|learner| learner.abilities().monotone).map(|learner| learner.family()).collect();
    assert!(able.iter().all(|family| n_kept.contains(family)), "{able:?} {n_kept:?}");
    assert_eq!(LEARNERS.len() - able.len(), 2, "knn and svr have no directions");
}

#[test]
fn a_direction_is_kept_with_many_rows_and_costs_nothing_where_it_is_true() {
    // Large enough for the algorithms for many rows.
    for direction in [Direction::Up, Direction::Down] {
        let mut table = made(52_000, fall_and_rise);
        table.directions.insert("a".into(), direction);
        let (train, _) = parts(&table, &(0..52_000).collect::<Vec<_>>(), &[0]);
        for family in ["linear", "gradient-boosting", "xgboost", "catboost"] {
            let learner = learner(family).unwrap();
            let model = learner.fit(&learner.grid(Grid::Default)[0], &train, 7).unwrap();
            assert!(goes(direction, &predict(learner, &model, &ladder(&table))), "{family} {direction:?}");
        }
    }
    let mut table = made(300, |a, b, c| 5.0 * a + b + c as f64);
    let (free, _) = parts(&table, &(0..300).collect::<Vec<_>>(), &[0]);
    table.directions.insert("a".into(), Direction::Up);
    let (train, _) = parts(&table, &(0..300).collect::<Vec<_>>(), &[0]);
    for family in ["linear", "ridge"] {
        let fit = |data| learner(family).unwrap().fit(&Params::new(), data, 7).unwrap();
        assert_eq!(fit(&train), fit(&free), "{family}");
    }
}

#[test]
fn the_parameter_monotone_says_the_same_for_one_candidate() {
    let table = made(300, fall_and_rise);
    let (train, _) = parts(&table, &(0..300).collect::<Vec<_>>(), &[0]);
    for family in ["lasso", "elastic-net", "xgboost"] {
        let learner = learner(family).unwrap();
        for direction in [Direction::Up, Direction::Down] {
            let mut params = learner.grid(Grid::Default).swap_remove(0);
            params.insert("monotone".into(), json!({"a": direction.sign()}));
            let model = learner.fit(&params, &train, 7).unwrap();
            assert!(goes(direction, &predict(learner, &model, &ladder(&table))), "{family} {direction:?}");
        }
    }
}

#[test]
fn whoever_stores_rows_says_so() {
    let (train, _) = students();
    for learner in LEARNERS {
        let model = learner.fit(&learner.grid(Grid::Default)[0], &train, 7).unwrap();
        let stores_rows = matches!(model, Model::Neighbours(_) | Model::Kernel(_));
        assert_eq!(learner.abilities().stores_rows, stores_rows, "{}", learner.family());
    }
}

#[test]
fn the_classic_grid_has_the_classic_number_of_candidates() {
    let n = |family: &str| learner(family).unwrap().grid(Grid::Classic).len();
    let families = ["linear", "tree", "knn", "forest", "gradient-boosting", "xgboost", "catboost", "adaboost"];
    assert_eq!(families.map(n), [1, 16, 400, 72, 3456, 24, 27, 72]);
    assert_eq!(LEARNERS.map(|learner| learner.grid(Grid::Classic).len()).iter().sum::<usize>(), 4068);
}
