//! Real-world files, each with the expected result.

use std::io::Write;

use reader::{
    ColumnData, ColumnOptions, DecidedColumn, Encoding, Kind, ReadError, ReadOptions, TableReader, read_cells,
};

struct Read {
    names: Vec<String>,
    columns: Vec<DecidedColumn>,
    notes: Vec<String>,
    n_rows: usize,
}

fn read_with(bytes: &[u8], options: &ReadOptions, said: impl Fn(&str) -> ColumnOptions) -> Result<Read, ReadError> {
    let mut cells = read_cells(TableReader::open("t.csv", bytes, options)?)?;
    let said: Vec<Option<ColumnOptions>> = cells.names.iter().map(|name| Some(said(name))).collect();
    let columns = cells.decide("t.csv", &said)?.into_iter().flatten().collect();
    Ok(Read {
        names: cells.names,
        columns,
        notes: cells.notes.iter().map(ToString::to_string).collect(),
        n_rows: cells.n_rows,
    })
}

fn read(bytes: impl AsRef<[u8]>) -> Result<Read, ReadError> {
    let options = ReadOptions { wanted: vec!["score".into()], ..ReadOptions::default() };
    read_with(bytes.as_ref(), &options, |_| ColumnOptions::default())
}

impl Read {
    /// A column's cells: numbers as they are formatted, categories as their labels, blanks empty.
    fn column(mut self, name: &str) -> (Vec<String>, String) {
        let place = self.names.iter().position(|known| known == name).unwrap();
        let column = self.columns.remove(place);
        let notes = column.reading.notes.iter().map(ToString::to_string);
        let notes = self.notes.into_iter().chain(notes).collect::<Vec<_>>().join("; ");
        let cells = match column.decision.apply(column.builder) {
            ColumnData::Numeric(numbers) => {
                numbers.iter().map(|number| if number.is_nan() { String::new() } else { number.to_string() }).collect()
            }
            ColumnData::Categorical { values, codes } => {
                codes.iter().map(|code| values.get(*code as usize).cloned().unwrap_or_default()).collect()
            }
        };
        (cells, notes)
    }
}

/// A table of 40 rows whose column `x` repeats the given cells.
fn with_cells(cells: &[&str]) -> String {
    let mut text = String::from("name\tx\tscore\n");
    for row in 0..40 {
        text.push_str(&format!("n{}\t{}\t{}\n", row % 4, cells[row % cells.len()], 50 + row));
    }
    text
}

/// The same with one odd cell among whole numbers.
fn with_one(odd: &str) -> String {
    let mut text = String::from("name\tx\tscore\n");
    for row in 0..40 {
        let cell = if row == 9 { odd.to_owned() } else { format!("{}", 50 + row * 7 % 31) };
        text.push_str(&format!("n{}\t{cell}\t{}\n", row % 4, 50 + row));
    }
    text
}

#[test]
fn the_same_table_in_every_encoding_and_line_end() {
    let text = "school,score\nMünster,1\nÉcole,2\nSão,3\n";
    let expected = ["Münster", "École", "São"];
    for encoding in [Encoding::Utf8, Encoding::Utf8Bom, Encoding::Utf16Le, Encoding::Utf16Be, Encoding::Windows1252] {
        for marked in [true, false] {
            for end in ["\n", "\r\n", "\r", "\r\r\n"] {
                let mark = if marked { encoding.mark() } else { b"" };
                let bytes = [mark, &encoding.encode(&text.replace('\n', end))].concat();
                let (cells, notes) = read(bytes).unwrap().column("school");
                assert_eq!(cells, expected, "{encoding:?} {end:?}");
                assert_eq!(notes.contains("read as Windows-1252"), encoding == Encoding::Windows1252, "{notes}");
            }
        }
    }
    // Mixed line ends within a file lose no row.
    for text in ["a,score\rx,1\ny,2\r\nz,3", "a,score\nx,1\ry,2\rz,3\n", "a,score\rx,1\ry,2\rz,3\r\n"] {
        assert_eq!(read(text).unwrap().column("a").0, ["x", "y", "z"], "{text:?}");
    }
}

#[test]
fn packed_files_are_unpacked() {
    let text = "a,score\nx,1\ny,2\n";
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(text.as_bytes()).unwrap();
    let (cells, notes) = read(gzip.finish().unwrap()).unwrap().column("a");
    assert_eq!((cells, notes.contains("gzip")), (vec!["x".to_owned(), "y".into()], true));
    let zstd = ruzstd::encoding::compress_to_vec(text.as_bytes(), ruzstd::encoding::CompressionLevel::Fastest);
    let (cells, notes) = read(zstd).unwrap().column("a");
    assert_eq!((cells, notes.contains("zstd")), (vec!["x".to_owned(), "y".into()], true));
}

#[test]
fn the_table_is_found_within_the_file() {
    let body = "name,x,score\na,1,10\nb,2,20\nc,3,30\nd,4,40\n";
    for (text, note) in [
        (format!("Class 7b\n\n{body}"), "left out"),
        (format!("Class 7b,,\nexported by Ms. Example,,\n{body}"), "left out"),
        (format!("# exported\n# secret\n{body}"), "left out"),
        (format!("sep=,\n{body}"), ""),
        (format!("{body}\n,,\n,,\n"), "2 rows of blank cells"),
        (format!("{body}Total,10,100\nAverage,2.5,25\n"), "sums up those above"),
        (format!("{body}Summe:,10,100\n"), "sums up"),
        (format!("{body}Source: the school's office\n"), "is a note"),
        (body.replace('\n', ",\n"), "1 blank columns at the right"),
        (body.replace("0\n", "0,\n"), ""),
        (body.replacen("score\n", "score\n  Points Possible,5,50\n", 1), "points possible"),
        (body.replacen("score\n", "score\ntext,(h),points\n", 1), "measured in"),
        (body.replacen("20\n", "20\nname,x,score\n", 1), "1 repetition of the column names"),
        (format!("{body}\0\0\0\0\u{1a}"), "end mark"),
        (body.replacen("a,1", " \"a\",1", 1), ""),
        (body.replacen("c,3", "\u{feff}c,3", 1), ""),
    ] {
        let (cells, notes) = read(&text).unwrap_or_else(|error| panic!("{text:?}: {error}")).column("name");
        assert_eq!(cells, ["a", "b", "c", "d"], "{text:?}");
        assert!(notes.contains(note), "{text:?}: {notes}");
    }
    let said = ReadOptions { header_row: Some(2), ..ReadOptions::default() };
    assert_eq!(read_with(b"1,2\n3,4\n5,6\n", &said, |_| ColumnOptions::default()).unwrap().names, ["3", "4"]);
    let said = ReadOptions { skip_rows: 1, comment: Some("//".into()), ..ReadOptions::default() };
    let found = read_with(b"a,b\nc,d\n1,2\n// 5,6\n3,4\n", &said, |_| ColumnOptions::default()).unwrap();
    assert_eq!((found.names, found.n_rows), (vec!["c".to_owned(), "d".into()], 2));
}

#[test]
fn quotes_swallow_nothing() {
    let rows: String = (0..30).map(|row| format!("n{row},{row},x\n")).collect();
    let text = format!(
        "name,score,note\n{}",
        rows.replacen("n7,7,x", "n7,7,5\" tall", 1).replacen("n9,9,x", "n9,9,\"5\" tall", 1)
    );
    let found = read(&text).unwrap();
    assert_eq!(found.n_rows, 30);
    let (cells, _) = found.column("note");
    assert_eq!((cells[7].as_str(), cells[9].as_str()), ("5\" tall", "\"5\" tall"));
    for (text, line) in [
        (format!("name,score,note\n{}", rows.replacen("n7,", "\"n7,", 1)), 9),
        (format!("name,score,note\n{}", rows.replacen("n7,", "\"n7,", 1).replacen("n12,", "n12\",", 1)), 9),
        (format!("name,score\n{}", rows.replace(",x", "").replacen("7,7", "7,\"7", 1)), 9),
    ] {
        let error = read(&text).err().unwrap();
        assert!(matches!(error, ReadError::OpenQuote { line: found, .. } if found == line), "{error}");
        assert!(error.to_string().starts_with(&format!("t.csv:{line}:1: a quote is left open")), "{error}");
    }
    // Multi-line notes are not stray quotes.
    let text = "name,score,note\na,1,\"one;\nline, two\nthree\"\nb,2,x\n";
    assert_eq!(read(text).unwrap().n_rows, 2);
    let mysql = "name,score,note\na,1,\"said \\\"hi, all\\\"\"\nb,2,\\N\n";
    assert_eq!(read(mysql).unwrap().column("note").0, ["said \"hi, all\"", ""]);
}

#[test]
fn numbers_in_every_notation() {
    for (cells, expected, note) in [
        (["88,5", "90", "7,25"], ["88.5", "90", "7.25"], "decimal comma"),
        (["1.234,5", "12", "1.000,25"], ["1234.5", "12", "1000.25"], "decimal comma"),
        (["1,234.5", "12", "1,000"], ["1234.5", "12", "1000"], "thousands"),
        (["1\u{a0}085,5", "12,5", "3"], ["1085.5", "12.5", "3"], "thousands"),
        (["85%", "90.5 %", "7%"], ["85", "90.5", "7"], "percent"),
        (["$100", "$7.50", "$12"], ["100", "7.5", "12"], "currency"),
        (["72 €", "75,5 €", "8 €"], ["72", "75.5", "8"], "currency"),
        (["170 cm", "165 cm", "180 cm"], ["170", "165", "180"], "unit"),
        (["12/20", "17/20", "9/20"], ["12", "17", "9"], "unit"),
        (["'85", "'90", "'7"], ["85", "90", "7"], "marked as text"),
        (["3.125", "2.750", "3.5"], ["3.125", "2.75", "3.5"], ""),
    ] {
        let found = read(with_cells(&cells));
        let (numbers, notes) = found.unwrap_or_else(|error| panic!("{cells:?}: {error}")).column("x");
        assert_eq!(numbers[..3], expected, "{cells:?}");
        assert!(notes.contains(note), "{cells:?}: {notes}");
    }
}

#[test]
fn two_readings_are_asked_about() {
    let error = read(with_cells(&["1,234", "2,500", "12"])).err().unwrap().to_string();
    assert!(error.contains("\"1,234\" may be 1234 or 1.234") && error.contains("decimal = \",\""), "{error}");
    for (decimal, expected) in [(reader::Decimal::Comma, "1.234"), (reader::Decimal::Point, "1234")] {
        let said = |_: &str| ColumnOptions { decimal: Some(decimal), ..ColumnOptions::default() };
        let found = read_with(with_cells(&["1,234", "2,500", "12"]).as_bytes(), &ReadOptions::default(), said).unwrap();
        assert_eq!(found.column("x").0[0], expected);
    }
    // A point that could be a thousands separator is asked about if another column of the file has decimal commas.
    let text = with_cells(&["1.234", "2.500", "12"]);
    assert_eq!(read(&text).unwrap().column("x").0[0], "1.234");
    let commas =
        text.replace("n1\t", "1,5\t").replace("n2\t", "2,5\t").replace("n3\t", "3,5\t").replace("n0\t", "4,5\t");
    assert!(read(commas).err().unwrap().to_string().contains("may be 1.234 or 1234"));
    // In a comma-delimited file, many commas before three digits are thousands separators.
    let rows: String = (0..40).map(|row| format!("\"{},{:03}\",{row}\n", 10 + row, 37 * row % 1_000)).collect();
    let (cells, notes) = read(format!("x,score\n{rows}")).unwrap().column("x");
    assert!(cells[1] == "11037" && notes.contains("thousands"), "{cells:?} {notes}");
}

#[test]
fn a_models_columns_are_found_and_read_as_training_saw_them() {
    use model_core::{Column, ColumnKind, Range, Schema, Target};
    let range = |min: f64, max: f64| Range { min, max };
    let numeric = |min, max| ColumnKind::Numeric { observed: range(min, max), median: min, whole: false };
    let target = Target {
        name: "score".into(),
        label: "Score".into(),
        observed: range(0.0, 100.0),
        limits: None,
        whole: true,
        help: None,
        unit: None,
    };
    let schema =
        |kind| Schema { target: target.clone(), columns: vec![Column::new("x_1", "Hours", kind)], order: Vec::new() };
    let text = "X-1;other\n1,234;a\n2,500;b\n";
    for (observed, expected) in
        [(numeric(0.0, 5.0), Some(1.234)), (numeric(500.0, 9e3), Some(1234.0)), (numeric(0.0, 9e3), None)]
    {
        let mut reader = TableReader::open("t.csv", text.as_bytes(), &ReadOptions::default()).unwrap();
        let blocks = [reader.next_block().unwrap().unwrap()];
        let column = model_core::Column::new("x", "X", observed);
        let formats = reader::number_formats(&reader, &blocks, &[(&column, Some(0))], reader::Notation::default());
        match expected {
            Some(number) => assert_eq!(formats.unwrap()[0].format.number("1,234"), Some(number)),
            None => assert!(formats.unwrap_err().to_string().contains("t.csv:2:1: column \"X-1\": \"1,234\" may be")),
        }
    }
    // Labels are accepted, too; ambiguous matches are reported.
    let names = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
    let found = |header: &[&str]| reader::find_columns(&names(header), &schema(numeric(0.0, 1.0)));
    assert_eq!(found(&["SCORE", "hours"]).fields, [Some(1)]);
    assert_eq!((found(&["X 1", "x-1"]).doubtful.len(), found(&["y"]).missing), (1, names(&["x_1"])));
}

#[test]
fn amounts_are_no_identifiers() {
    for cells in [["$7,100", "$8,250.5", "$9,950"], ["10 727", "11 001", "12 345"]] {
        let rows: String = (0..60)
            .map(|row| format!("{}\t{row}\n", cells[row % 3].replacen('1', &format!("{}", 1 + row % 9), 1)))
            .collect();
        let mut found = read(format!("x\tscore\n{rows}")).unwrap();
        assert_eq!(found.columns.remove(0).identifier, None);
    }
    let unique: String = (0..60).map(|row| format!("${}\t{row}\n", 10_000 + row * 7_919 % 80_000)).collect();
    let mut found = read(format!("x\tscore\n{unique}")).unwrap();
    assert_eq!(found.columns.remove(0).identifier, None);
}

#[test]
fn words_for_no_value_are_blanks_among_numbers_only() {
    for word in
        ["?", "-", "--", ".", "#N/A", "#DIV/0!", "missing", "k. A.", "—", "<null>", "unknown", "\\N", "NULL", "n.a."]
    {
        let (cells, notes) = read(with_one(word)).unwrap_or_else(|error| panic!("{word}: {error}")).column("x");
        assert!(cells[9].is_empty() && cells[8] == "75", "{word}");
        assert!(notes.contains(word) || word == "NULL", "{word}: {notes}");
    }
    assert_eq!(read(with_cells(&["?", "a", "b"])).unwrap().column("x").0[..3], ["?", "a", "b"]);
}

#[test]
fn all_but_a_few_numbers_is_an_error_with_two_ways_on() {
    for odd in ["AB", "absent", "72*", "< 5", "0x48", "Infinity", "-inf", "TRUE", "7 2", "72/100/3", "1E2", "seventy"] {
        let error = read(with_one(odd)).err().unwrap_or_else(|| panic!("{odd} was read")).to_string();
        assert!(error.starts_with("t.csv:11:2: column \"x\": 39 cells are numbers"), "{odd}: {error}");
        assert!(error.contains("missing = [") && error.contains("kind = \"categorical\""), "{odd}: {error}");
    }
    for read_as_number in
        ["72%", "$72", "72 €", "７２", "٧٢", "\u{2212}72", "'72", "=\"72\"", "72\u{a0}", "7.2E+01", "72,5"]
    {
        let (cells, notes) = read(with_one(read_as_number)).unwrap().column("x");
        assert!(cells[9].trim_start_matches('-').starts_with("72"), "{read_as_number}: {} {notes}", cells[9]);
    }
    let missing = |_: &str| ColumnOptions { missing: Some(vec!["absent".into()]), ..ColumnOptions::default() };
    let found = read_with(with_one("absent").as_bytes(), &ReadOptions::default(), missing).unwrap();
    assert_eq!(found.column("x").0[9], "");
    let texts = |_: &str| ColumnOptions { kind: Some(Kind::Categorical), ..ColumnOptions::default() };
    let found = read_with(with_one("absent").as_bytes(), &ReadOptions::default(), texts).unwrap();
    assert_eq!(found.column("x").0[9], "absent");
}

#[test]
fn codes_for_no_value_are_asked_about() {
    for code in ["-999", "999", "-8", "9999", "-1"] {
        let error = read(with_one(code)).err().unwrap_or_else(|| panic!("{code} was read")).to_string();
        assert!(
            error.contains(&format!("1 cells are {code}, far outside")) && error.contains("missing = ["),
            "{error}"
        );
    }
    let missing = |_: &str| ColumnOptions { missing: Some(vec!["-8".into()]), ..ColumnOptions::default() };
    assert_eq!(read_with(with_one("-8").as_bytes(), &ReadOptions::default(), missing).unwrap().column("x").0[9], "");
    for plain in [
        &["-1", "0", "1"][..],
        &["-2", "-1", "0", "1", "2"],
        &["0", "99", "50", "75", "98"],
        &["1", "2", "3", "4", "5", "9"],
    ] {
        assert!(read(with_cells(plain)).is_ok(), "{plain:?}");
    }
}

#[test]
fn codes_are_texts() {
    for cells in [
        ["007", "012", "123"],
        ["06000", "06001", "75001"],
        ["1E201", "2E202", "3E201"],
        ["12345678901234567890", "12345678901234567891", "12345678901234567892"],
    ] {
        let (found, notes) = read(with_cells(&cells)).unwrap().column("x");
        assert_eq!(found[..3], cells);
        assert!(notes.contains("codes"), "{cells:?}: {notes}");
    }
}

#[test]
fn numbers_that_may_be_something_else_are_told() {
    for (name, cells, told) in [("school", ["1", "7", "12"], "codes"), ("hours", ["1", "7", "12"], "")] {
        let text = with_cells(&cells).replacen("\tx\t", &format!("\t{name}\t"), 1);
        let (_, notes) = read(text).unwrap().column(name);
        assert!(notes.contains(told) && (!told.is_empty() || notes.is_empty()), "{name}: {notes}");
    }
}

#[test]
fn what_is_no_table_is_refused_in_words() {
    let zip = b"PK\x03\x04not really".to_vec();
    for (bytes, expected) in [
        (b"".to_vec(), "the file is empty"),
        (b" \n\n".to_vec(), "the file is empty"),
        (b"a,score\n".to_vec(), "no record below"),
        (zip, "save the sheet as CSV"),
        (b"PAR1....".to_vec(), "Parquet"),
        (b"%PDF-1.7".to_vec(), "PDF"),
        (b"\n<HTML><table><tr><td>a</td></tr></table></HTML>".to_vec(), "web page"),
        (b"[{\"a\": 1}]".to_vec(), "JSON"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec(), "binary"),
        (b"a,score\nx\0y,1\n".to_vec(), "NUL"),
        (b"a,b,score\nx,1,2\ny,2\n".to_vec(), "t.csv:3:3: the row has 2 fields but the header has 3"),
        (b"a,score\nx,1,2\n".to_vec(), "t.csv:2:3: the row has 3 fields but the header has 2"),
        (b"a,a,score\nx,1,2\n".to_vec(), "stands in the header twice"),
        (
            "a,score\né,1\n\u{e9},2\n".bytes().chain(*b"x\xff,3\n").collect(),
            "t.csv:4:1: column \"a\": the cell is not UTF-8",
        ),
        (b"a,score\nx,1\ngr\xffup,3\n".to_vec(), "not UTF-8"),
        (b"female,71,70\nmale,72,73\nfemale,60,61\nmale,55,50\n".to_vec(), "look like a record"),
        (with_one("1e400").into_bytes(), "beyond what can be calculated"),
        (with_one("-1.5e150").into_bytes(), "beyond what can be calculated"),
        (with_one("1e-320").into_bytes(), "beyond what can be calculated"),
    ] {
        let error = read(&bytes).err().unwrap_or_else(|| panic!("{:?} was read", String::from_utf8_lossy(&bytes)));
        assert!(error.to_string().contains(expected), "{:?}: {error}", String::from_utf8_lossy(&bytes));
    }
}
