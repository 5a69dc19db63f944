//! Builds the custom element, `scorecast.js`: the page's crate with the feature `element`, and `web/element/`.
//!
//! Why one file of JavaScript, as with the module: its integrity covers the code and the styles, and it checks the
//! WebAssembly and the words. The styles are the page's own, cut to what the panels need; `styles.rs` says how.

mod styles;

use std::{collections::BTreeMap, fs};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::{
    fingerprint::{Fingerprint, files_below},
    minify::minify,
    module::{Checked, INTERFACE, WASM_FEATURES, integrity, read, replace_once, short_hash, write},
    page, paths,
    shell::{Call, Shell},
    sizes,
    tools::Tools,
};

const NAME: &str = "scorecast";
/// What the element may weigh with the default model, in bytes after brotli: its script, program, one language and the
/// artifacts. It weighed 145.8 kB when this was set.
pub(crate) const LIMIT: usize = 147_000;

/// The parts of its script; a later one may use an earlier one.
const PARTS: [&str; 4] = ["module/js/error", "module/js/schema", "web/element/load", "web/element/element"];
const LANGUAGES: [&str; 2] = ["en", "es"];
/// Words that only the page says.
const PAGE_WORDS: [&str; 6] = ["page.", "about.", "own.", "class.", "card.", "family."];
/// What it is made of, relative to the root.
const INPUTS: [&str; 9] = [
    "web",
    "module/js",
    "model-core",
    "static/page.css",
    "static/texts",
    "Cargo.toml",
    "Cargo.lock",
    "rust-toolchain.toml",
    ".cargo/config.toml",
];

/// Builds it ([`paths::element_site`]), unless that was done already.
pub(crate) fn build(shell: Shell, tools: &Tools) -> Result<()> {
    let own = concat!(include_str!("element.rs"), include_str!("element/styles.rs"));
    let mut inputs = Fingerprint::default().text(&tools.identity()).text(own).text(&page::RUSTFLAGS.concat());
    for input in INPUTS {
        inputs = inputs.content(&paths::root().join(input))?;
    }
    inputs.unless_done("element", &paths::element_site().join(entry()), || {
        shell.step("Build the custom element", || {
            let (glue, wasm) = compile(shell, tools)?;
            write_site(&glue, &wasm)
        })
    })?;
    Ok(())
}

/// The address that follows compatible releases.
fn entry() -> String {
    format!("{INTERFACE}/{NAME}.js")
}

/// Its files in a site, relative to it, and what their content must hash to.
pub(crate) fn site_files() -> Result<Vec<Checked>> {
    let mut files = Vec::new();
    for path in files_below(&paths::element_site())? {
        let name = path.strip_prefix(paths::element_site())?.display().to_string();
        files.push(Checked { name, integrity: integrity(&fs::read(&path)?) });
    }
    Ok(files)
}

/// The sizes of what a page loads that has the element with the default model, in one language.
pub(crate) fn sizes() -> Result<Vec<sizes::Size>> {
    let home = paths::element_site().join(INTERFACE);
    let mut sizes = sizes::of_kinds(&home, &["js", "wasm", "json"])?;
    let others: Vec<String> = LANGUAGES[1..].iter().map(|language| format!("{NAME}-{language}-")).collect();
    sizes.retain(|size| !others.iter().any(|other| size.is_named(other)));
    sizes.extend(sizes::of_kinds(&paths::site().join("artifacts"), &["json"])?);
    Ok(sizes)
}

/// Refuses an element that has become too heavy.
pub(crate) fn check_size() -> Result<()> {
    let sizes = sizes()?;
    let total = sizes::total(&sizes);
    if total > LIMIT {
        sizes::print("element", &sizes);
        bail!("the element weighs {total} bytes, more than {LIMIT}");
    }
    Ok(())
}

/// What wasm-bindgen writes, and the WebAssembly.
fn compile(shell: Shell, tools: &Tools) -> Result<(String, Vec<u8>)> {
    let remedy = "look at the compiler's message above";
    let arguments = ["build", "--package", "web", "--lib", "--features", "element", "--profile", "page"];
    // A folder of its own: Trunk takes the page's program from where this one would lie.
    let target = paths::target().join("element");
    let call = Call::new("cargo", remedy).args(arguments).args(["--target", "wasm32-unknown-unknown", "--target-dir"]);
    shell.run(call.arg(&target).env("CARGO_ENCODED_RUSTFLAGS", page::rustflags()).dir(paths::root()))?;

    let work = tempfile::tempdir()?;
    let wasm = target.join("wasm32-unknown-unknown/page/web.wasm");
    let remedy = "look at the message above; web/Cargo.toml must ask for a `cdylib`";
    let call = tools.call("wasm-bindgen", remedy)?.arg(&wasm);
    let options = ["--target", "no-modules", "--no-typescript", "--out-name", "element", "--out-dir"];
    shell.run(call.args(options).arg(work.path()))?;

    let optimised = work.path().join("optimised.wasm");
    let call = tools.call("wasm-opt", "look at the message above")?.arg("-Oz").args(WASM_FEATURES);
    let call = call.args(["--one-caller-inline-max-function-size=1", "--skip-pass=local-cse"]);
    shell.run(call.arg(work.path().join("element_bg.wasm")).arg("-o").arg(&optimised))?;
    Ok((read(&work.path().join("element.js"))?, fs::read(&optimised)?))
}

/// Content at addresses that never change, and an entry that follows them.
fn write_site(glue: &str, wasm: &[u8]) -> Result<()> {
    let (root, folder) = (paths::root(), paths::element_site());
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let home = folder.join(INTERFACE);
    let keep = |name: String, content: &[u8]| -> Result<Value> {
        write(&home.join(&name), content)?;
        Ok(json!([name, integrity(content)]))
    };
    let mut texts = BTreeMap::new();
    for language in LANGUAGES {
        let words = words(&read(&root.join(format!("static/texts/{language}.json")))?)?;
        texts
            .insert(language, keep(hashed(&format!("{NAME}-{language}"), words.as_bytes(), "json"), words.as_bytes())?);
    }
    let css = styles::styles(&read(&root.join("static/page.css"))?, &read(&root.join("web/element/element.css"))?)?;
    let build = json!({ "wasm": keep(hashed(NAME, wasm, "wasm"), wasm)?, "texts": texts, "css": minify(&css) });

    let mut script = glue.to_owned();
    for part in PARTS {
        script.push_str(&read(&root.join(format!("{part}.js")))?);
    }
    let script = replace_once(&minify(&script), "const BUILD = {};", &format!("const BUILD = {build};"))?;
    let script_name = hashed(NAME, script.as_bytes(), "js");
    write(&home.join(&script_name), &script)?;
    for types in ["scorecast.d.ts", "scorecast-react.d.ts"] {
        write(&home.join(types), read(&root.join("web/element").join(types))?)?;
    }
    write(&folder.join(entry()), format!("export * from \"./{script_name}\";\n"))?;
    write(&folder.join(format!("{NAME}.js")), format!("export * from \"./{}\";\n", entry()))
}

fn hashed(name: &str, content: &[u8], kind: &str) -> String {
    format!("{name}-{}.{kind}", short_hash(content))
}

/// The words of the element among those of the page.
fn words(texts: &str) -> Result<String> {
    let mut texts: BTreeMap<String, String> =
        serde_json::from_str(texts).context("the texts are no object of texts")?;
    texts.retain(|key, _| !PAGE_WORDS.iter().any(|start| key.starts_with(start)));
    Ok(serde_json::to_string(&texts)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_element_points_at_nothing_that_only_the_page_has() {
        for (language, self_test) in [("en", "self-test"), ("es", "autoprueba")] {
            let texts = read(&paths::root().join(format!("static/texts/{language}.json"))).unwrap();
            assert!(texts.contains(self_test));
            let words = words(&texts).unwrap();
            assert!(words.contains("element.other-bits") && !words.contains(self_test), "{words}");
        }
    }
}
