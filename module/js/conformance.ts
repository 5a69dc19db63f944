// Never bundled: checks the implementation against the published types.
import type * as told from "./scorecast-core.js";
import { ScorecastError } from "./error.js";
import { Predictor } from "./predictor.js";

type Named<T> = { [Name in Exclude<keyof T, symbol>]: T[Name] };

type Load = (...options: Parameters<typeof told.Predictor.load>) => Promise<Named<told.Predictor>>;
type From = (...texts: Parameters<typeof told.Predictor.from>) => Promise<Named<told.Predictor>>;

export const conforms = (error: ScorecastError): [Load, From, told.ScorecastError] => [
  Predictor.load,
  Predictor.from,
  error,
];
