//! The command line, as a user runs it.

#[path = "../common/mod.rs"]
mod common;

mod command_line;
mod comparison;
mod configuration;
mod evaluation;
mod report_page;
