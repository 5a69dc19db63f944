//! Any table, written in any dialect, is read back cell by cell.

use reader::{Encoding, ReadOptions, TableReader};

/// A small random number generator, so that a failure can be reproduced by its seed.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % n
    }

    fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }
}

const CELLS: [&str; 20] = [
    "",
    "a",
    "b c",
    "7",
    "-3.5",
    "88,5",
    "x;y",
    "p|q",
    "t\tu",
    "say \"hi\"",
    "\"",
    "5\" tall",
    "two\nlines",
    "two\r\nlines",
    "é",
    "naïve, really",
    "№ 7",
    "a,b;c|d\te",
    "'quoted'",
    "# no comment",
];

fn rows_of(bytes: &[u8], wanted: &[&str]) -> (Vec<String>, Vec<Vec<String>>) {
    let options = ReadOptions { wanted: wanted.iter().map(ToString::to_string).collect(), ..ReadOptions::default() };
    let mut reader = TableReader::open("t.csv", bytes, &options).unwrap();
    let mut rows = Vec::new();
    while let Some(block) = reader.next_block().unwrap() {
        let visited = reader.splitter().each(&block, |row| {
            let cell = |field: usize| String::from_utf8(row.cell(field).to_vec()).unwrap();
            rows.push((0..row.cells.len()).map(cell).collect());
        });
        visited.unwrap();
    }
    (reader.names().to_vec(), rows)
}

fn write(rows: &[Vec<String>], delimiter: char, line_end: &str, quote_all: bool) -> String {
    let mut text = String::new();
    for row in rows {
        let cells = row.iter().map(|cell| {
            if quote_all || cell.contains([delimiter, '"', '\n', '\r']) {
                format!("\"{}\"", cell.replace('"', "\"\""))
            } else {
                cell.clone()
            }
        });
        text.push_str(&cells.collect::<Vec<_>>().join(&delimiter.to_string()));
        text.push_str(line_end);
    }
    text
}

#[test]
fn any_table_in_any_dialect_is_read_back() {
    for seed in 0..1_500 {
        let mut random = Random(seed);
        let n_columns = 2 + random.below(5);
        let mut rows: Vec<Vec<String>> = vec![(0..n_columns).map(|column| format!("name {column}")).collect()];
        for row in 0..1 + random.below(12) {
            let mut cells: Vec<String> = (0..n_columns).map(|_| random.pick(&CELLS).to_owned()).collect();
            // Blank rows and notes below the table are not records: one cell of each row marks it as a record.
            cells[n_columns - 1] = format!("{row}");
            rows.push(cells);
        }
        let delimiter = [',', ';', '\t', '|'][random.below(4)];
        let line_end = random.pick(&["\n", "\r\n", "\r", "\r\r\n"]);
        let text = write(&rows, delimiter, line_end, random.below(2) == 0);
        let encoding = [Encoding::Utf8, Encoding::Utf8Bom, Encoding::Utf16Le, Encoding::Utf16Be][random.below(4)];
        let bytes = [encoding.mark(), &encoding.encode(&text)].concat();
        let wanted: Vec<&str> = rows[0].iter().map(String::as_str).collect();
        let (names, found) = rows_of(&bytes, &wanted);
        assert_eq!((&names, &found), (&rows[0], &rows[1..].to_vec()), "seed {seed}: {text:?}");
    }
}

#[test]
fn a_file_of_many_blocks_is_read_as_one() {
    let mut text = String::from("a,b,c\r\n");
    for row in 0..150_000 {
        text.push_str(&format!("{row},\"x\n\"\"{row}\"\"\",{}\r\n", row % 7));
    }
    let (_, rows) = rows_of(text.as_bytes(), &["c"]);
    assert_eq!(rows.len(), 150_000);
    for (row, cells) in rows.iter().enumerate() {
        assert_eq!(*cells, [row.to_string(), format!("x\n\"{row}\""), (row % 7).to_string()]);
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
        assert_eq!(reader::find_delimiter(text.as_bytes(), &[]), expected, "{text:?}");
    }
    // The header has the name with only one of the delimiters.
    assert_eq!(reader::find_delimiter(b"a,y;c,d\n1,2;3,4\n", &["c,d".into()]), b';');
}

/// The cases of csv-spectrum, rewritten.
#[test]
fn the_spectrum_of_csv_is_read() {
    let row = |cells: &[&str]| cells.iter().map(ToString::to_string).collect::<Vec<_>>();
    let cases: [(&str, &str, Vec<Vec<String>>); 11] = [
        ("comma in quotes", "first,town,zip\nJo,\"Ebro, Delta\",43580\n", vec![row(&["Jo", "Ebro, Delta", "43580"])]),
        ("empty", "a,b,c\n1,\"\",\"\"\n2,3,4\n", vec![row(&["1", "", ""]), row(&["2", "3", "4"])]),
        ("empty crlf", "a,b,c\r\n1,\"\",\"\"\r\n2,3,4\r\n", vec![row(&["1", "", ""]), row(&["2", "3", "4"])]),
        ("escaped quotes", "a,b\n1,\"ha \"\"ha\"\" ha\"\n3,4\n", vec![row(&["1", "ha \"ha\" ha"]), row(&["3", "4"])]),
        (
            "json",
            "key,val\n1,\"{\"\"type\"\": \"\"Point\"\", \"\"at\"\": [102.0, 0.5]}\"\n",
            vec![row(&["1", "{\"type\": \"Point\", \"at\": [102.0, 0.5]}"])],
        ),
        (
            "newlines",
            "a,b,c\n1,2,3\n\"Once upon \na time\",5,6\n7,8,9\n",
            vec![row(&["1", "2", "3"]), row(&["Once upon \na time", "5", "6"]), row(&["7", "8", "9"])],
        ),
        (
            "newlines crlf",
            "a,b,c\r\n1,2,3\r\n\"Once upon \r\na time\",5,6\r\n",
            vec![row(&["1", "2", "3"]), row(&["Once upon \r\na time", "5", "6"])],
        ),
        (
            "quotes and newlines",
            "a,b\n1,\"ha \n\"\"ha\"\" \nha\"\n3,4\n",
            vec![row(&["1", "ha \n\"ha\" \nha"]), row(&["3", "4"])],
        ),
        ("simple", "a,b,c\n1,2,3\n", vec![row(&["1", "2", "3"])]),
        ("simple crlf", "a,b,c\r\n1,2,3\r\n", vec![row(&["1", "2", "3"])]),
        ("utf-8", "a,b,c\n1,2,3\n4,5,ʤ\n", vec![row(&["1", "2", "3"]), row(&["4", "5", "ʤ"])]),
    ];
    for (name, text, expected) in cases {
        assert_eq!(rows_of(text.as_bytes(), &[]).1, expected, "{name}");
    }
}

/// A fuzz test with a fixed seed: any bytes give a result or an error, and nothing panics.
#[test]
fn damaged_files_are_answered_never_crashed_on() {
    let clean = "sep=;\r\nTitle\r\nname;score;\"no;te\"\r\nAda;88,5;\"x \"\"y\"\"\"\r\nBo;1.234,5;?\r\nTotal;99;\r\n";
    let odd = [0x00, 0x1a, b'"', b'\n', b'\r', b';', b',', 0xff, 0xfe, 0xc3, 0x80, b'\\', b'=', b' '];
    for seed in 0..4_000 {
        let mut random = Random(seed);
        let mut bytes = clean.as_bytes().to_vec();
        for _ in 0..1 + random.below(8) {
            if bytes.is_empty() {
                break;
            }
            let place = random.below(bytes.len());
            match random.below(4) {
                0 => drop(bytes.remove(place)),
                1 => bytes.truncate(place + 1),
                2 => bytes[place] = odd[random.below(odd.len())],
                _ => bytes.insert(place, odd[random.below(odd.len())]),
            }
        }
        let Ok(reader) = TableReader::open("t.csv", &bytes[..], &ReadOptions::default()) else { continue };
        let Ok(mut cells) = reader::read_cells(reader) else { continue };
        let options = vec![Some(reader::ColumnOptions::default()); cells.names.len()];
        let _ = cells.decide("t.csv", &options);
    }
}
