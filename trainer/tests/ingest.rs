//! CSV files as people have them.

use std::path::Path;

use trainer::{BLANK, ColumnData, IngestError, IngestOptions, Table, ingest, sniff_delimiter};

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
fn the_delimiter_is_the_one_that_makes_a_table() {
    for (text, expected) in [
        ("a,b\n1;2,3\n4;5,6\n", b','),
        ("a;b\n1,5;2,5\n3,5;4,5\n", b';'),
        ("a\tb\n\"1,2,3\"\t4\n", b'\t'),
        ("lonely\n1\n2\n", b','),
        ("a b|c\n1 2|3\n", b'|'),
    ] {
        assert_eq!(sniff_delimiter(text.as_bytes(), None), expected, "{text:?}");
    }
    // The header names the target only under one of them.
    assert_eq!(sniff_delimiter(b"a,y;c,d\n1,2;3,4\n", Some("c,d")), b';');
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
    assert_eq!(table.notices, ["2 of 4 rows have no \"y\" and are not used (the first is line 3)"]);
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
    assert_eq!(table.notices.len(), 5);
    assert!(table.notices[3].contains("every cell is \"GP\""), "{}", table.notices[3]);
    // What a person asks for is kept.
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
        ("PK\u{3}\u{4}xl/workbook", "it is a zip or Excel file; save the sheet as CSV"),
        ("a,y\n\0,1\n", "it is a binary file"),
    ] {
        let error = error(text.as_bytes());
        assert!(error.contains(expected), "{text:?}: {error}");
    }
    assert!(error(b"\xff\xfea\0,\0").contains("UTF-16"));
    let latin = error(b"a,y\nJos\xe9,1\n");
    assert!(
        latin.starts_with("t.csv:2:1: column \"a\": the cell is not UTF-8 text; save the file as CSV (UTF-8)"),
        "{latin}"
    );
}

#[test]
fn contradictions_are_refused() {
    let text = b"a,y\n1,2\n2,3\n";
    let both = IngestOptions { numeric: vec!["a".into()], categorical: vec!["a".into()], ..options("y") };
    assert!(matches!(ingest(Path::new("t"), text, &both), Err(IngestError::TwoKinds { .. })));
    let dropped = IngestOptions { drop: vec!["y".into()], ..options("y") };
    assert!(matches!(ingest(Path::new("t"), text, &dropped), Err(IngestError::TargetMisused { .. })));
}
