// A single-file program has no files beside it: the WebAssembly is embedded in the script.
import { Predictor } from "scorecast-core/inline";

const predictor = await Predictor.load("./artifacts/");
console.log(predictor.predict({ reading_score: 72, lunch: "standard" }).value);
