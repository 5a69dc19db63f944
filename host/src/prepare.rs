//! Compresses a site's files in advance, so that no server has to compress while it answers.

use std::{
    fs,
    io::{self, Read, Write},
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use brotli::CompressorReader;
use flate2::{Compression, GzBuilder};

use crate::site::{
    ScanError,
    media::is_compressible,
    scan,
    variants::{Coding, LIST, line, plain_name},
};

/// Shorter files fit into one packet anyway.
const MIN_BYTES: usize = 512;

/// The compressed forms of a folder cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum PrepareError {
    /// The folder cannot be scanned.
    #[error(transparent)]
    Folder(#[from] ScanError),
    /// A file that cannot be read or written.
    #[error("{path}: {reason}; the process needs permission to read and write there")]
    File {
        /// The path.
        path: String,
        /// The cause.
        reason: io::Error,
    },
}

/// Writes `.br` and `.gz` beside each file of the folder `site` where they are smaller, and the list of their digests;
/// removes stale forms. Returns how many files have compressed forms.
///
/// The list is written last, atomically: a server reloads the folder only once all digests match.
///
/// # Errors
///
/// A folder that cannot be served, and files that cannot be read or written.
pub fn prepare(site: &Path) -> Result<usize, PrepareError> {
    let names: Vec<String> = scan(site)?.into_iter().map(|entry| entry.name).collect();
    let is_form = |name: &String| plain_name(name).is_some_and(|plain| names.iter().any(|other| other == plain));
    let files: Vec<&String> = names.iter().filter(|name| is_compressible(name) && !is_form(name)).collect();
    let jobs: Vec<(&str, Coding)> =
        files.iter().flat_map(|name| Coding::MADE.map(|coding| (name.as_str(), coding))).collect();
    let next = AtomicUsize::new(0);
    let work = || -> Result<Vec<(usize, String)>, PrepareError> {
        let mut lines = Vec::new();
        loop {
            let job = next.fetch_add(1, Ordering::Relaxed);
            let Some((name, coding)) = jobs.get(job) else { return Ok(lines) };
            lines.extend(write_form(site, name, *coding)?.map(|line| (job, line)));
        }
    };
    let n_threads = thread::available_parallelism().map_or(1, usize::from);
    let mut lines = thread::scope(|scope| {
        let threads: Vec<_> = (0..n_threads).map(|_| scope.spawn(work)).collect();
        let join = |thread: thread::ScopedJoinHandle<'_, _>| {
            thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        threads.into_iter().map(join).collect::<Result<Vec<_>, _>>()
    })?
    .concat();
    // Sorted, so that the list does not depend on the order in which threads finish.
    lines.sort();
    for stale in names.iter().filter(|name| is_form(name)) {
        if !lines.iter().any(|(_, line)| line.ends_with(&format!(" {stale}\n"))) {
            let path = site.join(stale);
            fs::remove_file(&path).map_err(|reason| failure(&path, reason))?;
        }
    }
    let mut prepared: Vec<&str> = lines.iter().map(|(job, _)| jobs[*job].0).collect();
    prepared.dedup();
    let list: String = lines.iter().map(|(_, line)| line.as_str()).collect();
    write(&site.join(LIST), list.as_bytes())?;
    Ok(prepared.len())
}

/// Writes one form and returns its line of the list; `None` if it would not be smaller.
fn write_form(site: &Path, name: &str, coding: Coding) -> Result<Option<String>, PrepareError> {
    let path = site.join(name);
    let bytes = fs::read(&path).map_err(|reason| failure(&path, reason))?;
    if bytes.len() < MIN_BYTES {
        return Ok(None);
    }
    let compressed = compress(&bytes, coding).map_err(|reason| failure(&path, reason))?;
    if compressed.len() >= bytes.len() {
        return Ok(None);
    }
    let form = format!("{name}{}", coding.suffix());
    write(&site.join(&form), &compressed)?;
    Ok(Some(line(&bytes, &compressed, &form)))
}

/// Compresses at the highest level; the output is deterministic.
fn compress(bytes: &[u8], coding: Coding) -> io::Result<Vec<u8>> {
    let mut output = Vec::new();
    if coding == Coding::Gzip {
        let mut encoder = GzBuilder::new().write(&mut output, Compression::best());
        encoder.write_all(bytes)?;
        encoder.finish()?;
    } else {
        let (buffer, quality, window) = (1 << 16, 11, 22);
        CompressorReader::new(bytes, buffer, quality, window).read_to_end(&mut output)?;
    }
    Ok(output)
}

/// Replaces a file atomically.
fn write(path: &Path, bytes: &[u8]) -> Result<(), PrepareError> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    // A hidden name, so that the temporary file is never served.
    let temporary: PathBuf = path.with_file_name(format!(".{name}.part"));
    fs::write(&temporary, bytes).and_then(|()| fs::rename(&temporary, path)).map_err(|reason| failure(path, reason))
}

fn failure(path: &Path, reason: io::Error) -> PrepareError {
    PrepareError::File { path: path.display().to_string(), reason }
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
        fs::write(site.path().join("short.csv.br"), "stale").unwrap();
        fs::write(site.path().join("picture.png"), &text).unwrap();
        assert_eq!(prepare(site.path()).unwrap(), 1);

        let read = |name: &str| fs::read(site.path().join(name)).unwrap();
        let mut plain = Vec::new();
        brotli::Decompressor::new(&*read("data/long.csv.br"), 4096).read_to_end(&mut plain).unwrap();
        assert_eq!(plain, text.as_bytes());
        plain.clear();
        flate2::read::GzDecoder::new(&*read("data/long.csv.gz")).read_to_end(&mut plain).unwrap();
        assert_eq!(plain, text.as_bytes());

        let list = String::from_utf8(read(LIST)).unwrap();
        let names: Vec<&str> = list.lines().map(|line| line.rsplit(' ').next().unwrap()).collect();
        assert_eq!(names, ["data/long.csv.br", "data/long.csv.gz"]);
        assert!(!site.path().join("short.csv.br").exists() && !site.path().join("picture.png.br").exists());
        // The list does not depend on the number of threads.
        prepare(site.path()).unwrap();
        assert_eq!(String::from_utf8(read(LIST)).unwrap(), list);
    }
}
