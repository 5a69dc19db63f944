// The same for runtimes that compile no WebAssembly while they run, such as Cloudflare's: they import it.
import core from "./scorecast-core.wasm";
import reader from "./scorecast-reader.wasm";
import { include } from "./load.js";

include({ core, reader });

export { Predictor, ScorecastError } from "./scorecast-core.js";
