//! Figures by group equal those of fairlearn's `MetricFrame` (golden values by `trainer/tests/golden/make_groups.py`).

use crate::common::{assert_close, golden, numbers};
use trainer::{ColumnData, MIN_GROUP, Table, TableColumn, group_errors};

#[test]
fn figures_by_group_are_fairlearns() {
    let golden = golden("groups.json");
    let (actual, predicted) = (numbers(&golden["actual"]), numbers(&golden["predicted"]));
    let half_width = golden["half_width"].as_f64().unwrap();
    let is_covered: Vec<bool> =
        actual.iter().zip(&predicted).map(|(actual, predicted)| (actual - predicted).abs() <= half_width).collect();
    let columns = golden["columns"].as_object().unwrap();
    let column = |(name, column): (&String, &serde_json::Value)| {
        let cells: Vec<&str> = column["cells"].as_array().unwrap().iter().map(|cell| cell.as_str().unwrap()).collect();
        let mut values: Vec<String> = cells.iter().map(|cell| (*cell).to_owned()).collect();
        values.sort();
        values.dedup();
        let code = |cell: &&str| values.iter().position(|value| value == cell).unwrap() as u32;
        let codes = cells.iter().map(code).collect();
        TableColumn { name: name.clone(), data: ColumnData::Categorical { values, codes } }
    };
    let table = Table {
        columns: columns.iter().map(column).collect(),
        target_name: "y".into(),
        target: actual.clone().into(),
        weights: None,
        keys: trainer::RowKeys::default(),
        directions: Default::default(),
        most_columns: None,
        cells: None,
        dates: Default::default(),
        left_out: Vec::new(),
        notices: Vec::new(),
        reading: Default::default(),
    };
    let rows: Vec<u32> = (0..actual.len() as u32).collect();
    let groups = group_errors(&table, &rows, &predicted, Some(&is_covered));
    let mut n_expected = 0;
    for (name, column) in columns {
        for (value, expected) in column["by_group"].as_object().unwrap() {
            let found = groups.iter().find(|group| group.column == *name && group.value == *value);
            if expected["n"].as_f64().unwrap() < MIN_GROUP as f64 {
                assert_eq!(found, None);
                continue;
            }
            n_expected += 1;
            let found = found.unwrap();
            let coverage = found.coverage.unwrap().share;
            let figures = [
                ("n", found.n as f64),
                ("mean", found.mean),
                ("mae", found.mae),
                ("bias", found.bias),
                ("coverage", coverage),
            ];
            for (metric, figure) in figures {
                assert_close(
                    figure,
                    expected[metric].as_f64().unwrap(),
                    1e-12,
                    &format!("{metric} of {name} = {value}"),
                );
            }
        }
    }
    assert_eq!((groups.len(), n_expected), (5, 5));
}
