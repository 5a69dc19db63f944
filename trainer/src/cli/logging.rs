//! A log file for each run, for later diagnosis.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::console::say;

/// Starts `<UTC time>.log` in `folder` and returns its path. A log that cannot be written is a warning, not a failure.
pub(crate) fn start(folder: &Path, quiet: bool) -> Option<PathBuf> {
    match try_start(folder) {
        Ok(path) => Some(path),
        Err(problem) => {
            if !quiet {
                say(format_args!(
                    "warning: no log is kept: {}: {problem} (--log-dir chooses another folder)",
                    folder.display()
                ));
            }
            None
        }
    }
}

fn try_start(folder: &Path) -> io::Result<PathBuf> {
    fs::create_dir_all(folder)?;
    let now = Timestamp::now();
    // Some systems forbid colons in file names; microseconds keep the names of runs distinct.
    let path = folder.join(format!("{}.log", now.strftime("%Y-%m-%dT%H-%M-%S.%6fZ")));
    let file = fs::OpenOptions::new().append(true).create_new(true).open(&path)?;
    fern::Dispatch::new()
        .level(log::LevelFilter::Info)
        .format(|out, message, record| {
            out.finish(format_args!(
                "[ {} ] {} {} - {} - {message}",
                Timestamp::now().strftime("%Y-%m-%d %H:%M:%S"),
                record.line().unwrap_or_default(),
                record.module_path().unwrap_or_default(),
                record.level(),
            ));
        })
        .chain(Box::new(Lenient(file)) as Box<dyn Write + Send>)
        .apply()
        .map_err(io::Error::other)?;
    Ok(path)
}

/// If the disk is full, lines are lost silently and the run continues.
struct Lenient(fs::File);

impl Write for Lenient {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let _ = self.0.write_all(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let _ = self.0.flush();
        Ok(())
    }
}
