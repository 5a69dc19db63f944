//! The engine for many rows compared with the general one.

use crate::folds::fit_data::{Features, FitData};
use crate::folds::preprocess::fit_preprocessor;
use crate::learn::engine::many::{ManyRows, Step};
use crate::learn::engine::{GrowConfig, Grower, GrownTree, Score, Stat, assemble, predict_stages};
use crate::random::SplitMix64;
use crate::table::{BLANK, ColumnData, MANY_ROWS, Table, TableColumn};

/// Many rows with a score, a category, and blanks in both; `n_more` noise columns make records larger.
fn data(n_more: usize) -> FitData {
    let n_rows = MANY_ROWS + 1_234;
    let mut random = SplitMix64::new(3);
    let mut draw = |n: f64| (random.uniform() * n).floor();
    let score: Vec<f64> = (0..n_rows).map(|_| if draw(20.0) == 0.0 { f64::NAN } else { draw(90.0) }).collect();
    let class: Vec<u32> = (0..n_rows).map(|_| if draw(30.0) == 0.0 { BLANK } else { draw(5.0) as u32 }).collect();
    let of_row = |(score, class): (&f64, &u32)| {
        let score = if score.is_nan() { 40.0 } else { *score };
        (0.5 * score + if *class == 3 { 12.0 } else { 0.0 }) + (score - 45.0) * f64::from(*class % 2)
    };
    let target: Vec<f64> = score.iter().zip(&class).map(|row| of_row(row) + draw(9.0)).collect();
    let column = |name: &str, data: ColumnData| TableColumn { name: name.into(), data };
    let values = ["a", "b", "c", "d", "e"].map(String::from).into();
    let mut columns = vec![
        column("score", ColumnData::Numeric(score.into())),
        column("class", ColumnData::Categorical { values, codes: class.into() }),
    ];
    for more in 0..n_more {
        let noise = (0..n_rows).map(|_| draw(200.0)).collect();
        columns.push(column(&format!("noise {more}"), ColumnData::Numeric(noise)));
    }
    let table = Table {
        columns,
        target_name: "y".into(),
        target: target.into(),
        weights: None,
        keys: crate::table::keys::RowKeys::default(),
        directions: Default::default(),
        most_columns: None,
        cells: None,
        dates: Default::default(),
        left_out: Vec::new(),
        notices: Vec::new(),
        reading: Default::default(),
    };
    let rows: Vec<usize> = (0..n_rows).rev().collect();
    FitData::new(&fit_preprocessor(&table, &rows, None), &table, &rows)
}

/// The first tree of each engine.
fn both(data: &FitData, imputed: bool, config: &GrowConfig) -> [GrownTree; 2] {
    let binned = data.binned(imputed);
    let grower = Grower::new(binned, config);
    let mean = data.targets().sum::<f64>() / data.n_rows() as f64;
    let residuals: Vec<f64> = data.targets().map(|target| target - mean).collect();
    let stats: Vec<Stat> = residuals.iter().map(|residual| Stat { g: *residual, h: 1.0 }).collect();
    let plain = grower.grow((0..data.n_rows() as u32).collect(), &stats, &mut SplitMix64::new(1));
    let step = Step { learning_rate: 1.0, subsample: 1.0 };
    let many = ManyRows::new(binned, &residuals).unwrap().grow(&grower, &step, &mut SplitMix64::new(1));
    [plain, many]
}

fn assert_same(data: &FitData, imputed: bool, config: &GrowConfig) {
    let [plain, many] = both(data, imputed, config);
    assert!(plain.features.len() >= 15, "{}", plain.features.len());
    assert_eq!(plain.rights, many.rights);
    assert_eq!(plain.features, many.features);
    assert_eq!(plain.blank_left, many.blank_left);
    for (node, (plain, many)) in plain.values.iter().zip(&many.values).enumerate() {
        assert!((plain - many).abs() < 1e-4, "node {node}: {plain} {many}");
    }
}

#[test]
fn both_engines_grow_the_same_trees() {
    let squared = GrowConfig { max_depth: Some(5), min_samples_leaf: 20, ..GrowConfig::default() };
    let newton = GrowConfig { score: Score::Newton { lambda: 1.0, alpha: 0.0 }, blanks: true, ..squared.clone() };
    for n_more in [0, 4, 14, 30] {
        let data = data(n_more);
        assert_same(&data, true, &squared);
        assert_same(&data, false, &newton);
        assert_same(&data, false, &GrowConfig { max_leaf_nodes: Some(11), ..newton.clone() });
        assert_same(&data, false, &GrowConfig { monotone: vec![1], ..newton.clone() });
    }
}

#[test]
fn too_many_columns_are_left_to_the_other_engine() {
    let data = data(61);
    assert!(ManyRows::new(data.binned(true), &vec![0.0; data.n_rows()]).is_none());
}

#[test]
fn rows_side_by_side_get_what_one_row_gets() {
    let data = data(1);
    let newton = Score::Newton { lambda: 1.0, alpha: 0.0 };
    let config = GrowConfig { score: newton, blanks: true, max_depth: Some(7), ..GrowConfig::default() };
    let [plain, many] = both(&data, false, &config);
    let model = |trees: &[GrownTree]| assemble(data.is_categorical(), trees, model_core::Combine::Sum { base: 1.5 });
    let trees = [plain, many];
    let stages = predict_stages(&model(&trees), &data, false, &[1, 2, 9]).unwrap();
    let predict =
        |trees: &[GrownTree]| data.predict(&model_core::Model::Trees(model(trees)), Features::NativeWithBlanks);
    assert_eq!(stages[0], predict(&trees[..1]));
    assert_eq!(stages[1], predict(&trees));
    assert_eq!(stages[2], stages[1]);
}

#[test]
fn a_sample_has_about_the_wanted_size_and_the_others_are_corrected_too() {
    let data = data(0);
    let binned = data.binned(true);
    let config = GrowConfig { max_depth: Some(3), ..GrowConfig::default() };
    let grower = Grower::new(binned, &config);
    let mean = data.targets().sum::<f64>() / data.n_rows() as f64;
    let residuals: Vec<f64> = data.targets().map(|target| target - mean).collect();
    let mut rows = ManyRows::new(binned, &residuals).unwrap();
    let before = rows.residual_size();
    let step = Step { learning_rate: 1.0, subsample: 0.5 };
    let tree = rows.grow(&grower, &step, &mut SplitMix64::new(1));
    let share = f64::from(tree.sums[0].n) / data.n_rows() as f64;
    assert!((share - 0.5).abs() < 0.01, "{share}");
    let model =
        model_core::Model::Trees(assemble(data.is_categorical(), [&tree], model_core::Combine::Sum { base: mean }));
    let predicted = data.predict(&model, Features::Native);
    let squares: f64 = data.targets().zip(&predicted).map(|(target, found)| (target - found) * (target - found)).sum();
    let after = (squares / data.n_rows() as f64).sqrt();
    assert!(after < 0.8 * before && (rows.residual_size() - after).abs() < 1e-4, "{before} {after}");
}
