//! Tells whether work needs to be done again.
//!
//! Why not leave it to Cargo: it knows nothing of wasm-opt, training and compression, and the second `cargo xtask run` is to
//! serve within seconds.

use std::{
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    path::Path,
};

use anyhow::{Context, Result};

use crate::{files::files_below, paths};

/// A digest of everything that some work depends on.
#[derive(Default)]
pub(crate) struct Fingerprint(DefaultHasher);

impl Fingerprint {
    pub(crate) fn text(mut self, text: &str) -> Self {
        text.hash(&mut self.0);
        self
    }

    /// The content of a file, or of all files below a folder; what does not exist counts too.
    pub(crate) fn content(mut self, path: &Path) -> Result<Self> {
        path.hash(&mut self.0);
        for file in files_below(path)? {
            file.hash(&mut self.0);
            let bytes = fs::read(&file).with_context(|| format!("{} could not be read", file.display()))?;
            bytes.hash(&mut self.0);
        }
        Ok(self)
    }

    /// Size and time of change, for files too large to be read for this.
    pub(crate) fn state(mut self, path: &Path) -> Result<Self> {
        let metadata = fs::metadata(path).with_context(|| format!("{} could not be read", path.display()))?;
        (path, metadata.len(), metadata.modified()?).hash(&mut self.0);
        Ok(self)
    }

    /// Does `work` and remembers it under `name`, unless just that was done already and `product`
    /// is still there. Returns whether it worked.
    pub(crate) fn unless_done(self, name: &str, product: &Path, work: impl FnOnce() -> Result<()>) -> Result<bool> {
        let digest = format!("{:016x}", self.0.finish());
        let stamp = paths::stamps().join(name);
        if product.exists() && fs::read_to_string(&stamp).is_ok_and(|known| known == digest) {
            return Ok(false);
        }
        // Removed first: after an interruption nothing vouches for the product.
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
