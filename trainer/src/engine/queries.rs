//! The queries for an engine.

use super::parts::{HASH, Parts, is_drawn};
use crate::sql::{Dialect, steps};
use crate::table::ingest::CellColumn;
use crate::table::rounding::{Rounding, Roundings};

/// What the queries are written for.
#[derive(Debug, Clone, PartialEq)]
pub struct QueryOptions {
    /// The engine.
    pub dialect: Dialect,
    /// The table or view with the records; the parts of its name are separated by dots.
    pub table: String,
    /// The column that identifies what a row belongs to: rows with equal ids are always in the same part.
    pub id: String,
    /// The column to predict.
    pub target: String,
    /// The columns to predict from.
    pub columns: Vec<String>,
    /// How numbers are rounded before they are counted.
    pub roundings: Roundings,
    /// The seed of the split.
    pub seed: u32,
    /// The share of rows held back.
    pub test_size: f64,
    /// The number of folds of the other rows.
    pub n_folds: usize,
    /// The number of decimals of the target that are counted.
    pub decimals: u32,
    /// The share of rows that are drawn; 1 for all.
    pub share: f64,
}

/// The queries, each a single SELECT.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queries {
    /// All columns of the table, and no row.
    pub columns: String,
    /// One row: the number of rows, of rows with an id, and of rows with a target.
    pub counts: String,
    /// Rows drawn by their id, with their parts.
    pub sample: String,
    /// Cells: each combination of the columns and a part, with aggregates of its targets.
    pub cells: String,
}

/// The target's column name inside the queries.
const TARGET: &str = "scorecast_target";
/// The target in units of its last decimal.
const UNITS: &str = "scorecast_units";

/// Writes the queries for an engine.
#[must_use]
pub fn queries(options: &QueryOptions) -> Queries {
    Queries {
        columns: options.all_columns(),
        counts: options.counts(),
        sample: options.sample(),
        cells: options.cells(),
    }
}

impl QueryOptions {
    fn parts(&self) -> Parts {
        Parts { seed: self.seed, test_size: self.test_size, n_folds: self.n_folds }
    }

    fn names(&self) -> Vec<String> {
        self.columns.iter().map(|column| self.dialect.name(column)).collect()
    }

    /// The columns, rounded before they are counted.
    fn rounded(&self) -> Vec<String> {
        let of_column = |column: &String| {
            let name = self.dialect.name(column);
            self.roundings.get(column).map_or_else(|| name.clone(), |rounding| self.nearest(&name, rounding))
        };
        self.columns.iter().map(of_column).collect()
    }

    fn nearest(&self, name: &str, rounding: &Rounding) -> String {
        let number = self.dialect.to_number(name);
        let values: Vec<String> = rounding.values().iter().map(|value| self.dialect.number(*value)).collect();
        let nearest = steps(self.dialect, &number, &rounding.thresholds(), &values);
        format!("CASE WHEN {number} IS NOT NULL THEN {nearest} END AS {name}")
    }

    /// The rows that have a target, with the hash of their ids.
    fn rows(&self) -> String {
        let Self { dialect, .. } = self;
        let target = dialect.to_number(&dialect.name(&self.target));
        let hash = self.parts().hash(*dialect, &dialect.name(&self.id));
        let columns = [self.names(), vec![format!("{target} AS {TARGET}"), format!("{hash} AS {HASH}")]].concat();
        format!(
            "scorecast_rows AS (\n  SELECT {}\n  FROM {} AS records\n  WHERE {target} IS NOT NULL\n)",
            columns.join(", "),
            dialect.table(&self.table)
        )
    }

    fn all_columns(&self) -> String {
        format!("SELECT * FROM {} AS records LIMIT 0", self.dialect.table(&self.table))
    }

    fn counts(&self) -> String {
        let (id, target) = (self.dialect.name(&self.id), self.dialect.to_number(&self.dialect.name(&self.target)));
        let counts =
            [("count(*)".into(), "n"), (format!("count({id})"), "ids"), (format!("count({target})"), "targets")];
        let counts: Vec<String> = counts.iter().map(|(count, name)| self.as_text(count, name)).collect();
        format!("SELECT {} FROM {} AS records", counts.join(", "), self.dialect.table(&self.table))
    }

    fn sample(&self) -> String {
        let drawn = is_drawn(self.share).map_or_else(String::new, |test| format!("\n  WHERE {test}"));
        let inner = [self.names(), vec![TARGET.into(), self.parts().part()]].concat();
        let target = self.as_text(TARGET, &self.dialect.name(&self.target));
        let outer = [self.columns_as_texts(), vec![target, self.kept_as_text(CellColumn::Part)]].concat();
        format!(
            "WITH {},\nscorecast_drawn AS (\n  SELECT {}\n  FROM scorecast_rows{drawn}\n)\nSELECT {}\nFROM scorecast_drawn\n",
            self.rows(),
            inner.join(", "),
            outer.join(", ")
        )
    }

    fn cells(&self) -> String {
        let Self { dialect, decimals, .. } = self;
        let names = self.names();
        let units = format!("round({TARGET} * {})", 10_u64.pow((*decimals).min(9)));
        let units = format!("{} AS {UNITS}", dialect.as_whole(&units));
        let parted = [self.rounded(), vec![units, self.parts().part()]].concat();
        let sums = [
            ("count(*)".to_owned(), CellColumn::N),
            (format!("sum({UNITS})"), CellColumn::Sum),
            (format!("sum({})", dialect.square(UNITS)), CellColumn::Squares),
            (format!("min({UNITS})"), CellColumn::Low),
            (format!("max({UNITS})"), CellColumn::High),
        ];
        let keys = [names, vec![CellColumn::Part.name().into()]].concat();
        let counted: Vec<String> = sums.iter().map(|(sum, column)| format!("{sum} AS {}", column.name())).collect();
        let mut outer = self.columns_as_texts();
        outer.push(self.kept_as_text(CellColumn::Part));
        outer.extend(sums.iter().map(|(_, column)| self.kept_as_text(*column)));
        outer.push(self.as_text(&decimals.to_string(), CellColumn::Decimals.name()));
        format!(
            "WITH {},\nscorecast_parted AS (\n  SELECT {}\n  FROM scorecast_rows\n),\nscorecast_cells AS (\n  SELECT {}\n  FROM \
             scorecast_parted\n  GROUP BY {}\n)\nSELECT {}\nFROM scorecast_cells\n",
            self.rows(),
            parted.join(", "),
            [keys.clone(), counted].concat().join(", "),
            keys.join(", "),
            outer.join(", ")
        )
    }

    /// Texts are the same in every driver and file, and a number's text is read as the same number.
    fn columns_as_texts(&self) -> Vec<String> {
        self.names().iter().map(|name| self.as_text(name, name)).collect()
    }

    fn kept_as_text(&self, column: CellColumn) -> String {
        self.as_text(column.name(), column.name())
    }

    fn as_text(&self, value: &str, name: &str) -> String {
        format!("{} AS {name}", self.dialect.as_text(value))
    }
}
