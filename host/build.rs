//! Puts a built site into the binary, if `SCORECAST_SITE` names its folder.

use std::{
    collections::HashSet,
    env, fs, io,
    path::{Path, PathBuf},
};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-env-changed=SCORECAST_SITE");
    let mut files = Vec::new();
    let mut list = String::new();
    if let Some(site) = env::var_os("SCORECAST_SITE").filter(|site| !site.is_empty()) {
        let site = PathBuf::from(site);
        println!("cargo::rerun-if-changed={}", site.display());
        collect(&site, "", &mut files)?;
        files.sort();
        leave_out(&mut files);
        list = fs::read_to_string(site.join(".variants")).unwrap_or_default();
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

/// Two kinds of forms stay out, where others can stand in for them: Zstandard, as whoever takes it takes Brotli, too, which is
/// smaller; and the file itself where its gzip form is there to make it from when the host starts. A folder is served with
/// all of them.
fn leave_out(files: &mut Vec<(String, PathBuf)>) {
    let names: HashSet<String> = files.iter().map(|(name, _)| name.clone()).collect();
    files.retain(|(name, _)| match name.strip_suffix(".zst") {
        Some(plain) => !names.contains(&format!("{plain}.br")),
        None => !names.contains(&format!("{name}.gz")),
    });
}

/// Names below the site and where they are; hidden files stay out.
fn collect(dir: &Path, prefix: &str, files: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let name = entry.file_name().into_string().map_err(|_| io::Error::other("a name that is not Unicode"))?;
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
