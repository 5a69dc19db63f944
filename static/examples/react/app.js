// @ts-check
import { createElement, createRoot, useState } from "./react.js";

/** The record is in React's state: the element shows it, and reports the visitor's changes. */
function App() {
  const [record, setRecord] = useState(/** @type {import("scorecast").RecordLike} */ ({ reading_score: 64 }));
  const [estimate, setEstimate] = useState("");
  /** @type {import("scorecast/react").ScorecastPredictorProps} */
  const predictor = {
    src: "https://HOST/artifacts/",
    panels: "student estimate",
    record,
    "onscorecast-prediction": ({ detail }) => {
      setRecord(detail.record);
      setEstimate(detail.shown.toFixed(1));
    },
  };
  return createElement(
    "div",
    null,
    createElement("h1", null, "The predictor in React"),
    createElement("p", { role: "status", id: "estimate" }, `Reading ${record["reading_score"] ?? "not known"}: ${estimate}`),
    createElement("button", { id: "best", onClick: () => setRecord({ ...record, reading_score: 100 }) }, "Read best"),
    // In JSX: <scorecast-predictor {...predictor} />
    createElement("scorecast-predictor", predictor),
  );
}

const root = document.querySelector("#root");
if (root !== null) createRoot(root).render(createElement(App));
