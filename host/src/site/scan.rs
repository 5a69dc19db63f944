//! Walks a folder and lists the files that may be served.
//!
//! Why before any request: a file that is not listed cannot be requested by any path. Requests never touch the file
//! system, so that no dots, slashes, encodings or links can leave the folder.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::SystemTime,
};

use crate::site::variants::LIST;

/// The most files of a site; a folder with more is probably the wrong one.
const MAX_FILES: usize = 20_000;
/// The most bytes kept in memory. While a changed folder is read there are two snapshots, which have to fit within the
/// unit's `MemoryMax=256M`.
const MAX_MIB: u64 = 96;
const MAX_DEPTH: usize = 32;

/// A file to serve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// The path relative to the root, with `/` as separator.
    pub name: String,
    /// The path of its bytes, with links resolved.
    pub path: PathBuf,
    /// Length in bytes.
    pub len: u64,
    /// When it was last changed.
    pub modified: SystemTime,
    /// The inode number (0 where there are none), which detects a replaced file of equal size and time.
    inode: u64,
}

/// A folder that cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// A folder or file cannot be read.
    #[error("{path} could not be read: {source}; the process needs leave to read it and the folders above it")]
    Unreadable {
        /// The path.
        path: String,
        /// The cause.
        source: io::Error,
    },
    /// More files or bytes than a site may have.
    #[error("{0} holds more than {MAX_FILES} files or {MAX_MIB} MiB: is it the folder of a page?")]
    TooLarge(String),
    /// A folder without a page.
    #[error("{0} has no index.html: it is not the folder of a built page, or not yet")]
    NoPage(String),
    /// A folder that does not match its list of compressed forms.
    #[error(
        "{dir}/{file} is not the file that {dir}/{LIST} lists: either a copy is not finished, or the file was changed; \
         for the latter `scorecast-host prepare {dir}` renews the compressed forms"
    )]
    Mismatch {
        /// The folder.
        dir: String,
        /// The file, relative to the folder.
        file: String,
    },
}

/// All files below `root` that may be served, sorted by name.
///
/// Left out: names that begin with a dot (except `.well-known` and the list of compressed forms), names that are not
/// Unicode, links that lead out of the folder, and anything but files and folders.
///
/// # Errors
///
/// A root that cannot be read, a file that vanished during the scan, or a folder that is too large.
pub(crate) fn scan(root: &Path) -> Result<Vec<Entry>, ScanError> {
    let root = root.canonicalize().map_err(|source| unreadable(root, source))?;
    let mut walk = Walk { root: &root, entries: Vec::new(), bytes: 0 };
    walk.folder(&root, "", 0)?;
    walk.entries.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(walk.entries)
}

struct Walk<'a> {
    root: &'a Path,
    entries: Vec<Entry>,
    bytes: u64,
}

impl Walk<'_> {
    fn folder(&mut self, dir: &Path, prefix: &str, depth: usize) -> Result<(), ScanError> {
        if depth > MAX_DEPTH {
            return Err(ScanError::TooLarge(self.root.display().to_string()));
        }
        for entry in fs::read_dir(dir).map_err(|source| unreadable(dir, source))? {
            let entry = entry.map_err(|source| unreadable(dir, source))?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            let is_list = prefix.is_empty() && name == LIST;
            if name.starts_with('.') && name != ".well-known" && !is_list {
                continue;
            }
            let mut path = entry.path();
            let kind = entry.file_type().map_err(|source| unreadable(&path, source))?;
            if kind.is_symlink() {
                match path.canonicalize() {
                    Ok(target) if self.may_link_to(&target) => path = target,
                    _ => continue,
                }
            }
            let metadata = fs::metadata(&path).map_err(|source| unreadable(&path, source))?;
            let name = format!("{prefix}{name}");
            if metadata.is_dir() {
                self.folder(&path, &format!("{name}/"), depth + 1)?;
            } else if metadata.is_file() {
                self.bytes += metadata.len();
                if self.bytes > MAX_MIB << 20 || self.entries.len() == MAX_FILES {
                    return Err(ScanError::TooLarge(self.root.display().to_string()));
                }
                let modified = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
                self.entries.push(Entry { name, path, len: metadata.len(), modified, inode: inode(&metadata) });
            }
        }
        Ok(())
    }

    /// Whether the target is inside the folder, and not in a hidden part of it.
    fn may_link_to(&self, target: &Path) -> bool {
        target
            .strip_prefix(self.root)
            .is_ok_and(|inner| inner.components().all(|part| !part.as_os_str().to_string_lossy().starts_with('.')))
    }
}

#[cfg(unix)]
fn inode(metadata: &fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

#[cfg(not(unix))]
fn inode(_: &fs::Metadata) -> u64 {
    0
}

pub(crate) fn unreadable(path: &Path, source: io::Error) -> ScanError {
    ScanError::Unreadable { path: path.display().to_string(), source }
}
