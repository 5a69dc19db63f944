import resolve from "@rollup/plugin-node-resolve";
import { importMetaAssets } from "@web/rollup-plugin-import-meta-assets";

// The second plugin emits the files in `new URL("….wasm", import.meta.url)`.
export default { input: "main.js", output: { dir: "dist" }, plugins: [resolve(), importMetaAssets()] };
