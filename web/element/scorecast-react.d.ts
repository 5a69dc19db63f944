/**
 * `<scorecast-predictor>` in the JSX of React 19: keep this file beside `scorecast.d.ts` and import it for its types once.
 */
import type { DetailedHTMLProps, HTMLAttributes } from "react";
import type { Panel, RecordLike, ScorecastEventMap, ScorecastPredictor, Theme } from "./scorecast.js";

/** `on` and the name of an event. */
export type ScorecastListeners = {
  [Name in keyof ScorecastEventMap as `on${Name}`]?: ((event: ScorecastEventMap[Name]) => unknown) | undefined;
};

/** The element's properties in addition to those of every HTML element; see `ScorecastPredictor`. */
export interface ScorecastPredictorProps
  extends DetailedHTMLProps<HTMLAttributes<ScorecastPredictor>, ScorecastPredictor>,
    ScorecastListeners {
  src?: string | undefined;
  record?: RecordLike | string | null | undefined;
  panels?: string | readonly Panel[] | undefined;
  level?: number | string | undefined;
  theme?: Theme | undefined;
  readonly?: boolean | undefined;
  required?: boolean | undefined;
  name?: string | undefined;
}

declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "scorecast-predictor": ScorecastPredictorProps;
    }
  }
}
