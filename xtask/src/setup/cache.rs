//! Caches tools between runs and between clones.
//!
//! A tool has a folder for each version, created atomically: it is installed beside its final place and then renamed,
//! under a lock, so that neither an interrupted nor a concurrent run leaves an incomplete tool.

use std::{
    env,
    fs::{self, File, TryLockError},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};

use crate::shell::Shell;

/// A folder that outlives `target/`.
pub(super) struct Cache {
    dir: PathBuf,
}

impl Cache {
    /// `SCORECAST_TOOLS`, else `scorecast` in the user's cache folder.
    pub(super) fn open() -> Result<Self> {
        let dir = if let Some(dir) = env::var_os("SCORECAST_TOOLS") {
            std::path::absolute(PathBuf::from(dir))?
        } else if let Some(dir) = env::var_os("XDG_CACHE_HOME").filter(|dir| !dir.is_empty()) {
            PathBuf::from(dir).join("scorecast")
        } else if let Some(home) = env::home_dir() {
            home.join(".cache/scorecast")
        } else {
            bail!("there is no home folder; say where tools may be kept with SCORECAST_TOOLS");
        };
        fs::create_dir_all(&dir)
            .with_context(|| format!("{} could not be made; SCORECAST_TOOLS names another folder", dir.display()))?;
        Ok(Self { dir })
    }

    /// The `file` (relative to the tool's folder) of the tool, which is installed if necessary.
    pub(super) fn tool(
        &self,
        shell: Shell,
        name: &str,
        version: &str,
        file: &Path,
        install: impl FnOnce(&Path) -> Result<()>,
    ) -> Result<PathBuf> {
        let home = self.dir.join(format!("{name}-{version}"));
        let path = home.join(file);
        if path.is_file() {
            return Ok(path);
        }
        shell.step(&format!("Install {name} {version} (once)"), || {
            let _lock = self.lock(name)?;
            // Another run may have installed it while this one waited for the lock.
            if path.is_file() {
                return Ok(());
            }
            let staging = tempfile::Builder::new().prefix(".staging-").tempdir_in(&self.dir)?;
            install(staging.path())?;
            if !staging.path().join(file).is_file() {
                bail!("the installed {name} {version} has no {}", file.display());
            }
            if home.exists() {
                fs::remove_dir_all(&home)?;
            }
            fs::rename(staging.path(), &home).with_context(|| format!("{} could not be put in place", home.display()))
        })?;
        Ok(path)
    }

    fn lock(&self, name: &str) -> Result<File> {
        let path = self.dir.join(format!(".lock-{name}"));
        let file = File::create(&path).with_context(|| format!("{} could not be written", path.display()))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                print!("(waiting for another run to install it) ");
                file.lock()?;
            }
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        Ok(file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_installation_leaves_no_tool() {
        let dir = tempfile::tempdir().unwrap();
        let cache = Cache { dir: dir.path().to_path_buf() };
        let shell = Shell { verbose: false, is_aside: false };
        let half = |staging: &Path| {
            fs::write(staging.join("half"), "")?;
            bail!("interrupted")
        };
        assert!(cache.tool(shell, "tool", "1.0.0", Path::new("tool"), half).is_err());
        let whole = |staging: &Path| Ok(fs::write(staging.join("tool"), "")?);
        let exe = cache.tool(shell, "tool", "1.0.0", Path::new("tool"), whole).unwrap();
        assert_eq!(exe, dir.path().join("tool-1.0.0/tool"));
        let never = |_: &Path| bail!("installed twice");
        assert!(cache.tool(shell, "tool", "1.0.0", Path::new("tool"), never).is_ok());
        let left: Vec<_> = fs::read_dir(dir.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name != ".lock-tool")
            .collect();
        assert_eq!(left, ["tool-1.0.0"]);
    }
}
