//! Columns of dates: how they are detected, converted to day numbers, and asked about.

use model_core::{Column, ColumnKind, Date, DateOrder, DateRole, Range, Schema, Target, Value};
use reader::{
    ColumnData, ColumnOptions, DecidedColumn, Kind, Notation, ReadError, ReadOptions, RecordReader, TableReader,
    read_cells,
};

/// A table of 40 rows whose column `name` repeats the given cells.
fn with_cells(name: &str, cells: &[&str]) -> String {
    let row = |row: usize| format!("n{};{};{}\n", row % 4, cells[row % cells.len()], 50 + row);
    format!("who;{name};score\n{}", (0..40).map(row).collect::<String>())
}

fn decide(text: &str, options: &ColumnOptions) -> Result<DecidedColumn, ReadError> {
    let mut cells = read_cells(TableReader::open("t.csv", text.as_bytes(), &ReadOptions::default())?)?;
    Ok(cells.decide("t.csv", &[None, Some(options.clone()), None])?.remove(1).unwrap())
}

/// The day numbers of a column, NaN for a blank, and the date that they are relative to.
fn days(name: &str, cells: &[&str], options: &ColumnOptions) -> Result<(Vec<f64>, String), ReadError> {
    let column = decide(&with_cells(name, cells), options)?;
    let format = column.dates().unwrap_or_else(|| panic!("{cells:?} are no dates but {}", column.reading.kind));
    let ColumnData::Numeric(numbers) = column.decision.apply(column.builder) else { panic!("no numbers") };
    Ok((numbers.to_vec()[..cells.len()].to_vec(), format.since.to_string()))
}

#[test]
fn dates_become_days_since_the_last_in_every_notation() {
    let default = ColumnOptions::default();
    for cells in [
        ["2024-05-01", "2024-05-31", "2024-04-30"],
        ["2024-05-01 00:00:00", "2024-05-31T12:30:00Z", "2024/4/30"],
        ["1.5.2024", "31.05.24", "30. 4. 2024"],
        ["1/5/2024", "31/05/24", "30/04/2024"],
        ["5/1/2024", "5/31/24", "04/30/2024"],
        ["01MAY2024", "31MAY2024", "30APR2024"],
        ["1 May 2024", "May 31, 2024", "30. April 2024"],
    ] {
        assert_eq!(days("x", &cells, &default).unwrap(), (vec![-30.0, 0.0, -31.0], "2024-05-31".into()), "{cells:?}");
    }
    // Day numbers as in spreadsheets, if the column's name indicates dates.
    for cells in [["45413", "45443", "45412"], ["20240501", "20240531", "20240430"]] {
        let (found, _) = days("enrolment_date", &cells, &default).unwrap();
        assert_eq!(found, [-30.0, 0.0, -31.0], "{cells:?}");
        assert_eq!(decide(&with_cells("steps", &cells), &default).unwrap().dates(), None);
        let said = ColumnOptions { kind: Some(Kind::Date), ..ColumnOptions::default() };
        assert_eq!(days("steps", &cells, &said).unwrap().0, [-30.0, 0.0, -31.0]);
    }
}

#[test]
fn words_for_no_value_are_blanks_and_so_is_what_is_said_to_be() {
    let (found, _) = days("x", &["2024-05-01", "n/a", "k. A.", "", "2024-05-02"], &ColumnOptions::default()).unwrap();
    assert!(found[0] == -1.0 && found[1].is_nan() && found[2].is_nan() && found[3].is_nan());
    let missing = Some(vec!["9999-12-31".into()]);
    let said = ColumnOptions { missing, ..ColumnOptions::default() };
    let (found, last) = days("x", &["2024-05-01", "9999-12-31"], &said).unwrap();
    assert!(found[1].is_nan() && last == "2024-05-01");
}

#[test]
fn what_only_a_person_can_tell_is_asked() {
    let default = ColumnOptions::default();
    let asked = |cells: &[&str]| days("x", cells, &default).unwrap_err().to_string();
    let error = asked(&["01/09/2023", "02/09/2023", "03/09/2023"]);
    assert!(error.contains("t.csv:2:2: column \"x\": \"01/09/2023\" may be 2023-09-01 or 2023-01-09"), "{error}");
    assert!(error.contains("dates = \"day-first\""), "{error}");
    let said = ColumnOptions { dates: Some(DateOrder::MonthFirst), ..ColumnOptions::default() };
    let (found, _) = days("x", &["01/09/2023", "02/09/2023"], &said).unwrap();
    assert_eq!(found, [-31.0, 0.0]);
    // One cell that is not a date, one that can only be read in the other order, and a date that does not exist.
    for odd in ["soon", "12/31/2023", "31.02.2023", "9999-12-31"] {
        let cells: Vec<&str> = (0..20).map(|row| if row == 7 { odd } else { "13/09/2023" }).collect();
        let error = asked(&cells);
        assert!(error.contains(&format!("line 9 has \"{odd}\"")) && error.contains("38 cells are dates"), "{error}");
    }
    let texts = ColumnOptions { kind: Some(Kind::Categorical), ..ColumnOptions::default() };
    assert_eq!(decide(&with_cells("x", &["01/09/2023", "02/09/2023"]), &texts).unwrap().dates(), None);
}

#[test]
fn most_of_a_column_must_be_dates() {
    for cells in
        [["1.5", "2.5", "3.25"], ["group 1", "group 2", "10-May"], ["12/20", "13/20", "7/20"], ["2024", "2023", "2022"]]
    {
        assert_eq!(decide(&with_cells("x", &cells), &ColumnOptions::default()).unwrap().dates(), None, "{cells:?}");
    }
}

/// A model of a date that was trained on days from 2024-01-02 to 2024-03-01, with its month.
fn schema(order: Option<DateOrder>) -> Schema {
    let last = Date::parse("2024-03-01").unwrap();
    let observed = Range { min: -59.0, max: 0.0 };
    let target = Target {
        name: "score".into(),
        label: "Score".into(),
        observed,
        limits: None,
        whole: true,
        help: None,
        unit: None,
    };
    let kind = ColumnKind::Numeric { observed, median: -20.0, whole: true };
    let enrolled = Column { date: Some(DateRole::Days { last, order }), ..Column::new("enrolled", "Enrolled", kind) };
    let kind = ColumnKind::Categorical { values: vec!["01".into(), "02".into()], mode: 0 };
    let role = DateRole::Month { of: "enrolled".into() };
    let month = Column { date: Some(role), ..Column::new("enrolled (month)", "Enrolled (month)", kind) };
    let schema = Schema { target, columns: vec![enrolled, month], order: Vec::new() };
    schema.validate().unwrap();
    schema
}

fn records(schema: &Schema, cells: &[&str], notation: Notation) -> Result<Vec<Value>, ReadError> {
    let text = with_cells("Enrolled", cells);
    let mut reader = RecordReader::open("t.csv", text.as_bytes(), schema, &ReadOptions::default())?;
    assert!(reader.known().missing.is_empty());
    let parser = reader.parser(schema, None, notation)?;
    assert!(!parser.has_absent());
    let splitter = reader.table().splitter().clone();
    let mut found = Vec::new();
    while let Some(block) = reader.next_block()? {
        let mut values = vec![Value::Missing; schema.columns.len()];
        let visited = splitter.each(&block, |row| {
            parser.parse(row, &mut values, |_, _, _| {}).unwrap();
            found.push(values[0]);
        });
        visited.unwrap();
    }
    Ok(found[..cells.len()].to_vec())
}

#[test]
fn a_models_dates_are_found_in_any_notation_and_training_tells_the_order() {
    let default = Notation::default();
    let day = |days: f64| Value::Number(days);
    for cells in [["2024-02-03", "2024-03-02"], ["3.2.2024", "2.3.2024"], ["3 Feb 2024", "2 March 2024"]] {
        assert_eq!(records(&schema(None), &cells, default).unwrap(), [day(-27.0), day(1.0)], "{cells:?}");
    }
    // In the order of the training data.
    let cells = ["03/02/2024", "02/03/2024"];
    let trained = |order| records(&schema(Some(order)), &cells, default).unwrap();
    assert_eq!(trained(DateOrder::DayFirst), [day(-27.0), day(1.0)]);
    assert_eq!(trained(DateOrder::MonthFirst), [day(1.0), day(-27.0)]);
    // Only one of the readings is within the range of the training data.
    assert_eq!(records(&schema(None), &["12/01/2024", "2024-01-02"], default).unwrap()[0], day(-49.0));
    // Ambiguous.
    let cells = ["01/02/2024", "02/01/2024"];
    let error = records(&schema(None), &cells, default).unwrap_err();
    assert_eq!((error.code(), error.column()), ("ambiguous-date", Some("Enrolled")));
    let said = Notation { dates: Some(DateOrder::DayFirst), ..default };
    assert_eq!(records(&schema(None), &cells, said).unwrap(), [day(-29.0), day(-59.0)]);
    // What is not a date is blank there; the parser reports it.
    let cells = ["2024-02-03", "soon", "?", ""];
    assert_eq!(
        records(&schema(None), &cells, default).unwrap(),
        [day(-27.0), Value::Missing, Value::Missing, Value::Missing]
    );
}
