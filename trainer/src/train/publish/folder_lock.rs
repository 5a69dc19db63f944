//! Locks a folder: one publication at a time, and no concurrent readers.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::journal;

/// Locks a folder until it is dropped. On file systems without locks it has no effect.
#[derive(Debug)]
pub struct FolderLock {
    folder: PathBuf,
    _file: Option<File>,
}

impl FolderLock {
    /// A shared lock for reading files that belong together: no publication begins meanwhile, and an interrupted one is
    /// finished first.
    ///
    /// # Errors
    /// When there is no such folder.
    pub fn shared(folder: &Path) -> io::Result<Self> {
        // The exclusive lock is only tried: a publication in progress finishes its journal itself. A reader without
        // write permission reads the current files.
        if journal::is_there(folder)
            && let Ok(file) = File::open(folder)
            && file.try_lock().is_ok()
        {
            let _ = journal::finish(folder);
        }
        Self::acquire(folder, File::lock_shared)
    }

    pub(super) fn exclusive(folder: &Path) -> io::Result<Self> {
        Self::acquire(folder, File::lock)
    }

    fn acquire(folder: &Path, lock: fn(&File) -> io::Result<()>) -> io::Result<Self> {
        loop {
            let path = fs::canonicalize(folder)?;
            // Some systems cannot open folders, and some file systems cannot lock them.
            let file = File::open(&path).ok().filter(|file| lock(file).is_ok());
            // While waiting, another folder may have replaced this one.
            if file.as_ref().is_none_or(|file| is_at(file, &path)) {
                return Ok(Self { folder: path, _file: file });
            }
        }
    }

    /// The folder, without links in its path.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let identity = |metadata: &fs::Metadata| (metadata.dev(), metadata.ino());
    matches!((file.metadata(), fs::metadata(path)), (Ok(open), Ok(now)) if identity(&open) == identity(&now))
}

#[cfg(not(unix))]
fn is_at(_file: &File, _path: &Path) -> bool {
    true
}
