// The element's script; its types are beside it.
import { ScorecastPredictor } from "./element.js";

if (customElements.get("scorecast-predictor") === undefined) {
  customElements.define("scorecast-predictor", ScorecastPredictor);
}

export { ScorecastError } from "../../module/js/error.js";
export { ScorecastPredictor };
