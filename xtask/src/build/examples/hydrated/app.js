// A server-rendered React page, for testing the npm packages.
import { createElement, useState } from "react";
import { ScorecastPredictor } from "scorecast-element/react";

export function App() {
  const [record, setRecord] = useState({ reading_score: 64 });
  const [estimate, setEstimate] = useState("");
  const take = (prediction) => {
    setRecord(prediction.record);
    setEstimate(prediction.shown.toFixed(1));
  };
  return createElement(
    "div",
    null,
    createElement("h1", null, "The predictor in React, from a server"),
    createElement("p", { role: "status", id: "estimate" }, `Reading ${record.reading_score}: ${estimate}`),
    createElement("button", { id: "best", onClick: () => setRecord({ ...record, reading_score: 100 }) }, "Read best"),
    createElement(ScorecastPredictor, {
      src: "https://HOST/artifacts/",
      panels: ["student", "estimate"],
      record,
      onPrediction: take,
    }),
  );
}
