//! Writes a file that isn't there yet, and makes it last.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use super::NewFile;

/// Writes `file` to `path` and flushes it to the disk. It has the permissions of the file `old` where there is one; else
/// everyone whom the folder is for may read it.
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

/// Makes the names in a folder outlast a loss of power, where the system can be asked to.
pub(super) fn sync_folder(folder: &Path) {
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
}
