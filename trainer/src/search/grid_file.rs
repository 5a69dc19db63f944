//! User-defined candidates in a TOML file.
//!
//! ```toml
//! [ridge]
//! alpha = [0.1, 1.0, 10.0]
//!
//! [[gradient-boosting]]        # several tables of one family are several grids
//! learning_rate = [0.05, 0.1]
//! max_depth = 3
//! n_estimators = [100, 200]
//! ```
//!
//! Each table stands for all combinations of its values; `"null"` is JSON's null, for a parameter without a bound.

use model_core::Params;
use serde_json::Value as Json;
use thiserror::Error;

use crate::learn::{Axis, Candidate, Learner, axis, families, learner, product};

/// Why there are no candidates to try.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CandidatesError {
    /// The file can't be read.
    #[error("{file}: it can't be read: {problem}; check the path and its permissions")]
    Read {
        /// The file.
        file: String,
        /// The system's message.
        problem: String,
    },
    /// Not exactly one family, as `--no-search` needs.
    #[error("--no-search fits one candidate; name exactly one of the --families")]
    NotOneFamily,
    /// Families and grid leave no candidate.
    #[error("there is no candidate to try; choose other --families or another --grid")]
    NoCandidate,
    /// The file is not TOML.
    #[error("{file}: this is no TOML: {problem}")]
    Toml {
        /// The file.
        file: String,
        /// The parser's message, with the line.
        problem: String,
    },
    /// A number is NaN or infinite.
    #[error(
        "{file}: {name} has a value that is not a number or infinite; write a number, or \"null\" where there is no bound"
    )]
    NotFinite {
        /// The file.
        file: String,
        /// The parameter.
        name: String,
    },
    /// An unknown family.
    #[error("{file}: there is no family \"{family}\"; the families are {}", families().join(", "))]
    NoSuchFamily {
        /// The file.
        file: String,
        /// The unknown name.
        family: String,
    },
    /// A family is not a table of parameters.
    #[error("{file}: \"{family}\" must be a table of parameters, each a value or a list of values")]
    NoTable {
        /// The file.
        file: String,
        /// The family.
        family: String,
    },
    /// The file has no candidate.
    #[error("{file}: there is no candidate in it; write a table such as [ridge] with alpha = [0.1, 1.0]")]
    Empty {
        /// The file.
        file: String,
    },
}

/// Reads a grid: a table, or a list of tables, for each family.
///
/// # Errors
/// See [`CandidatesError`].
pub fn read_grid(file: &str, text: &str) -> Result<Vec<Candidate>, CandidatesError> {
    let mut candidates = Vec::new();
    for (family, value) in parse(file, text)? {
        let learner: &dyn Learner = learner(&family)
            .ok_or_else(|| CandidatesError::NoSuchFamily { file: file.to_owned(), family: family.clone() })?;
        let tables = match value {
            Json::Array(tables) => tables,
            table => vec![table],
        };
        for table in tables {
            let Json::Object(table) = table else {
                return Err(CandidatesError::NoTable { file: file.to_owned(), family });
            };
            let axes: Vec<Axis> = table.iter().map(|(name, value)| axis(name, values(value))).collect();
            candidates.extend(product(&axes).into_iter().map(|params| Candidate { learner, params }));
        }
    }
    if candidates.is_empty() {
        return Err(CandidatesError::Empty { file: file.to_owned() });
    }
    Ok(candidates)
}

/// Reads one candidate's parameters: a table without a name.
///
/// # Errors
/// See [`CandidatesError`].
pub fn read_params(file: &str, text: &str) -> Result<Params, CandidatesError> {
    Ok(parse(file, text)?.into_iter().map(|(name, value)| (name, with_null(value))).collect())
}

fn parse(file: &str, text: &str) -> Result<serde_json::Map<String, Json>, CandidatesError> {
    let toml = |error: toml::de::Error| CandidatesError::Toml { file: file.to_owned(), problem: error.to_string() };
    // JSON has neither NaN nor infinity: they would become null.
    let table: toml::Table = toml::from_str(text).map_err(toml)?;
    if let Some(name) = table.iter().find_map(|(name, value)| not_finite(name, value)) {
        return Err(CandidatesError::NotFinite { file: file.to_owned(), name });
    }
    toml::from_str(text).map_err(toml)
}

/// The name of the first value in `value` that is NaN or infinite.
fn not_finite(name: &str, value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::Float(number) if !number.is_finite() => Some(name.to_owned()),
        toml::Value::Array(values) => values.iter().find_map(|value| not_finite(name, value)),
        toml::Value::Table(table) => table.iter().find_map(|(name, value)| not_finite(name, value)),
        _ => None,
    }
}

fn values(value: &Json) -> Vec<Json> {
    match value {
        Json::Array(values) => values.iter().cloned().map(with_null).collect(),
        value => vec![with_null(value.clone())],
    }
}

fn with_null(value: Json) -> Json {
    if value == "null" { Json::Null } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_stands_for_every_combination() {
        let text =
            "[ridge]\nalpha = [0.1, 1.0]\n[[tree]]\nmax_depth = [\"null\", 3]\nmin_samples_leaf = [2, 4]\n[[tree]]\n";
        let candidates = read_grid("grid.toml", text).unwrap();
        assert_eq!(candidates.len(), 2 + 4 + 1);
        assert_eq!(candidates[2].params["max_depth"], Json::Null);
        assert_eq!(candidates[6].params, Params::new());
    }

    #[test]
    fn what_is_wrong_is_named() {
        let error = |text| read_grid("g.toml", text).err().unwrap().to_string();
        assert!(error("[oracle]\n").contains("no family \"oracle\"; the families are linear"));
        assert!(error("ridge = 3\n").contains("must be a table"));
        assert!(error("").contains("no candidate"));
        assert!(error("[ridge]\nalpha = [1.0, nan]\n").contains("g.toml: alpha has a value that is not a number"));
        assert!(error("[[ridge]]\nalpha = inf\n").contains("alpha has a value"));
        assert!(error("[ridge\n").contains("g.toml: this is no TOML"));
    }
}
