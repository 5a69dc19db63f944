// A program in one file has nothing beside it: the WebAssembly stands in the script.
import { Predictor } from "scorecast-core/inline";

const predictor = await Predictor.load("./artifacts/");
console.log(predictor.predict({ reading_score: 72, lunch: "standard" }).value);
