//! Tests of the command line.

#[path = "../common/mod.rs"]
mod common;
#[path = "../common/oracle.rs"]
mod oracle;

mod columnar;
mod comparison;
mod configuration;
mod counting;
mod dates;
mod evaluation;
mod exporting;
mod failing;
mod faults;
mod files;
mod predicting;
mod report_page;
mod students;
mod training;
