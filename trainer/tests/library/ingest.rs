//! Reading files into tables with a target; file formats are tested in the crate `reader`.

use std::path::Path;

use trainer::{BLANK, ColumnData, Decimal, IngestError, IngestOptions, MIN_CATEGORY_ROWS, Parting, Table, ingest};

fn options(target: &str) -> IngestOptions {
    IngestOptions { target: target.into(), ..IngestOptions::default() }
}

fn read(text: &str) -> Table {
    ingest(Path::new("t.csv"), text.as_bytes(), &options("y")).unwrap()
}

fn error(text: &[u8]) -> String {
    ingest(Path::new("t.csv"), text, &options("y")).unwrap_err().to_string()
}

fn categorical(values: &[&str], codes: &[u32]) -> ColumnData {
    ColumnData::Categorical { values: values.iter().map(ToString::to_string).collect(), codes: codes.into() }
}

#[test]
fn the_same_table_whatever_the_dialect() {
    let plain = read("a,b,y\nx,1,3\nz,2,4\n");
    assert_eq!(plain.columns[0].data, categorical(&["x", "z"], &[0, 1]));
    assert_eq!(plain.columns[1].data, ColumnData::Numeric(vec![1.0, 2.0].into()));
    assert_eq!(plain.target, [3.0, 4.0]);
    for same in [
        "a;b;y\nx;1;3\nz;2;4",
        "a\tb\ty\r\nx\t1\t3\r\nz\t2\t4\r\n",
        "a|b|y\nx|1|3\nz|2|4\n",
        "\u{feff}a,b,y\nx,1,3\nz,2,4\n",
        "\n\r\n\na,b,y\n\nx,1,3\n\nz,2,4\n\n",
        "\"a\",\"b\",\"y\"\n\"x\",\"1\",3\n\"z\",\"2\",\"4\"\n",
        " a , b,y \n x ,1 , 3\nz,2,4\n",
    ] {
        assert_eq!(read(same), plain, "{same:?}");
    }
}

#[test]
fn quoted_cells_hold_delimiters_quotes_and_line_ends() {
    let table = read("a,y\n\"x, \"\"the\nfirst\"\"\",1\nz,2\n");
    assert_eq!(table.columns[0].data, categorical(&["x, \"the\nfirst\"", "z"], &[0, 1]));
}

#[test]
fn blanks_are_blanks_and_none_is_a_value() {
    let table = read("a,b,y\nnone,NA,1\nN/A,2,2\ncompleted,,3\nnull,NaN,4\nnone,7,5\n");
    assert_eq!(table.columns[0].data, categorical(&["completed", "none"], &[1, BLANK, 0, BLANK, 1]));
    let ColumnData::Numeric(numbers) = &table.columns[1].data else { panic!("b is numeric") };
    assert!(numbers[0].is_nan() && numbers[2].is_nan() && numbers[3].is_nan());
    assert_eq!((numbers[1], numbers[4]), (2.0, 7.0));
}

#[test]
fn rows_without_a_target_are_left_out_with_a_notice() {
    let table = read("a,y\n1,1\n2,\n3,3\n4,NA\n");
    assert_eq!(table.target, [1.0, 3.0]);
    assert_eq!(table.columns[0].data, ColumnData::Numeric(vec![1.0, 3.0].into()));
    let taken = "column \"y\": \"NA\" taken for \"no value\"";
    assert_eq!(table.notices, ["2 of 4 rows have no \"y\" and are not used (the first is line 3)", taken]);
}

#[test]
fn constants_and_identifiers_are_left_out_with_a_notice() {
    let mut text = String::from(",name,student_id,school,empty,score,y\n");
    for row in 0..30 {
        text.push_str(&format!("{row},pupil {row},{},GP,,{},{row}\n", 1_000 + 7 * row % 31, row * row));
    }
    let table = read(&text);
    let left_out: Vec<&str> = table.left_out.iter().map(|left_out| left_out.column.as_str()).collect();
    assert_eq!(left_out, ["column 1", "name", "student_id", "school", "empty"]);
    assert_eq!(table.columns.len(), 1);
    assert_eq!(table.notices.len(), 6);
    assert!(table.notices[5].contains("called by their places: column 1"), "{}", table.notices[5]);
    assert!(table.notices[3].contains("every cell is \"GP\""), "{}", table.notices[3]);
    // Requested columns are kept.
    let asked = IngestOptions { categorical: vec!["name".into()], numeric: vec!["student_id".into()], ..options("y") };
    let table = ingest(Path::new("t.csv"), text.as_bytes(), &asked).unwrap();
    assert_eq!(table.columns.len(), 3);
}

#[test]
fn kinds_can_be_set() {
    let text = "a,b,y\n1,2,1\n2,x,2\n1,3,3\n";
    let set = IngestOptions { categorical: vec!["a".into()], drop: vec!["b".into()], ..options("y") };
    let table = ingest(Path::new("t.csv"), text.as_bytes(), &set).unwrap();
    assert_eq!(table.columns.len(), 1);
    assert_eq!(table.columns[0].data, categorical(&["1", "2"], &[0, 1, 0]));
    let forced = IngestOptions { numeric: vec!["b".into()], ..options("y") };
    let error = ingest(Path::new("t.csv"), text.as_bytes(), &forced).unwrap_err().to_string();
    assert!(error.starts_with("t.csv:3:2: column \"b\": \"x\" is not a number; correct the cell"), "{error}");
}

#[test]
fn errors_name_file_line_field_cell_and_remedy() {
    for (text, expected) in [
        ("a,y\n1,2\n\n3,abc\n", "t.csv:4:2: column \"y\": \"abc\" is not a number; the target must be numeric"),
        ("a,y\n1,2\n3\n", "t.csv:3:2: the row has 1 fields but the header has 2; add the missing cells"),
        (
            "a,y\n1,2,3\n",
            "t.csv:2:3: the row has 3 fields but the header has 2; quote cells that contain the delimiter",
        ),
        ("a,b\n1,2\n", "t.csv:1:1: there is no column \"y\"; the header has: a, b"),
        ("a,a,y\n1,2,3\n", "t.csv:1:2: column \"a\" stands in the header twice (fields 1 and 2); rename"),
        ("", "t.csv: the file is empty"),
        (" \n\n", "t.csv: the file is empty"),
        ("a,y\n", "t.csv: there is no record below the column names"),
        ("a,y\n1,\n2,NA\n", "t.csv:2:2: column \"y\": no row has a value"),
        ("a,y\nx,1\nx,2\n", "no usable column is left"),
        ("PK\u{3}\u{4}xl/workbook", "save the sheet as CSV"),
        ("a,y\n\0,1\n", "it is a binary file"),
    ] {
        let error = error(text.as_bytes());
        assert!(error.contains(expected), "{text:?}: {error}");
    }
    let latin = ingest(Path::new("t.csv"), b"a,y\nJos\xe9,1\nAna,2\n", &options("y")).unwrap();
    assert_eq!(latin.columns[0].data, categorical(&["Ana", "Jos\u{e9}"], &[1, 0]));
    assert_eq!(latin.notices, ["read as Windows-1252"]);
}

#[test]
fn what_only_a_person_can_decide_is_asked_and_the_answer_is_heeded() {
    let rows: String =
        (0..30).map(|row| format!("{};{};{row}\n", 10 + row % 7, if row == 4 { "absent" } else { "1,234" })).collect();
    let text = format!("a;b;y\n{rows}");
    let asked = error(text.as_bytes());
    assert!(asked.starts_with("t.csv:6:2: column \"b\": 29 cells are numbers, but line 6 has \"absent\""), "{asked}");
    let missing = vec![("b".to_owned(), vec!["absent".to_owned()])];
    let said = IngestOptions { missing: missing.clone(), ..options("y") };
    let asked = ingest(Path::new("t.csv"), text.as_bytes(), &said).unwrap_err().to_string();
    assert!(asked.contains("\"1,234\" may be 1234 or 1.234"), "{asked}");
    for (decimal, number) in [(Decimal::Comma, 1.234), (Decimal::Point, 1234.0)] {
        let said = IngestOptions { missing: missing.clone(), decimal: vec![("B".into(), decimal)], ..options("y") };
        let table = ingest(Path::new("t.csv"), text.as_bytes(), &said).unwrap();
        let ColumnData::Numeric(numbers) = &table.columns[1].data else { panic!("b is numeric") };
        assert!(numbers[0] == number && numbers[4].is_nan());
    }
}

#[test]
fn a_target_is_a_number_or_empty() {
    let target = |cell: &str| format!("a;y\n1;2,5\n2;{cell}\n3;71,5\n4;8\n");
    let table = read(&target(""));
    assert_eq!(table.target, [2.5, 71.5, 8.0]);
    for cell in ["?", "inf", "x", "-"] {
        let error = error(target(cell).as_bytes());
        assert!(error.starts_with("t.csv:3:2: column \"y\": \"") && error.contains("is not a number"), "{error}");
    }
}

#[test]
fn rare_categories_are_not_named_unless_asked_for() {
    let rows: String = (0..60).map(|row| format!("{},{row}\n", ["a", "b"][row % 2])).collect();
    let text = format!("g,y\n{rows}Zoe,1\nXu,2\nzoe,3\n");
    let rare = IngestOptions { min_category_rows: MIN_CATEGORY_ROWS, ..options("y") };
    let values = |options: &IngestOptions, text: &str| match ingest(Path::new("t.csv"), text.as_bytes(), options)
        .unwrap()
        .columns[0]
        .data
        .clone()
    {
        ColumnData::Categorical { values, .. } => values,
        ColumnData::Numeric(_) => panic!("g is categorical"),
    };
    assert_eq!(values(&rare, &text), ["a", "b"]);
    assert_eq!(values(&rare, &format!("{text}{}", "c,1\nd,2\ne,3\n".repeat(4))), ["a", "another value", "b"]);
    assert_eq!(values(&IngestOptions { categorical: vec!["g".into()], ..rare }, &text), ["Xu", "Zoe", "a", "b"]);
}

#[test]
fn a_copy_of_the_target_is_told() {
    let rows: String =
        (0..30).map(|row| format!("{},{},{}\n", row * 7 % 11, 2 * (row * 5 % 17) + 3, row * 5 % 17)).collect();
    let table = read(&format!("a,copy,y\n{rows}"));
    assert!(table.notices.iter().any(|notice| notice.starts_with("column \"copy\": its numbers follow the target's")));
}

#[test]
fn contradictions_are_refused() {
    let text = b"a,y\n1,2\n2,3\n";
    let both = IngestOptions { numeric: vec!["a".into()], categorical: vec!["a".into()], ..options("y") };
    assert!(matches!(ingest(Path::new("t"), text, &both), Err(IngestError::TwoKinds { .. })));
    let dropped = IngestOptions { drop: vec!["y".into()], ..options("y") };
    assert!(matches!(ingest(Path::new("t"), text, &dropped), Err(IngestError::TargetMisused { .. })));
}

#[test]
fn times_may_be_days_in_any_spelling() {
    let codes = |days: [&str; 4]| {
        let rows: String = days.iter().zip(0..).map(|(day, row)| format!("{day},{row},{row}\n")).collect();
        let options = IngestOptions { time: Some("day".into()), ..options("y") };
        let table = ingest(Path::new("t.csv"), format!("day,a,y\n{rows}").as_bytes(), &options).unwrap();
        assert_eq!(table.columns.iter().map(|column| &column.name[..]).collect::<Vec<_>>(), ["a"]);
        match table.keys.parting {
            Parting::Time(key) => key.codes.to_vec(),
            other => panic!("{other:?}"),
        }
    };
    let expected = [2, 0, 1, 2];
    for days in [
        ["31.12.2025", "2.1.2025", "15.02.2025", "31.12.2025"],
        ["12/31/2025", "1/2/2025", "2/15/2025", "12/31/2025"],
        ["2025-12-31", "2025-01-02", "2025-02-15", "2025-12-31"],
        ["2026", "9", "700", "2026"],
    ] {
        assert_eq!(codes(days), expected, "{days:?}");
    }
}
