import { cpSync, readdirSync } from "node:fs";
import { build } from "esbuild";

await build({ entryPoints: ["main.js", "worker.js"], bundle: true, format: "esm", minify: true, outdir: "dist" });
// esbuild does not process `new URL("….wasm", import.meta.url)`: the files must be copied beside the bundle.
for (const name of ["scorecast-core", "scorecast-element"]) {
  const folder = `node_modules/${name}`;
  for (const file of readdirSync(folder)) {
    if (/^scorecast.*\.wasm$|^scorecast-..\.json$/.test(file)) cpSync(`${folder}/${file}`, `dist/${file}`);
  }
}
