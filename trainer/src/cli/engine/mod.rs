//! Records in an engine that this program queries through an ADBC driver, which is installed separately.
//!
//! It only reads, by a few SELECTs. The results replace the files that `scorecast train --cells … --sample …` reads,
//! and stay in memory: cells are personal data.

mod adbc;
mod address;
mod gather;
mod incoming;
mod texts;

pub(crate) use self::address::{Address, redacted};
pub(crate) use self::gather::{Connected, Source};
pub(crate) use self::incoming::Incoming;
