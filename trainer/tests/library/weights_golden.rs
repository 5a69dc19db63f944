//! Weights are scikit-learn's `sample_weight`: preprocessing, scores, figures by group and fits equal those of
//! scikit-learn (golden values by `trainer/tests/golden/make_weights.py`).

use model_core::{ColumnEncoding, ColumnKind, Encoding};
use serde_json::Value as Json;
use trainer::{ColumnData, FitData, Table, TableColumn, fit_preprocessor, group_errors, learner, r2, score};

use crate::common::{assert_close, golden, numbers};

const TIGHT: f64 = 1e-12;

fn table(golden: &Json) -> Table {
    let cells: Vec<&str> = golden["lunch"].as_array().unwrap().iter().map(|cell| cell.as_str().unwrap()).collect();
    let values: Vec<String> = golden["by_lunch"].as_object().unwrap().keys().cloned().collect();
    let code = |cell: &&str| values.iter().position(|value| value == cell).unwrap() as u32;
    let codes = cells.iter().map(code).collect();
    let number = |cell: &Json| cell.as_f64().unwrap_or(f64::NAN);
    let numeric = |name: &str| ColumnData::Numeric(golden[name].as_array().unwrap().iter().map(number).collect());
    let column = |name: &str, data: ColumnData| TableColumn { name: name.into(), data };
    Table {
        columns: vec![
            column("hours", numeric("hours")),
            column("reading", numeric("reading")),
            column("lunch", ColumnData::Categorical { values, codes }),
        ],
        target_name: "score".into(),
        target: numbers(&golden["target"]).into(),
        weights: Some(numbers(&golden["weights"])),
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
fn preprocessing_scores_groups_and_fits_are_scikit_learns() {
    let golden = golden("weights.json");
    let table = table(&golden);
    let rows: Vec<u32> = (0..table.n_rows() as u32).collect();
    let preprocessor = fit_preprocessor(&table, &rows, None);
    let ColumnKind::Numeric { median, .. } = preprocessor.schema.columns[0].kind else { panic!("hours are numbers") };
    assert_close(median, golden["median"].as_f64().unwrap(), TIGHT, "median");
    let Encoding::OneHot(columns) = &preprocessor.encoding else { panic!("it is one-hot") };
    for (idx, (mean, scale)) in numbers(&golden["mean"]).iter().zip(numbers(&golden["scale"])).enumerate() {
        let ColumnEncoding::Scaled { mean: found_mean, scale: found_scale } = columns[idx] else { panic!("scaled") };
        assert_close(found_mean, *mean, TIGHT, "mean");
        assert_close(found_scale, scale, TIGHT, "scale");
    }
    let ColumnEncoding::OneHot { scales } = &columns[2] else { panic!("lunch is one-hot") };
    for (found, expected) in scales.iter().zip(numbers(&golden["indicator_scale"])) {
        assert_close(*found, expected, TIGHT, "scale of an indicator");
    }

    let predicted = numbers(&golden["predicted"]);
    let expect = |json: &Json, name: &str, found: f64| assert_close(found, json[name].as_f64().unwrap(), TIGHT, name);
    let scores = score(&table.target.to_vec(), &predicted, table.weights.as_deref());
    for (name, found) in [("r2", scores.r2), ("mae", scores.mae), ("rmse", scores.rmse)] {
        expect(&golden["all"], name, found);
    }
    let groups = group_errors(&table, &rows, &predicted, None);
    assert_eq!(groups.len(), 3);
    for group in groups {
        let expected = &golden["by_lunch"][&group.value];
        for (name, found) in [("n", group.n as f64), ("mean", group.mean), ("mae", group.mae), ("bias", group.bias)] {
            expect(expected, name, found);
        }
    }

    let data = FitData::new(&preprocessor, &table, &rows);
    for (family, model) in golden["models"].as_object().unwrap() {
        let params = serde_json::from_value(model["params"].clone()).unwrap();
        let learner = learner(family).unwrap();
        let fitted = learner.fit(&params, &data, 1).unwrap();
        let found = data.predict(&fitted, learner.abilities().features);
        for (found, expected) in found.iter().zip(numbers(&model["predicted"])) {
            assert_close(*found, expected, 1e-9, family);
        }
    }
}

#[test]
fn a_row_of_weight_two_is_a_row_given_twice() {
    let golden = golden("weights.json");
    let table = table(&golden);
    let rows: Vec<u32> = (0..table.n_rows() as u32).collect();
    let twice_weights = table.weights.as_ref().unwrap().iter().map(|weight| 2.0 * weight);
    let repeated: Vec<u32> =
        rows.iter().zip(twice_weights).flat_map(|(row, n)| std::iter::repeat_n(*row, n as usize)).collect();
    let weighted = fit_preprocessor(&table, &rows, None);
    let plain = fit_preprocessor(&Table { weights: None, ..table.clone() }, &repeated, None);
    assert_eq!(weighted.schema, plain.schema);
    let (Encoding::OneHot(weighted), Encoding::OneHot(plain)) = (&weighted.encoding, &plain.encoding) else {
        panic!("both are one-hot")
    };
    for (weighted, plain) in weighted.iter().zip(plain) {
        match (weighted, plain) {
            (ColumnEncoding::Scaled { mean, scale }, ColumnEncoding::Scaled { mean: other, scale: other_scale }) => {
                assert_close(*mean, *other, TIGHT, "mean");
                assert_close(*scale, *other_scale, TIGHT, "scale");
            }
            (ColumnEncoding::OneHot { scales }, ColumnEncoding::OneHot { scales: others }) => {
                scales.iter().zip(others).for_each(|(one, other)| assert_close(*one, *other, TIGHT, "scale"));
            }
            _ => panic!("different kinds"),
        }
    }
    let predicted = numbers(&golden["predicted"]);
    let of = |rows: &[u32], list: &dyn Fn(usize) -> f64| rows.iter().map(|row| list(*row as usize)).collect::<Vec<_>>();
    let (actual, all) = (of(&repeated, &|row| table.target[row]), of(&repeated, &|row| predicted[row]));
    assert_close(
        r2(&table.target.to_vec(), &predicted, table.weights.as_deref()),
        r2(&actual, &all, None),
        TIGHT,
        "r2",
    );
}
