// The packed module, used through bundlers, other module systems and other runtimes.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { artifacts, folder, predictor, read, record } from "./common.mjs";

const expected = String(predictor.predict(record).value);
const esbuild = process.env.SCORECAST_ESBUILD;

/** A folder in which the module is installed. */
function project(use) {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), "scorecast-bundle-"));
  try {
    fs.mkdirSync(path.join(home, "node_modules"));
    fs.cpSync(folder, path.join(home, "node_modules/scorecast-core"), { recursive: true });
    for (const name of ["preprocessor.json", "model.json"]) fs.writeFileSync(path.join(home, name), read(name));
    const run = (program, ...options) => execFileSync(program, options, { cwd: home, encoding: "utf8", stdio: "pipe" });
    return use(home, run, (name, text) => fs.writeFileSync(path.join(home, name), text));
  } finally {
    fs.rmSync(home, { recursive: true });
  }
}

const USE = `const fs = globalThis.process.getBuiltinModule("node:fs");
  const [pre, model] = ["preprocessor.json", "model.json"].map((name) => fs.readFileSync(name, "utf8"));
  const tell = (predictor) => console.log(predictor.predict(${JSON.stringify(record)}).value);`;

test("require() of Node loads it", () =>
  project((_, run, write) => {
    write("use.cjs", `const { Predictor } = require("scorecast-core"); ${USE} Predictor.from(pre, model).then(tell);`);
    assert.equal(run("node", "--no-warnings", "use.cjs").trim(), expected);
  }));

test("a program that has the WebAssembly hands it over, in every form", () =>
  project((home, run, write) => {
    const file = path.join(home, "node_modules/scorecast-core/scorecast-core.wasm");
    const forms = {
      path: JSON.stringify(file),
      url: `new URL(${JSON.stringify(`file://${file}`)})`,
      bytes: `fs.readFileSync(${JSON.stringify(file)})`,
      module: `new WebAssembly.Module(fs.readFileSync(${JSON.stringify(file)}))`,
      response: `new Response(fs.readFileSync(${JSON.stringify(file)}), { headers: { "content-type": "application/wasm" } })`,
    };
    for (const [name, form] of Object.entries(forms)) {
      write(`${name}.mjs`, `import { Predictor } from "scorecast-core"; ${USE} tell(await Predictor.from(pre, model, { wasm: ${form} }));`);
      assert.equal(run("node", `${name}.mjs`).trim(), expected, name);
    }
    const page = 'new Response("<!doctype html>", { headers: { "content-type": "text/html" } })';
    write("page.mjs", `import { Predictor } from "scorecast-core"; ${USE} Predictor.from(pre, model, { wasm: ${page} }).catch(({ code, message }) => console.log(code, message));`);
    assert.match(run("node", "page.mjs"), /^wasm-failed .*a page came instead of WebAssembly/);
  }));

test("esbuild bundles it for browsers without a word", { skip: !esbuild }, () =>
  project((home, run, write) => {
    write("main.js", 'import { Predictor } from "scorecast-core"; window.load = () => Predictor.load("./artifacts/");');
    run(esbuild, "main.js", "--bundle", "--format=esm", "--log-level=warning", "--outfile=out.js");
    assert.doesNotMatch(fs.readFileSync(path.join(home, "out.js"), "utf8"), /from\s*"node:|import\("node:/);
  }));

test("a bundle of CommonJS works with the WebAssembly in it, and says what it lacks without", { skip: !esbuild }, () =>
  project((_, run, write) => {
    const bundle = (entry) => run(esbuild, entry, "--bundle", "--platform=node", "--format=cjs", "--log-level=error", "--outfile=out.cjs");
    write("inline.js", `import { Predictor } from "scorecast-core/inline"; ${USE} Predictor.from(pre, model).then(tell);`);
    bundle("inline.js");
    assert.equal(run("node", "out.cjs").trim(), expected);
    write("plain.js", `import { Predictor } from "scorecast-core"; ${USE} Predictor.from(pre, model).catch(({ code, message }) => console.log(code, message));`);
    bundle("plain.js");
    assert.match(run("node", "out.cjs"), /^wasm-failed .*import scorecast-core\/inline/);
  }));

test("a runtime that imports WebAssembly as modules is given it so", () =>
  project((home) => {
    const manifest = JSON.parse(fs.readFileSync(path.join(home, "node_modules/scorecast-core/package.json"), "utf8"));
    const entry = path.join(home, "node_modules/scorecast-core", manifest.exports["."].workerd);
    const script = fs.readFileSync(entry, "utf8");
    for (const name of ["core", "reader"]) assert.match(script, new RegExp(`from\\s*"\\./scorecast-${name}\\.wasm"`));
  }));

test("every file that package.json names is there, and its address works from Node", () =>
  project((home, run, write) => {
    const manifest = JSON.parse(fs.readFileSync(path.join(home, "node_modules/scorecast-core/package.json"), "utf8"));
    const files = Object.values(manifest.exports).flatMap((target) => (typeof target === "string" ? [target] : Object.values(target)));
    for (const file of files) assert.ok(fs.existsSync(path.join(home, "node_modules/scorecast-core", file)), file);
    write("use.mjs", `import { Predictor } from "scorecast-core"; const predictor = await Predictor.load(${JSON.stringify(artifacts)});
      console.log(predictor.predict(${JSON.stringify(record)}).value);`);
    assert.equal(run("node", "use.mjs").trim(), expected);
  }));
