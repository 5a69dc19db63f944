//! Records in an engine that this program asks itself, through an ADBC driver that is installed beside it.
//!
//! It only reads, by a few SELECTs. What an engine gives becomes the files that `scorecast train --cells … --sample …` reads, in
//! memory: cells are personal data.

mod adbc;
mod address;
mod gather;
mod incoming;
mod texts;

pub(crate) use self::address::{Address, redacted};
pub(crate) use self::gather::{Connected, Source};
pub(crate) use self::incoming::Incoming;
