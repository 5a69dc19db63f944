//! The library, as used by a program that depends on it. One test program: each is linked with all of the trainer.

#[path = "../common/mod.rs"]
mod common;
#[path = "../common/oracle.rs"]
mod oracle;

mod cells;
mod conformance;
mod default_artifacts;
mod directions;
mod explain;
mod groups_golden;
mod ingest;
mod intervals_by_group;
mod layers;
mod many_rows;
mod parted;
mod race;
mod sample;
mod split;
mod trust_golden;
mod weights_golden;
