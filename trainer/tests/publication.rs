//! A publication that is killed at any of its system calls leaves the old set or the new one, complete.
//!
//! The test runs itself under `strace`, which kills it before a system call, for each from the first that names the
//! folder on. Without `strace` these tests are skipped by name. `SCORECAST_KILLS` requests more kills than one at each
//! call.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use libtest_mimic::{Arguments, Failed, Trial};
use trainer::{FolderLock, NewFile, Publication, publish};

const NAMES: [&str; 6] =
    ["preprocessor.json", "model.json", "report.json", "report.html", "reference.json", "run.json"];
const OBSOLETE: [&str; 2] = ["report.refused.json", "report.refused.html"];
/// Tells the program to publish instead of running tests.
const FOLDER: &str = "SCORECAST_TEST_PUBLISH";

fn main() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        write(Path::new(&folder), "new");
        return;
    }
    let is_missing = Command::new("strace").arg("-V").stdout(Stdio::null()).status().is_err();
    let test = |name: &str, run: fn(&Path)| {
        let run = move || -> Result<(), Failed> {
            let folder = tempfile::tempdir()?;
            run(folder.path());
            Ok(())
        };
        Trial::test(name, run).with_ignored_flag(is_missing)
    };
    let trials = vec![
        test("killed_while_folders_are_exchanged", |parent| {
            let folder = parent.join("artifacts");
            // Even a reader without our lock finds a complete set.
            kill_everywhere(&folder, &|| visible(contents(&folder)));
            assert_eq!(fs::read_dir(parent).unwrap().count(), 1, "something was left beside the folder");
        }),
        test("killed_while_a_journal_is_written_and_finished", |parent| {
            let folder = parent.join("artifacts");
            fs::create_dir_all(folder.join("a folder that keeps it from being exchanged")).unwrap();
            kill_everywhere(&folder, &|| {
                let lock = FolderLock::shared(&folder).unwrap();
                visible(contents(lock.folder()))
            });
        }),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

/// Kills publications into `folder` at each system call; `look` reads the files afterwards.
fn kill_everywhere(folder: &Path, look: &dyn Fn() -> BTreeSet<(String, String)>) {
    let n_kills: usize = std::env::var("SCORECAST_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(0);
    let reset = || {
        write(folder, "old");
        for name in OBSOLETE {
            fs::write(folder.join(name), "old").unwrap();
        }
    };
    reset();
    let calls = system_calls(folder);
    assert!(calls.len() > 30, "only these calls were found: {calls:?}");
    let (mut n_old, mut n_new) = (0, 0);
    for Call { name, nth } in calls.iter().cycle().take(n_kills.max(calls.len())) {
        reset();
        let inject = format!("inject={name}:signal=KILL:when={nth}");
        let status = strace(folder).args(["-o", "/dev/null", "-e", &inject]).arg(program()).status().unwrap();
        assert!(!status.success(), "call {nth} of {name} was not reached");
        let found = look();
        let of = |content: &str| -> BTreeSet<(String, String)> {
            let names = NAMES.iter().chain(if content == "old" { &OBSOLETE[..] } else { &[] });
            names.map(|name| ((*name).to_owned(), content.to_owned())).collect()
        };
        if found == of("old") {
            n_old += 1;
        } else if found == of("new") {
            n_new += 1;
        } else {
            panic!("killed at call {nth} of {name}: {found:?}");
        }
        // The next run cleans up.
        write(folder, "next");
        let left: Vec<_> = contents(folder).into_iter().filter(|(_, content)| content != "next").collect();
        assert!(left.is_empty(), "killed at call {nth} of {name}, and the next run left {left:?}");
    }
    let n_kills = n_old + n_new;
    println!("{n_kills} kills at {} system calls: the old set {n_old} times, the new one {n_new} times", calls.len());
    assert!(n_old > 0 && n_new > 0);
}

/// A system call of a publication, by name and number: strace counts the calls of each name.
#[derive(Debug)]
struct Call {
    name: String,
    nth: usize,
}

/// The system calls of a publication, from the first that names the folder to the last.
fn system_calls(folder: &Path) -> Vec<Call> {
    let log = tempfile::NamedTempFile::new().unwrap();
    let status = strace(folder).arg("-o").arg(log.path()).arg(program()).status().unwrap();
    assert!(status.success());
    let log = fs::read_to_string(log.path()).unwrap();
    let folder = folder.file_name().unwrap().to_str().unwrap();
    let mut counts = BTreeMap::<&str, usize>::new();
    let mut calls = Vec::new();
    for line in log.lines() {
        let Some((name, arguments)) = line.split_once('(') else { continue };
        let nth = counts.entry(name).or_default();
        *nth += 1;
        if !calls.is_empty() || (name != "execve" && arguments.contains(folder)) {
            calls.push(Call { name: name.to_owned(), nth: *nth });
        }
    }
    calls
}

fn strace(folder: &Path) -> Command {
    let mut strace = Command::new("strace");
    strace.args(["-qq", "-s", "4096"]).env(FOLDER, folder).stderr(Stdio::null());
    strace
}

fn program() -> std::path::PathBuf {
    std::env::current_exe().unwrap()
}

fn write(folder: &Path, content: &str) {
    let files = NAMES.map(|name| NewFile { name, content });
    publish(folder, &Publication { files: &files, obsolete: &OBSOLETE }).unwrap();
}

/// Without files that were not renamed yet.
fn visible(mut contents: BTreeSet<(String, String)>) -> BTreeSet<(String, String)> {
    contents.retain(|(name, _)| !name.starts_with('.'));
    contents
}

/// All files of the folder, including hidden ones, with their content.
fn contents(folder: &Path) -> BTreeSet<(String, String)> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .filter(|path| path.is_file())
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, fs::read_to_string(path).unwrap())
        })
        .collect()
}
