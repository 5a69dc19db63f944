//! The same table is read from Parquet, Arrow and CSV.
#![cfg(feature = "columnar")]

use std::sync::Arc;

use arrow_array::types::Int8Type;
use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, DictionaryArray, Float64Array, Int64Array, RecordBatch, StringArray,
};
use arrow_ipc::writer::{FileWriter, StreamWriter};
use arrow_schema::{DataType, Field, Schema};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int32Type, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use reader::{ColumnData, ColumnOptions, ReadOptions, TableReader, read_cells};

const CSV: &str =
    "who,enrolled,hours,late,score\n\"Ada, A\",2024-03-01,3,TRUE,71.5\nBo,2024-02-29,,FALSE,60\nCy,,12,TRUE,\n";

/// The names and cells of a file, and the notes on it.
fn read(bytes: &[u8], needed: Option<Vec<String>>) -> (Vec<String>, Vec<ColumnData>, String) {
    let options = ReadOptions { needed, ..ReadOptions::default() };
    let mut cells = read_cells(TableReader::open("t", bytes, &options).unwrap()).unwrap();
    let said = vec![Some(ColumnOptions::default()); cells.names.len()];
    let decided = cells.decide("t", &said).unwrap();
    let columns = decided.into_iter().flatten().map(|column| column.decision.apply(column.builder)).collect();
    (cells.names, columns, cells.notes.iter().map(ToString::to_string).collect())
}

fn batch() -> RecordBatch {
    let who: DictionaryArray<Int8Type> = ["Ada, A", "Bo", "Cy"].into_iter().collect();
    let lists = arrow_array::ListArray::from_iter_primitive::<arrow_array::types::Int32Type, _, _>([
        Some([Some(1)]),
        Some([Some(2)]),
        None,
    ]);
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("who", Arc::new(who)),
        ("enrolled", Arc::new(Date32Array::from(vec![Some(19_783), Some(19_782), None]))),
        ("marks", Arc::new(lists)),
        ("hours", Arc::new(Int64Array::from(vec![Some(3), None, Some(12)]))),
        ("late", Arc::new(BooleanArray::from(vec![true, false, true]))),
        ("score", Arc::new(Float64Array::from(vec![Some(71.5), Some(60.0), None]))),
    ];
    RecordBatch::try_from_iter(columns.into_iter().map(|(name, column)| (name.to_owned(), column))).unwrap()
}

#[test]
fn arrow_files_and_streams_are_read_as_the_same_table_in_csv() {
    let (names, columns, _) = read(CSV.as_bytes(), None);
    let batch = batch();
    let mut file = FileWriter::try_new(Vec::new(), &batch.schema()).unwrap();
    file.write(&batch).unwrap();
    let mut stream = StreamWriter::try_new(Vec::new(), &batch.schema()).unwrap();
    stream.write(&batch).unwrap();
    for bytes in [file.into_inner().unwrap(), stream.into_inner().unwrap()] {
        let (found, cells, notes) = read(&bytes, None);
        assert!(
            found == names && same(&cells, &columns) && notes.contains("an Arrow file"),
            "{found:?} {cells:?} {notes}"
        );
        let (found, _, _) = read(&bytes, Some(vec!["HOURS".into(), "score".into()]));
        assert_eq!(found, ["hours", "score"]);
    }
    let texts = Schema::new(vec![Field::new("a", DataType::Utf8, true)]);
    let batch = RecordBatch::try_new(Arc::new(texts), vec![Arc::new(StringArray::from(vec!["x", "007"]))]).unwrap();
    let mut file = FileWriter::try_new(Vec::new(), &batch.schema()).unwrap();
    file.write(&batch).unwrap();
    let bytes = file.into_inner().unwrap();
    assert_eq!(read(&bytes, None).0, ["a"]);
    assert!(TableReader::open("t", &bytes[..bytes.len() / 2], &ReadOptions::default()).is_err());
}

#[test]
fn parquet_files_are_read_as_the_same_table_in_csv() {
    let schema = "message table { optional binary who (UTF8); optional int32 enrolled (DATE); optional int64 hours; \
                  optional binary late (UTF8); optional double score; }";
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let mut file = SerializedFileWriter::new(Vec::new(), schema, Arc::new(WriterProperties::default())).unwrap();
    let mut group = file.next_row_group().unwrap();
    let texts = |texts: &[&str]| texts.iter().map(|text| ByteArray::from(*text)).collect::<Vec<_>>();
    for place in 0.. {
        let Some(mut column) = group.next_column().unwrap() else { break };
        match place {
            0 => drop(column.typed::<ByteArrayType>().write_batch(
                &texts(&["Ada, A", "Bo", "Cy"]),
                Some(&[1, 1, 1]),
                None,
            )),
            1 => drop(column.typed::<Int32Type>().write_batch(&[19_783, 19_782], Some(&[1, 1, 0]), None)),
            2 => drop(column.typed::<Int64Type>().write_batch(&[3, 12], Some(&[1, 0, 1]), None)),
            3 => drop(column.typed::<ByteArrayType>().write_batch(
                &texts(&["TRUE", "FALSE", "TRUE"]),
                Some(&[1, 1, 1]),
                None,
            )),
            _ => drop(column.typed::<DoubleType>().write_batch(&[71.5, 60.0], Some(&[1, 1, 0]), None)),
        }
        column.close().unwrap();
    }
    group.close().unwrap();
    let bytes = file.into_inner().unwrap();
    let (names, columns, _) = read(CSV.as_bytes(), None);
    let (found, cells, notes) = read(&bytes, None);
    assert!(
        found == names && same(&cells, &columns) && notes.contains("a Parquet file"),
        "{found:?} {cells:?} {notes}"
    );
    assert_eq!(read(&bytes, Some(vec!["score".into(), "Who".into()])).0, ["who", "score"]);
    let error = TableReader::open("t", &bytes[..bytes.len() - 9], &ReadOptions::default()).err().unwrap().to_string();
    assert!(error.contains("a Parquet file that can't be read"), "{error}");
}

/// Whether cells are equal, blanks included.
fn same(left: &[ColumnData], right: &[ColumnData]) -> bool {
    format!("{left:?}") == format!("{right:?}")
}
