//! Puts the examples of `static/examples` together with React and Vue, for tests: no page of ours serves them.
//!
//! Why no bundler: React comes as four classic scripts that name each other; a function around each is all it takes. Vue
//! has one script for browsers, here without its compiler of templates, which needs `eval`.

use std::{fs, path::Path};

use anyhow::{Context, Result};
use serde_json::json;

use crate::{
    files, paths,
    setup::npm,
    shell::{Call, Shell},
};

/// The scripts by the names that they call each other.
const REACT: [(&str, &str); 4] = [
    ("react", "react/cjs/react.production.js"),
    ("scheduler", "scheduler/cjs/scheduler.production.js"),
    ("react-dom", "react-dom/cjs/react-dom.production.js"),
    ("react-dom/client", "react-dom/cjs/react-dom-client.production.js"),
];

/// Vue without its compiler, in its folder of packages.
const VUE: &str = "vue/dist/vue.runtime.esm-browser.prod.js";

/// Copies the examples, with the React one's `react.js` and the Vue one's `vue.js`.
pub(crate) fn write(shell: Shell) -> Result<()> {
    let (packages, vue) = (npm::react(shell)?, npm::vue(shell)?.join(VUE));
    let folder = paths::examples();
    files::remove(&folder)?;
    files::copy(&paths::root().join("static/examples"), &folder)?;
    fs::write(folder.join("react/react.js"), react(&packages)?).context("react.js could not be written")?;
    fs::copy(&vue, folder.join("vue/vue.js")).with_context(|| format!("{} could not be copied", vue.display()))?;
    Ok(())
}

/// Lets the TypeScript compiler read the scripts of the examples, and what is to compile in JSX and what is not.
pub(crate) fn check_types(shell: Shell) -> Result<()> {
    let (packages, vue, compiler) = (npm::react(shell)?, npm::vue(shell)?, npm::typescript(shell)?);
    let root = paths::root();
    let types = |name: &str| json!([root.join(name)]);
    let project = json!({
        "compilerOptions": {
            "strict": true, "allowJs": true, "checkJs": true, "noEmit": true, "exactOptionalPropertyTypes": true,
            "target": "es2022", "lib": ["es2024", "dom", "dom.iterable", "dom.asynciterable"],
            "module": "esnext", "moduleResolution": "bundler", "jsx": "react-jsx", "types": [],
            // Where they are served, the element's types and the module's lie in one folder.
            "rootDirs": [root.join("web/element"), root.join("module/js")],
            "paths": {
                "scorecast": types("web/element/scorecast.d.ts"),
                "scorecast/react": types("web/element/scorecast-react.d.ts"),
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
    // The compiler takes react.js and vue.js for what their types say.
    fs::write(&file, project.to_string()).with_context(|| format!("{} could not be written", file.display()))?;
    shell.step("Check the types of the examples", || {
        shell.run(Call::new(compiler, "look at the lines above").arg("--project").arg(&file).dir(&folder))
    })
}

fn react(packages: &Path) -> Result<String> {
    let mut script = String::from("const process = { env: { NODE_ENV: \"production\" } };\nconst scripts = {\n");
    for (name, path) in REACT {
        let path = packages.join(path);
        let text = fs::read_to_string(&path).with_context(|| format!("{} could not be read", path.display()))?;
        script.push_str(&format!("{name:?}(module, exports, require) {{\n{text}\n}},\n"));
    }
    script.push_str(
        "};\nconst loaded = {};\nfunction require(name) {\n\
         if (loaded[name] === undefined) {\nconst module = { exports: {} };\nloaded[name] = module;\n\
         scripts[name](module, module.exports, require);\n}\nreturn loaded[name].exports;\n}\n\
         export const { createElement, useState } = require(\"react\");\n\
         export const { createRoot } = require(\"react-dom/client\");\n",
    );
    Ok(script)
}
