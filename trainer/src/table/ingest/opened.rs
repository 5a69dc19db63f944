//! A file whose header has been read, but not its rows, so that the configuration of its columns can be checked first.

use std::io::{self, Read};
use std::path::Path;
use std::sync::{Arc, Mutex};

use reader::{ReadOptions, ReadingReport, TableReader, read_cells};
use sha2::{Digest, Sha256};

use super::digest::digest;
use super::{IngestError, IngestOptions, Ingested, Roles, assemble};
use crate::table::order::parts_of;

/// A file whose rows have not been read yet.
pub struct OpenedFile<'r> {
    reader: TableReader<'r>,
    sha256: Arc<Mutex<Sha256>>,
}

impl<'r> OpenedFile<'r> {
    /// Reads the header; `path` is for messages only, and `target` helps to find it.
    ///
    /// # Errors
    /// See [`IngestError`].
    pub fn open(
        path: &Path,
        input: impl Read + Send + 'r,
        target: Option<&str>,
        options: &ReadOptions,
    ) -> Result<Self, IngestError> {
        let sha256 = Arc::new(Mutex::new(Sha256::new()));
        let input = Hashed { input, sha256: Arc::clone(&sha256) };
        let options = ReadOptions { wanted: target.map(ToOwned::to_owned).into_iter().collect(), ..options.clone() };
        Ok(Self { reader: TableReader::open(&path.display().to_string(), input, &options)?, sha256 })
    }

    /// The names in the header.
    #[must_use]
    pub fn names(&self) -> &[String] {
        self.reader.names()
    }

    /// Reads the rows.
    ///
    /// # Errors
    /// See [`IngestError`].
    pub fn ingest(self, options: &IngestOptions) -> Result<Ingested, IngestError> {
        let file = self.reader.file().to_owned();
        let roles = Roles::assign(&file, self.reader.names(), options)?;
        let mut cells = read_cells(self.reader)?;
        let columns = cells.decide(&file, &roles.column_options())?;
        let mut report = ReadingReport { notes: std::mem::take(&mut cells.notes), columns: Vec::new() };
        let (table, formats) = assemble(&file, &cells, columns, &roles, &mut report)?;
        if parts_of(&table.keys).is_some() {
            // Rows from an engine: their order and the spelling of numbers are irrelevant.
            let table = table.sorted();
            return Ok(Ingested { sha256: digest(&table), table, report, formats });
        }
        let digest = self.sha256.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone().finalize();
        Ok(Ingested { table, sha256: base16ct::lower::encode_string(&digest), report, formats })
    }
}

/// Hashes what is read through it.
struct Hashed<R> {
    input: R,
    sha256: Arc<Mutex<Sha256>>,
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n_read = self.input.read(buffer)?;
        self.sha256.lock().unwrap_or_else(std::sync::PoisonError::into_inner).update(&buffer[..n_read]);
        Ok(n_read)
    }
}
