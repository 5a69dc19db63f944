//! The commands: files in, files out, words for people.

pub(crate) mod compare;
pub(crate) mod config;
pub(crate) mod evaluate;
pub(crate) mod explore;
pub(crate) mod init;
pub(crate) mod predict;
pub(crate) mod sample;
pub(crate) mod train;
