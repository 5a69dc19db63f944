// The same for runtimes that can't compile WebAssembly at run time, such as Cloudflare's: it is imported there.
import core from "./scorecast-core.wasm";
import reader from "./scorecast-reader.wasm";
import { include } from "./load.js";

include({ core, reader });

export { Predictor, ScorecastError } from "./scorecast-core.js";
