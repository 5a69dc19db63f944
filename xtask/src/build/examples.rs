//! Combines the examples of `static/examples` with React and Vue, for tests: no page of ours serves them.
//! Vue comes without its template compiler, which needs `eval`.

use std::{env, fs, path::Path};

use anyhow::{Context, Result};
use serde_json::json;

use super::scripts;
use crate::{
    files, paths,
    setup::npm,
    shell::{Call, Shell},
};

/// Vue without its compiler, relative to `node_modules`.
const VUE: &str = "vue/dist/vue.runtime.esm-browser.prod.js";

/// Copies the examples, with `react.js` for React and `vue.js` for Vue.
pub(crate) fn write(shell: Shell) -> Result<()> {
    let (packages, vue) = (npm::react(shell)?, npm::vue(shell)?.join(VUE));
    let folder = paths::examples();
    files::remove(&folder)?;
    files::copy(&paths::root().join("static/examples"), &folder)?;
    scripts::bundle_packages(shell, "xtask/src/build/examples/react.js", &packages, &folder.join("react/react.js"))?;
    fs::copy(&vue, folder.join("vue/vue.js")).with_context(|| format!("{} could not be copied", vue.display()))?;
    write_hydrated(shell, &packages, &folder.join("hydrated"))
}

/// A server-rendered React page, with the element from npm.
fn write_hydrated(shell: Shell, packages: &Path, folder: &Path) -> Result<()> {
    let element = paths::element_package();
    // The package lies in a folder of packages.
    let parent = element.parent().context("the element has no folder")?;
    let packages = env::join_paths([packages, parent])?;
    for script in ["client.js", "server.js"] {
        let entry = format!("xtask/src/build/examples/hydrated/{script}");
        scripts::bundle_packages(shell, &entry, &packages, &folder.join(script))?;
    }
    for name in ["scorecast.wasm", "scorecast-en.json", "scorecast-es.json"] {
        files::copy(&element.join(name), &folder.join(name))?;
    }
    let server = folder.join("server.js");
    let module = folder.join("server.mjs");
    fs::rename(&server, &module).with_context(|| format!("{} could not be renamed", server.display()))?;
    let rendered = shell.output(Call::new("node", "look at the lines above").arg(&module))?;
    let page = files::read_text(&paths::root().join("xtask/src/build/examples/hydrated/index.html"))?;
    files::write(&folder.join("index.html"), page.replace("RENDERED", rendered.output.trim()))
}

/// Type-checks the scripts of the examples, including JSX that must compile and JSX that must not.
pub(crate) fn check_types(shell: Shell) -> Result<()> {
    let (packages, vue, compiler) = (npm::react(shell)?, npm::vue(shell)?, npm::typescript(shell)?);
    let root = paths::root();
    let types = |name: &str| json!([root.join(name)]);
    let project = json!({
        "compilerOptions": {
            "strict": true, "allowJs": true, "checkJs": true, "noEmit": true, "exactOptionalPropertyTypes": true,
            "target": "es2022", "lib": ["es2024", "dom", "dom.iterable", "dom.asynciterable"],
            "module": "esnext", "moduleResolution": "bundler", "jsx": "react-jsx", "types": [],
            // On the server, the types of the element and of the module are in one folder.
            "rootDirs": [root.join("web/element"), root.join("web/element/npm"), root.join("module/js")],
            "paths": {
                "scorecast": types("web/element/scorecast.d.ts"),
                "scorecast/react": types("web/element/scorecast-react.d.ts"),
                "scorecast-element/react": types("web/element/npm/react.d.ts"),
                "https://HOST/v1/scorecast-core.js": types("module/js/scorecast-core.d.ts"),
                "react": [packages.join("@types/react")],
                "react/jsx-runtime": [packages.join("@types/react/jsx-runtime")],
                "react-dom/client": [packages.join("@types/react-dom/client")],
                "vue": [vue.join("vue/dist/vue.d.mts")],
            },
        },
        "files": [
            root.join("web/element/scorecast.d.ts"), "school/school.js", "worker/page.js", "worker/worker.js", "react/app.js",
            "vue/app.js", root.join("xtask/src/build/examples/jsx.tsx"),
        ],
    });
    let folder = paths::examples();
    let file = folder.join("tsconfig.json");
    // The compiler resolves react.js and vue.js to their types.
    fs::write(&file, project.to_string()).with_context(|| format!("{} could not be written", file.display()))?;
    shell.step("Check the types of the examples", || {
        shell.run(Call::new(compiler, "look at the lines above").arg("--project").arg(&file).dir(&folder))
    })
}
