//! Files as found in practice, each with the records that it contains. All students are invented.

use std::io::Write as _;

use anyhow::Result;
use flate2::{Compression, write::GzEncoder};
use rust_xlsxwriter::{Format, Workbook};

pub(crate) const HEADER: [&str; 7] = [
    "gender",
    "race_ethnicity",
    "parental_level_of_education",
    "lunch",
    "test_preparation_course",
    "reading_score",
    "writing_score",
];
/// The first rows of every file, in whatever notation.
const ROWS: [[&str; 7]; 6] = [
    ["female", "group B", "bachelor's degree", "standard", "none", "72.5", "74"],
    ["male", "group C", "some college", "free/reduced", "completed", "61", "58"],
    ["female", "group A", "high school", "standard", "none", "88", "91"],
    ["male", "group D", "master's degree", "standard", "completed", "47", "44"],
    ["female", "group E", "associate's degree", "free/reduced", "none", "70", "69"],
    ["male", "group B", "some high school", "standard", "none", "55", "60"],
];

/// The expected result of reading a file.
pub(crate) enum Expected {
    /// These records, one text per column; an empty one is a blank, and a row without cells has no estimate.
    Records(Vec<Vec<String>>),
    /// The file is refused, or leads to a question.
    Refused,
}

pub(crate) struct Case {
    pub(crate) name: &'static str,
    /// The file name's extension.
    pub(crate) ending: &'static str,
    pub(crate) bytes: Vec<u8>,
    pub(crate) expected: Expected,
}

/// Additional rows for training, all integers: the first rows' cells use a single notation.
const N_MORE: usize = 54;

fn records() -> Vec<Vec<String>> {
    let first = ROWS.iter().map(|row| row.iter().map(ToString::to_string).collect());
    let more = (0..N_MORE).map(|row| {
        let reading = 31 + row * 7 % 60;
        let writing = reading + [0, 2, 3, 4][row % 4] - 2;
        let like = ROWS[row * 5 % ROWS.len()];
        let texts = like[..5].iter().map(ToString::to_string);
        texts.chain([reading.to_string(), writing.to_string()]).collect()
    });
    first.chain(more).collect()
}

/// The records with some cells replaced: row, column, text.
fn changed(changes: &[(usize, usize, &str)]) -> Vec<Vec<String>> {
    let mut records = records();
    for (row, column, text) in changes {
        (*text).clone_into(&mut records[*row][*column]);
    }
    records
}

/// Lines of cells separated by `delimiter`.
fn text(rows: &[Vec<String>], delimiter: &str, end: &str) -> String {
    let header = HEADER.map(ToOwned::to_owned).to_vec();
    std::iter::once(&header).chain(rows).map(|row| row.join(delimiter) + end).collect()
}

fn plain() -> String {
    text(&records(), ",", "\n")
}

/// The same file with the cells of the sixth column written as in `cells`.
fn scores(cells: [&str; 6], delimiter: &str) -> String {
    let changes: Vec<(usize, usize, &str)> = cells.iter().enumerate().map(|(row, cell)| (row, 5, *cell)).collect();
    text(&changed(&changes), delimiter, "\n")
}

pub(crate) fn cases() -> Result<Vec<Case>> {
    let mut cases = Vec::new();
    let mut add = |name, ending, bytes: Vec<u8>, expected| cases.push(Case { name, ending, bytes, expected });
    let whole = || Expected::Records(records());
    for (name, file) in dialects() {
        add(name, "csv", file, whole());
    }
    for (name, file) in surroundings() {
        add(name, "csv", file.into_bytes(), whole());
    }
    for (name, file, changes) in cells() {
        add(name, "csv", file.into_bytes(), Expected::Records(changed(&changes)));
    }
    for (name, file) in refused() {
        add(name, "csv", file, Expected::Refused);
    }
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(plain().as_bytes())?;
    add("gzip", "csv.gz", gzip.finish()?, whole());
    add("a workbook", "xlsx", workbook()?, whole());
    let mut ragged = records();
    ragged[2].clear();
    ragged[4].clear();
    let file = plain().replace(",88,91\n", ",88\n").replace(",70,69\n", ",absent,69\n");
    add("rows that can't be estimated", "csv", file.into_bytes(), Expected::Records(ragged));
    Ok(cases)
}

/// One table in many dialects.
fn dialects() -> Vec<(&'static str, Vec<u8>)> {
    let utf_16 = |text: &str, mark: &[u8], order: fn(u16) -> [u8; 2]| {
        mark.iter().copied().chain(text.encode_utf16().flat_map(order)).collect::<Vec<u8>>()
    };
    // With a column of names, so that there are letters beyond ASCII.
    let named = plain()
        .replacen("gender", "name,gender", 1)
        .replace("\nfemale", "\nZoë,female")
        .replace("\nmale", "\nJosé,male");
    let windows: Vec<u8> = named.chars().map(|letter| letter as u32 as u8).collect();
    let semicolons = text(&records(), ";", "\n");
    vec![
        ("commas", plain().into_bytes()),
        ("a byte order mark", format!("\u{feff}{}", plain()).into_bytes()),
        ("UTF-16, low byte first", utf_16(&named, b"\xff\xfe", u16::to_le_bytes)),
        ("UTF-16 without a mark", utf_16(&plain(), b"", u16::to_be_bytes)),
        ("Windows-1252", windows),
        ("UTF-8 with accents", named.into_bytes()),
        ("carriage returns and line feeds", text(&records(), ",", "\r\n").into_bytes()),
        ("carriage returns alone", text(&records(), ",", "\r").into_bytes()),
        ("two carriage returns", text(&records(), ",", "\r\r\n").into_bytes()),
        ("mixed line ends", plain().replacen('\n', "\r\n", 2).replacen(",58\n", ",58\r", 1).into_bytes()),
        ("semicolons", semicolons.clone().into_bytes()),
        ("a told delimiter", format!("sep=;\n{semicolons}").into_bytes()),
        ("tabs", text(&records(), "\t", "\n").into_bytes()),
        ("pipes", text(&records(), "|", "\n").into_bytes()),
        (
            "quotes everywhere",
            format!("\"{}\"\n", plain().trim_end().replace(',', "\",\"").replace('\n', "\"\n\"")).into_bytes(),
        ),
        ("blanks before quotes", plain().replace("group B", " \"group B\"").into_bytes()),
        ("no end of the last line", plain().trim_end().as_bytes().to_vec()),
    ]
}

/// One table with various lines around it.
fn surroundings() -> Vec<(&'static str, String)> {
    let body = plain();
    let header = HEADER.join(",");
    let title = |names: [&str; 7]| body.replacen(&header, &names.join(","), 1);
    vec![
        ("a title", format!("Class 7b\n\n{body}")),
        ("titles in cells", format!("Class 7b,,,,,,\nwritten by the office,,,,,,\n{body}")),
        ("comments", format!("# exported\n{body}")),
        ("blank lines", body.replace('\n', "\n\n")),
        ("blank rows at the end", format!("{body},,,,,,\n,,,,,,\n")),
        ("totals", format!("{body}Total,,,,,393.5,396\nAverage,,,,,65.6,66\n")),
        ("a footnote", format!("{body}Source: the school's office\n")),
        ("a repeated header", body.replacen(",58\n", &format!(",58\n{header}\n"), 1)),
        ("points possible", body.replacen("writing_score\n", "writing_score\nPoints Possible,,,,,100,100\n", 1)),
        ("a comma at each end", body.replace('\n', ",\n")),
        ("zeros at the end", format!("{body}\0\0\0\u{1a}")),
        (
            "other cases and signs",
            title([
                "GENDER",
                "Race/Ethnicity",
                "Parental level of education",
                "Lunch",
                "Test-preparation course",
                "READING SCORE",
                "Writing.Score",
            ]),
        ),
        ("another order, and more columns", {
            let line = |line: &str| {
                let mut cells: Vec<&str> = line.split(',').collect();
                cells.reverse();
                format!("5\" tall,{}\n", cells.join(","))
            };
            body.lines().map(line).collect::<String>().replacen("5\" tall", "height", 1)
        }),
        ("formulas in another column", {
            let line = |line: &str| format!("{line},=1+1\n");
            body.lines().map(line).collect::<String>().replacen("=1+1", "extra", 1)
        }),
        ("a note of several lines", {
            let line = |line: &str| format!("{line},\"one;\nline, two\"\n");
            body.lines().map(line).collect::<String>().replacen("\"one;\nline, two\"", "note", 1)
        }),
        ("quotes as MySQL writes them", {
            let line = |line: &str| format!("{line},\"said \\\"hi, all\\\"\"\n");
            body.lines().map(line).collect::<String>().replacen("\"said \\\"hi, all\\\"\"", "note", 1)
        }),
    ]
}

/// A cell's row and column, and its text.
type Changed = (usize, usize, &'static str);

/// Notations of cells; the records are the same except for some cells.
fn cells() -> Vec<(&'static str, String, Vec<Changed>)> {
    let cell = |row: usize, column: usize, found: &'static str| text(&changed(&[(row, column, found)]), ",", "\n");
    let blank = |found: &'static str| (cell(3, 5, found), vec![(3, 5, "")]);
    let mut cases = vec![
        ("decimal commas", scores(["72,5", "61", "88", "47", "70", "55"], ";"), vec![]),
        ("decimal commas in quotes", scores(["\"72,5\"", "\"61,0\"", "\"88\"", "47", "70", "55"], ","), vec![]),
        ("percent signs", scores(["72.5%", "61 %", "88%", "47%", "70%", "55%"], ","), vec![]),
        ("apostrophes", scores(["72.5", "'61", "'88", "47", "70", "55"], ","), vec![]),
        ("texts of a spreadsheet", scores(["72.5", "=\"61\"", "88", "47", "70", "55"], ","), vec![]),
        ("full width digits", scores(["72.5", "６１", "88", "47", "70", "55"], ","), vec![]),
        ("unbreakable blanks", scores(["72.5", "\u{a0}61\u{a0}", "88", "47", "70", "55"], ","), vec![]),
        ("points of a test", scores(["72.5/100", "61/100", "88/100", "47/100", "70/100", "55/100"], ","), vec![]),
        ("scientific notation", scores(["7.25e1", "6.1E+01", "88", "47", "70", "55"], ","), vec![]),
        (
            "thousands that training has seen none of",
            scores(["72.5", "1,061", "88", "47", "70", "55"], ";"),
            vec![(1, 5, "1061")],
        ),
        ("beyond what training saw", cell(2, 5, "250"), vec![(2, 5, "250")]),
        ("other cases and spaces", cell(1, 2, "Some  College "), vec![]),
        ("capital letters", cell(0, 0, "FEMALE"), vec![]),
        ("a value never seen", cell(1, 3, "packed"), vec![(1, 3, "packed")]),
        ("a formula never seen", cell(1, 3, "@SUM(A1)"), vec![(1, 3, "@SUM(A1)")]),
    ];
    for (name, (file, changes)) in [
        ("an empty cell", blank("")),
        ("NA", blank("NA")),
        ("NULL", blank("NULL")),
        ("a question mark", blank("?")),
        ("a dash", blank("-")),
        ("a long dash", blank("—")),
        ("an error of Excel", blank("#N/A")),
        ("a German word for none", blank("k. A.")),
        ("MySQL's NULL", blank("\\N")),
    ] {
        cases.push((name, file, changes));
    }
    cases.push(("a blank category", cell(3, 3, ""), vec![(3, 3, "")]));
    cases
}

/// Files that must not be predicted without a question.
fn refused() -> Vec<(&'static str, Vec<u8>)> {
    let body = plain();
    vec![
        ("nothing", Vec::new()),
        ("blank lines alone", b"\n\n".to_vec()),
        ("a picture", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\0".to_vec()),
        ("a damaged workbook", b"PK\x03\x04not really".to_vec()),
        ("a missing column", body.replacen("lunch", "meal", 1).into_bytes()),
        ("a column twice", body.replacen("gender", "lunch", 1).into_bytes()),
        (
            "two columns that could be meant",
            body.replacen("gender", "Lunch!", 1).replacen(",lunch", ",LUNCH", 1).into_bytes(),
        ),
        ("a quote left open", body.replacen("\nmale", "\n\"male", 1).into_bytes()),
        ("records without a header", body.replacen(&format!("{}\n", HEADER.join(",")), "", 1).into_bytes()),
    ]
}

/// With a title, another sheet, and a percent cell.
fn workbook() -> Result<Vec<u8>> {
    let mut workbook = Workbook::new();
    workbook.add_worksheet().set_name("read me")?.write(0, 0, "The class is on the next sheet.")?;
    let sheet = workbook.add_worksheet().set_name("7b")?;
    sheet.merge_range(0, 0, 0, 6, "Class 7b", &Format::new())?;
    for (column, name) in (0..).zip(HEADER) {
        sheet.write(2, column, name)?;
    }
    for (row, cells) in (3..).zip(records()) {
        for (column, cell) in (0..).zip(cells) {
            match cell.parse::<f64>() {
                Ok(number) => sheet.write(row, column, number)?,
                Err(_) => sheet.write(row, column, &cell)?,
            };
        }
    }
    Ok(workbook.save_to_buffer()?)
}
