import resolve from "@rollup/plugin-node-resolve";
import { importMetaAssets } from "@web/rollup-plugin-import-meta-assets";

// The second emits what `new URL("….wasm", import.meta.url)` names.
export default { input: "main.js", output: { dir: "dist" }, plugins: [resolve(), importMetaAssets()] };
