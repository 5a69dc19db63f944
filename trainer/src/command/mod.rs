//! The commands: files in, files out, words for people.

pub(crate) mod predict;
pub(crate) mod sample;
pub(crate) mod train;
