import { Predictor } from "scorecast-core";

const predictor = await Predictor.load("./artifacts/");
console.log(predictor.predict({ reading_score: 72, lunch: "standard" }).value);
