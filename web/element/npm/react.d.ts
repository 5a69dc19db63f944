/** `<scorecast-predictor>` as a React component, with support for server rendering. */
import type { ForwardRefExoticComponent, HTMLAttributes, RefAttributes } from "react";
import type {
  ErrorDetail,
  Panel,
  PredictionDetail,
  ReadyDetail,
  RecordLike,
  ScorecastPredictor as ScorecastPredictorElement,
  Theme,
} from "./scorecast.js";

export interface ScorecastPredictorProps extends Omit<HTMLAttributes<ScorecastPredictorElement>, "onError"> {
  /** The folder of artifacts. */
  src: string;
  record?: RecordLike | string | null | undefined;
  panels?: string | readonly Panel[] | undefined;
  level?: number | string | undefined;
  theme?: Theme | undefined;
  readonly?: boolean | undefined;
  required?: boolean | undefined;
  name?: string | undefined;
  onReady?: ((detail: ReadyDetail) => void) | undefined;
  /** The first prediction, and each one after a change. */
  onPrediction?: ((detail: PredictionDetail) => void) | undefined;
  onError?: ((detail: ErrorDetail) => void) | undefined;
}

export const ScorecastPredictor: ForwardRefExoticComponent<
  ScorecastPredictorProps & RefAttributes<ScorecastPredictorElement>
>;
