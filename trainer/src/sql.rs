//! Differences between SQL dialects, for a model exported as a statement, and for queries that count records in an
//! engine.

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
    /// Spark SQL, as in Spark, Databricks and Sail.
    Spark,
    /// Trino.
    Trino,
    /// Snowflake.
    Snowflake,
    /// BigQuery.
    BigQuery,
}

impl Dialect {
    /// The dialects of exported models, with their names on the command line.
    pub const SCORING: [(&'static str, Self); 4] =
        [("duckdb", Self::DuckDb), ("postgres", Self::Postgres), ("sqlite", Self::Sqlite), ("spark", Self::Spark)];
    /// The dialects of counting queries, with their names on the command line.
    pub const COUNTING: [(&'static str, Self); 6] = [
        ("duckdb", Self::DuckDb),
        ("postgres", Self::Postgres),
        ("spark", Self::Spark),
        ("trino", Self::Trino),
        ("snowflake", Self::Snowflake),
        ("bigquery", Self::BigQuery),
    ];

    /// The engine's name for people.
    #[must_use]
    pub fn engine(self) -> &'static str {
        match self {
            Self::DuckDb => "DuckDB",
            Self::Postgres => "PostgreSQL",
            Self::Sqlite => "SQLite",
            Self::Spark => "Spark",
            Self::Trino => "Trino",
            Self::Snowflake => "Snowflake",
            Self::BigQuery => "BigQuery",
        }
    }

    /// A quoted identifier.
    pub(crate) fn name(self, name: &str) -> String {
        match self {
            Self::Spark => format!("`{}`", name.replace('`', "``")),
            Self::BigQuery => format!("`{}`", name.replace('\\', "\\\\").replace('`', "\\`")),
            Self::DuckDb | Self::Postgres | Self::Sqlite | Self::Trino | Self::Snowflake => {
                format!("\"{}\"", name.replace('"', "\"\""))
            }
        }
    }

    /// A table's quoted name, with schema and catalog if it contains dots.
    pub(crate) fn table(self, table: &str) -> String {
        table.split('.').map(|part| self.name(part)).collect::<Vec<_>>().join(".")
    }

    /// A string literal.
    pub(crate) fn text(self, text: &str) -> String {
        match self {
            // The backslash is an escape character.
            Self::Spark | Self::Snowflake | Self::BigQuery => {
                format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
            }
            Self::DuckDb | Self::Postgres | Self::Sqlite | Self::Trino => format!("'{}'", text.replace('\'', "''")),
        }
    }

    /// A double-precision literal with all digits.
    pub(crate) fn number(self, number: f64) -> String {
        match self {
            // Elsewhere a literal with an exponent is a double, here it is a decimal.
            Self::Postgres => format!("float8 '{number:e}'"),
            Self::DuckDb | Self::Sqlite | Self::Spark | Self::Trino | Self::Snowflake | Self::BigQuery => {
                format!("{number:e}")
            }
        }
    }

    /// The beginning of a `WITH` clause. It must not be inlined, or each use of one of its columns would compute it
    /// again.
    pub(crate) fn clause(self) -> &'static str {
        match self {
            Self::Postgres | Self::Sqlite => "AS MATERIALIZED",
            Self::DuckDb | Self::Spark | Self::Trino | Self::Snowflake | Self::BigQuery => "AS",
        }
    }

    /// A column's cells as double-precision numbers; NULL for anything else.
    pub(crate) fn to_number(self, column: &str) -> String {
        match self {
            Self::DuckDb | Self::Spark => {
                format!("CASE WHEN NOT isnan(CAST({column} AS DOUBLE)) THEN CAST({column} AS DOUBLE) END")
            }
            Self::Postgres => format!("nullif(CAST({column} AS float8), 'NaN')"),
            Self::Trino => {
                format!("CASE WHEN NOT is_nan(CAST({column} AS DOUBLE)) THEN CAST({column} AS DOUBLE) END")
            }
            Self::Snowflake => format!("nullif(CAST({column} AS DOUBLE), 'NaN')"),
            Self::BigQuery => {
                format!("CASE WHEN NOT is_nan(CAST({column} AS FLOAT64)) THEN CAST({column} AS FLOAT64) END")
            }
            // There is no NaN.
            Self::Sqlite => format!("CAST({column} AS REAL)"),
        }
    }

    /// A column's cells as trimmed texts.
    pub(crate) fn to_text(self, column: &str) -> String {
        format!("trim({})", self.as_text(column))
    }

    /// A value converted to text.
    pub(crate) fn as_text(self, value: &str) -> String {
        let text = match self {
            Self::DuckDb | Self::Trino | Self::Snowflake => "VARCHAR",
            Self::Postgres | Self::Sqlite => "TEXT",
            Self::Spark | Self::BigQuery => "STRING",
        };
        format!("CAST({value} AS {text})")
    }

    /// A number as an integer of up to 2⁶³.
    pub(crate) fn as_whole(self, number: &str) -> String {
        let whole = if self == Self::BigQuery { "INT64" } else { "BIGINT" };
        format!("CAST({number} AS {whole})")
    }

    /// The square of an integer, in a type whose sums do not overflow.
    pub(crate) fn square(self, whole: &str) -> String {
        // The product of two decimals of 19 digits has 38 digits, the most that engines support.
        let wide = if self == Self::BigQuery { "BIGNUMERIC" } else { "DECIMAL(19, 0)" };
        format!("CAST({whole} AS {wide}) * CAST({whole} AS {wide})")
    }

    /// The MD5 of a text as 32 hexadecimal digits in lower case.
    pub(crate) fn md5(self, text: &str) -> String {
        match self {
            Self::Trino => format!("lower(to_hex(md5(to_utf8({text}))))"),
            Self::BigQuery => format!("to_hex(md5({text}))"),
            Self::DuckDb | Self::Postgres | Self::Sqlite | Self::Spark | Self::Snowflake => format!("md5({text})"),
        }
    }
}

/// `CASE subject WHEN … THEN … ELSE otherwise END`.
pub(crate) fn lookup(subject: &str, branches: impl IntoIterator<Item = (String, String)>, otherwise: &str) -> String {
    let mut sql = format!("CASE {subject}");
    let mut is_empty = true;
    for (value, result) in branches {
        is_empty = false;
        // Writing to a string cannot fail.
        let _ = write!(sql, " WHEN {value} THEN {result}");
    }
    if is_empty { otherwise.to_owned() } else { format!("{sql} ELSE {otherwise} END") }
}

/// One of `results`, selected by the number of ascending `thresholds` below `subject`, which is not NULL.
pub(crate) fn steps(dialect: Dialect, subject: &str, thresholds: &[f64], results: &[String]) -> String {
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
