import { Predictor } from "scorecast-core";
// A server that renders pages may import it: here it does nothing.
import "scorecast-element";

const predictor = await Predictor.load("./artifacts/");
console.log(predictor.predict({ reading_score: 72, lunch: "standard" }).value);
