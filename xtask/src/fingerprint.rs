//! Detects whether work needs to be repeated.
//!
//! Why not Cargo alone: it does not track wasm-opt, training and compression, and a second `cargo xtask run` should
//! serve within seconds.

use std::{
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    path::Path,
};

use anyhow::{Context, Result};

use crate::{files::files_below, paths};

/// A digest of all inputs of some work.
#[derive(Default)]
pub(crate) struct Fingerprint(DefaultHasher);

impl Fingerprint {
    pub(crate) fn text(mut self, text: &str) -> Self {
        text.hash(&mut self.0);
        self
    }

    /// Adds the content of a file, or of all files below a folder; a missing path is an input, too.
    pub(crate) fn content(mut self, path: &Path) -> Result<Self> {
        path.hash(&mut self.0);
        for file in files_below(path)? {
            file.hash(&mut self.0);
            let bytes = fs::read(&file).with_context(|| format!("{} could not be read", file.display()))?;
            bytes.hash(&mut self.0);
        }
        Ok(self)
    }

    /// Adds size and modification time, for files too large to be read for this.
    pub(crate) fn state(mut self, path: &Path) -> Result<Self> {
        let metadata = fs::metadata(path).with_context(|| format!("{} could not be read", path.display()))?;
        (path, metadata.len(), metadata.modified()?).hash(&mut self.0);
        Ok(self)
    }

    /// Does `work` and records it under `name`, unless the same was done before and `product` still
    /// exists. Returns whether it did the work.
    pub(crate) fn unless_done(self, name: &str, product: &Path, work: impl FnOnce() -> Result<()>) -> Result<bool> {
        let digest = format!("{:016x}", self.0.finish());
        let stamp = paths::stamps().join(name);
        if product.exists() && fs::read_to_string(&stamp).is_ok_and(|known| known == digest) {
            return Ok(false);
        }
        // Removed first: after an interruption there must be no stamp for an incomplete product.
        let _ = fs::remove_file(&stamp);
        work()?;
        fs::create_dir_all(paths::stamps())?;
        fs::write(&stamp, digest).with_context(|| format!("{} could not be written", stamp.display()))?;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contents_and_names_count() {
        let dir = tempfile::tempdir().unwrap();
        let digest = || Fingerprint::default().content(dir.path()).unwrap().0.finish();
        let empty = digest();
        fs::create_dir(dir.path().join("src")).unwrap();
        fs::write(dir.path().join("src/lib.rs"), "one").unwrap();
        let one = digest();
        fs::write(dir.path().join("src/lib.rs"), "two").unwrap();
        let two = digest();
        fs::rename(dir.path().join("src/lib.rs"), dir.path().join("src/main.rs")).unwrap();
        let renamed = digest();
        assert!(empty != one && one != two && two != renamed);
        assert_eq!(renamed, digest());
    }
}
