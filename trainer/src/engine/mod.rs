//! Records that stay in an engine: a database or a warehouse counts them, and gives cells and a sample.
//!
//! In: the names of a table and of its columns. Out: the queries, each one SELECT that gives texts. They part rows by a hash of their
//! id, which every engine computes alike, so that the same records give the same tables everywhere.

mod parts;
mod queries;

pub use self::queries::{Queries, QueryOptions, queries};
