//! Self-contained HTML reports.
//!
//! Input: figures computed before. Output: HTML with charts as SVG, which opens from disk and can be printed. This
//! module computes nothing that a verdict depends on.

pub(crate) mod explore;
pub mod html;
pub(crate) mod training;
