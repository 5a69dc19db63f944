//! What engines spell differently.

use std::fmt::Write;

/// An engine's SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// DuckDB.
    DuckDb,
    /// PostgreSQL.
    Postgres,
    /// SQLite.
    Sqlite,
    /// Spark SQL, as Spark, Databricks and Sail have it.
    Spark,
}

impl Dialect {
    /// All of them with their names on the command line.
    pub const ALL: [(&'static str, Self); 4] =
        [("duckdb", Self::DuckDb), ("postgres", Self::Postgres), ("sqlite", Self::Sqlite), ("spark", Self::Spark)];

    /// A name as it is, whatever it holds.
    pub(super) fn name(self, name: &str) -> String {
        match self {
            Self::Spark => format!("`{}`", name.replace('`', "``")),
            Self::DuckDb | Self::Postgres | Self::Sqlite => format!("\"{}\"", name.replace('"', "\"\"")),
        }
    }

    /// A table's name, with the schema and the catalog before it where there are dots.
    pub(super) fn table(self, table: &str) -> String {
        table.split('.').map(|part| self.name(part)).collect::<Vec<_>>().join(".")
    }

    /// A text.
    pub(super) fn text(self, text: &str) -> String {
        match self {
            // A backslash is an escape there.
            Self::Spark => format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'")),
            Self::DuckDb | Self::Postgres | Self::Sqlite => format!("'{}'", text.replace('\'', "''")),
        }
    }

    /// A double-precision number, with all its digits.
    pub(super) fn number(self, number: f64) -> String {
        match self {
            // With an exponent a literal is a double elsewhere, but a decimal here.
            Self::Postgres => format!("float8 '{number:e}'"),
            Self::DuckDb | Self::Sqlite | Self::Spark => format!("{number:e}"),
        }
    }

    /// How a clause of `WITH` is begun. It must not be merged into what reads it, or each use of one of its columns would
    /// compute it anew.
    pub(super) fn clause(self) -> &'static str {
        match self {
            Self::Postgres | Self::Sqlite => "AS MATERIALIZED",
            Self::DuckDb | Self::Spark => "AS",
        }
    }

    /// A column's cells as double-precision numbers; what isn't a number is NULL.
    pub(super) fn to_number(self, column: &str) -> String {
        match self {
            Self::DuckDb | Self::Spark => {
                format!("CASE WHEN NOT isnan(CAST({column} AS DOUBLE)) THEN CAST({column} AS DOUBLE) END")
            }
            Self::Postgres => format!("nullif(CAST({column} AS float8), 'NaN')"),
            // It has no NaN.
            Self::Sqlite => format!("CAST({column} AS REAL)"),
        }
    }

    /// A column's cells as texts without spaces around them.
    pub(super) fn to_text(self, column: &str) -> String {
        let text = match self {
            Self::DuckDb => "VARCHAR",
            Self::Postgres | Self::Sqlite => "TEXT",
            Self::Spark => "STRING",
        };
        format!("trim(CAST({column} AS {text}))")
    }
}

/// `CASE subject WHEN … THEN … ELSE otherwise END`.
pub(super) fn lookup(subject: &str, branches: impl IntoIterator<Item = (String, String)>, otherwise: &str) -> String {
    let mut sql = format!("CASE {subject}");
    let mut is_empty = true;
    for (value, result) in branches {
        is_empty = false;
        // Writing to a text can't fail.
        let _ = write!(sql, " WHEN {value} THEN {result}");
    }
    if is_empty { otherwise.to_owned() } else { format!("{sql} ELSE {otherwise} END") }
}

/// One of `results`, chosen by how many of the ascending `thresholds` lie below `subject`, which isn't NULL.
pub(super) fn steps(dialect: Dialect, subject: &str, thresholds: &[f64], results: &[String]) -> String {
    match (thresholds, results) {
        ([], [result, ..]) => result.clone(),
        (_, []) => String::from("NULL"),
        _ => {
            let middle = thresholds.len() / 2;
            let low = steps(dialect, subject, &thresholds[..middle], &results[..=middle]);
            let high = steps(dialect, subject, &thresholds[middle + 1..], &results[middle + 1..]);
            format!("CASE WHEN {subject} <= {} THEN {low} ELSE {high} END", dialect.number(thresholds[middle]))
        }
    }
}
