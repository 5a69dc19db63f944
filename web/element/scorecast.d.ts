// Types shared by the element and the module are in the module's file: keep both files in one folder.
import type { ErrorCode, Interval, RecordLike, Schema, ScorecastError } from "./scorecast-core.js";

export type {
  CategoricalColumn,
  Cell,
  Column,
  ErrorCode,
  Interval,
  NumericColumn,
  Range,
  RecordLike,
  Schema,
  Target,
} from "./scorecast-core.js";
export { ScorecastError } from "./scorecast-core.js";

/** The prediction for a record, in the target's unit. */
export interface PredictionDetail {
  /** Every column; blanks are null. */
  readonly record: { readonly [column: string]: number | string | null };
  /** The model's output, unbounded. */
  readonly value: number;
  /** The value clamped to the target's limits. */
  readonly shown: number;
  /** Null for a model without intervals. */
  readonly interval: Interval | null;
  /** The mean prediction of the training data's summary. */
  readonly baseline: number;
  /** The contribution of each column: with the baseline they add up to the value. */
  readonly contributions: { readonly [column: string]: number };
  /** Whether the contributions are exact; otherwise they are estimated. */
  readonly exact: boolean;
  /** The columns that were blank. */
  readonly imputed: readonly string[];
  /** The errors in the fields of columns; the record has these columns' last valid values. */
  readonly problems: { readonly [column: string]: string };
}

export interface ReadyDetail {
  readonly schema: Schema;
}

export interface ErrorDetail {
  readonly code: ErrorCode;
  /** The column that it concerns. */
  readonly field: string | undefined;
  /** The file that it concerns. */
  readonly file: string | undefined;
  /** A sentence to be displayed. */
  readonly message: string;
  readonly error: ScorecastError | Error;
}

export type Panel = "student" | "estimate" | "why" | "what-if" | "goal";
export type Theme = "light" | "dark" | "auto";

export interface ScorecastEventMap {
  /** The model is loaded and the first estimate is shown. Again when the element is reattached or gets another model. */
  "scorecast-ready": CustomEvent<ReadyDetail>;
  /** The first prediction, and each one after a change. */
  "scorecast-prediction": CustomEvent<PredictionDetail>;
  /** There is no estimate, or a record that was set is invalid. */
  "scorecast-error": CustomEvent<ErrorDetail>;
}

/** `<scorecast-predictor>`. Setting a property to null or undefined resets it to its default. */
export class ScorecastPredictor extends HTMLElement {
  /** The folder of artifacts; "" is the host's own. */
  get src(): string;
  set src(address: string | null | undefined);
  /**
   * The record that is shown; null before there is one. Setting null shows the typical student. An invalid record
   * causes a `scorecast-error`, and the previous one stays.
   */
  get record(): PredictionDetail["record"] | RecordLike | null;
  set record(record: RecordLike | string | null | undefined);
  /** Space-separated names; default "student estimate why". */
  get panels(): string;
  set panels(panels: string | readonly Panel[] | null | undefined);
  /** The level of the interval, from 50 to 99 percent; default 90. */
  get level(): number;
  set level(level: number | string | null | undefined);
  get theme(): Theme;
  set theme(theme: Theme | null | undefined);
  /** Visitors can't edit the record. */
  readonly: boolean;
  /** A form is invalid without an estimate. */
  required: boolean;
  /** The name with which a form sends the estimate; the record's cells are sent as `name.column`. */
  get name(): string;
  set name(name: string | null | undefined);
  /** The latest prediction. */
  readonly prediction: PredictionDetail | null;
  readonly schema: Schema | null;
  /** The estimate as a form sends it, "" if there is none. */
  readonly value: string;
  readonly form: HTMLFormElement | null;
  readonly labels: NodeList;
  readonly validity: ValidityState;
  readonly validationMessage: string;
  readonly willValidate: boolean;
  checkValidity(): boolean;
  reportValidity(): boolean;
  /** Fetches the model again. */
  reload(): void;

  addEventListener<K extends keyof ScorecastEventMap>(
    type: K,
    listener: (this: ScorecastPredictor, event: ScorecastEventMap[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
  removeEventListener<K extends keyof ScorecastEventMap>(
    type: K,
    listener: (this: ScorecastPredictor, event: ScorecastEventMap[K]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | EventListenerOptions,
  ): void;
}

declare global {
  interface HTMLElementTagNameMap {
    "scorecast-predictor": ScorecastPredictor;
  }
  // They bubble, and so are dispatched on ancestors, too.
  interface HTMLElementEventMap extends ScorecastEventMap {}
  interface DocumentEventMap extends ScorecastEventMap {}
}
