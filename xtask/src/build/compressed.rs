//! Makes the compressed forms of a site's files, so that no server has to.

use std::{
    fs,
    io::{Read, Write},
    path::Path,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use anyhow::{Context, Result};
use brotli::CompressorReader;
use flate2::{Compression, GzBuilder};
use host::{
    is_compressible,
    variants::{Coding, LIST, line},
};

use crate::files::files_below;

/// Shorter files fit into one packet anyway.
const MIN_BYTES: usize = 512;

/// Writes `.br`, `.zst` and `.gz` beside each file that they make smaller, and the list that ties them to it.
pub(crate) fn write(site: &Path) -> Result<()> {
    let mut jobs = Vec::new();
    for file in files_below(site)? {
        let name = file.strip_prefix(site)?.to_string_lossy().replace('\\', "/");
        // Source maps are for tools.
        if is_compressible(&name) && !name.ends_with(".map") {
            jobs.extend(Coding::ALL.map(|coding| (name.clone(), coding)));
        }
    }
    let next = AtomicUsize::new(0);
    let work = || -> Result<Vec<(usize, String)>> {
        let mut lines = Vec::new();
        while let Some((job, (name, coding))) = {
            let job = next.fetch_add(1, Ordering::Relaxed);
            jobs.get(job).map(|found| (job, found))
        } {
            if let Some(line) = write_one(site, name, *coding)? {
                lines.push((job, line));
            }
        }
        Ok(lines)
    };
    let n_threads = thread::available_parallelism().map_or(1, usize::from);
    let mut lines = thread::scope(|scope| -> Result<Vec<(usize, String)>> {
        let threads: Vec<_> = (0..n_threads).map(|_| scope.spawn(work)).collect();
        let mut lines = Vec::new();
        for thread in threads {
            lines.extend(thread.join().ok().context("a compressor stopped")??);
        }
        Ok(lines)
    })?;
    lines.sort();
    let list: String = lines.into_iter().map(|(_, line)| line).collect();
    fs::write(site.join(LIST), list).context("the list of compressed forms could not be written")
}

fn write_one(site: &Path, name: &str, coding: Coding) -> Result<Option<String>> {
    let path = site.join(name);
    let bytes = fs::read(&path).with_context(|| format!("{} could not be read", path.display()))?;
    if bytes.len() < MIN_BYTES {
        return Ok(None);
    }
    let compressed = compress(&bytes, coding)?;
    if compressed.len() >= bytes.len() {
        return Ok(None);
    }
    let variant = format!("{name}{}", coding.suffix());
    let path = site.join(&variant);
    fs::write(&path, &compressed).with_context(|| format!("{} could not be written", path.display()))?;
    Ok(Some(line(&bytes, &compressed, &variant)))
}

/// As small as each coding gets; the same bytes at any time.
fn compress(bytes: &[u8], coding: Coding) -> Result<Vec<u8>> {
    let mut output = Vec::new();
    match coding {
        Coding::Brotli => {
            let (buffer, quality, window) = (1 << 16, 11, 22);
            CompressorReader::new(bytes, buffer, quality, window).read_to_end(&mut output)?;
        }
        // Level 19 keeps the window below the 8 MiB that browsers accept.
        Coding::Zstd => output = zstd::bulk::compress(bytes, 19)?,
        Coding::Gzip => {
            let mut encoder = GzBuilder::new().write(&mut output, Compression::best());
            encoder.write_all(bytes)?;
            encoder.finish()?;
        }
    }
    Ok(output)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compressed_forms_are_smaller_whole_and_listed() {
        let site = tempfile::tempdir().unwrap();
        let text = "estimate,score\n".repeat(200);
        fs::create_dir(site.path().join("data")).unwrap();
        fs::write(site.path().join("data/long.csv"), &text).unwrap();
        fs::write(site.path().join("short.csv"), "a,b\n").unwrap();
        fs::write(site.path().join("picture.png"), &text).unwrap();
        write(site.path()).unwrap();

        let read = |name: &str| fs::read(site.path().join(name)).unwrap();
        let mut plain = Vec::new();
        brotli::Decompressor::new(&*read("data/long.csv.br"), 4096).read_to_end(&mut plain).unwrap();
        assert_eq!(plain, text.as_bytes());
        assert_eq!(zstd::decode_all(&*read("data/long.csv.zst")).unwrap(), text.as_bytes());
        plain.clear();
        flate2::read::GzDecoder::new(&*read("data/long.csv.gz")).read_to_end(&mut plain).unwrap();
        assert_eq!(plain, text.as_bytes());

        let list = String::from_utf8(read(LIST)).unwrap();
        let names: Vec<&str> = list.lines().map(|line| line.rsplit(' ').next().unwrap()).collect();
        assert_eq!(names, ["data/long.csv.br", "data/long.csv.zst", "data/long.csv.gz"]);
        assert!(!site.path().join("short.csv.br").exists() && !site.path().join("picture.png.br").exists());
        // The whole list is the same at any number of threads.
        write(site.path()).unwrap();
        assert_eq!(String::from_utf8(read(LIST)).unwrap(), list);
    }
}
