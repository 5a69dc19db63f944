"use client";
import { useEffect, useState } from "react";
import { Predictor } from "scorecast-core";
import { ScorecastPredictor } from "scorecast-element/react";

/** A component of the page, which the server renders, too. */
export function Estimate({ first }) {
  const [record, setRecord] = useState(first);
  const [shown, setShown] = useState();
  const [value, setValue] = useState();
  useEffect(() => {
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
