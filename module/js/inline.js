// The same for places without files: the WebAssembly stands in the script.
// @ts-expect-error: esbuild gives the file's bytes; the types that wasm-bindgen writes tell of its exports
import core from "./pkg/core_bg.wasm";
import { include } from "./load.js";

include({ core });

export { Predictor, ScorecastError } from "./scorecast-core.js";
