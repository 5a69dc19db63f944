//! Self-contained pages for people.
//!
//! In: figures that were computed before. Out: HTML with the charts as SVG, which opens from disk and prints. It computes
//! nothing that a verdict depends on.

pub(crate) mod explore;
pub mod html;
pub(crate) mod training;
