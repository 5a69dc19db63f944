"use client";
// The element as a React component: it supports server rendering, and misses no event before hydration.
import { createElement, forwardRef, useEffect, useImperativeHandle, useRef } from "react";
import "scorecast-element";

/** Serialises properties that are objects in React and text in HTML: React omits objects when it renders on a server. */
const written = (record) => (record === null || typeof record !== "object" ? record : JSON.stringify(record));

export const ScorecastPredictor = forwardRef(function ScorecastPredictor(
  { record, panels, readonly, required, onReady, onPrediction, onError, ...others },
  ref,
) {
  const element = useRef(null);
  const listeners = useRef({});
  listeners.current = { onReady, onPrediction, onError };
  useImperativeHandle(ref, () => element.current, []);
  useEffect(() => {
    const predictor = element.current;
    const ready = (event) => listeners.current.onReady?.(event.detail);
    const prediction = (event) => listeners.current.onPrediction?.(event.detail);
    const error = (event) => listeners.current.onError?.(event.detail);
    predictor.addEventListener("scorecast-ready", ready);
    predictor.addEventListener("scorecast-prediction", prediction);
    predictor.addEventListener("scorecast-error", error);
    // The element may have been ready before these listeners were added.
    if (predictor.schema) listeners.current.onReady?.({ schema: predictor.schema });
    if (predictor.prediction) listeners.current.onPrediction?.(predictor.prediction);
    return () => {
      predictor.removeEventListener("scorecast-ready", ready);
      predictor.removeEventListener("scorecast-prediction", prediction);
      predictor.removeEventListener("scorecast-error", error);
    };
  }, []);
  return createElement("scorecast-predictor", {
    ...others,
    ref: element,
    record: written(record),
    panels: Array.isArray(panels) ? panels.join(" ") : panels,
    readonly: readonly ? "" : undefined,
    required: required ? "" : undefined,
  });
});
