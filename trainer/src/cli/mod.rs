//! The command line: input and output files, messages and exit codes. Everything else of the trainer is a library that
//! does not depend on a terminal.

pub(crate) mod compare;
pub(crate) mod config;
pub(crate) mod console;
#[cfg(feature = "engines")]
mod engine;
pub(crate) mod evaluate;
pub(crate) mod explore;
pub(crate) mod export;
pub(crate) mod failure;
pub(crate) mod init;
mod input;
mod interrupt;
pub(crate) mod logging;
pub(crate) mod output;
pub(crate) mod predict;
pub(crate) mod sample;
pub(crate) mod sql;
pub(crate) mod train;
