//! An engine's address, and the secrets in it, which are never shown.

use std::env;

use trainer::SqlDialect;

/// Names whose values are secret, in addresses and options.
const SECRETS: [&str; 7] = ["token", "password", "passwd", "pwd", "secret", "key", "auth"];
/// Replaces a secret.
const HIDDEN: &str = "…";
/// The environment variable with Spark's address, as for Spark's own clients.
const SPARK_REMOTE: &str = "SPARK_REMOTE";

/// An engine given on the command line.
#[derive(Debug, Clone)]
pub(crate) struct Address {
    /// The name of the driver.
    pub(super) driver: String,
    pub(super) dialect: SqlDialect,
    /// The driver's options.
    pub(super) options: Vec<(String, String)>,
}

impl Address {
    /// Parses `duckdb:FILE`, `spark`, `sc://HOST:PORT` or `postgresql://…`.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let named = |driver: &str, dialect: SqlDialect, options: &[(&str, &str)]| Self {
            driver: driver.to_owned(),
            dialect,
            options: options.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        };
        if let Some(path) = text.strip_prefix("duckdb:").filter(|path| !path.is_empty()) {
            return Ok(named("duckdb", SqlDialect::DuckDb, &[("path", path), ("access_mode", "READ_ONLY")]));
        }
        if text == "spark" {
            let uri = env::var(SPARK_REMOTE).map_err(|_| {
                format!("set {SPARK_REMOTE} to the address of Spark Connect, such as sc://host:15002, or write that instead of spark")
            })?;
            return Ok(named("spark", SqlDialect::Spark, &[("uri", &uri)]));
        }
        if text.starts_with("sc://") {
            return Ok(named("spark", SqlDialect::Spark, &[("uri", text)]));
        }
        if text.starts_with("postgresql://") || text.starts_with("postgres://") {
            return Ok(named("postgresql", SqlDialect::Postgres, &[("uri", text)]));
        }
        Err("write duckdb:FILE, spark (with SPARK_REMOTE set), sc://HOST:PORT or postgresql://HOST/DATABASE; for other engines \
             `scorecast sql` prints the queries"
            .into())
    }

    /// The kind of engine, for display; says nothing about its location.
    pub(crate) fn engine(&self) -> &'static str {
        self.dialect.engine()
    }

    /// How to install the driver.
    pub(super) fn remedy(&self) -> String {
        let install = match self.dialect {
            SqlDialect::Spark => "pip install adbc-driver-spark, or dbc install spark",
            SqlDialect::Postgres => "pip install adbc-driver-postgresql, or dbc install postgresql",
            _ => "dbc install duckdb, or take libduckdb from https://duckdb.org",
        };
        format!("install it ({install}), or name its file with --driver")
    }
}

/// A text without its secrets: values of names such as `token`, and passwords in addresses.
pub(crate) fn redacted(text: &str) -> String {
    let mut shown = without_passwords(text);
    for name in SECRETS {
        let mut from = 0;
        while let Some(found) = shown[from..].to_ascii_lowercase().find(&format!("{name}=")) {
            let start = from + found + name.len() + 1;
            let is_end = |letter: char| letter.is_whitespace() || matches!(letter, ';' | '&' | '"' | '\'' | ',' | ')');
            let end = shown[start..].find(is_end).map_or(shown.len(), |len| start + len);
            shown.replace_range(start..end, HIDDEN);
            from = start + HIDDEN.len();
        }
    }
    shown
}

/// `scheme://user:password@host` without the password.
fn without_passwords(text: &str) -> String {
    let mut shown = String::new();
    let mut rest = text;
    while let Some(scheme) = rest.find("://") {
        let (before, after) = rest.split_at(scheme + 3);
        shown += before;
        let end = after
            .find(|letter: char| letter.is_whitespace() || matches!(letter, '/' | '?' | '"' | '\''))
            .unwrap_or(after.len());
        let (authority, behind) = after.split_at(end);
        match authority.rsplit_once('@').map(|(user, host)| (user.split_once(':').map_or(user, |(name, _)| name), host))
        {
            Some((user, host)) => shown += &format!("{user}:{HIDDEN}@{host}"),
            None => shown += authority,
        }
        rest = behind;
    }
    shown + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_hidden_wherever_they_stand() {
        for (text, expected) in [
            ("sc://host:15002/;use_ssl=true;token=abc.def;user=x", "sc://host:15002/;use_ssl=true;token=…;user=x"),
            ("failed for 'TOKEN=abc' twice: Token=d", "failed for 'TOKEN=…' twice: Token=…"),
            ("postgresql://me:se:cr@et@host/db?sslmode=require", "postgresql://me:…@host/db?sslmode=require"),
            ("duckdb:/data/school.duckdb", "duckdb:/data/school.duckdb"),
            ("an ordinary text: a = b, c@d", "an ordinary text: a = b, c@d"),
        ] {
            assert_eq!(redacted(text), expected);
        }
    }

    #[test]
    fn an_address_names_its_driver() {
        let address = Address::parse("duckdb:/data/a b.duckdb").unwrap();
        assert_eq!((address.driver.as_str(), address.options[0].1.as_str()), ("duckdb", "/data/a b.duckdb"));
        assert_eq!(Address::parse("sc://host:1").unwrap().dialect, SqlDialect::Spark);
        assert!(Address::parse("mysql://host").unwrap_err().contains("scorecast sql"));
    }
}
