//! All tests that need the data of `SCORECAST_DATA`; without it they are skipped, by name.

#[path = "../common/mod.rs"]
mod common;

mod catboost;
mod families;
mod training;
mod trees;
mod trust;

use std::path::{Path, PathBuf};

use libtest_mimic::{Arguments, Trial};

fn main() {
    let trials = [catboost::trials(), families::trials(), training::trials(), trees::trials(), trust::trials()];
    libtest_mimic::run(&Arguments::from_args(), trials.into_iter().flatten().collect()).exit();
}

/// A test that receives the folder of the data.
fn with_data(name: String, test: impl Fn(&Path) + Send + 'static) -> Trial {
    let data = std::env::var_os("SCORECAST_DATA").map(PathBuf::from);
    let is_missing = data.is_none();
    let run = move || {
        test(&data.unwrap_or_default());
        Ok(())
    };
    Trial::test(name, run).with_ignored_flag(is_missing)
}
