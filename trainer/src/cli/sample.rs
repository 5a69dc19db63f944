//! `scorecast sample`

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;
use trainer::write_sample;

use super::failure::Failure;

/// What `scorecast sample` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How many students
    #[arg(long, default_value_t = 1_000, value_name = "N")]
    rows: u64,

    /// Which students: the same seed gives the same file everywhere
    #[arg(long, default_value_t = 42, value_name = "SEED")]
    seed: u64,

    /// The file to write, or - for standard output
    #[arg(long, short, default_value = "-", value_name = "FILE")]
    output: PathBuf,
}

/// Writes fictional students.
pub(crate) fn run(args: &Args) -> Result<(), Failure> {
    write_whole(&args.output, |output| write_sample(output, args.rows, args.seed))
        .map_err(|problem| Failure::writing(&args.output, &problem))
}

/// Lets `write` write standard output or a file; the file is there only once it is whole.
pub(crate) fn write_whole<T>(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<T>) -> io::Result<T> {
    if path == Path::new("-") {
        let mut output = BufWriter::new(io::stdout().lock());
        let result = write(&mut output);
        return match result.and_then(|result| output.flush().map(|()| result)) {
            // Whoever read this has seen enough, as in `| head`.
            Err(problem) if problem.kind() == io::ErrorKind::BrokenPipe => std::process::exit(0),
            other => other,
        };
    }
    // A device such as /dev/null is written to, not replaced.
    if path.exists() && !path.is_file() {
        let mut output = BufWriter::new(std::fs::OpenOptions::new().write(true).open(path)?);
        let result = write(&mut output)?;
        output.flush()?;
        return Ok(result);
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".scorecast-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
    let mut output = BufWriter::with_capacity(1 << 18, builder.tempfile_in(folder)?);
    let result = write(&mut output)?;
    let file: NamedTempFile = output.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(result)
}
