//! Where `scorecast.toml` is found.

use std::fs;
use std::path::{Path, PathBuf};

use trainer::{CONFIG_FILE, Config, read_header};

use super::failure::Failure;

/// A configuration and where it comes from.
#[derive(Debug, Default)]
pub(crate) struct Configured {
    /// What it says; nothing where there is no file.
    pub(crate) config: Config,
    source: Option<(PathBuf, String)>,
}

/// Reads the file that is asked for, else `scorecast.toml` beside `csv`, else the one in the working folder, if there is.
pub(crate) fn find(asked_for: Option<&Path>, csv: &Path) -> Result<Configured, Failure> {
    let beside = csv.with_file_name(CONFIG_FILE);
    let found = [beside, PathBuf::from(CONFIG_FILE)].into_iter().find(|path| path.is_file());
    let Some(path) = asked_for.map(PathBuf::from).or(found) else { return Ok(Configured::default()) };
    let text = fs::read_to_string(&path).map_err(|problem| Failure::reading(&path, &problem))?;
    let config = Config::parse(&path.display().to_string(), &text)?;
    Ok(Configured { config, source: Some((path, text)) })
}

impl Configured {
    /// The target that the file names.
    pub(crate) fn target(&self) -> Option<&str> {
        self.config.target.as_ref().map(|target| target.get_ref().as_str())
    }

    /// Refuses columns that the header of the CSV doesn't have.
    pub(crate) fn check(&self, csv: &Path, bytes: &[u8], target: Option<&str>) -> Result<(), Failure> {
        if let Some((path, text)) = &self.source {
            let header = read_header(csv, bytes, target)?;
            self.config.check_columns(&path.display().to_string(), text, &header)?;
        }
        Ok(())
    }

    /// Says which file is used.
    pub(crate) fn tell(&self, quiet: bool) {
        if let Some((path, _)) = &self.source {
            log::info!("configured by {}", path.display());
            if !quiet {
                eprintln!("configured by {}", path.display());
            }
        }
    }
}
