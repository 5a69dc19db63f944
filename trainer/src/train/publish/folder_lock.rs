//! Takes turns at a folder: one publication at a time, and no reader meanwhile.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::journal;

/// Holds a folder still for as long as it lives. On file systems that know no locks nothing is held.
#[derive(Debug)]
pub struct FolderLock {
    folder: PathBuf,
    _file: Option<File>,
}

impl FolderLock {
    /// For reading files that belong together: no publication begins meanwhile, and one that was interrupted is finished
    /// first.
    ///
    /// # Errors
    /// When there is no such folder.
    pub fn shared(folder: &Path) -> io::Result<Self> {
        // The lock is taken only if nobody has it: a publication that is under way finishes its journal itself. A reader who
        // may not write reads what is there.
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
            // Folders can't be opened everywhere, nor locked on every file system.
            let file = File::open(&path).ok().filter(|file| lock(file).is_ok());
            // While it waited another folder may have been put in its place.
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
