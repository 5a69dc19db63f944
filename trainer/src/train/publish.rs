//! Writing a set of files that belong together: all or none.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;
use thiserror::Error;

/// Why artifacts could not be written. Whatever stood in the folder before stands there still.
#[derive(Debug, Error)]
#[error("{path}: {problem}; check that the folder exists, can be written to and has room (--output chooses another)", path = path.display())]
pub struct PublishError {
    path: PathBuf,
    #[source]
    problem: io::Error,
}

/// Writes `files` (names and contents) into `folder`, which is made if need be.
///
/// Everything is first written beside its place and flushed; only then are the files renamed into place. If one can't
/// be, those before it are put back.
///
/// # Errors
/// The first file that could not be written.
pub fn publish(folder: &Path, files: &[(&str, &str)]) -> Result<(), PublishError> {
    let at = |path: &Path| {
        let path = path.to_owned();
        |problem| PublishError { path, problem }
    };
    fs::create_dir_all(folder).map_err(at(folder))?;
    let mut staged = Vec::new();
    for (name, content) in files {
        let path = folder.join(name);
        if path.is_dir() {
            return Err(at(&path)(io::Error::new(io::ErrorKind::IsADirectory, "there is a folder of that name")));
        }
        staged.push((stage(folder, content).map_err(at(&path))?, path));
    }
    // A second name for each old file, to put it back by.
    let mut backups: Vec<(PathBuf, PathBuf)> = Vec::new();
    let mut made: Vec<PathBuf> = Vec::new();
    let mut result = Ok(());
    for (file, path) in staged {
        let backup = path.with_added_extension("old");
        let _ = fs::remove_file(&backup);
        let saved = if path.exists() {
            fs::hard_link(&path, &backup).or_else(|_| fs::copy(&path, &backup).map(drop)).map(|()| true)
        } else {
            Ok(false)
        };
        match saved.and_then(|is_saved| file.persist(&path).map(|_| is_saved).map_err(|error| error.error)) {
            Ok(true) => backups.push((backup, path)),
            Ok(false) => made.push(path),
            Err(problem) => {
                let _ = fs::remove_file(&backup);
                result = Err(at(&path)(problem));
                break;
            }
        }
    }
    if result.is_err() {
        for path in made {
            let _ = fs::remove_file(path);
        }
        for (backup, path) in backups {
            let _ = fs::rename(backup, path);
        }
    } else {
        for (backup, _) in backups {
            let _ = fs::remove_file(backup);
        }
    }
    result
}

fn stage(folder: &Path, content: &str) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".scorecast-");
    // A temporary file is for its owner alone; what is published is for everyone whom the folder is for.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(content.as_bytes())?;
    file.as_file().sync_all()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_replaces_a_set() {
        let folder = tempfile::tempdir().unwrap();
        publish(folder.path(), &[("a.json", "1"), ("b.json", "2")]).unwrap();
        publish(folder.path(), &[("a.json", "3"), ("b.json", "4")]).unwrap();
        assert_eq!(contents(folder.path()), [("a.json".into(), "3".into()), ("b.json".into(), "4".into())]);
    }

    #[test]
    fn when_one_file_fails_the_old_set_stays_whole() {
        let folder = tempfile::tempdir().unwrap();
        publish(folder.path(), &[("a.json", "1"), ("c.json", "old")]).unwrap();
        fs::create_dir(folder.path().join("b.json")).unwrap();
        let error = publish(folder.path(), &[("a.json", "3"), ("b.json", "4"), ("c.json", "new")]).unwrap_err();
        assert!(error.to_string().contains("b.json"), "{error}");
        fs::remove_dir(folder.path().join("b.json")).unwrap();
        assert_eq!(contents(folder.path()), [("a.json".into(), "1".into()), ("c.json".into(), "old".into())]);
    }

    fn contents(folder: &Path) -> Vec<(String, String)> {
        let mut files: Vec<(String, String)> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap())
            .map(|entry| (entry.file_name().into_string().unwrap(), fs::read_to_string(entry.path()).unwrap()))
            .collect();
        files.sort();
        files
    }
}
