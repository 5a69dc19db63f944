//! Tells the service worker of the assembled site which files belong together.
//!
//! Why at this point and not when the page is built: only here all files lie where they will be served from.

use std::{fmt::Write, fs, path::Path};

use anyhow::{Context, Result, ensure};
use sha2::{Digest, Sha256};

use crate::fingerprint::files_below;

const WORKER: &str = "sw.js";

/// Writes the version and the fingerprint of every file of the code into the service worker.
pub(crate) fn write_files(site: &Path) -> Result<()> {
    let mut files = String::new();
    for file in files_below(site)? {
        let name = file.strip_prefix(site)?.to_string_lossy().replace('\\', "/");
        // The worker can't name itself, the model may be replaced without the code, no browser reads types, and the frame
        // is another page.
        let is_other = name.starts_with("artifacts/") || name.ends_with(".d.ts") || name.contains("embed.");
        if name == WORKER || is_other {
            continue;
        }
        let bytes = fs::read(&file).with_context(|| format!("{} could not be read", file.display()))?;
        writeln!(files, "  {name:?}: \"{}\",", sha256(&bytes))?;
    }
    let path = site.join(WORKER);
    let worker = fs::read_to_string(&path).with_context(|| format!("{} could not be read", path.display()))?;
    let version = &sha256(format!("{worker}{files}").as_bytes())[..16];
    let filled = worker.replacen("const VERSION = \"\";", &format!("const VERSION = \"{version}\";"), 1).replacen(
        "const FILES = {};",
        &format!("const FILES = {{\n{files}}};"),
        1,
    );
    ensure!(filled.contains(version) && filled.contains("index.html"), "{WORKER} has no place for its files");
    fs::write(&path, filled).with_context(|| format!("{} could not be written", path.display()))
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worker_names_every_file_and_a_changed_file_is_another_version() {
        let site = tempfile::tempdir().unwrap();
        let worker = include_str!("../../static/sw.js");
        fs::create_dir(site.path().join("artifacts")).unwrap();
        fs::write(site.path().join("artifacts/model.json"), "{}").unwrap();
        let filled = |page: &str| {
            fs::write(site.path().join("index.html"), page).unwrap();
            fs::write(site.path().join(WORKER), worker).unwrap();
            write_files(site.path()).unwrap();
            fs::read_to_string(site.path().join(WORKER)).unwrap()
        };
        let one = filled("one");
        assert!(one.contains(&format!("\"index.html\": \"{}\"", sha256(b"one"))));
        assert!(!one.contains("\"artifacts/model.json\": "));
        assert_eq!(one, filled("one"));
        let version = |text: &str| text.lines().find(|line| line.starts_with("const VERSION")).map(str::to_owned);
        assert_ne!(version(&one), version(&filled("two")));
    }
}
