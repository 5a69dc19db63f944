//! Training on a columnar file gives the same model as on the same table in CSV.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use parquet::data_type::{ByteArray, ByteArrayType, DoubleType};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

use crate::common::{repository, scorecast, stderr};

const N_TEXTS: usize = 5;

/// The sample's records as Parquet: five text columns, three numeric ones.
fn parquet(csv: &str) -> Vec<u8> {
    let mut lines = csv.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let names = lines.next().unwrap();
    let rows: Vec<_> = lines.collect();
    let field = |(idx, name): (usize, &&str)| {
        if idx < N_TEXTS { format!("required binary {name} (UTF8); ") } else { format!("required double {name}; ") }
    };
    let schema = format!("message records {{ {} }}", names.iter().enumerate().map(field).collect::<String>());
    let schema = Arc::new(parse_message_type(&schema).unwrap());
    let mut file = SerializedFileWriter::new(Vec::new(), schema, Arc::new(WriterProperties::default())).unwrap();
    let mut group = file.next_row_group().unwrap();
    for idx in 0..names.len() {
        let mut column = group.next_column().unwrap().unwrap();
        let n_written = if idx < N_TEXTS {
            let texts: Vec<_> = rows.iter().map(|row| ByteArray::from(row[idx])).collect();
            column.typed::<ByteArrayType>().write_batch(&texts, None, None).unwrap()
        } else {
            let numbers: Vec<f64> = rows.iter().map(|row| row[idx].parse().unwrap()).collect();
            column.typed::<DoubleType>().write_batch(&numbers, None, None).unwrap()
        };
        assert_eq!(n_written, rows.len());
        column.close().unwrap();
    }
    group.close().unwrap();
    file.into_inner().unwrap()
}

fn artifacts(folder: &Path, file: &str) -> [Vec<u8>; 2] {
    let args = ["train", file, "-t", "math_score", "-o", "out", "--families", "linear", "--repeats", "0", "--quiet"];
    let answer = scorecast(folder, &args);
    assert!(answer.status.success(), "{file}: {}", stderr(&answer));
    ["preprocessor.json", "model.json"].map(|name| fs::read(folder.join("out").join(name)).unwrap())
}

#[test]
fn a_parquet_file_gives_the_artifacts_and_estimates_of_its_csv() {
    let folder = tempfile::tempdir().unwrap();
    let csv = fs::read_to_string(repository().join("static/sample.csv")).unwrap();
    fs::write(folder.path().join("records.csv"), &csv).unwrap();
    fs::write(folder.path().join("records.parquet"), parquet(&csv)).unwrap();
    assert!(artifacts(folder.path(), "records.csv") == artifacts(folder.path(), "records.parquet"));

    let estimates = ["records.csv", "records.parquet"].map(|file| {
        let answer = scorecast(folder.path(), &["predict", file, "--artifacts", "out", "-o", "estimates.csv"]);
        assert!(answer.status.success(), "{file}: {}", stderr(&answer));
        let text = fs::read_to_string(folder.path().join("estimates.csv")).unwrap();
        // A number in Parquet has no textual form: compare only the added columns.
        let added = |line: &str| line.split(',').skip(N_TEXTS + 3).collect::<Vec<_>>().join(",");
        text.lines().map(added).collect::<Vec<_>>()
    });
    assert!(estimates[0].len() > 1_000 && estimates[0][1].contains('.'), "{:?}", estimates[0].get(1));
    assert_eq!(estimates[0], estimates[1]);
}
