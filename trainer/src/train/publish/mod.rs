//! Publishes a set of files atomically: a reader finds the old set or the new one, never a mix.
//!
//! The new set is written to a folder beside the old one, and one system call exchanges the two folders. If that is not
//! possible (see [`exchange`]), a journal makes it atomic: it is written after all new files, and from then on the set
//! is published; every later run and every reader with a [`FolderLock`] first completes the journal.

mod exchange;
mod folder_lock;
mod journal;
mod leftovers;
mod new_file;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

pub use self::folder_lock::FolderLock;

/// Why artifacts could not be written. The previous files remain unchanged.
#[derive(Debug, Error)]
#[error("{path}: {problem}; check that the folder exists, can be written to and has room (--output chooses another)", path = path.display())]
pub struct PublishError {
    path: PathBuf,
    #[source]
    problem: io::Error,
}

/// A file to be written.
#[derive(Debug, Clone, Copy)]
pub struct NewFile<'a> {
    /// Its name in the folder.
    pub name: &'a str,
    /// Its content.
    pub content: &'a str,
}

/// The changes of a publication to a folder; other files stay unchanged.
#[derive(Debug, Clone, Copy)]
pub struct Publication<'a> {
    /// The files to be written.
    pub files: &'a [NewFile<'a>],
    /// The names of files to remove.
    pub obsolete: &'a [&'a str],
}

impl Publication<'_> {
    /// Whether a file of that name is written or removed.
    fn changes(&self, name: &str) -> bool {
        self.files.iter().any(|file| file.name == name) || self.obsolete.contains(&name)
    }
}

/// Publishes into `folder`, which is created if necessary. Waits for a concurrent publication into the same folder, and
/// finishes or removes what an interrupted one left behind.
///
/// # Errors
/// The file or folder that cannot be written.
pub fn publish(folder: &Path, publication: &Publication<'_>) -> Result<(), PublishError> {
    let at = |path: &Path| {
        let path = path.to_owned();
        |problem| PublishError { path, problem }
    };
    fs::create_dir_all(folder).map_err(at(folder))?;
    let lock = FolderLock::exclusive(folder).map_err(at(folder))?;
    journal::finish(lock.folder()).map_err(at(folder))?;
    leftovers::remove(lock.folder(), publication);
    for file in publication.files {
        let path = folder.join(file.name);
        if path.is_dir() {
            return Err(at(&path)(io::Error::new(io::ErrorKind::IsADirectory, "there is a folder of that name")));
        }
    }
    if exchange::publish(lock.folder(), publication).map_err(at(folder))? {
        return Ok(());
    }
    journal::publish(lock.folder(), publication).map_err(at(folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_replaces_a_set() {
        let folder = tempfile::tempdir().unwrap();
        for way in ["exchanged", "journalled"] {
            let folder = folder.path().join(way);
            fs::create_dir(&folder).unwrap();
            write(&folder, &[("a.json", "1"), ("b.json", "2")]).unwrap();
            fs::write(folder.join("foreign.txt"), "kept").unwrap();
            if way == "journalled" {
                fs::create_dir(folder.join("sub")).unwrap();
            }
            write(&folder, &[("a.json", "3"), ("b.json", "4")]).unwrap();
            assert_eq!(contents(&folder), [("a.json", "3"), ("b.json", "4"), ("foreign.txt", "kept")].map(owned));
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "something was left beside the folders");
    }

    #[test]
    fn when_one_file_fails_the_old_set_stays_whole() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), &[("a.json", "1"), ("c.json", "old")]).unwrap();
        fs::create_dir(folder.path().join("b.json")).unwrap();
        let error = write(folder.path(), &[("a.json", "3"), ("b.json", "4"), ("c.json", "new")]).unwrap_err();
        assert!(error.to_string().contains("b.json"), "{error}");
        assert_eq!(contents(folder.path()), [("a.json", "1"), ("c.json", "old")].map(owned));
    }

    #[test]
    fn what_is_obsolete_goes_with_the_same_step_and_leftovers_with_the_next() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("artifacts");
        fs::create_dir(&path).unwrap();
        // As left behind by earlier versions when they were killed.
        for (name, content) in [(".scorecast-a1B2c3", ""), ("a.json.old", "0"), ("b.json.old", "lost"), ("own.old", "")]
        {
            fs::write(path.join(name), content).unwrap();
        }
        fs::write(path.join("a.json"), "1").unwrap();
        fs::create_dir(folder.path().join(".artifacts.scorecast-x")).unwrap();
        let obsolete = Publication { files: &[NewFile { name: "a.json", content: "2" }], obsolete: &["b.json"] };
        publish(&path, &obsolete).unwrap();
        assert_eq!(contents(&path), [("a.json", "2"), ("own.old", "")].map(owned));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn modes_and_links_stay() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("artifacts");
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        write(&path, &[("a.json", "1"), ("b.json", "1")]).unwrap();
        for (path, mode) in [(path.clone(), 0o750), (path.join("a.json"), 0o600)] {
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        }
        write(&path, &[("a.json", "2"), ("b.json", "2")]).unwrap();
        assert_eq!((mode(&path), mode(&path.join("a.json")), mode(&path.join("b.json"))), (0o750, 0o600, 0o644));
        // One file is a link to a file elsewhere, and the folder is reached by a link.
        fs::rename(path.join("a.json"), folder.path().join("elsewhere.json")).unwrap();
        symlink("../elsewhere.json", path.join("a.json")).unwrap();
        symlink("artifacts", folder.path().join("link")).unwrap();
        write(&folder.path().join("link"), &[("a.json", "3"), ("b.json", "3")]).unwrap();
        assert!(path.join("a.json").is_symlink() && folder.path().join("link").is_symlink());
        assert_eq!(fs::read_to_string(folder.path().join("elsewhere.json")).unwrap(), "3");
        assert_eq!(mode(&folder.path().join("elsewhere.json")), 0o600);
        assert_eq!(contents(&path), [("a.json", "3"), ("b.json", "3")].map(owned));
    }

    #[test]
    fn publications_into_one_folder_take_turns() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("artifacts");
        std::thread::scope(|scope| {
            for writer in ["one", "two", "three"] {
                let path = &path;
                scope.spawn(move || {
                    for _ in 0..20 {
                        write(path, &[("a.json", writer), ("b.json", writer), ("c.json", writer)]).unwrap();
                    }
                });
            }
            for _ in 0..200 {
                if path.join("c.json").exists() {
                    let lock = FolderLock::shared(&path).unwrap();
                    let found = contents(lock.folder());
                    assert!(found.len() == 3 && found.iter().all(|(_, content)| *content == found[0].1), "{found:?}");
                }
            }
        });
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    fn write(folder: &Path, files: &[(&str, &str)]) -> Result<(), PublishError> {
        let files: Vec<NewFile<'_>> = files.iter().map(|(name, content)| NewFile { name, content }).collect();
        publish(folder, &Publication { files: &files, obsolete: &[] })
    }

    fn owned((name, content): (&str, &str)) -> (String, String) {
        (name.into(), content.into())
    }

    fn contents(folder: &Path) -> Vec<(String, String)> {
        let mut files: Vec<(String, String)> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap())
            .filter(|entry| entry.path().is_file())
            .map(|entry| (entry.file_name().into_string().unwrap(), fs::read_to_string(entry.path()).unwrap()))
            .collect();
        files.sort();
        files
    }
}
