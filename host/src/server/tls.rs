//! TLS by rustls, with a certificate that can be renewed while the server runs.

use std::{
    fs,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::SystemTime,
};

use rustls::{
    ServerConfig,
    crypto::{CryptoProvider, ring},
    pki_types::{
        CertificateDer, PrivateKeyDer,
        pem::{self, PemObject},
    },
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};

/// The paths of certificate and key, both PEM.
#[derive(Clone, Debug)]
pub struct TlsFiles {
    /// The certificate, followed by its chain.
    pub cert: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// The certificate or the key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file is missing, unreadable or not PEM.
    #[error("{path} could not be used: {reason}; it has to be a PEM file that the process may read")]
    Unusable {
        /// The path.
        path: String,
        /// The cause.
        reason: String,
    },
    /// The two files do not match, or rustls does not support the type of the key.
    #[error("the certificate {cert} and the key {key} don't go together: {reason}")]
    Mismatch {
        /// The certificate's file.
        cert: String,
        /// The key's file.
        key: String,
        /// The cause.
        reason: rustls::Error,
    },
    /// rustls rejects its configuration.
    #[error("TLS could not be set up: {0}")]
    Settings(#[from] rustls::Error),
}

/// The certificate in use.
#[derive(Debug)]
pub(crate) struct Certificate {
    files: TlsFiles,
    provider: Arc<CryptoProvider>,
    current: RwLock<Arc<CertifiedKey>>,
    /// When both files were last modified, as of the last check.
    modified: Mutex<[Option<SystemTime>; 2]>,
}

impl Certificate {
    pub(crate) fn open(files: TlsFiles) -> Result<Arc<Self>, TlsError> {
        let provider = Arc::new(ring::default_provider());
        let modified = Mutex::new(modified(&files));
        let current = RwLock::new(Arc::new(read(&files, &provider)?));
        Ok(Arc::new(Self { files, provider, current, modified }))
    }

    /// TLS 1.2 and 1.3, HTTP/2 preferred to HTTP/1.1.
    pub(crate) fn server_config(self: &Arc<Self>) -> Result<Arc<ServerConfig>, TlsError> {
        let mut config = ServerConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(Arc::<Self>::clone(self));
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        config.ticketer = ring::Ticketer::new()?;
        Ok(Arc::new(config))
    }

    /// Reloads the files if they have changed; returns whether they had. On an error the old certificate stays in use,
    /// and the next attempt is made only after another change, or with `at_once`.
    pub(crate) fn check(&self, at_once: bool) -> Result<bool, TlsError> {
        let now = modified(&self.files);
        let mut seen = self.modified.lock().unwrap_or_else(PoisonError::into_inner);
        // A file that is missing for a moment is being replaced.
        if !at_once && (*seen == now || now.contains(&None)) {
            return Ok(false);
        }
        *seen = now;
        let renewed = Arc::new(read(&self.files, &self.provider)?);
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = renewed;
        Ok(true)
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

fn read(files: &TlsFiles, provider: &CryptoProvider) -> Result<CertifiedKey, TlsError> {
    let unusable = |path: &PathBuf, reason: String| TlsError::Unusable { path: path.display().to_string(), reason };
    let chain = CertificateDer::pem_file_iter(&files.cert)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| unusable(&files.cert, describe(&error)))?;
    if chain.is_empty() {
        return Err(unusable(&files.cert, "it holds no certificate".to_owned()));
    }
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(|error| unusable(&files.key, describe(&error)))?;
    CertifiedKey::from_der(chain, key, provider).map_err(|reason| TlsError::Mismatch {
        cert: files.cert.display().to_string(),
        key: files.key.display().to_string(),
        reason,
    })
}

/// rustls shows the invalid bytes of a PEM file; describes them in words.
fn describe(error: &pem::Error) -> String {
    match error {
        pem::Error::MissingSectionEnd { .. } => "it is cut off: an END line is missing".to_owned(),
        pem::Error::IllegalSectionStart { .. } => "a BEGIN line is malformed".to_owned(),
        pem::Error::Base64Decode(_) => "what is between its BEGIN and END lines is not base64".to_owned(),
        pem::Error::NoItemsFound => "the expected section is missing".to_owned(),
        other => other.to_string(),
    }
}

fn modified(files: &TlsFiles) -> [Option<SystemTime>; 2] {
    [&files.cert, &files.key].map(|path| fs::metadata(path).and_then(|metadata| metadata.modified()).ok())
}
