//! Publishes file by file, with a journal for recovery from interruptions.
//!
//! First every new file is written beside its destination. Then the journal, which lists them, is put in place: from
//! that step on the new set is published. Every later run, and every reader with a `FolderLock`, renames the files that
//! are still listed.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::new_file::{sync_folder, write};
use super::{NewFile, Publication};

const JOURNAL: &str = ".scorecast-journal";
/// The prefix of a new file's name until it is renamed.
pub(super) const STAGED: &str = ".scorecast-new-";

#[derive(Serialize, Deserialize)]
struct Journal {
    /// The names of the files to rename into place.
    files: Vec<String>,
    /// The names of the files to remove.
    obsolete: Vec<String>,
}

pub(super) fn is_there(folder: &Path) -> bool {
    folder.join(JOURNAL).exists()
}

pub(super) fn publish(folder: &Path, publication: &Publication<'_>) -> io::Result<()> {
    let result = stage(folder, publication);
    if result.is_err() {
        for file in publication.files {
            let _ = fs::remove_file(staged(&destination(folder, file.name)));
        }
        let _ = fs::remove_file(folder.join(STAGED));
        return result;
    }
    finish(folder)
}

fn stage(folder: &Path, publication: &Publication<'_>) -> io::Result<()> {
    for file in publication.files {
        let destination = destination(folder, file.name);
        let staged = staged(&destination);
        let _ = fs::remove_file(&staged);
        write(&staged, file, &destination)?;
    }
    let journal = Journal {
        files: publication.files.iter().map(|file| file.name.to_owned()).collect(),
        obsolete: publication.obsolete.iter().map(|name| (*name).to_owned()).collect(),
    };
    let new = folder.join(STAGED);
    let _ = fs::remove_file(&new);
    write(&new, &NewFile { name: JOURNAL, content: &serde_json::to_string(&journal)? }, Path::new(""))?;
    sync_folder(folder);
    fs::rename(new, folder.join(JOURNAL))?;
    sync_folder(folder);
    Ok(())
}

/// Completes the journal in `folder`, if there is one.
pub(super) fn finish(folder: &Path) -> io::Result<()> {
    let path = folder.join(JOURNAL);
    let text = match fs::read_to_string(&path) {
        Err(problem) if problem.kind() == io::ErrorKind::NotFound => return Ok(()),
        text => text?,
    };
    let journal: Journal = serde_json::from_str(&text)?;
    for name in &journal.files {
        let destination = destination(folder, name);
        // A missing file was renamed before the interruption.
        unless_missing(fs::rename(staged(&destination), &destination))?;
    }
    for name in &journal.obsolete {
        unless_missing(fs::remove_file(folder.join(name)))?;
    }
    sync_folder(folder);
    fs::remove_file(path)?;
    sync_folder(folder);
    Ok(())
}

fn unless_missing(result: io::Result<()>) -> io::Result<()> {
    result.or_else(|problem| if problem.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(problem) })
}

/// The target of the link if `name` is one.
fn destination(folder: &Path, name: &str) -> PathBuf {
    let path = folder.join(name);
    if path.is_symlink() { fs::canonicalize(&path).unwrap_or(path) } else { path }
}

fn staged(destination: &Path) -> PathBuf {
    let name = destination.file_name().unwrap_or_default().to_string_lossy();
    destination.with_file_name(format!("{STAGED}{name}"))
}
