import { Predictor } from "scorecast-core";
// Importing it for server-side rendering is allowed, and has no effect.
import "scorecast-element";

const predictor = await Predictor.load("./artifacts/");
console.log(predictor.predict({ reading_score: 72, lunch: "standard" }).value);
