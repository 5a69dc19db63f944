//! Finds `scorecast.toml`.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use trainer::{CONFIG_FILE, Config, ConfigError};

use super::console::say;
use super::failure::Failure;

/// A configuration and where it comes from.
#[derive(Debug, Default)]
pub(crate) struct Configured {
    /// The content; the default if there is no file.
    pub(crate) config: Config,
    source: Option<(PathBuf, String)>,
}

/// Reads `asked_for` if given, else `scorecast.toml` beside `csv`, else the one in the working directory, if any.
pub(crate) fn find(asked_for: Option<&Path>, csv: &Path) -> Result<Configured, Failure> {
    let beside = csv.with_file_name(CONFIG_FILE);
    let found = [beside, PathBuf::from(CONFIG_FILE)].into_iter().find(|path| path.is_file());
    let Some(path) = asked_for.map(PathBuf::from).or(found) else { return Ok(Configured::default()) };
    let text = fs::read_to_string(&path).map_err(|problem| Failure::reading(&path, &problem))?;
    let file = path.display().to_string();
    let config = Config::parse(&file, &text)?;
    if let Some(limit) = &config.search.time_limit
        && let Err(problem) = parse_time(limit.get_ref())
    {
        return Err(ConfigError::at(&file, &text, limit.span(), problem).into());
    }
    Ok(Configured { config, source: Some((path, text)) })
}

impl Configured {
    /// Adopts the header's spelling of column names, and refuses names that the header lacks.
    pub(crate) fn check(&mut self, header: &[String]) -> Result<(), Failure> {
        self.config.take_names(header);
        if let Some((path, text)) = &self.source {
            self.config.check_columns(&path.display().to_string(), text, header)?;
        }
        Ok(())
    }

    /// Prints which file is used.
    pub(crate) fn announce(&self, quiet: bool) {
        if let Some((path, _)) = &self.source {
            log::info!("configured by {}", path.display());
            if !quiet {
                say(format_args!("configured by {}", path.display()));
            }
        }
    }
}

/// The time limit of the search.
pub(crate) fn time_limit(config: &Config) -> Result<Option<Duration>, Failure> {
    let parse = |limit: &toml::Spanned<String>| parse_time(limit.get_ref());
    let limit = config.search.time_limit.as_ref().map(parse).transpose();
    limit.map_err(|problem| Failure::usage(format!("--time-limit: {problem}")))
}

fn parse_time(text: &str) -> Result<Duration, String> {
    humantime::parse_duration(text).map_err(|problem| format!("\"{text}\" is no time: {problem}; write 60s or 5m"))
}
