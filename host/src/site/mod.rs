//! A snapshot of a site in memory.
//!
//! Why in memory: a built page is small. Read once, as one snapshot, no request sees half of a replaced file or a new
//! file beside an old one, and no path can lead outside.

pub(crate) mod media;
mod policy;
pub(crate) mod reload;
mod scan;
pub mod variants;

use std::{
    collections::{HashMap, HashSet},
    fs,
    path::Path,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue,
    header::{ACCEPT_RANGES, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG, LAST_MODIFIED, VARY},
};

pub use self::scan::ScanError;
pub(crate) use self::scan::{Entry, scan};
use self::{
    scan::unreadable,
    variants::{Coding, LIST},
};

const NOT_FOUND_PAGE: &str = "404.html";
const BUILT_IN_NOT_FOUND: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Not found</title>\
    <h1>There is nothing here</h1><p>The address may be mistyped, or what was here has moved.</p></html>\n";

/// All files of a site at one point in time.
#[derive(Debug)]
pub(crate) struct Snapshot {
    files: HashMap<String, File>,
    /// Folders with an `index.html`, without a trailing slash.
    folders: HashSet<String>,
    pub(crate) not_found: File,
    /// The headers of answers without a file.
    pub(crate) bare_headers: HeaderMap,
    /// A file that is missing or does not match the list of compressed forms.
    mismatch: Option<String>,
}

/// A file in all its representations.
#[derive(Debug)]
pub(crate) struct File {
    pub(crate) plain: Representation,
    /// In the order of [`Coding::ALL`].
    pub(crate) encoded: Vec<(Coding, Representation)>,
    /// In whole seconds, the resolution of HTTP.
    pub(crate) modified: Option<SystemTime>,
    pub(crate) is_embeddable: bool,
}

/// One representation of a file, with its headers prepared.
#[derive(Debug)]
pub(crate) struct Representation {
    pub(crate) bytes: Bytes,
    pub(crate) etag: HeaderValue,
    /// For `200 OK`.
    pub(crate) headers: HeaderMap,
    /// For `304 Not Modified`.
    pub(crate) unchanged: HeaderMap,
}

impl Snapshot {
    /// Reads the files of a scan.
    ///
    /// # Errors
    ///
    /// A file that cannot be read, or no longer exists.
    pub(crate) fn read(entries: &[Entry], frame_ancestors: &str) -> Result<Self, ScanError> {
        let mut sources = Vec::with_capacity(entries.len());
        for entry in entries {
            let bytes = fs::read(&entry.path).map_err(|source| unreadable(&entry.path, source))?;
            sources.push(Source {
                name: entry.name.clone(),
                bytes: Bytes::from(bytes),
                modified: Some(whole_seconds(entry.modified)),
            });
        }
        let list = sources.iter().find(|source| source.name == LIST).map(|source| source.bytes.clone());
        sources.retain(|source| source.name != LIST);
        let list = String::from_utf8_lossy(list.as_deref().unwrap_or_default()).into_owned();
        let listed = variants::parse(&list);
        let digests: HashMap<&str, String> =
            sources.iter().map(|source| (source.name.as_str(), variants::digest(&source.bytes))).collect();
        let mismatches = listed.iter().filter_map(|(form, (of_file, of_form))| {
            let matches = |name: &str, digest: &str| digests.get(name).is_some_and(|found| found == digest);
            let pair = [(variants::plain_name(form)?, *of_file), (*form, *of_form)];
            pair.into_iter().find(|(name, digest)| !matches(name, digest))
        });
        let mismatch = mismatches.map(|(name, _)| name.to_owned()).min();
        Ok(Self { mismatch, ..Self::build(&sources, &listed, &digests, frame_ancestors) })
    }

    /// The embedded site: names, bytes, and the list of compressed forms, whose digests `build.rs` has verified.
    /// Nothing is unpacked or copied: the operating system loads a page of the binary when it is first sent.
    pub(crate) fn embedded(files: &[(&str, &'static [u8])], list: &str, frame_ancestors: &str) -> Self {
        let source = |&(name, bytes): &(&str, &'static [u8])| Source {
            name: name.to_owned(),
            bytes: Bytes::from_static(bytes),
            modified: None,
        };
        let sources: Vec<Source> = files.iter().map(source).collect();
        let listed = variants::parse(list);
        let mut digests: HashMap<&str, String> = HashMap::new();
        for (form, (of_file, of_form)) in &listed {
            digests.insert(form, (*of_form).to_owned());
            digests.extend(variants::plain_name(form).map(|file| (file, (*of_file).to_owned())));
        }
        Self::build(&sources, &listed, &digests, frame_ancestors)
    }

    /// The number of files, excluding compressed forms.
    pub(crate) fn len(&self) -> usize {
        self.files.len()
    }

    /// The number of files, and how many of them have compressed forms.
    pub(crate) fn size(&self) -> (usize, usize) {
        (self.len(), self.files.values().filter(|file| !file.encoded.is_empty()).count())
    }

    /// Checks that the folder holds a whole page, as far as this can be detected.
    ///
    /// # Errors
    ///
    /// A folder without `index.html`, or one whose files do not match its list of compressed forms.
    pub(crate) fn check_complete(&self, dir: &Path) -> Result<(), ScanError> {
        let dir = dir.display().to_string();
        if !self.files.contains_key("index.html") {
            return Err(ScanError::NoPage(dir));
        }
        self.mismatch.clone().map_or(Ok(()), |file| Err(ScanError::Mismatch { dir, file }))
    }

    /// The file for a decoded path such as `/` or `/artifacts/model.json`.
    pub(crate) fn file(&self, path: &str) -> Option<&File> {
        let name = path.strip_prefix('/')?;
        if name.is_empty() || name.ends_with('/') {
            self.files.get(&format!("{name}index.html"))
        } else {
            self.files.get(name)
        }
    }

    /// Whether `path` names a folder without the trailing slash that its relative links need.
    pub(crate) fn lacks_slash(&self, path: &str) -> bool {
        path.strip_prefix('/').is_some_and(|name| self.folders.contains(name))
    }

    fn build(
        sources: &[Source],
        listed: &variants::List<'_>,
        digests: &HashMap<&str, String>,
        frame_ancestors: &str,
    ) -> Self {
        let by_name = sources.iter().map(|source| (source.name.as_str(), source)).collect();
        let inputs = Inputs { by_name, listed, digests, frame_ancestors };
        let csps: HashMap<&str, String> = sources
            .iter()
            .filter(|source| media::is_page(&source.name))
            .filter_map(|source| Some((source.name.as_str(), policy::stated_csp(&source.bytes)?)))
            .collect();
        let mut files = HashMap::with_capacity(sources.len());
        let mut folders = HashSet::new();
        let mut not_found = None;
        for source in sources {
            if variants::plain_name(&source.name).is_some_and(|plain| inputs.by_name.contains_key(plain)) {
                continue;
            }
            let csp = nearest_csp(&csps, &source.name);
            let build = || source.file(&inputs, csp);
            if source.name == NOT_FOUND_PAGE {
                not_found = Some(build());
            }
            if let Some(folder) = source.name.strip_suffix("/index.html") {
                folders.insert(folder.to_owned());
            }
            files.insert(source.name.clone(), build());
        }
        let built_in = || {
            let bytes = Bytes::from_static(BUILT_IN_NOT_FOUND.as_bytes());
            let page = Source { name: NOT_FOUND_PAGE.to_owned(), bytes, modified: None };
            page.file(&inputs, Some("default-src 'none'"))
        };
        let mut bare_headers = policy::headers("", None, frame_ancestors);
        bare_headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        Self { files, folders, not_found: not_found.unwrap_or_else(built_in), bare_headers, mismatch: None }
    }
}

/// The inputs for a file's representations.
struct Inputs<'a> {
    by_name: HashMap<&'a str, &'a Source>,
    listed: &'a variants::List<'a>,
    digests: &'a HashMap<&'a str, String>,
    frame_ancestors: &'a str,
}

/// A file after reading.
struct Source {
    name: String,
    bytes: Bytes,
    modified: Option<SystemTime>,
}

impl Source {
    fn file(&self, inputs: &Inputs<'_>, csp: Option<&str>) -> File {
        let Inputs { by_name, listed, digests, frame_ancestors } = inputs;
        let digest = digests.get(self.name.as_str()).cloned().unwrap_or_else(|| variants::digest(&self.bytes));
        let variant = |coding: Coding| {
            let name = format!("{}{}", self.name, coding.suffix());
            let (of_file, of_form) = listed.get(name.as_str())?;
            let source = by_name.get(name.as_str())?;
            let is_made_of_this =
                *of_file == digest && digests.get(name.as_str()).is_some_and(|found| found == of_form);
            (is_made_of_this && source.bytes.len() < self.bytes.len()).then(|| (coding, source.bytes.clone()))
        };
        let variants: Vec<(Coding, Bytes)> = Coding::ALL.into_iter().filter_map(variant).collect();

        let mut headers = policy::headers(&self.name, csp, frame_ancestors);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(media::content_type(&self.name)));
        headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        let mut unchanged = HeaderMap::with_capacity(5);
        for headers in [&mut headers, &mut unchanged] {
            let lifetime =
                if media::is_hashed(&self.name) { "public, max-age=31536000, immutable" } else { "no-cache" };
            headers.insert(CACHE_CONTROL, HeaderValue::from_static(lifetime));
            if !variants.is_empty() {
                headers.insert(VARY, HeaderValue::from_static("Accept-Encoding"));
            }
            if let Some(modified) = self.modified.and_then(http_date) {
                headers.insert(LAST_MODIFIED, modified);
            }
        }
        let representation = |bytes: Bytes, coding: Option<Coding>| {
            let suffix = coding.map_or("", Coding::suffix).replace('.', "-");
            let etag = format!("\"{}{suffix}\"", &digest[..32]);
            let etag = HeaderValue::try_from(etag).unwrap_or_else(|_| HeaderValue::from_static("\"\""));
            let (mut headers, mut unchanged) = (headers.clone(), unchanged.clone());
            headers.insert(CONTENT_LENGTH, HeaderValue::from(bytes.len()));
            headers.insert(ETAG, etag.clone());
            unchanged.insert(ETAG, etag.clone());
            if let Some(coding) = coding {
                headers.insert(CONTENT_ENCODING, HeaderValue::from_static(coding.token()));
            }
            Representation { bytes, etag, headers, unchanged }
        };
        let encoded =
            variants.into_iter().map(|(coding, bytes)| (coding, representation(bytes, Some(coding)))).collect();
        File {
            plain: representation(self.bytes.clone(), None),
            encoded,
            modified: self.modified,
            is_embeddable: media::is_embeddable(&self.name),
        }
    }
}

/// A page's own policy; for other files that of the `index.html` in the nearest parent folder.
fn nearest_csp<'a>(csps: &'a HashMap<&str, String>, name: &str) -> Option<&'a str> {
    if media::is_page(name) {
        return csps.get(name).map(String::as_str);
    }
    let mut folder = name;
    loop {
        folder = folder.rsplit_once('/').map_or("", |(folder, _)| folder);
        let index = if folder.is_empty() { "index.html".to_owned() } else { format!("{folder}/index.html") };
        match csps.get(index.as_str()) {
            Some(csp) => return Some(csp),
            None if folder.is_empty() => return None,
            None => {}
        }
    }
}

fn whole_seconds(time: SystemTime) -> SystemTime {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    SystemTime::UNIX_EPOCH + Duration::from_secs(since.as_secs())
}

/// `None` for times that the format cannot express (after the year 9999).
fn http_date(time: SystemTime) -> Option<HeaderValue> {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    if since.as_secs() >= 253_402_300_800 {
        return None;
    }
    HeaderValue::try_from(httpdate::fmt_http_date(time)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_inside_of_the_binary_are_served_where_they_stand() {
        let plain: &'static str = "let a = 1;".repeat(50).leak();
        let packed: &'static [u8] = b"stands for the gzip form";
        let list = variants::line(plain.as_bytes(), packed, "web.js.gz");
        let site = Snapshot::embedded(&[("web.js", plain.as_bytes()), ("web.js.gz", packed)], &list, "'self'");
        let file = site.file("/web.js").unwrap();
        let (coding, form) = &file.encoded[0];
        assert_eq!((site.len(), *coding), (1, Coding::Gzip));
        assert_eq!([file.plain.bytes.as_ptr(), form.bytes.as_ptr()], [plain.as_ptr(), packed.as_ptr()]);
    }
}
