//! Download sizes of a first visit.

use std::{io::Read, path::Path};

use anyhow::Result;
use brotli::CompressorReader;

use crate::files::{files_below, read};

/// The size limit of the first load, in bytes after brotli: everything before the first estimate. It was 304,326 when
/// this was set, with every panel a component in one program; the target is 190,000.
pub(crate) const FIRST_LOAD_LIMIT: usize = 306_000;

/// The kinds of files of a first load; images and sample data are loaded on demand.
const FIRST_LOAD: [&str; 5] = ["html", "css", "js", "wasm", "json"];

/// Files loaded on demand: the second language, the panel for a whole class with its programs, the trainer, offline
/// support, the list of the site's files, the frame for other sites, and the report.
const LATER: [&str; 8] =
    ["texts/es.json", "class/", "train/", "v1/", "sw.js", "files.json", "embed.html", "artifacts/report.html"];

/// The sizes of a file of the site, in bytes.
pub(crate) struct Size {
    name: String,
    plain: usize,
    brotli: usize,
}

impl std::fmt::Display for Size {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} | {} | {}", self.name, self.plain, self.brotli)
    }
}

impl Size {
    /// Whether its file's name has this prefix.
    pub(crate) fn is_named(&self, start: &str) -> bool {
        self.name.starts_with(start)
    }
}

/// The sizes of the files of a first load, largest first.
pub(crate) fn first_load(site: &Path) -> Result<Vec<Size>> {
    let mut sizes = of_kinds(site, &FIRST_LOAD)?;
    // The page loads neither the JavaScript module nor the custom element.
    let is_later = |name: &str| name.contains("scorecast") || LATER.iter().any(|later| name.starts_with(later));
    sizes.retain(|size| !is_later(&size.name));
    Ok(sizes)
}

/// The sizes of files of the given kinds in a folder, largest first.
pub(crate) fn of_kinds(site: &Path, kinds: &[&str]) -> Result<Vec<Size>> {
    let mut sizes = Vec::new();
    for file in files_below(site)? {
        let kind = file.extension().unwrap_or_default().to_string_lossy().into_owned();
        let name = file.strip_prefix(site)?.display().to_string().replace('\\', "/");
        if !kinds.contains(&kind.as_str()) {
            continue;
        }
        let bytes = read(&file)?;
        sizes.push(Size { name, plain: bytes.len(), brotli: compressed(&bytes)? });
    }
    sizes.sort_by(|a, b| b.brotli.cmp(&a.brotli).then_with(|| a.name.cmp(&b.name)));
    Ok(sizes)
}

/// The sum after brotli, in bytes.
pub(crate) fn total(sizes: &[Size]) -> usize {
    sizes.iter().map(|size| size.brotli).sum()
}

/// Prints the sizes as a table.
pub(crate) fn print(title: &str, sizes: &[Size]) {
    let width = sizes.iter().map(|size| size.name.chars().count()).max().unwrap_or(0).max(10);
    println!("\n  {title:width$} {:>10} {:>10}", "bytes", "brotli");
    for Size { name, plain, brotli } in sizes {
        println!("  {name:width$} {plain:>10} {brotli:>10}");
    }
    let plain: usize = sizes.iter().map(|size| size.plain).sum();
    println!("  {:width$} {plain:>10} {:>10}\n", "total", total(sizes));
}

fn compressed(bytes: &[u8]) -> Result<usize> {
    let (buffer, quality, window) = (1 << 16, 11, 22);
    let mut output = Vec::new();
    CompressorReader::new(bytes, buffer, quality, window).read_to_end(&mut output)?;
    Ok(output.len())
}
