//! Builds everything that is served: WebAssembly programs, scripts and styles, the site, the trainer's artifacts.

pub(crate) mod digest;
pub(crate) mod element;
pub(crate) mod examples;
mod manifest;
pub(crate) mod module;
mod offline;
mod page;
pub(crate) mod program;
pub(crate) mod reader;
mod report;
mod scripts;
pub(crate) mod site;
pub(crate) mod sizes;
pub(crate) mod trainer;
pub(crate) mod training;
