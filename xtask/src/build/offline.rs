//! Writes the service worker, which needs the list of files that belong together.
//!
//! Why separately from the other scripts: only now are all files in their final place.

use std::{collections::BTreeMap, path::Path};

use anyhow::Result;

use super::{digest::sha256, scripts};
use crate::{files, paths, shell::Shell};

const WORKER: &str = "static/sw.js";
const WORKER_NAME: &str = "sw.js";
const LIST: &str = "files.json";

/// Writes the worker into `site` with the digest of every file of the page, and of all of them together; before that the list
/// of these files' names, from which the page makes copies of itself.
pub(super) fn write_worker(shell: Shell, site: &Path) -> Result<()> {
    let mut names: Vec<String> = digests(site)?.into_keys().collect();
    names.extend([LIST, WORKER_NAME].map(str::to_owned));
    files::write(&site.join(LIST), serde_json::to_string(&names)?)?;
    let files = serde_json::to_string(&digests(site)?)?;
    let worker = files::read_text(&paths::root().join(WORKER))?;
    let version = &sha256(format!("{worker}{files}").as_bytes())[..16];
    let constants = [("VERSION", format!("{version:?}")), ("FILES", files)];
    scripts::bundle_one(shell, WORKER, &constants, &site.join(WORKER_NAME))
}

/// The cached files, with their digests.
fn digests(site: &Path) -> Result<BTreeMap<String, String>> {
    let mut digests = BTreeMap::new();
    for file in files::files_below(site)? {
        let name = file.strip_prefix(site)?.to_string_lossy().replace('\\', "/");
        // The model may be replaced without the code, and source maps are for tools.
        if !name.starts_with("artifacts/") && !name.ends_with(".map") {
            digests.insert(name, sha256(&files::read(&file)?));
        }
    }
    Ok(digests)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_counts_but_the_model_and_source_maps() {
        let site = tempfile::tempdir().unwrap();
        for name in ["index.html", "class/worker.js", "class/worker.js.map", "artifacts/model.json"] {
            files::write(&site.path().join(name), name).unwrap();
        }
        let found = digests(site.path()).unwrap();
        assert_eq!(found.keys().collect::<Vec<_>>(), ["class/worker.js", "index.html"]);
        assert_eq!(found["index.html"], sha256(b"index.html"));
    }
}
