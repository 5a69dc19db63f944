// The tarball in an empty folder, used as its README says.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { artifacts, predictor, record } from "./common.mjs";

test("npm installs the tarball into an empty folder, and it works there and in a worker thread", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "scorecast-install-"));
  try {
    const run = (program, ...options) => execFileSync(program, options, { cwd: folder, encoding: "utf8" });
    run("npm", "install", "--offline", "--no-audit", "--no-fund", process.env.SCORECAST_TARBALL);
    const installed = fs.readdirSync(path.join(folder, "node_modules/scorecast-core")).sort();
    const expected = ["LICENSE-APACHE", "LICENSE-MIT", "README.md", "package.json", "scorecast-reader.wasm"];
    for (const end of ["-inline.js", "-workerd.js", ".js"]) expected.push(`scorecast-core${end}`, `scorecast-core${end}.map`);
    assert.deepEqual(installed, [...expected, "scorecast-core.d.ts", "scorecast-core.wasm"].sort());
    fs.writeFileSync(
      path.join(folder, "use.mjs"),
      `import { isMainThread, Worker } from "node:worker_threads";
       import { Predictor } from "scorecast-core";
       const predictor = await Predictor.load(process.argv[2]);
       console.log(predictor.predict(JSON.parse(process.argv[3])).value);
       if (isMainThread) new Worker(new URL(import.meta.url), { argv: process.argv.slice(2) });`,
    );
    const [main, worker] = run("node", "use.mjs", artifacts, JSON.stringify(record)).trim().split("\n");
    const expectedValue = String(predictor.predict(record).value);
    assert.deepEqual([main, worker], [expectedValue, expectedValue]);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});
