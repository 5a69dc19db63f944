//! Reports as one HTML file each: without scripts and external resources, readable from disk, on a phone, in dark mode
//! and on paper.
//!
//! Everything is built with [`maud`], so text is escaped everywhere; nothing here takes markup as a string. A page is a
//! [`Document`] of sections; figures come from [`chart`], tables from [`table`].
//!
//! ```
//! use trainer::html::{Document, Number, chart, table};
//!
//! let mut page = Document::new("Report", "What was measured");
//! let scores = chart::bars("Mean score by lunch", &[chart::Bar::new("free/reduced", 59.4).n(355).margin(1.6)], Number::points(1));
//! page.section("Groups", scores);
//! assert!(page.render().starts_with("<!DOCTYPE html>"));
//! # let _ = table::Table::new(&["a"]);
//! ```

pub mod axis;
pub mod chart;
mod document;
mod number;
pub mod table;
pub mod text;

pub use document::{Document, caution, hint};
pub use number::{Number, grouped};
