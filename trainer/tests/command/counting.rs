//! `scorecast sql`, and training on the results of its queries.

use std::fs;

use sqlparser::ast::Statement;
use sqlparser::dialect::{
    BigQueryDialect, DatabricksDialect, Dialect, DuckDbDialect, GenericDialect, PostgreSqlDialect, SnowflakeDialect,
};
use sqlparser::parser::Parser;

use crate::common::{scorecast, stderr, stdout};
use crate::oracle::{PARTING, pupils};

fn sql(dialect: &str, more: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let args =
        ["sql", "--dialect", dialect, "--table", "school.all \"records\"", "--id", "pupil id", "--target", "score"];
    let output = scorecast(folder.path(), &[&args[..], &["--columns", "course,o'reading"], more].concat());
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    stdout(&output)
}

#[test]
fn every_query_is_one_select_in_its_dialect() {
    let dialects: [(&str, Box<dyn Dialect>); 6] = [
        ("duckdb", Box::new(DuckDbDialect {})),
        ("postgres", Box::new(PostgreSqlDialect {})),
        ("spark", Box::new(DatabricksDialect {})),
        ("trino", Box::new(GenericDialect {})),
        ("snowflake", Box::new(SnowflakeDialect {})),
        ("bigquery", Box::new(BigQueryDialect {})),
    ];
    for (name, dialect) in dialects {
        let printed = sql(name, &["--rows", "1000000"]);
        let statements =
            Parser::parse_sql(&*dialect, &printed).unwrap_or_else(|problem| panic!("{name}: {problem}\n{printed}"));
        assert_eq!(statements.len(), 2, "{name}");
        for statement in statements {
            let Statement::Query(query) = statement else { panic!("{name}: {statement} is no query") };
            // The query survives a round trip through the parser.
            let again = Parser::parse_sql(&*dialect, &query.to_string()).unwrap();
            assert_eq!(again, [Statement::Query(query)], "{name}");
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let output = scorecast(folder.path(), &["sql", "--dialect", "sqlite", "--table", "t"]);
    assert!(stderr(&output).contains("write one of duckdb, postgres, spark"), "{}", stderr(&output));
}

#[test]
fn parts_and_samples_are_shares_of_the_hash() {
    let printed = sql("duckdb", &["--rows", "1000000"]);
    // 0.2 and thirds of the rest, of 16^8; for the sample, 0.04 of it.
    let part = "CASE WHEN scorecast_hash < '33333334' THEN -1 WHEN scorecast_hash < '77777778' THEN 0 WHEN scorecast_hash < \
                'bbbbbbbc' THEN 1 ELSE 2 END";
    assert_eq!(printed.matches(part).count(), 2, "{printed}");
    assert!(printed.contains("substr(scorecast_hash, 9, 8) < '0a3d70a4'"), "{printed}");
    assert!(printed.contains("md5(concat('42:', coalesce(CAST(\"pupil id\" AS VARCHAR), '')))"), "{printed}");
    assert!(printed.contains("FROM \"school\".\"all \"\"records\"\"\" AS records"), "{printed}");
    // A small table is drawn completely.
    let printed =
        sql("duckdb", &["--rows", "1000", "--seed", "7", "--cv", "2", "--test-size", "0.5", "--decimals", "1"]);
    assert!(!printed.contains("substr(") && printed.contains("concat('7:'"), "{printed}");
    assert!(
        printed.contains("WHEN scorecast_hash < '80000000' THEN -1 WHEN scorecast_hash < 'c0000000' THEN 0 ELSE 1")
    );
    assert!(printed.contains("round(scorecast_target * 10)"), "{printed}");
}

#[test]
fn cells_and_rows_are_trained_from_by_hand() {
    let folder = tempfile::tempdir().unwrap();
    let records = pupils(5_000, 21);
    fs::write(folder.path().join("cells.csv"), records.cells(PARTING)).unwrap();
    fs::write(folder.path().join("sample.csv"), records.sample(PARTING, 0.5)).unwrap();
    let train = |more: &[&str]| {
        let args = ["train", "--sample", "sample.csv", "--target", "score", "--families", "linear,knn,tree"];
        scorecast(folder.path(), &[&args[..], more].concat())
    };
    let output = train(&["--cells", "cells.csv", "--output", "counted"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(stdout(&output).contains("5000 rows, 4 columns"), "{}", stdout(&output));
    assert!(stdout(&output).contains("learned from all of them as "), "{}", stdout(&output));
    assert!(stderr(&output).contains("knn is left out"), "{}", stderr(&output));
    let report = fs::read_to_string(folder.path().join("counted/report.json")).unwrap();
    assert!(report.contains("\"counted\":{\"cells\":") && report.contains("\"rows\":5000"), "{report}");

    // The sample alone is a table with parts.
    let output = train(&["--output", "drawn", "--cv", "5"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(stderr(&output).contains("--cv and --test-size have no effect"), "{}", stderr(&output));
    let report = fs::read_to_string(folder.path().join("drawn/report.json")).unwrap();
    assert!(!report.contains("\"counted\"") && !report.contains("\"rows\":5000"), "{report}");

    for (more, expected) in [
        (&["--group", "school"][..], "give the column of groups to `scorecast sql` as --id"),
        (&["--cells", "sample.csv"], "there is no column \"scorecast_n\""),
    ] {
        let output = train(more);
        assert!(!output.status.success() && stderr(&output).contains(expected), "{more:?}: {}", stderr(&output));
    }
    let output = scorecast(folder.path(), &["train", "--cells", "cells.csv", "--target", "score"]);
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
}
