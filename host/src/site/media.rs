//! Properties derived from a file's name: media type, compression, cache lifetime, and who may load it.

/// The media type by the name's extension.
pub(crate) fn content_type(name: &str) -> &'static str {
    match extension(name) {
        "html" | "htm" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        // Browsers compile WebAssembly while it downloads only with exactly this type.
        "wasm" => "application/wasm",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "csv" => "text/csv; charset=utf-8",
        "txt" | "md" | "ts" => "text/plain; charset=utf-8",
        "xml" => "application/xml",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "woff" => "font/woff",
        "ttf" => "font/ttf",
        "otf" => "font/otf",
        "mp4" => "video/mp4",
        "webm" => "video/webm",
        "pdf" => "application/pdf",
        _ => "application/octet-stream",
    }
}

/// Whether such files are compressed. Source maps are not: only tools read them.
pub(crate) fn is_compressible(name: &str) -> bool {
    matches!(
        extension(name),
        "html"
            | "htm"
            | "css"
            | "js"
            | "mjs"
            | "wasm"
            | "json"
            | "webmanifest"
            | "csv"
            | "txt"
            | "md"
            | "ts"
            | "xml"
            | "svg"
    )
}

pub(crate) fn is_page(name: &str) -> bool {
    matches!(extension(name), "html" | "htm")
}

pub(crate) fn is_script(name: &str) -> bool {
    matches!(extension(name), "js" | "mjs")
}

/// Whether the name contains a digest of the content, as in `web-1a2b3c4d5e6f7a8b_bg.wasm`.
///
/// At least twelve hexadecimal digits, both letters and decimal digits: neither a date nor a word matches. A missed
/// digest costs a revalidation; a name wrongly taken for one would keep an old file in caches for a year.
pub(crate) fn is_hashed(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name);
    file.split(['-', '_', '.']).any(|part| {
        (12..=64).contains(&part.len())
            && part.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
            && part.bytes().any(|byte| byte.is_ascii_digit())
            && part.bytes().any(|byte| byte.is_ascii_lowercase())
    })
}

/// Whether any site may embed the page in a frame; the page itself checks the origin that it talks to.
pub(crate) fn is_frame(name: &str) -> bool {
    name.rsplit('/').next() == Some("embed.html")
}

/// Whether other sites may load the file: the custom element, its modules, and the model that they read. The model's
/// report is excluded, as it is a page.
pub(crate) fn is_embeddable(name: &str) -> bool {
    let mut parts = name.rsplit('/');
    let file = parts.next().unwrap_or(name);
    let is_artifact = parts.next() == Some("artifacts");
    is_artifact && extension(file) != "html"
        || file.starts_with("scorecast")
            && matches!(extension(file), "js" | "mjs" | "map" | "wasm" | "css" | "json" | "ts")
}

fn extension(name: &str) -> &str {
    let file = name.rsplit('/').next().unwrap_or(name);
    file.rsplit_once('.').map_or("", |(_, extension)| extension)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_digests_are_immutable() {
        for hashed in ["web-1a2b3c4d5e6f7a8b.js", "a/web-1a2b3c4d5e6f7a8b_bg.wasm", "page.0123456789ab.css"] {
            assert!(is_hashed(hashed), "{hashed}");
        }
        for plain in ["web.js", "report-20261124.json", "20261124123456.csv", "deadbeefcafe.js", "1a2b3c4d/web.js", ""]
        {
            assert!(!is_hashed(plain), "{plain}");
        }
    }

    #[test]
    fn other_sites_may_load_the_element_and_its_model_only() {
        for open in ["scorecast.js", "v1/scorecast-en-0a.json", "artifacts/model.json", "any/artifacts/report.json"] {
            assert!(is_embeddable(open), "{open}");
        }
        for closed in ["index.html", "web.js", "web_bg.wasm", "sample.csv", "artifacts/report.html", "scorecast.html"] {
            assert!(!is_embeddable(closed), "{closed}");
        }
    }
}
