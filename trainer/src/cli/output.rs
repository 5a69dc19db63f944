//! Writes a command's output file, or standard output.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::failure::Failure;

/// Refuses to overwrite the input.
pub(crate) fn refuse_input(output: &Path, input: &Path) -> Result<(), Failure> {
    if matches!((fs::canonicalize(output), fs::canonicalize(input)), (Ok(output), Ok(input)) if output == input) {
        let message = format!("{} is the input; name another file with --output", output.display());
        return Err(Failure::usage(message));
    }
    Ok(())
}

/// Calls `write` with standard output or a file, which is replaced atomically. It keeps the permissions of a file that
/// it replaces; a new one is not readable by anyone who cannot read `input`.
pub(crate) fn write_whole<T>(
    path: &Path,
    input: Option<&Path>,
    write: impl FnOnce(&mut dyn Write) -> io::Result<T>,
) -> io::Result<T> {
    if path == Path::new("-") {
        let mut output = BufWriter::new(io::stdout().lock());
        let result = write(&mut output);
        return match result.and_then(|result| output.flush().map(|()| result)) {
            // The reader has closed the pipe, as in `| head`.
            Err(problem) if problem.kind() == io::ErrorKind::BrokenPipe => std::process::exit(0),
            other => other,
        };
    }
    // A device such as /dev/null is written to, not replaced.
    if path.exists() && !path.is_file() {
        let mut output = BufWriter::new(OpenOptions::new().write(true).open(path)?);
        let result = write(&mut output)?;
        output.flush()?;
        return Ok(result);
    }
    let path = &target_of(path);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    remove_leftovers(folder);
    let mut builder = tempfile::Builder::new();
    builder.prefix(UNFINISHED);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(new_mode(input)));
    let file = builder.tempfile_in(folder)?;
    // The lock marks the file as being written; if locks are not supported, leftovers are not removed either.
    let _ = file.as_file().try_lock();
    if let Some(permissions) = permissions(path) {
        file.as_file().set_permissions(permissions)?;
    }
    let mut output = BufWriter::with_capacity(1 << 18, file);
    let result = write(&mut output)?;
    let file: NamedTempFile = output.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(result)
}

/// The prefix of the names of incomplete files.
const UNFINISHED: &str = ".scorecast-out-";

/// Removes incomplete files of killed runs from `folder`.
fn remove_leftovers(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let is_unfinished = entry.file_name().to_string_lossy().starts_with(UNFINISHED);
        let is_left = |path: &Path| File::open(path).is_ok_and(|file| file.try_lock().is_ok());
        if is_unfinished && is_left(&entry.path()) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// The target of a symbolic link: it is replaced, and the link stays.
fn target_of(path: &Path) -> PathBuf {
    if path.is_symlink() { fs::canonicalize(path).unwrap_or_else(|_| path.to_owned()) } else { path.to_owned() }
}

fn permissions(path: &Path) -> Option<Permissions> {
    fs::metadata(path).ok().map(|metadata| metadata.permissions())
}

/// Readable for everyone, unless the input isn't.
#[cfg(unix)]
fn new_mode(input: Option<&Path>) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    let input = input.filter(|input| input.is_file()).and_then(permissions);
    0o644 & input.map_or(0o644, |permissions| permissions.mode() | 0o200)
}
