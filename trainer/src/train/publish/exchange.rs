//! Publishes by atomically exchanging two folders in one system call.
//!
//! Afterwards another folder has the old folder's name. So this is done only for a folder of plain files whose identity
//! does not matter: not for the working directory, a mount point, or a folder with folders or links in it.

use std::path::Path;

use super::Publication;

/// The prefix of the name of a new folder beside `folder`; `None` for a root.
pub(super) fn staging_prefix(folder: &Path) -> Option<String> {
    Some(format!(".{}.scorecast-", folder.file_name()?.to_string_lossy()))
}

#[cfg(any(target_os = "linux", target_vendor = "apple"))]
pub(super) use self::folders::publish;

/// Whether it was possible; otherwise nothing was changed.
#[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
#[expect(clippy::unnecessary_wraps, reason = "it can fail elsewhere")]
pub(super) fn publish(_folder: &Path, _publication: &Publication<'_>) -> std::io::Result<bool> {
    Ok(false)
}

#[cfg(any(target_os = "linux", target_vendor = "apple"))]
mod folders {
    use std::fs;
    use std::io;
    use std::os::unix::fs::MetadataExt;
    use std::path::Path;

    use rustix::fs::{CWD, RenameFlags, renameat_with};

    use super::{Publication, staging_prefix};
    use crate::train::publish::new_file::{sync_folder, write};

    /// Whether it was possible; otherwise nothing was changed.
    pub(crate) fn publish(folder: &Path, publication: &Publication<'_>) -> io::Result<bool> {
        let (Some(parent), Some(prefix)) = (folder.parent(), staging_prefix(folder)) else { return Ok(false) };
        let Some(others) = other_files(folder, publication)? else { return Ok(false) };
        let Ok(staging) = tempfile::Builder::new().prefix(&prefix).tempdir_in(parent) else { return Ok(false) };
        let (old, new) = (fs::metadata(folder)?, fs::metadata(staging.path())?);
        if (old.uid(), old.gid()) != (new.uid(), new.gid()) {
            return Ok(false);
        }
        fs::set_permissions(staging.path(), old.permissions())?;
        for file in publication.files {
            write(&staging.path().join(file.name), file, &folder.join(file.name))?;
        }
        for name in &others {
            if fs::hard_link(folder.join(name), staging.path().join(name)).is_err() {
                return Ok(false);
            }
        }
        sync_folder(staging.path());
        if renameat_with(CWD, staging.path(), CWD, folder, RenameFlags::EXCHANGE).is_err() {
            return Ok(false);
        }
        sync_folder(parent);
        // Also move files that others have created in the old folder meanwhile.
        for name in other_files(staging.path(), publication).ok().flatten().unwrap_or_default() {
            if !folder.join(&name).exists() {
                let _ = fs::rename(staging.path().join(&name), folder.join(&name));
            }
        }
        Ok(true)
    }

    /// The names of the unchanged files; `None` if the folder must not be exchanged.
    fn other_files(folder: &Path, publication: &Publication<'_>) -> io::Result<Option<Vec<std::ffi::OsString>>> {
        if std::env::current_dir().is_ok_and(|working| working.starts_with(folder)) {
            return Ok(None);
        }
        let mut others = Vec::new();
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            if !entry.file_type()?.is_file() {
                return Ok(None);
            }
            let name = entry.file_name();
            if !name.to_str().is_some_and(|name| publication.changes(name)) {
                others.push(name);
            }
        }
        Ok(Some(others))
    }
}
