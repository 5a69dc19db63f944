//! Any table that is written in any dialect is read back; and so are the files of csv-spectrum, a common test suite for
//! CSV readers.

use proptest::prelude::*;
use reader::{Feed, ReadError, ReadOptions, StrayQuote, TableReader};

/// A header and rows of cells.
type Table = Vec<Vec<String>>;

fn read(reader: Result<TableReader<'_>, ReadError>) -> Result<Table, ReadError> {
    let mut reader = reader?;
    let mut rows = vec![reader.names().to_vec()];
    let splitter = reader.splitter().clone();
    while let Some(block) = reader.next_block()? {
        let visited = splitter.each(&block, |row| {
            let cell = |field| String::from_utf8_lossy(row.cell(field)).into_owned();
            rows.push((0..row.cells.len()).map(cell).collect());
        });
        let open = |stray: StrayQuote| (reader.file().to_owned(), stray.line, stray.n_lines);
        visited.map_err(open).map_err(|(file, line, n_lines)| ReadError::OpenQuote { file, line, n_lines })?;
    }
    Ok(rows)
}

fn read_bytes(bytes: &[u8], wanted: &[String]) -> Result<Table, ReadError> {
    read(TableReader::open("t.csv", bytes, &ReadOptions { wanted: wanted.to_vec(), ..ReadOptions::default() }))
}

/// The same bytes, in pieces.
fn read_pieces(bytes: &[u8], length: usize, wanted: &[String]) -> Result<Table, ReadError> {
    let feed = Feed::default();
    bytes.chunks(length.max(1)).for_each(|piece| feed.push(piece.to_vec()));
    feed.end();
    read(TableReader::of_feed("t.csv", &feed, &ReadOptions { wanted: wanted.to_vec(), ..ReadOptions::default() }))
}

#[derive(Debug, Clone)]
struct Dialect {
    delimiter: char,
    end: &'static str,
    quotes_all: bool,
    encoding: usize,
}

fn written(table: &Table, dialect: &Dialect) -> Vec<u8> {
    let Dialect { delimiter, end, quotes_all, encoding } = dialect;
    let cell = |cell: &String| {
        let must = cell.contains(['"', '\r', '\n', *delimiter]);
        if *quotes_all || must { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.clone() }
    };
    let row = |row: &Vec<String>| row.iter().map(cell).collect::<Vec<_>>().join(&delimiter.to_string()) + end;
    let text: String = table.iter().map(row).collect();
    match encoding {
        0 => text.into_bytes(),
        1 => format!("\u{feff}{text}").into_bytes(),
        2 => format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect(),
        _ => format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_be_bytes).collect(),
    }
}

fn dialects() -> impl Strategy<Value = Dialect> {
    let signs =
        (prop_oneof![Just(','), Just(';'), Just('\t'), Just('|')], prop_oneof![Just("\n"), Just("\r\n"), Just("\r")]);
    (signs, any::<bool>(), 0_usize..4).prop_map(|((delimiter, end), quotes_all, encoding)| Dialect {
        delimiter,
        end,
        quotes_all,
        encoding,
    })
}

/// Texts without surrounding white space, which readers of tables trim. Texts of several lines contain no delimiter.
fn cells() -> impl Strategy<Value = String> {
    let trimmed = |text: String| text.trim().to_owned();
    prop_oneof![
        8 => "[a-zA-Z0-9äßé€语😀 ,;|\"'.%+=@-]{0,12}".prop_map(trimmed),
        1 => "[a-z]{1,4}\n[a-z\"]{1,4}".prop_map(trimmed),
        1 => Just(String::new()),
    ]
}

fn tables() -> impl Strategy<Value = Table> {
    (2_usize..6).prop_flat_map(|n_columns| {
        let rows = prop::collection::vec(prop::collection::vec(cells(), n_columns), 0..20);
        rows.prop_map(move |rows| {
            let filled = |text: &str| vec![text.to_owned(); n_columns];
            let header = ["alpha", "beta", "gamma", "delta", "epsilon"][..n_columns].iter().map(ToString::to_string);
            // Totals are searched for at the end, units below the header: here are neither.
            [vec![header.collect(), filled("start")], rows, vec![filled("stop")]].concat()
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_table_in_any_dialect_is_read_back(table in tables(), dialect in dialects(), length in 1_usize..40) {
        let bytes = written(&table, &dialect);
        // Blank rows are skipped, and line ends within cells are preserved.
        let expected: Table = table.iter().filter(|row| row.iter().any(|cell| !cell.is_empty())).cloned().collect();
        prop_assert_eq!(read_bytes(&bytes, &table[0]).unwrap(), expected.clone());
        prop_assert_eq!(read_pieces(&bytes, length, &table[0]).unwrap(), expected);
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = read_bytes(&bytes, &[]);
    }

    #[test]
    fn no_text_of_signs_makes_the_reader_panic(text in "[ab1,;\"\\\\\r\n \t#=.-]{0,200}") {
        let _ = read_bytes(text.as_bytes(), &["a".to_owned()]);
    }
}

#[test]
fn csv_spectrum_is_read() {
    let table =
        |rows: &[&[&str]]| rows.iter().map(|row| row.iter().map(ToString::to_string).collect()).collect::<Table>();
    let simple = table(&[&["a", "b", "c"], &["1", "2", "3"]]);
    let newlines = table(&[&["a", "b", "c"], &["1", "2", "3"], &["Once upon \na time", "5", "6"], &["7", "8", "9"]]);
    for (name, text, expected) in [
        ("simple", "a,b,c\n1,2,3\n", simple.clone()),
        ("simple_crlf", "a,b,c\r\n1,2,3", simple),
        (
            "comma_in_quotes",
            "first,last,address,city,zip\nJohn,Doe,120 any st.,\"Anytown, WW\",08123\n",
            table(&[
                &["first", "last", "address", "city", "zip"],
                &["John", "Doe", "120 any st.", "Anytown, WW", "08123"],
            ]),
        ),
        ("empty", "a,b,c\n1,\"\",\"\"\n2,3,4\n", table(&[&["a", "b", "c"], &["1", "", ""], &["2", "3", "4"]])),
        ("empty_crlf", "a,b,c\r\n1,\"\",\"\"\r\n2,3,4", table(&[&["a", "b", "c"], &["1", "", ""], &["2", "3", "4"]])),
        (
            "escaped_quotes",
            "a,b\n1,\"ha \"\"ha\"\" ha\"\n3,4\n",
            table(&[&["a", "b"], &["1", "ha \"ha\" ha"], &["3", "4"]]),
        ),
        (
            "json",
            "key,val\n1,\"{\"\"type\"\": \"\"Point\"\", \"\"coordinates\"\": [102.0, 0.5]}\"\n",
            table(&[&["key", "val"], &["1", "{\"type\": \"Point\", \"coordinates\": [102.0, 0.5]}"]]),
        ),
        ("newlines", "a,b,c\n1,2,3\n\"Once upon \na time\",5,6\n7,8,9\n", newlines.clone()),
        (
            "newlines_crlf",
            "a,b,c\r\n1,2,3\r\n\"Once upon \r\na time\",5,6\r\n7,8,9",
            table(&[&["a", "b", "c"], &["1", "2", "3"], &["Once upon \r\na time", "5", "6"], &["7", "8", "9"]]),
        ),
        (
            "quotes_and_newlines",
            "a,b\n1,\"ha \n\"\"ha\"\" \nha\"\n3,4\n",
            table(&[&["a", "b"], &["1", "ha \n\"ha\" \nha"], &["3", "4"]]),
        ),
        ("utf8", "a,b,c\n1,2,3\n4,5,ʤ\n", table(&[&["a", "b", "c"], &["1", "2", "3"], &["4", "5", "ʤ"]])),
        (
            "location_coordinates",
            "Contact Phone Number,Location Coordinates,Cities,Counties\n5555555555,\"(45.5, -122.5)\",Anytown,Any\n",
            table(&[
                &["Contact Phone Number", "Location Coordinates", "Cities", "Counties"],
                &["5555555555", "(45.5, -122.5)", "Anytown", "Any"],
            ]),
        ),
    ] {
        assert_eq!(read_bytes(text.as_bytes(), &[]).unwrap(), expected, "{name}");
        assert_eq!(read_pieces(text.as_bytes(), 3, &[]).unwrap(), expected, "{name}");
    }
}
