// What the element and the module have in common is told in the module's types: keep both files in one folder.
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

/** What is predicted for a record, in the target's unit. */
export interface PredictionDetail {
  /** Every column; blanks are null. */
  readonly record: { readonly [column: string]: number | string | null };
  /** What the model says, unbounded. */
  readonly value: number;
  /** The value within the target's limits. */
  readonly shown: number;
  /** Null for a model without intervals. */
  readonly interval: Interval | null;
  /** The mean prediction of the training data's summary. */
  readonly baseline: number;
  /** What each column adds: with the baseline they add up to the value. */
  readonly contributions: { readonly [column: string]: number };
  /** Whether the contributions are exact; else they are estimated. */
  readonly exact: boolean;
  /** The columns that were blank. */
  readonly imputed: readonly string[];
  /** What is wrong with what stands in a column's field; the record has that column's last usable value. */
  readonly problems: { readonly [column: string]: string };
}

export interface ReadyDetail {
  readonly schema: Schema;
}

export interface ErrorDetail {
  readonly code: ErrorCode;
  /** The column that it is about. */
  readonly field: string | undefined;
  /** The file that it is about. */
  readonly file: string | undefined;
  /** A sentence for people. */
  readonly message: string;
  readonly error: ScorecastError | Error;
}

export type Panel = "student" | "estimate" | "why" | "what-if" | "goal";
export type Theme = "light" | "dark" | "auto";

export interface ScorecastEventMap {
  /** The model is loaded, and the first estimate shown. Again whenever the element is put back into a document, or has another model. */
  "scorecast-ready": CustomEvent<ReadyDetail>;
  /** The first estimate, and each one after a change. */
  "scorecast-prediction": CustomEvent<PredictionDetail>;
  /** There is no estimate, or a record that was set cannot be used. */
  "scorecast-error": CustomEvent<ErrorDetail>;
}

/** `<scorecast-predictor>`. What is set to null or undefined is its default again. */
export class ScorecastPredictor extends HTMLElement {
  /** The folder of artifacts; "" is the host's own. */
  get src(): string;
  set src(address: string | null | undefined);
  /**
   * The record that is shown; null before there is one. Setting null shows the typical student. A record that cannot be
   * used makes a `scorecast-error`, and the one before stays.
   */
  get record(): PredictionDetail["record"] | RecordLike | null;
  set record(record: RecordLike | string | null | undefined);
  /** Names with spaces between; default "student estimate why". */
  get panels(): string;
  set panels(panels: string | readonly Panel[] | null | undefined);
  /** How sure the interval is to be, from 50 to 99 percent; default 90. */
  get level(): number;
  set level(level: number | string | null | undefined);
  get theme(): Theme;
  set theme(theme: Theme | null | undefined);
  /** Visitors may look, and not change. */
  readonly: boolean;
  /** A form without an estimate is not valid. */
  required: boolean;
  /** Under which a form sends the estimate; the record's cells are sent as `name.column`. */
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
  /** Fetches the model anew. */
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
  // They bubble, and so arrive here too.
  interface HTMLElementEventMap extends ScorecastEventMap {}
  interface DocumentEventMap extends ScorecastEventMap {}
}
