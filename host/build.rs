//! Embeds the built site named by `SCORECAST_SITE`, if set, in the binary.

use std::{
    collections::{HashMap, HashSet},
    env, fs, io,
    path::{Path, PathBuf},
};

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

const SUFFIXES: [&str; 3] = [".br", ".zst", ".gz"];

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-env-changed=SCORECAST_SITE");
    let mut files = Vec::new();
    let mut list = String::new();
    if let Some(site) = env::var_os("SCORECAST_SITE").filter(|site| !site.is_empty()) {
        let site = PathBuf::from(site);
        println!("cargo::rerun-if-changed={}", site.display());
        collect(&site, "", &mut files)?;
        files.sort();
        list = verified_lines(&fs::read_to_string(site.join(".variants")).unwrap_or_default(), &mut files)?;
        leave_out(&mut files);
    }
    let mut code = String::from("pub(crate) static FILES: &[(&str, &[u8])] = &[\n");
    for (name, path) in files {
        println!("cargo::rerun-if-changed={}", path.display());
        code.push_str(&format!("    ({name:?}, include_bytes!({:?})),\n", path.display().to_string()));
    }
    code.push_str(&format!("];\npub(crate) static LIST: &str = {list:?};\n"));
    let output = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default()).join("embedded.rs");
    fs::write(output, code)
}

/// The lines of the list whose digests match. Compressed files without such a line are dropped from `files`: embedded
/// files are not verified again when the host starts.
fn verified_lines(list: &str, files: &mut Vec<(String, PathBuf)>) -> io::Result<String> {
    let paths: HashMap<String, PathBuf> = files.iter().cloned().collect();
    let is_digest = |digest: &str, name: &str| -> io::Result<bool> {
        let Some(path) = paths.get(name) else { return Ok(false) };
        Ok(HEXLOWER.encode(&Sha256::digest(fs::read(path)?)) == digest)
    };
    let (mut kept, mut lines) = (HashSet::new(), String::new());
    for line in list.lines() {
        let [of_file, of_form, form] = line.splitn(3, ' ').collect::<Vec<_>>()[..] else { continue };
        let Some(plain) = SUFFIXES.iter().find_map(|suffix| form.strip_suffix(suffix)) else { continue };
        if is_digest(of_file, plain)? && is_digest(of_form, form)? {
            kept.insert(form.to_owned());
            lines.push_str(&format!("{line}\n"));
        }
    }
    let is_form = |name: &str| {
        SUFFIXES.iter().any(|suffix| name.strip_suffix(suffix).is_some_and(|plain| paths.contains_key(plain)))
    };
    files.retain(|(name, _)| kept.contains(name) || !is_form(name));
    Ok(lines)
}

/// Drops Zstandard where there is Brotli: Brotli is smaller, and every client that accepts Zstandard accepts it, too.
/// Sites served from a folder keep both.
fn leave_out(files: &mut Vec<(String, PathBuf)>) {
    let names: HashSet<String> = files.iter().map(|(name, _)| name.clone()).collect();
    files.retain(|(name, _)| name.strip_suffix(".zst").is_none_or(|plain| !names.contains(&format!("{plain}.br"))));
}

/// Collects names relative to the site and their paths; hidden files are skipped.
fn collect(dir: &Path, prefix: &str, files: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let name = entry.file_name().into_string().map_err(|_| io::Error::other("a file name that is not Unicode"))?;
        if name.starts_with('.') {
            continue;
        }
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &format!("{prefix}{name}/"), files)?;
        } else {
            files.push((format!("{prefix}{name}"), fs::canonicalize(entry.path())?));
        }
    }
    Ok(())
}
