// What the module gives; its types are beside it.
export { ScorecastError } from "./error.js";
export { Predictor } from "./predictor.js";
