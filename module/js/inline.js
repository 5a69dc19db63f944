// The same for environments without files: the WebAssembly is embedded in the script.
import core from "./pkg/core_bg.wasm";
import { include } from "./load.js";

include({ core });

export { Predictor, ScorecastError } from "./scorecast-core.js";
