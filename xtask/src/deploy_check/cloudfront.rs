//! Compares the headers that CloudFront adds with those of the host for each file: who may frame a page, and who may
//! load a file.

use std::{fs, net::TcpListener, path::Path};

use anyhow::{Context, Result, ensure};
use host::{Settings, Source};

use super::{deploy, process::ask};
use crate::files::files_below;

/// Compares both for each file of a site.
pub(super) fn check(site: &Path) -> Result<()> {
    let template = fs::read_to_string(deploy("s3-cloudfront.yaml"))?;
    let server = host::start(Settings::new(
        Source::Folder(site.to_path_buf()),
        TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, 0))?,
    ))?;
    let mut n_files = 0;
    for file in files_below(site)? {
        let name = file.strip_prefix(site)?.to_string_lossy().into_owned();
        if name.starts_with('.') || [".br", ".zst", ".gz"].iter().any(|suffix| name.ends_with(suffix)) {
            continue;
        }
        let answer = ask(server.address(), &format!("HEAD /{name} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))?;
        ensure!(answer.starts_with("HTTP/1.1 200"), "the host answers for {name}: {answer}");
        let policy = policy(&template, &name)?;
        if name.ends_with(".html") {
            let host = frame_ancestors(&answer).with_context(|| format!("the host lets anybody frame {name}"))?;
            let found = frame_ancestors(policy).with_context(|| format!("CloudFront lets anybody frame {name}"))?;
            ensure!(host == found, "{name} may be framed by {host} at the host, but by {found} at CloudFront");
        }
        let is_open = (answer.contains("access-control-allow-origin: *"), policy.contains("AccessControlAllowOrigins"));
        ensure!(
            is_open.0 == is_open.1,
            "{name}: other sites may load it at one of the host and CloudFront: {is_open:?}"
        );
        n_files += 1;
    }
    ensure!(n_files > 0, "{} is empty", site.display());
    print!("({n_files} files) ");
    Ok(())
}

/// The response headers policy in the template of the first behaviour that matches `name`.
fn policy<'a>(template: &'a str, name: &str) -> Result<&'a str> {
    let id = |text: &'a str| text.split_once("ResponseHeadersPolicyId: !Ref ")?.1.split_whitespace().next();
    let (default, behaviours) = template.split_once("CacheBehaviors:").context("the template has no behaviours")?;
    let matching = behaviours.split("PathPattern: ").skip(1).find(|behaviour| {
        let pattern = behaviour.lines().next().unwrap_or_default().trim().trim_matches('"');
        matches(pattern, name)
    });
    let chosen = match matching {
        Some(behaviour) => id(behaviour),
        None => id(default.split_once("DefaultCacheBehavior:").context("there is no default")?.1),
    };
    let chosen = chosen.with_context(|| format!("CloudFront adds no headers to {name}"))?;
    let (_, rest) =
        template.split_once(&format!("\n  {chosen}:\n")).with_context(|| format!("there is no {chosen}"))?;
    // Up to the next resource.
    Ok(rest.split("\n\n").next().unwrap_or(rest))
}

/// Matches a CloudFront pattern, of which only `*` is used.
fn matches(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((start, rest)) => {
            let Some(tail) = name.strip_prefix(start) else { return false };
            tail.char_indices().map(|(idx, _)| idx).chain([tail.len()]).any(|idx| matches(rest, &tail[idx..]))
        }
    }
}

fn frame_ancestors(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("frame-ancestors ")?;
    Some(rest[..rest.find([';', '"', '\r', '\n']).unwrap_or(rest.len())].trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_cloudfront_has_it() {
        assert!(matches("embed.html", "embed.html") && !matches("embed.html", "a/embed.html"));
        assert!(matches("artifacts/*", "artifacts/model.json") && !matches("artifacts/*", "web.js"));
        assert!(matches("*scorecast*", "v1/scorecast-core.js") && !matches("*scorecast*", "core.js"));
    }

    #[test]
    fn a_small_site_has_the_same_headers_at_both() {
        let site = tempfile::tempdir().unwrap();
        for name in [
            "index.html",
            "embed.html",
            "web.js",
            "scorecast.js",
            "scorecast-embed.js",
            "artifacts/model.json",
            "artifacts/report.html",
        ] {
            let path = site.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "content").unwrap();
        }
        check(site.path()).unwrap();
        let template = fs::read_to_string(deploy("s3-cloudfront.yaml")).unwrap();
        assert_eq!(frame_ancestors(policy(&template, "embed.html").unwrap()), Some("*"));
    }
}
