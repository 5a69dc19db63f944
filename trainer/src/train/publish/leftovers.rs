//! Removes temporary files of killed runs.

use std::fs;
use std::path::Path;

use super::exchange::staging_prefix;
use super::{Publication, journal};

/// The caller holds the folder's lock, so that no temporary file is in use, and has finished the journal.
pub(super) fn remove(folder: &Path, publication: &Publication<'_>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let Ok(name) = entry.file_name().into_string() else { continue };
        let path = entry.path();
        if name.starts_with(journal::STAGED) || is_of_earlier_version(&name) {
            let _ = fs::remove_file(path);
        } else if let Some(original) = name.strip_suffix(".old").filter(|original| publication.changes(original)) {
            // Earlier versions kept the old file under this name until the new set was complete.
            let original = folder.join(original);
            let _ = if original.exists() { fs::remove_file(path) } else { fs::rename(path, original) };
        }
    }
    let (Some(parent), Some(prefix)) = (folder.parent(), staging_prefix(folder)) else { return };
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(&prefix) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// Earlier versions named new files `.scorecast-` and six letters or digits.
fn is_of_earlier_version(name: &str) -> bool {
    let random = name.strip_prefix(".scorecast-").unwrap_or_default();
    random.len() == 6 && random.bytes().all(|byte| byte.is_ascii_alphanumeric())
}
