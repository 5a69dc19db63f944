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
  /** The display name. */
  readonly label: string;
  /** Smallest and largest value in the training rows. */
  readonly observed: Range;
  /** The ends of the scale, if they are known: `shown` is clamped to them. */
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
  /** The value imputed for a blank: the training rows' median. */
  readonly median: number;
  readonly whole: boolean;
  /**
   * A monotonic constraint, if configured: the estimate never falls (`up`) or never rises (`down`) when the number
   * rises.
   */
  readonly direction?: "up" | "down";
}

/** A column of texts from a fixed set. */
export interface CategoricalColumn {
  readonly name: string;
  readonly label: string;
  readonly kind: "categorical";
  /** Sorted; a category's code is its index here, from 0. */
  readonly values: readonly string[];
  /** The code of the category imputed for a blank: the most frequent one of the training rows. */
  readonly mode: number;
}

/** A column of dates, which are written as texts such as `"2026-03-01"`. */
export interface DateColumn {
  readonly name: string;
  readonly label: string;
  readonly kind: "date";
  /** First and last day in the training rows. */
  readonly observed: { readonly min: string; readonly max: string };
  /** The value imputed for a blank: the training rows' median. */
  readonly median: string;
  /** The date that typed arrays are relative to: 0 is this day, -1 the one before. */
  readonly last: string;
  /** A monotonic constraint, if configured: the estimate never falls (`up`) or never rises (`down`) with later days. */
  readonly direction?: "up" | "down";
}

export type Column = NumericColumn | CategoricalColumn | DateColumn;

/** What is predicted, and from which columns. Frozen. */
export interface Schema {
  readonly target: Target;
  readonly columns: readonly Column[];
}

/**
 * A cell: a number, or a text (a category, a date such as `"2026-03-01"`, or a number spelled out). `null`,
 * `undefined`, `NaN`, `""`, `"NA"`, `"N/A"`, `"NaN"` and `"null"` are blanks.
 */
export type Cell = number | string | null | undefined;

/** Cells by column name; missing ones are blanks. */
export type RecordLike = { readonly [column: string]: Cell };

/** Records; missing cells are blanks. */
export type Rows = readonly RecordLike[];

/**
 * Any type whose members are cells, including an `interface`: `RecordLike` alone would reject it, as an interface
 * has no index signature.
 */
export type OfCells<T> = { readonly [Column in keyof T]: Cell };

/** The interval that holds the true value in `level` of 100 cases, within the target's limits. */
export interface Interval {
  readonly low: number;
  readonly high: number;
  /** The requested level, or the highest that the number of the model's errors supports. */
  readonly level: number;
}

export interface RecordOptions {
  /**
   * How a category is treated that is not in the training data: an error, so that typing errors are found; or
   * "other", so that the estimate is based on the rest of the record, as in `scorecast predict` and the page.
   */
  readonly unseen?: "error" | "other";
}

export interface LevelOptions extends RecordOptions {
  /** The level of the interval, from 50 to 99 percent. Default: 90. */
  readonly level?: number;
}

export interface PredictOptions extends LevelOptions {
  /** Whether to return the reasons to trust the prediction less. Default: false. */
  readonly cautions?: boolean;
}

export interface CurveOptions extends LevelOptions {
  /** Maximum number of points of a numeric curve, at least 2. Default: 33. */
  readonly points?: number;
}

/** The contribution of each column, in the target's unit: Shapley values. */
export interface Explanation {
  /** The mean prediction of the training data's summary. */
  readonly baseline: number;
  /** By column; with the baseline they add up to the value. */
  readonly contributions: { readonly [column: string]: number };
  /** Whether the contributions are exact; otherwise they are estimated. */
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

/** By column: ascending numbers or dates over the observed range, or one point per category. */
export type Curves = { readonly [column: string]: readonly CurvePoint[] };

/** A reason to trust a prediction less, to be worded by a program. */
export type Caution =
  /** A number, or a date, outside the range of the training rows. */
  | {
      readonly code: "outside-range";
      readonly field: string;
      readonly value: number | string;
      readonly min: number | string;
      readonly max: number | string;
    }
  /** A category with few training rows; undefined for fewer than 10, for which artifacts store no count. */
  | { readonly code: "few-rows"; readonly field: string; readonly category: string; readonly rows: number | undefined }
  /** A category that is in no training row. */
  | { readonly code: "unseen"; readonly field: string }
  /** A blank, and whether it is imputed. */
  | { readonly code: "blank"; readonly field: string; readonly imputed: boolean }
  /** The record as a whole is farther from the training data's prototypes than 99 % of the training rows. */
  | { readonly code: "unusual-combination"; readonly field: undefined; readonly distance: number; readonly usual: number };

/** What is predicted for one record, in the target's unit. */
export interface Prediction {
  /** The model's output, unbounded. */
  readonly value: number;
  /** The value clamped to the target's limits. */
  readonly shown: number;
  /** Null for a model without intervals. */
  readonly interval: Interval | null;
  /** The names of the columns that were blank; their median or most frequent category was imputed. */
  readonly imputed: readonly string[];
  /** If they were requested. */
  readonly cautions?: readonly Caution[];
}

/**
 * Numbers, or days since `DateColumn.last`, one per row; NaN is a blank. Float64Array is the fastest: nothing is
 * converted.
 */
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

/** Category codes, one per row; 255 in a Uint8Array and 65535 in a Uint16Array is a blank. */
export type CodeArray = Uint8Array | Uint16Array;

/**
 * Arrays of equal length by column name; a missing column is blank in every row. Typed arrays are the fastest;
 * cells, such as texts, are encoded.
 */
export type Columns = { readonly [column: string]: NumberArray | CodeArray | readonly Cell[] | undefined };

export interface BatchOptions extends RecordOptions {
  /** Clamp each value to the target's limits, as `shown`. Default: false. */
  readonly bounded?: boolean;
}

export interface EstimateOptions extends LevelOptions {
  /** As elsewhere, but "other" by default. */
  readonly unseen?: "error" | "other";
}

/** One value per row. */
export interface Estimates {
  /** The model's output, clamped to the target's limits. */
  readonly shown: Float64Array;
  /** The lower ends of the intervals; NaN for a model without intervals. */
  readonly low: Float64Array;
  /** The upper ends. */
  readonly high: Float64Array;
}

export interface CsvOptions extends BatchOptions {
  /** Aborts reading; the promise is rejected with its reason. */
  readonly signal?: AbortSignal;
  /** With "other", the default, such rows have a value and are in `remarks`; with "error" they are in `problems`. */
  readonly unseen?: "error" | "other";
  /** The decimal sign, if the cells are ambiguous, such as `1,234`. */
  readonly decimal?: "." | ",";
  /** The first part of dates, if the cells are ambiguous, such as `1/5/2026`. */
  readonly dates?: "day-first" | "month-first";
  /** Names of the model's columns that may be missing in the file: they are blank in all rows then. */
  readonly blank?: readonly string[];
  /** The sheet of a workbook. Default: the visible one whose columns fit. */
  readonly sheet?: string;
  /** The line of the header, from 1. Default: it is detected. */
  readonly headerRow?: number;
  /** The number of lines to skip at the top. */
  readonly skipRows?: number;
  /** Lines with this prefix are skipped. */
  readonly comment?: string;
  /** The file's name, for messages. */
  readonly name?: string;
}

/** Why a row of a file has no prediction, or one to be trusted less. A row may have several. */
export interface CsvProblem {
  /** The row, from 0, as in `values`. */
  readonly row: number;
  /** The line that the row starts at, from 1. */
  readonly line: number;
  /** The column; undefined if it concerns the row as a whole. */
  readonly column: string | undefined;
  readonly code: "not-a-number" | "not-a-date" | "unknown-category" | "wrong-length";
  /** A sentence to be displayed. */
  readonly reason: string;
}

/** A decision that was made to read a file. */
export interface CsvNote {
  readonly code: string;
  readonly figures: { readonly [name: string]: string };
  /** A sentence to be displayed. */
  readonly text: string;
}

/** The decisions about a file and each of the model's columns. */
export interface CsvReport {
  readonly notes: readonly CsvNote[];
  readonly columns: readonly {
    readonly name: string;
    /** The name in the file; null if it is missing. */
    readonly found: string | null;
    readonly kind: "numeric" | "categorical" | "date";
    /** How many rows have a value, none, or something other than a number where one is expected. */
    readonly values: number;
    readonly blanks: number;
    readonly odd: number;
    /** How many rows have a category that is not in the training data, or a number outside its range. */
    readonly unseen: number;
    readonly outside: number;
    /** The first cell that is not blank. */
    readonly example: string;
    readonly notes: readonly CsvNote[];
  }[];
}

export interface CsvPredictions {
  /** One per row, in the file's order; NaN where the row has a problem. */
  readonly values: Float64Array;
  /** The problems of rows without a value. */
  readonly problems: readonly CsvProblem[];
  /** Rows with a value in spite of a category that is not in the training data. */
  readonly remarks: readonly CsvProblem[];
  /** The columns of the file that the model does not read. */
  readonly ignored: readonly string[];
  /** The decisions that were made to read the file. */
  readonly report: CsvReport;
}

/** A file: its text or bytes, whole or in pieces, such as files, responses and Node's streams. */
export type FileSource = string | Uint8Array | ArrayBuffer | Blob | Response | TextStream;

/** WebAssembly: its URL, its bytes, a response with it, or a compiled module. */
export type WasmSource = string | URL | BufferSource | Response | WebAssembly.Module;

/**
 * For environments in which the module can't find its WebAssembly by itself. The first one loaded serves all
 * predictors.
 */
export interface WasmOptions {
  /** `scorecast-core.wasm`. */
  readonly wasm?: WasmSource | undefined;
  /** `scorecast-reader.wasm`, which `predictCsv` needs. */
  readonly readerWasm?: WasmSource | undefined;
}

export interface LoadOptions extends WasmOptions {
  readonly signal?: AbortSignal | undefined;
}

/** Text or bytes in pieces. */
export type TextStream =
  | ReadableStream<Uint8Array>
  | ReadableStream<string>
  | AsyncIterable<Uint8Array | string>
  | Iterable<Uint8Array | string>;

export type ErrorCode =
  /** A cell's text is not a number, or a number is not finite. */
  | "not-a-number"
  /** A cell's text is not a date such as 2026-03-01. */
  | "not-a-date"
  /** A text or code is not one of the column's categories. */
  | "unknown-category"
  /** The model reads no column of that name. */
  | "unknown-column"
  /** A value of another type than is expected there. */
  | "wrong-type"
  /** Arrays of different lengths. */
  | "wrong-length"
  /** No array at all. */
  | "no-columns"
  /** A file without a header. */
  | "empty-csv"
  /** A file with a header and no record below it. */
  | "no-rows"
  /** A file that is not a table, such as a picture, or a workbook that can't be opened. */
  | "no-table"
  /** A column is missing in a file's header. */
  | "missing-column"
  /** A file's header has two columns with the same name, or two that match the same column. */
  | "duplicate-column"
  /** The first row of a file is not a header but a record. */
  | "header-is-data"
  /** `headerRow` is not a row of the file. */
  | "no-such-row"
  /** A header that is not UTF-8, in a file that is. */
  | "not-utf8"
  /** An unclosed quote in a file that spans rows. */
  | "open-quote"
  /** A file's row does not end within 64 MB. */
  | "endless-row"
  /** A file's numbers are ambiguous: set `decimal`. */
  | "ambiguous-number"
  /** A file's dates are ambiguous, with the day or the month first: set `dates`. */
  | "ambiguous-date"
  /** Reading a file failed. */
  | "read-failed"
  /** The predictor was freed. */
  | "freed"
  /** Not the URL of a folder. */
  | "bad-address"
  /** An artifact could not be fetched. */
  | "fetch-failed"
  /** The WebAssembly could not be fetched, compiled or started. */
  | "wasm-failed"
  /** An artifact is truncated. */
  | "truncated"
  /** An artifact is not JSON. */
  | "malformed"
  /** JSON, but not the expected kind of file. */
  | "wrong-kind"
  /** Written by a later version. */
  | "newer-format"
  /** Changed after it was written. */
  | "tampered"
  /** Well-formed, but not a valid model. */
  | "invalid"
  /** Two artifacts that were not written together. */
  | "not-a-pair"
  /** Larger than any model. */
  | "too-large"
  /** A bug in this module, not in its input: please report it. The predictor counts as freed afterwards. */
  | "internal"
  /** The element's program has crashed. */
  | "broken";

/** Everything that this module throws, except an aborted signal's reason. */
export class ScorecastError extends Error {
  private constructor();
  readonly name: "ScorecastError";
  readonly code: ErrorCode;
  /** The column that it concerns. */
  readonly field: string | undefined;
  /** The file that it concerns, such as "model.json". */
  readonly file: string | undefined;
  /** The row that it concerns, from 0, in `predictMany`. */
  readonly row: number | undefined;
}

/** Predicts with a pair of artifacts that `scorecast train` wrote. All predictors share one WebAssembly instance. */
export class Predictor {
  private constructor();

  /**
   * Loads `preprocessor.json` and `model.json` from a folder. A relative URL is resolved against the page or worker, in
   * Node against the working folder.
   *
   * @throws {ScorecastError} `bad-address`, `fetch-failed`, `wasm-failed`, or what is wrong with an artifact.
   */
  static load(address: string | URL, options?: LoadOptions): Promise<Predictor>;

  /**
   * Loads the texts of `preprocessor.json` and `model.json`, unchanged to the byte.
   *
   * @throws {ScorecastError} `wasm-failed`, or what is wrong with an artifact.
   */
  static from(preprocessorJson: string, modelJson: string, options?: WasmOptions): Promise<Predictor>;

  /** The target and the columns. */
  readonly schema: Schema;

  /**
   * Predicts one record.
   *
   * @throws {ScorecastError} `not-a-number`, `not-a-date`, `unknown-category`, `unknown-column` or `wrong-type`, with the `field`.
   */
  predict<T extends OfCells<T>>(record: T, options?: PredictOptions): Prediction;

  /**
   * Explains the prediction of one record.
   *
   * @throws {ScorecastError} As `predict`.
   */
  explain<T extends OfCells<T>>(record: T, options?: RecordOptions): Explanation;

  /**
   * The predictions with other values of each column, all others fixed.
   *
   * @throws {ScorecastError} As `predict`.
   */
  curves<T extends OfCells<T>>(record: T, options?: CurveOptions): Curves;

  /**
   * Predicts many rows, given column by column or as records: one value per row, with the same bits as `predict(…).value`.
   *
   * @throws {ScorecastError} Also for the first cell that cannot be used, with its `field` and `row`: then nothing is
   * returned.
   */
  predictMany<T extends OfCells<T>>(columns: Columns | readonly T[], options?: BatchOptions): Float64Array;

  /**
   * Like `predictMany`, with the rows' intervals. By default an invalid code means a category that the model has never
   * seen.
   *
   * @throws {ScorecastError} As `predictMany`.
   */
  estimateMany<T extends OfCells<T>>(columns: Columns | readonly T[], options?: EstimateOptions): Estimates;

  /**
   * Predicts each row of a file: CSV in any dialect, also compressed, or a workbook (docs/data.md says what is read and
   * how). Its columns are found by name or label, regardless of order, case and punctuation. Rows that cannot be
   * predicted are listed, and no row is dropped; totals, notes and blank lines are not rows, as `report` says. The file
   * reader is loaded with the first call.
   *
   * @throws {ScorecastError} The file is not a table, lacks a column, or has ambiguous cells; `wasm-failed`.
   */
  predictCsv(file: FileSource, options?: CsvOptions): Promise<CsvPredictions>;

  /** Frees the memory; all later calls except `free` and `schema` throw `freed`. */
  free(): void;
  [Symbol.dispose](): void;
}
