//! Puts the examples of `static/examples` together with React, for tests: no page of ours serves them.
//!
//! Why no bundler: React comes as four classic scripts that name each other; a function around each is all it takes.

use std::{fs, path::Path};

use anyhow::{Context, Result};
use serde_json::json;

use crate::{
    page, paths,
    shell::{Call, Shell},
    tools,
};

/// The scripts by the names that they call each other.
const REACT: [(&str, &str); 4] = [
    ("react", "react/cjs/react.production.js"),
    ("scheduler", "scheduler/cjs/scheduler.production.js"),
    ("react-dom", "react-dom/cjs/react-dom.production.js"),
    ("react-dom/client", "react-dom/cjs/react-dom-client.production.js"),
];

/// Copies the examples, with the React one's `react.js`.
pub(crate) fn write(shell: Shell) -> Result<()> {
    let packages = tools::react(shell)?;
    let folder = paths::examples();
    page::remove(&folder)?;
    page::copy(&paths::root().join("static/examples"), &folder)?;
    fs::write(folder.join("react/react.js"), react(&packages)?).context("react.js could not be written")
}

/// Lets the TypeScript compiler read the scripts of the examples.
pub(crate) fn check_types(shell: Shell) -> Result<()> {
    let (packages, compiler) = (tools::react(shell)?, tools::typescript(shell)?);
    let root = paths::root();
    let types = |name: &str| json!([root.join(name)]);
    let project = json!({
        "compilerOptions": {
            "strict": true, "allowJs": true, "checkJs": true, "noEmit": true, "exactOptionalPropertyTypes": true,
            "target": "es2022", "lib": ["es2024", "dom", "dom.iterable", "dom.asynciterable"],
            "module": "esnext", "moduleResolution": "bundler", "types": [],
            "paths": {
                "scorecast": types("web/element/scorecast.d.ts"),
                "https://HOST/v1/scorecast-core.js": types("module/js/scorecast-core.d.ts"),
                "react": [packages.join("@types/react")],
                "react-dom/client": [packages.join("@types/react-dom/client")],
            },
        },
        "files": [
            root.join("web/element/scorecast.d.ts"), "school/school.js", "worker/page.js", "worker/worker.js", "react/app.js",
        ],
    });
    let folder = paths::examples();
    let file = folder.join("tsconfig.json");
    // The compiler takes react.js for what its types say.
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
         export const { createElement, useEffect, useRef, useState } = require(\"react\");\n\
         export const { createRoot } = require(\"react-dom/client\");\n",
    );
    Ok(script)
}
