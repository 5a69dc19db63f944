//! The hashed files of earlier releases, which are still served.
//!
//! Why: third-party pages pin the element or the module by its hashed address with `integrity`, and a page opened
//! before an upgrade may request its WebAssembly after it. Such files never change, so that keeping them costs only
//! space.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use clap::Args;

use crate::{
    build::module::INTERFACE,
    files::{self, files_below},
    paths,
    shell::Shell,
};

/// How much of earlier releases stays.
#[derive(Args, Clone)]
pub(crate) struct Keep {
    /// Go on serving the hashed files of so many earlier versions, which other sites may have pinned.
    #[arg(long, value_name = "N", default_value_t = 2)]
    pub(crate) keep: usize,
    /// Where each version's hashed files are kept, to be found by the next release. Default: `releases` in the repository.
    #[arg(long, value_name = "DIR")]
    pub(crate) releases: Option<PathBuf>,
}

/// A site with the files of earlier versions.
pub(crate) struct Kept {
    pub(crate) site: PathBuf,
    /// Bytes of the added files with their compressed forms.
    pub(crate) added: u64,
}

impl Keep {
    /// Records the hashed files of the site for this version, and returns a site that includes those of earlier ones.
    pub(crate) fn add_earlier(&self, shell: Shell, site: &Path) -> Result<Kept> {
        let releases = match &self.releases {
            Some(dir) => std::path::absolute(dir)?,
            None => paths::root().join("releases"),
        };
        note(&releases, env!("CARGO_PKG_VERSION"), site)?;
        let whole = paths::target().join("site-release");
        files::empty(&whole)?;
        files::copy(site, &whole)?;
        let added = add(&releases, env!("CARGO_PKG_VERSION"), self.keep, &whole)?;
        if !added.is_empty() {
            let title = format!("Compress the site with {} files of earlier versions", added.len());
            shell.step(&title, || Ok(host::prepare(&whole)?))?;
        }
        let mut bytes = 0;
        for form in added.iter().flat_map(|name| ["", ".br", ".gz"].map(|end| whole.join(format!("{name}{end}")))) {
            bytes += fs::metadata(form).map_or(0, |form| form.len());
        }
        Ok(Kept { site: whole, added: bytes })
    }
}

/// Stores the hashed files of a site under its version.
fn note(releases: &Path, version: &str, site: &Path) -> Result<()> {
    for name in hashed_files(site)? {
        files::copy(&site.join(&name), &releases.join(version).join(&name))?;
    }
    Ok(())
}

/// Copies the files of the newest `n_versions` before this one to their original paths; returns their names.
fn add(releases: &Path, version: &str, n_versions: usize, site: &Path) -> Result<Vec<String>> {
    let present = number(version);
    let mut earlier = Vec::new();
    for entry in fs::read_dir(releases).with_context(|| format!("{} could not be read", releases.display()))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        // Ignore other folders.
        let Some(number) = number(&name) else { continue };
        if Some(&number) < present.as_ref() {
            earlier.push((number, path));
        }
    }
    earlier.sort();
    let mut added = Vec::new();
    for (_, path) in earlier.iter().rev().take(n_versions) {
        for name in hashed_files(path)? {
            if !site.join(&name).exists() {
                files::copy(&path.join(&name), &site.join(&name))?;
                added.push(name);
            }
        }
    }
    Ok(added)
}

/// The names, relative to a site, of its files with hashed names.
fn hashed_files(site: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for path in files_below(&site.join(INTERFACE))? {
        let name = path.strip_prefix(site)?.display().to_string();
        let hash = name.rsplit_once('-').and_then(|(_, end)| end.split_once('.'));
        let is_hash = |hash: &str| hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        // Compressed forms are generated again; source maps are never pinned.
        if hash.is_some_and(|(hash, kind)| is_hash(hash) && matches!(kind, "js" | "wasm" | "json")) {
            names.push(name);
        }
    }
    Ok(names)
}

/// A version as numbers, for sorting.
fn number(version: &str) -> Option<Vec<u64>> {
    version.split('.').map(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(dir: &Path, hash: &str) -> PathBuf {
        let site = dir.join(hash);
        for name in
            ["scorecast.js", &format!("scorecast-{hash}.js"), &format!("scorecast-{hash}.js.br"), "scorecast.d.ts"]
        {
            files::write(&site.join("v1").join(name), hash).unwrap();
        }
        files::write(&site.join("index.html"), hash).unwrap();
        site
    }

    #[test]
    fn the_newest_earlier_versions_stay_and_nothing_else_of_them() {
        let dir = tempfile::tempdir().unwrap();
        let releases = dir.path().join("releases");
        let digits = ["0", "1", "2", "3", "4"].map(|digit| digit.repeat(16));
        for (version, digit) in ["0.2.0", "0.10.0", "0.9.0", "0.11.0", "0.12.0"].into_iter().zip(&digits) {
            note(&releases, version, &site(dir.path(), digit)).unwrap();
        }
        fs::create_dir(releases.join("notes")).unwrap();
        let now = dir.path().join(&digits[3]);
        let mut added = add(&releases, "0.11.0", 2, &now).unwrap();
        added.sort();
        assert_eq!(added, [format!("v1/scorecast-{}.js", digits[1]), format!("v1/scorecast-{}.js", digits[2])]);
        assert_eq!(files::read_text(&now.join("v1/scorecast.js")).unwrap(), digits[3], "the entry is the new one");
        assert!(now.join(&added[0]).exists() && !now.join(format!("{}.br", added[0])).exists());
        assert_eq!(add(&releases, "0.11.0", 2, &now).unwrap(), Vec::<String>::new());
        assert_eq!(add(&releases, "0.2.0", 9, &now).unwrap(), Vec::<String>::new());
    }
}
