/// <reference lib="esnext.disposable" />

/** A closed interval. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/** The column that is predicted. */
export interface Target {
  /** The name in the training file. */
  readonly name: string;
  /** The name for people. */
  readonly label: string;
  /** Smallest and largest value in the training rows. */
  readonly observed: Range;
  /** The ends of the scale, where they are known: `shown` stays within them. */
  readonly limits?: Range;
  /** Whether every training value is a whole number. */
  readonly whole: boolean;
}

/** A column of numbers. */
export interface NumericColumn {
  readonly name: string;
  readonly label: string;
  readonly kind: "numeric";
  /** Smallest and largest value in the training rows. */
  readonly observed: Range;
  /** What a blank is taken for: the training rows' median. */
  readonly median: number;
  readonly whole: boolean;
  /** The estimate never falls (`up`) or never rises (`down`) when the number rises, where the makers have said so. */
  readonly direction?: "up" | "down";
}

/** A column of texts from a fixed set. */
export interface CategoricalColumn {
  readonly name: string;
  readonly label: string;
  readonly kind: "categorical";
  /** Sorted; a category's code is its index here, from 0. */
  readonly values: readonly string[];
  /** The code of what a blank is taken for: the most frequent category of the training rows. */
  readonly mode: number;
}

export type Column = NumericColumn | CategoricalColumn;

/** What is predicted, and from which columns. Frozen. */
export interface Schema {
  readonly target: Target;
  readonly columns: readonly Column[];
}

/**
 * A cell: a number, or a text (a category, or a number spelled out). `null`, `undefined`, `NaN`, `""`, `"NA"`, `"N/A"`,
 * `"NaN"` and `"null"` are blanks.
 */
export type Cell = number | string | null | undefined;

/** Cells by the names of their columns; what is left out is a blank. */
export type RecordLike = { readonly [column: string]: Cell };

/** Where the true value lies in `level` of 100 cases, within the target's limits. */
export interface Interval {
  readonly low: number;
  readonly high: number;
  /** What was asked for, or the highest level that the model's few errors can promise. */
  readonly level: number;
}

export interface LevelOptions {
  /** How sure the interval is to be, from 50 to 99 percent. Default: 90. */
  readonly level?: number;
}

export interface CurveOptions extends LevelOptions {
  /** Points of a numeric column at most, at least 2. Default: 33. */
  readonly points?: number;
}

/** What each column adds to what is usual, in the target's unit: Shapley values. */
export interface Explanation {
  /** The mean prediction of the training data's summary. */
  readonly baseline: number;
  /** By column; with the baseline they add up to the value. */
  readonly contributions: { readonly [column: string]: number };
  /** Whether the contributions are exact; else they are estimated. */
  readonly exact: boolean;
}

/** The prediction with another value in one column. */
export interface CurvePoint {
  /** The column's value. */
  readonly at: number | string;
  readonly value: number;
  readonly shown: number;
  readonly interval: Interval | null;
}

/** By column: ascending numbers over the observed range, or one point a category. */
export type Curves = { readonly [column: string]: readonly CurvePoint[] };

/** What is predicted for one record, in the target's unit. */
export interface Prediction {
  /** What the model says, unbounded. */
  readonly value: number;
  /** The value within the target's limits. */
  readonly shown: number;
  /** Null for a model without intervals. */
  readonly interval: Interval | null;
  /** The names of the columns that were blank: each was taken for its median or most frequent category. */
  readonly imputed: readonly string[];
}

/** Numbers, one a row; NaN is a blank. Float64Array is the fastest, nothing is converted. */
export type NumberArray =
  | Float64Array
  | Float32Array
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array;

/** Category codes, one a row; 255 in a Uint8Array and 65535 in a Uint16Array is a blank. */
export type CodeArray = Uint8Array | Uint16Array;

/** Arrays of equal length by the names of their columns; a column that is left out is blank in every row. */
export type Columns = { readonly [column: string]: NumberArray | CodeArray | undefined };

export interface BatchOptions {
  /** Keep each value within the target's limits, as `shown`. Default: false. */
  readonly bounded?: boolean;
}

export interface EstimateOptions {
  /** How often an interval is to hold the truth, in percent, from 50 to 99; no more than the model can promise. Default: 90. */
  readonly level?: number;
}

/** One value a row. */
export interface Estimates {
  /** What the model says, within the target's limits. */
  readonly shown: Float64Array;
  /** The lower ends of the intervals; NaN for a model that came without. */
  readonly low: Float64Array;
  /** The upper ends. */
  readonly high: Float64Array;
}

export interface CsvOptions extends BatchOptions {
  /** The letter between cells. Default: ",". */
  readonly delimiter?: string;
}

/** Why a row of a CSV has no prediction. A row may have several. */
export interface CsvProblem {
  /** The row, from 0, as in `values`. */
  readonly row: number;
  /** The line that the row starts at, from 1; the header is line 1. */
  readonly line: number;
  /** The column; undefined where the row as a whole is at fault. */
  readonly column: string | undefined;
  readonly code: "not-a-number" | "unknown-category" | "wrong-length" | "malformed-row";
  /** A sentence for people. */
  readonly reason: string;
}

export interface CsvPredictions {
  /** One a row, in the file's order; NaN where the row has a problem. */
  readonly values: Float64Array;
  /** What is wrong with which row. */
  readonly problems: readonly CsvProblem[];
  /** The columns of the file that the model does not read. */
  readonly ignored: readonly string[];
}

/** Text in pieces: a file's or an answer's stream, Node's streams, lists. Bytes are UTF-8. */
export type TextStream =
  | ReadableStream<Uint8Array>
  | ReadableStream<string>
  | AsyncIterable<Uint8Array | string>
  | Iterable<Uint8Array | string>;

export type ErrorCode =
  /** A cell's text is no number, or a number is not finite. */
  | "not-a-number"
  /** A text or code is none of the column's categories. */
  | "unknown-category"
  /** The model reads no column of that name. */
  | "unknown-column"
  /** A value of another type than is expected there. */
  | "wrong-type"
  /** Arrays of different lengths. */
  | "wrong-length"
  /** No array at all. */
  | "no-columns"
  /** A CSV without a header. */
  | "empty-csv"
  /** A CSV's header lacks a column. */
  | "missing-column"
  /** A CSV's header names a column twice. */
  | "duplicate-column"
  /** A CSV's header is malformed. */
  | "malformed-row"
  /** A CSV's row does not end within 16 million letters. */
  | "endless-row"
  /** The predictor was freed. */
  | "freed"
  /** No address of a folder. */
  | "bad-address"
  /** An artifact could not be fetched. */
  | "fetch-failed"
  /** The WebAssembly could not be fetched, compiled or started. */
  | "wasm-failed"
  /** An artifact ends in the middle. */
  | "truncated"
  /** An artifact is no JSON. */
  | "malformed"
  /** JSON, but another file than is expected. */
  | "wrong-kind"
  /** Written by a later version. */
  | "newer-format"
  /** Changed after it was written. */
  | "tampered"
  /** Well-formed, but no model looks like this. */
  | "invalid"
  /** Two artifacts that were not written together. */
  | "not-a-pair"
  /** Larger than any model. */
  | "too-large"
  /** A fault in this module, not in what it was given: please report it. The predictor counts as freed afterwards. */
  | "internal"
  /** The element's program has stopped on a mistake of its own. */
  | "broken";

/** Everything that this module throws, but for an aborted signal's reason. */
export class ScorecastError extends Error {
  private constructor();
  readonly name: "ScorecastError";
  readonly code: ErrorCode;
  /** The column it is about. */
  readonly field: string | undefined;
  /** The file it is about, such as "model.json". */
  readonly file: string | undefined;
  /** The row it is about, from 0, in `predictMany`. */
  readonly row: number | undefined;
}

/** Predicts with a pair of artifacts that `scorecast train` wrote. All predictors share one WebAssembly instance. */
export class Predictor {
  private constructor();

  /**
   * Loads `preprocessor.json` and `model.json` from a folder. A relative address counts from the page or worker, in Node
   * from the working folder.
   *
   * @throws {ScorecastError} `bad-address`, `fetch-failed`, `wasm-failed`, or what is wrong with an artifact.
   */
  static load(address: string | URL, options?: { readonly signal?: AbortSignal }): Promise<Predictor>;

  /**
   * Loads the texts of `preprocessor.json` and `model.json`, as they were written to the byte.
   *
   * @throws {ScorecastError} `wasm-failed`, or what is wrong with an artifact.
   */
  static from(preprocessorJson: string, modelJson: string): Promise<Predictor>;

  /** The target and the columns. */
  readonly schema: Schema;

  /**
   * Predicts one record.
   *
   * @throws {ScorecastError} `not-a-number`, `unknown-category`, `unknown-column` or `wrong-type`, with the `field`.
   */
  predict(record: RecordLike, options?: LevelOptions): Prediction;

  /**
   * Explains the prediction of one record.
   *
   * @throws {ScorecastError} As `predict`.
   */
  explain(record: RecordLike): Explanation;

  /**
   * What the model answers with other values of each column, the others held.
   *
   * @throws {ScorecastError} As `predict`.
   */
  curves(record: RecordLike, options?: CurveOptions): Curves;

  /**
   * Predicts many rows, column by column: one value a row, with the same bits as `predict(…).value`.
   *
   * @throws {ScorecastError} Also for the first cell that cannot be used, with its `field` and `row`: then nothing is
   * returned.
   */
  predictMany(columns: Columns, options?: BatchOptions): Float64Array;

  /**
   * Like `predictMany`, with the rows' intervals. A code that is none of its column's stands for a category that the
   * model has never seen.
   *
   * @throws {ScorecastError} As `predictMany`, but for such codes.
   */
  estimateMany(columns: Columns, options?: EstimateOptions): Estimates;

  /**
   * Predicts each row of a CSV (RFC 4180) whose first line names the columns, exactly as the schema does, in any order.
   * Rows that cannot be predicted are listed, and no row is left out; an empty line is no row.
   *
   * @throws {ScorecastError} `missing-column`, `duplicate-column`, `empty-csv`, `malformed-row` or `endless-row`.
   */
  predictCsv(csv: string | TextStream, options?: CsvOptions): Promise<CsvPredictions>;

  /** Gives the memory back; what is called afterwards throws `freed`, but for `free` and `schema`. */
  free(): void;
  [Symbol.dispose](): void;
}
