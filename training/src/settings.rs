//! Converts JavaScript's settings of a run to those of `scorecast.toml`.

use reader::ReadOptions;
use serde_json::Value as Json;
use trainer::{CONFIG_FILE, Config};

use crate::answers::Problem;

/// The name of the settings in messages.
pub(crate) const FILE: &str = CONFIG_FILE;

/// The text of a `scorecast.toml`: as given, or converted from JSON.
pub(crate) fn toml(settings: &str) -> Result<String, Problem> {
    if !settings.trim_start().starts_with('{') {
        return Ok(settings.to_owned());
    }
    let wrong = |problem: String| Problem::new("bad-settings", &problem);
    let settings: Json = serde_json::from_str(settings).map_err(|problem| wrong(problem.to_string()))?;
    toml::to_string(&settings).map_err(|problem| wrong(problem.to_string()))
}

/// The settings, read and checked.
pub(crate) fn config(toml: &str) -> Result<Config, Problem> {
    let config = Config::parse(FILE, toml)?;
    if config.search.time_limit.is_some() {
        let message = "search.time_limit: there is none here; choose another search.effort, or cancel the run";
        return Err(Problem::new("bad-settings", message));
    }
    Ok(config)
}

/// How the table is found in the file.
pub(crate) fn read_options(json: &str) -> ReadOptions {
    let options: Json = serde_json::from_str(json).unwrap_or_default();
    let text = |name: &str| options[name].as_str().map(ToOwned::to_owned);
    ReadOptions {
        header_row: options["headerRow"].as_u64(),
        skip_rows: options["skipRows"].as_u64().unwrap_or_default(),
        comment: text("comment"),
        sheet: text("sheet"),
        ..ReadOptions::default()
    }
}
