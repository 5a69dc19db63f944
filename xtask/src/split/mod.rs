//! Cuts the page's WebAssembly in two: what the form and the first estimate need, and the rest, which comes after them.
//!
//! Why on the finished program: the panels share everything with each other, and two programs would each bring their own
//! copy of it. Here every function stands in one part, both parts work on one memory, and the source knows nothing of it
//! but that it waits for the second part before it shows the panels that are in there (`web/src/rest.rs`).
//!
//! The cut follows a profile, as Android's baseline profiles do: the names of the functions that a first load has been seen to
//! call. A name that is no longer there, or a new one, makes the first load larger or slower, and nothing else.
//!
//! How: a function of the second part that the first part may call stays there as a stub, which calls through a place in
//! the table. The second part fills these places when it is started. A stub that is called earlier, say because something
//! went wrong and has to be worded, has the second part loaded on the spot (`restNow` in `static/boot.js`): the cut decides
//! how soon something comes, never whether it works.
//!
//! binaryen's `wasm-split` does the same, but is not in its npm package, the only one of a current version that a package
//! registry has.

mod parts;
mod profile;
mod program;

pub(crate) use profile::renew;
pub(crate) use program::without_digests;

use std::{collections::BTreeSet, fs, path::Path};

use anyhow::{Context, Result, ensure};

use program::Program;

/// The names of the functions that a first load calls, one a line; `cargo xtask profile` renews them.
pub(crate) const PROFILE: &str = "web/startup-profile.txt";

/// What stands in the first part whether or not the default model needs it: reading a model of any family and its report,
/// and its prediction.
const FIRST: [&str; 6] = [
    "model_core::model",
    "model_core::report",
    "model_core::preprocessor",
    "model_core::interval",
    "model_core::caution",
    "libm::",
];

/// The bytes below which a function is little larger than its stub, and goes where it is called from.
const MIN_BYTES: usize = 40;

/// Cuts the program in the file `whole` in two by the names in `profile`, one a line.
///
/// # Errors
///
/// Files that can't be read or written, and a program without names or without the import `restNow`.
pub(crate) fn split(whole: &Path, profile: &str, first: &Path, second: &Path) -> Result<()> {
    let bytes = fs::read(whole).with_context(|| format!("{} could not be read", whole.display()))?;
    let program = Program::read(&bytes).with_context(|| format!("{} could not be cut in two", whole.display()))?;
    let names = profile.lines().collect();
    let parts = parts::write(&program, &later(&program, &names)?)?;
    for (path, part) in [(first, &parts.first), (second, &parts.second)] {
        wasmparser::validate(part).with_context(|| format!("the part {} is not valid", path.display()))?;
        fs::write(path, part).with_context(|| format!("{} could not be written", path.display()))?;
    }
    Ok(())
}

/// The functions of the second part: all but those of the profile, those of [`FIRST`], and small ones that may be called
/// from the first.
fn later(program: &Program, profile: &BTreeSet<&str>) -> Result<BTreeSet<u32>> {
    let is_named = |name: &str| profile.contains(name) || FIRST.iter().any(|part| name.contains(part));
    let has_profile = program.own_functions().any(|idx| program.name(idx).is_some_and(|name| profile.contains(name)));
    ensure!(has_profile, "no function has a name of the profile: build it with wasm-opt's option -g");
    // wasm-opt makes functions of its own, which have no name: few.
    let mut first: BTreeSet<u32> =
        program.own_functions().filter(|idx| program.name(*idx).is_none_or(is_named)).collect();
    let mut waiting: Vec<u32> = first.iter().copied().collect();
    let is_small = |idx: &u32| program.size(*idx) < MIN_BYTES;
    waiting.extend(program.roots().into_iter().filter(|idx| is_small(idx) && first.insert(*idx)));
    while let Some(caller) = waiting.pop() {
        waiting.extend(program.called_by(caller).filter(|idx| is_small(idx) && first.insert(*idx)));
    }
    Ok(program.own_functions().filter(|idx| !first.contains(idx)).collect())
}

#[cfg(test)]
mod tests {
    use wasmparser::{ExternalKind, Parser, Payload};

    use super::*;

    const PROGRAM: &str = r#"(module
        (import "page" "__wbg_restNow_1" (func $rest_now))
        (memory (export "memory") 1)
        (global $stack (mut i32) (i32.const 7))
        (table $functions 2 2 funcref)
        (elem (i32.const 1) func $"web::panel::why::paint")
        (func $predict (export "predict") (param f64) (result f64) (call $shared (local.get 0)))
        (func $shared (param f64) (result f64) (f64.add (local.get 0) (f64.const 1)))
        (func $"web::panel::why::paint" (export "why") (param f64 i32) (result f64)
            (global.set $stack (local.get 1)) (drop (v128.const i64x2 1 1)) (drop (v128.const i64x2 1 1))
            (drop (v128.const i64x2 1 1)) (call $only_why (call $shared (local.get 0))))
        (func $only_why (param f64) (result f64) (f64.neg (local.get 0))))"#;

    fn cut() -> (Vec<u8>, Vec<u8>) {
        let folder = tempfile::tempdir().unwrap();
        let [whole, first, second] = ["whole", "first", "second"].map(|name| folder.path().join(name));
        fs::write(&whole, wat::parse_str(PROGRAM).unwrap()).unwrap();
        split(&whole, "predict\ngone\n", &first, &second).unwrap();
        (fs::read(first).unwrap(), fs::read(second).unwrap())
    }

    fn n_bodies(part: &[u8]) -> usize {
        let is_body = |payload: &Payload| matches!(payload, Payload::CodeSectionEntry(_));
        Parser::new(0).parse_all(part).filter(|payload| is_body(payload.as_ref().unwrap())).count()
    }

    #[test]
    fn each_function_stands_in_one_part_and_a_stub_where_the_other_may_call_it() {
        let (first, second) = cut();
        // predict, shared, the stub of paint, and what it calls first; paint, only_why, and what says that the part is there.
        assert_eq!((n_bodies(&first), n_bodies(&second)), (4, 3));
    }

    #[test]
    fn the_first_part_gives_the_second_what_that_asks_for() {
        let (first, second) = cut();
        let mut given = Vec::new();
        for payload in Parser::new(0).parse_all(&first) {
            if let Payload::ExportSection(exports) = payload.unwrap() {
                given.extend(exports.into_iter().map(|export| export.unwrap().name.to_owned()));
            }
        }
        assert!(
            ["memory", "predict", "why", "rest"].iter().all(|name| given.contains(&(*name).to_owned())),
            "{given:?}"
        );
        let mut asked = 0;
        for payload in Parser::new(0).parse_all(&second) {
            match payload.unwrap() {
                Payload::ImportSection(imports) => {
                    for import in imports.into_imports() {
                        let import = import.unwrap();
                        assert_eq!(import.module, "first");
                        assert!(given.contains(&import.name.to_owned()), "{}", import.name);
                        asked += 1;
                    }
                }
                Payload::ExportSection(exports) => {
                    assert!(exports.into_iter().all(|export| export.unwrap().kind != ExternalKind::Func));
                }
                _ => {}
            }
        }
        // The memory, the table, the stack's global, the one that says that the part is there, and `shared`.
        assert_eq!(asked, 5);
    }

    #[test]
    fn a_program_without_names_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let whole = folder.path().join("whole");
        fs::write(&whole, wat::parse_str(PROGRAM.replace("$predict", "$p")).unwrap()).unwrap();
        let error = split(&whole, "predict", &folder.path().join("first"), &folder.path().join("second"));
        assert!(format!("{:#}", error.unwrap_err()).contains("-g"));
    }
}
