// What both entries share.
import { ScorecastPredictor } from "./element.js";

// On a server there is nothing to define it for.
if (globalThis.customElements?.get("scorecast-predictor") === undefined) {
  globalThis.customElements?.define("scorecast-predictor", ScorecastPredictor);
}

export { ScorecastError } from "../../module/js/error.js";
export { ScorecastPredictor };
