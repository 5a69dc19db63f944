//! A copy of the built site, served unchanged, below a path, or broken on purpose.

use std::{
    env, fs,
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};
use host::{Settings, Source, TlsFiles};
use tempfile::TempDir;

/// A copy of the built site, deleted when this is dropped.
pub struct Site {
    folder: TempDir,
    /// The path below the served root, `""` or `a/b/`.
    prefix: String,
}

/// A site that is being served, until this is dropped.
pub struct Served {
    /// Keeps the server running.
    _server: host::Running,
    address: String,
    /// Keeps the files.
    site: Site,
}

impl Site {
    /// The site at the root of its server.
    ///
    /// # Errors
    ///
    /// When `SCORECAST_DIST` names no built site.
    pub fn built() -> Result<Self> {
        Self::built_in("")
    }

    /// The site below a path of its server, as in `some/where`.
    ///
    /// # Errors
    ///
    /// When `SCORECAST_DIST` names no built site.
    pub fn built_in(place: &str) -> Result<Self> {
        let dist = PathBuf::from(env::var_os("SCORECAST_DIST").context("SCORECAST_DIST is not set")?);
        if !dist.join("index.html").is_file() {
            bail!("{} has no index.html: `cargo xtask run --build-only` builds it", dist.display());
        }
        let prefix = if place.is_empty() { String::new() } else { format!("{place}/") };
        let site = Self { folder: tempfile::tempdir()?, prefix };
        copy(&dist, &site.root())?;
        Ok(site)
    }

    /// The folder of `index.html`.
    pub fn root(&self) -> PathBuf {
        self.folder.path().join(&self.prefix)
    }

    /// The content of a file, as in `artifacts/model.json`.
    ///
    /// # Errors
    ///
    /// When there is no such file, or it is not text.
    pub fn read(&self, file: &str) -> Result<String> {
        fs::read_to_string(self.root().join(file)).with_context(|| format!("{file} could not be read"))
    }

    /// Replaces the content of a file.
    ///
    /// # Errors
    ///
    /// When there is no such file: the journey would test nothing.
    pub fn replace(&self, file: &str, content: impl AsRef<[u8]>) -> Result<()> {
        let path = self.root().join(file);
        if !path.is_file() {
            bail!("the site has no {file} to replace");
        }
        fs::write(path, content).with_context(|| format!("{file} could not be written"))
    }

    /// Changes the text of a file.
    ///
    /// # Errors
    ///
    /// When there is no such file, or nothing in it changed.
    pub fn edit(&self, file: &str, change: impl FnOnce(&str) -> String) -> Result<()> {
        let before = self.read(file)?;
        let after = change(&before);
        if after == before {
            bail!("{file} stayed the same");
        }
        self.replace(file, after)
    }

    /// Removes a file.
    ///
    /// # Errors
    ///
    /// When there is no such file.
    pub fn remove(&self, file: &str) -> Result<()> {
        fs::remove_file(self.root().join(file)).with_context(|| format!("{file} could not be removed"))
    }

    /// Truncates a file in the middle, as an interrupted upload does.
    ///
    /// # Errors
    ///
    /// When there is no such file.
    pub fn cut_off(&self, file: &str) -> Result<()> {
        let path = self.root().join(file);
        let bytes = fs::read(&path).with_context(|| format!("{file} could not be read"))?;
        self.replace(file, &bytes[..bytes.len() / 2])
    }

    /// Replaces the model by one trained on the given file.
    ///
    /// # Errors
    ///
    /// The trainer's message when it fails, or when it is not built.
    pub fn train(&self, data: &Path, target: &str, options: &[&str]) -> Result<()> {
        let logs = tempfile::tempdir()?;
        let answer = Command::new(trainer()?)
            .arg("train")
            .arg(data)
            .args(["--target", target, "--quiet", "--output"])
            .arg(self.root().join("artifacts"))
            .args(options)
            .current_dir(logs.path())
            .output()
            .context("the trainer could not be started")?;
        if !answer.status.success() {
            bail!("training failed: {}", String::from_utf8_lossy(&answer.stderr));
        }
        Ok(())
    }

    /// Serves it on a free port: over TLS if `SCORECAST_JOURNEYS_TLS` is set.
    ///
    /// # Errors
    ///
    /// When no port is free.
    pub async fn serve(self) -> Result<Served> {
        if env::var_os("SCORECAST_JOURNEYS_TLS").is_some() { self.serve_tls() } else { self.serve_as(None) }
    }

    /// Serves it on a free port over TLS, with a certificate that no browser trusts
    /// ([`Browser::trust_any_certificate`](crate::Browser::trust_any_certificate)).
    ///
    /// # Errors
    ///
    /// When no port is free.
    pub fn serve_tls(self) -> Result<Served> {
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()])?;
        let secrets = tempfile::tempdir()?;
        let files = TlsFiles { cert: secrets.path().join("cert.pem"), key: secrets.path().join("key.pem") };
        fs::write(&files.cert, made.cert.pem())?;
        fs::write(&files.key, made.signing_key.serialize_pem())?;
        // The files are read when the server starts, and not needed later.
        self.serve_as(Some(files))
    }

    fn serve_as(self, tls: Option<TlsFiles>) -> Result<Served> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let folder = Source::FreshFolder(self.folder.path().to_path_buf());
        let (scheme, name) = if tls.is_some() { ("https", "localhost") } else { ("http", "127.0.0.1") };
        let server = host::start(Settings { tls, ..Settings::new(folder, listener) })?;
        let address = format!("{scheme}://{name}:{}/{}", server.address().port(), self.prefix);
        Ok(Served { _server: server, address, site: self })
    }
}

impl Served {
    /// The address of `index.html`'s folder, with a trailing slash.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The files, which may still be changed.
    pub fn site(&self) -> &Site {
        &self.site
    }
}

/// The folder of real data in `SCORECAST_DATA`, if set.
pub fn data_folder() -> Option<PathBuf> {
    env::var_os("SCORECAST_DATA").map(PathBuf::from)
}

/// The trainer in `SCORECAST_TRAINER`, else the one built beside this program.
///
/// # Errors
///
/// When neither is there.
pub fn trainer() -> Result<PathBuf> {
    if let Some(program) = env::var_os("SCORECAST_TRAINER") {
        return Ok(program.into());
    }
    let here = env::current_exe()?;
    // target/debug/deps/page-0123456789abcdef
    let built = here.ancestors().nth(2).context("this program lies at the root")?;
    let program = built.join(format!("scorecast{}", env::consts::EXE_SUFFIX));
    if !program.is_file() {
        bail!("{} is not built: `cargo build --package trainer` builds it", program.display());
    }
    Ok(program)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("{} could not be made", to.display()))?;
    for entry in fs::read_dir(from).with_context(|| format!("{} could not be read", from.display()))? {
        let entry = entry?;
        let place = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &place)?;
        } else {
            fs::copy(entry.path(), &place)?;
        }
    }
    Ok(())
}
