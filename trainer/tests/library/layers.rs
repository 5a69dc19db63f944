//! Allowed imports between the trainer's folders: data passes through them in one direction.
//!
//! A test is needed because a compiler accepts every import within a crate, and a single backward import makes a cycle
//! of folders that can only be understood together.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// In the order of the data. A folder imports from those before it; `metrics`, `random` and `sql` are single files
/// without imports.
const LAYERS: [&str; 13] = [
    "metrics", "random", "sql", "table", "engine", "folds", "learn", "search", "trust", "judge", "report", "config",
    "train",
];
/// Outside of the sequence: imports what is listed, and is imported by nothing in `LAYERS`.
const PREDICT: (&str, [&str; 2]) = ("predict", ["sql", "table"]);

#[test]
fn a_folder_imports_only_from_those_before_it() {
    let mut wrong = Vec::new();
    for (file, imports) in imports() {
        let Some(folder) = folder_of(&file) else { continue };
        for import in imports {
            let imported = import.split("::").next().unwrap_or_default().to_owned();
            let position = |name: &str| LAYERS.iter().position(|layer| *layer == name);
            let is_allowed = if folder == PREDICT.0 {
                imported == folder || PREDICT.1.contains(&imported.as_str())
            } else {
                // A name that is no folder is an item at the crate's root, which only users of the library may import.
                matches!((position(&folder), position(&imported)), (Some(own), Some(other)) if other <= own)
            };
            if !is_allowed {
                wrong.push(format!("{} imports crate::{import}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_two_files_of_different_folders_import_each_other() {
    let mut edges: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (file, imports) in imports() {
        let Some(folder) = parent_module(&file) else { continue };
        for import in imports {
            let target = module_folder(&import);
            if target != folder
                && !folder.starts_with(&format!("{target}::"))
                && !target.starts_with(&format!("{folder}::"))
            {
                edges.entry(folder.clone()).or_default().insert(target);
            }
        }
    }
    for (folder, targets) in &edges {
        for target in targets {
            let is_mutual = edges.get(target).is_some_and(|back| back.contains(folder));
            assert!(!is_mutual, "{folder} and {target} import each other");
        }
    }
}

/// Every library file with the paths after `crate::` in its code, except tests.
fn imports() -> Vec<(PathBuf, Vec<String>)> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&source, &mut files);
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap();
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        let code = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
        let path_of = |rest: &str| {
            rest.split(|letter: char| !(letter.is_alphanumeric() || letter == '_' || letter == ':'))
                .next()
                .unwrap_or_default()
                .to_owned()
        };
        let imports = code.split("crate::").skip(1).map(path_of).collect();
        (path.strip_prefix(&source).unwrap().to_path_buf(), imports)
    };
    files.into_iter().map(read).collect()
}

fn collect(dir: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            // The command line belongs to the binary and uses the library like any other program.
            if path.file_name().is_some_and(|name| name != "cli") {
                collect(&path, files);
            }
        } else if path.extension().is_some_and(|kind| kind == "rs")
            && path.file_stem().is_some_and(|stem| stem != "tests")
        {
            files.push(path);
        }
    }
}

/// `table` for `table/csv/mod.rs`, `metrics` for `metrics.rs`, `None` for the crate's roots.
fn folder_of(file: &Path) -> Option<String> {
    let first = file.iter().next()?.to_str()?.trim_end_matches(".rs");
    (!matches!(first, "lib" | "main")).then(|| first.to_owned())
}

/// `table::csv` for `table/csv/chunks.rs`.
fn parent_module(file: &Path) -> Option<String> {
    folder_of(file)?;
    let parts: Vec<&str> = file.parent()?.iter().filter_map(|part| part.to_str()).collect();
    (!parts.is_empty()).then(|| parts.join("::"))
}

/// The folder of a path such as `table::csv::chunks::Chunk`.
fn module_folder(import: &str) -> String {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folder = PathBuf::new();
    for part in import.split("::") {
        if !source.join(&folder).join(part).is_dir() {
            break;
        }
        folder.push(part);
    }
    folder.iter().filter_map(|part| part.to_str()).collect::<Vec<_>>().join("::")
}
