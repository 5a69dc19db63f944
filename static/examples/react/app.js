// @ts-check
import { createElement, createRoot, useEffect, useRef, useState } from "./react.js";

/** The record stands in React's state: the element shows it, and says what a visitor changes. */
function App() {
  const element = useRef(/** @type {import("scorecast").ScorecastPredictor | null} */ (null));
  const [record, setRecord] = useState(/** @type {import("scorecast").RecordLike} */ ({ reading_score: 64 }));
  const [estimate, setEstimate] = useState("");
  useEffect(() => {
    const predictor = element.current;
    /** @param {import("scorecast").ScorecastEventMap["scorecast-prediction"]} event */
    const take = ({ detail }) => {
      setRecord(detail.record);
      setEstimate(detail.shown.toFixed(1));
    };
    predictor?.addEventListener("scorecast-prediction", take);
    return () => predictor?.removeEventListener("scorecast-prediction", take);
  }, []);
  return createElement(
    "div",
    null,
    createElement("h1", null, "The predictor in React"),
    createElement("p", { role: "status", id: "estimate" }, `Reading ${record["reading_score"] ?? "not known"}: ${estimate}`),
    createElement("button", { id: "best", onClick: () => setRecord({ ...record, reading_score: 100 }) }, "Read best"),
    createElement("scorecast-predictor", { ref: element, src: "https://HOST/artifacts/", panels: "student estimate", record }),
  );
}

const root = document.querySelector("#root");
if (root !== null) createRoot(root).render(createElement(App));
