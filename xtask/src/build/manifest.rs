//! Files of every npm package besides its code: `package.json` and the licences.

use std::path::Path;

use anyhow::{Context, Result};

use crate::{files, paths};

/// Writes `package.json` from `source` with the project's version, and the licences, into `folder`.
pub(super) fn write(source: &str, folder: &Path) -> Result<()> {
    let root = paths::root();
    let text = files::read_text(&root.join(source).join("package.json"))?;
    let text = released(&text, env!("CARGO_PKG_VERSION"), env!("CARGO_PKG_REPOSITORY"));
    files::write(&folder.join("package.json"), text.with_context(|| format!("{source}/package.json"))?)?;
    for name in ["LICENSE-MIT", "LICENSE-APACHE"] {
        files::copy(&root.join(name), &folder.join(name))?;
    }
    Ok(())
}

/// Inserts values known only at release: the version and, once the project has one, its address. As text, because
/// bundlers depend on the order of the conditions.
fn released(text: &str, version: &str, repository: &str) -> Result<String> {
    let (before, after) = text.split_once("\"0.0.0\",\n").context("there is no version 0.0.0 to be replaced")?;
    let mut address = String::new();
    if !repository.is_empty() {
        address.push_str(&format!("  \"repository\": {{ \"type\": \"git\", \"url\": \"git+{repository}.git\" }},\n"));
        address.push_str(&format!("  \"homepage\": \"{repository}#readme\",\n"));
        address.push_str(&format!("  \"bugs\": \"{repository}/issues\",\n"));
    }
    Ok(format!("{before}\"{version}\",\n{address}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "{\n  \"version\": \"0.0.0\",\n  \"exports\": { \"workerd\": \"a\", \"default\": \"b\" }\n}\n";

    #[test]
    fn conditions_keep_their_order() {
        let text = released(SOURCE, "1.2.3", "").unwrap();
        assert_eq!(text, SOURCE.replace("0.0.0", "1.2.3"));
        assert!(released("{}", "1.2.3", "").is_err());
    }

    #[test]
    fn the_address_is_that_of_cargo() {
        let text = released(SOURCE, "1.2.3", "https://code.example/project").unwrap();
        let manifest: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(manifest["repository"]["url"], "git+https://code.example/project.git");
        assert_eq!(manifest["homepage"], "https://code.example/project#readme");
        assert_eq!(manifest["bugs"], "https://code.example/project/issues");
    }
}
