//! The environment of benchmarks.

use std::{env, fs, path::PathBuf};

use anyhow::{Context, Result};

use crate::shell::Shell;

/// The environment of a benchmark.
pub(super) struct Bench<'a> {
    pub(super) shell: Shell,
    pub(super) data: &'a Option<PathBuf>,
    /// Whether long measurements are allowed.
    pub(super) long: bool,
}

impl Bench<'_> {
    /// A file of the data folder.
    pub(super) fn data(&self, name: &str) -> Result<PathBuf> {
        let folder = self.data.as_ref().context("name the folder of the data files with --data or SCORECAST_DATA")?;
        Ok(folder.join(name))
    }
}

/// The processor and its number of cores, for the line above a table.
pub(super) fn machine() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    format!("{}, {cores} cores, {}", name.map_or(env::consts::ARCH, |(_, name)| name), env::consts::OS)
}
