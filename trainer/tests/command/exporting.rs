//! `scorecast export`: a model as a SQL statement. `tests/engines` runs the statements in engines.

use crate::common::{scorecast, stderr, stdout};
use crate::students::{students, train};

#[test]
fn a_statement_names_the_table_and_quotes_every_name_and_text() {
    let folder = students();
    assert!(train(folder.path(), &["--families", "linear"]).status.success());
    let export = |more: &[&str]| scorecast(folder.path(), &[&["export"], more].concat());
    let output =
        export(&["--sql", "postgres", "--table", "school.all \"records\"", "--id", "pupil,gender", "--level", "90"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let sql = stdout(&output);
    assert!(sql.starts_with("WITH scorecast_") && sql.contains("FROM \"school\".\"all \"\"records\"\"\""), "{sql}");
    assert!(sql.contains("'bachelor''s degree'"), "{sql}");
    let select = sql.rsplit_once("\nSELECT\n").unwrap().1;
    for name in ["\"pupil\"", "\"gender\"", "\"predicted_math_score\"", "\"low_90\"", "\"high_90\""] {
        assert!(select.contains(name), "{name}: {select}");
    }
    // Without --id, the model's columns; quoted as in Spark.
    let sql = stdout(&export(&["--sql", "spark", "--table", "records"]));
    let select = sql.rsplit_once("\nSELECT\n").unwrap().1;
    assert!(select.contains("`writing_score`") && !select.contains("low_"), "{select}");
    assert!(sql.contains(r"'bachelor\'s degree'"), "{sql}");
}

#[test]
fn what_can_not_be_a_statement_is_refused() {
    let folder = students();
    for (family, reason) in [("knn", "predicts from rows of its training data"), ("adaboost", "weighted median")] {
        let more = ["--families", family, "--allow-records", "--size-budget", "50000000", "--min-r2", "0"];
        assert!(train(folder.path(), &more).status.success());
        let output = scorecast(folder.path(), &["export", "--sql", "duckdb", "--table", "records", "-o", "never.sql"]);
        assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
        assert!(stderr(&output).contains(reason), "{}", stderr(&output));
        assert!(!folder.path().join("never.sql").exists());
    }
    let output = scorecast(folder.path(), &["export", "--sql", "oracle", "--table", "records"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("duckdb, postgres, sqlite, spark"), "{}", stderr(&output));
    let output =
        scorecast(folder.path(), &["export", "--sql", "duckdb", "--table", "records", "--artifacts", "nowhere"]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
}
