import { useEffect, useState } from "react";
import { Predictor } from "scorecast-core";
import { ScorecastPredictor } from "scorecast-element/react";

export function App() {
  const [record, setRecord] = useState({ reading_score: 72, lunch: "standard" });
  const [shown, setShown] = useState();
  const [value, setValue] = useState();
  useEffect(() => {
    // The same without the element.
    Predictor.load("/artifacts/").then((predictor) => setValue(predictor.predict(record).value));
  }, [record]);
  const take = (prediction) => {
    setRecord(prediction.record);
    setShown(prediction.value);
  };
  return (
    <>
      <p>The module: <output id="value">{value}</output>, the element: <output id="shown">{shown}</output></p>
      <ScorecastPredictor src="/artifacts/" record={record} onPrediction={take} />
    </>
  );
}
