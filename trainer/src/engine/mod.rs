//! Records that stay in an engine: a database or warehouse aggregates them into cells and draws a sample.
//!
//! In: the names of a table and its columns. Out: the queries, each a single SELECT that returns texts. They split rows
//! by a hash of their id, which all engines compute alike, so that the same records give the same tables everywhere.

mod parts;
mod queries;

pub use self::queries::{Queries, QueryOptions, queries};
