//! Writes a new file durably.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use super::NewFile;

/// Writes `file` to `path` and flushes it to the disk. It gets the permissions of the file `old` if that exists; else
/// it is readable by everyone with access to the folder.
pub(super) fn write(path: &Path, file: &NewFile<'_>, old: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o644);
    let mut output = options.open(path)?;
    if let Ok(metadata) = fs::metadata(old) {
        output.set_permissions(metadata.permissions())?;
    }
    output.write_all(file.content.as_bytes())?;
    output.sync_all()
}

/// Makes the names in a folder durable, if the system supports it.
pub(super) fn sync_folder(folder: &Path) {
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
}
