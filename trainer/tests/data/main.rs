//! Everything that needs the data of `SCORECAST_DATA`; where that is unset the tests are skipped, by name.

#[path = "../common/mod.rs"]
mod common;

mod catboost;
mod families;
mod training;
mod trees;
mod trust;

use libtest_mimic::Arguments;

fn main() {
    let trials = [catboost::trials(), families::trials(), training::trials(), trees::trials(), trust::trials()];
    libtest_mimic::run(&Arguments::from_args(), trials.into_iter().flatten().collect()).exit();
}
