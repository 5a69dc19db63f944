// Shared by both entry points.
import { ScorecastPredictor } from "./element.js";

// There are no custom elements on a server.
if (globalThis.customElements?.get("scorecast-predictor") === undefined) {
  globalThis.customElements?.define("scorecast-predictor", ScorecastPredictor);
}

export { ScorecastError } from "../../module/js/error.js";
export { ScorecastPredictor };
