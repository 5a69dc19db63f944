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

/** A column of dates, which are written as texts such as `"2026-03-01"`. */
export interface DateColumn {
  readonly name: string;
  readonly label: string;
  readonly kind: "date";
  /** First and last day in the training rows. */
  readonly observed: { readonly min: string; readonly max: string };
  /** What a blank is taken for: the training rows' median. */
  readonly median: string;
  /** The day that typed arrays count from: 0 is this day, -1 the one before. */
  readonly last: string;
  /** The estimate never falls (`up`) or never rises (`down`) with later days, where the makers have said so. */
  readonly direction?: "up" | "down";
}

export type Column = NumericColumn | CategoricalColumn | DateColumn;

/** What is predicted, and from which columns. Frozen. */
export interface Schema {
  readonly target: Target;
  readonly columns: readonly Column[];
}

/**
 * A cell: a number, or a text (a category, a date such as `"2026-03-01"`, or a number spelled out). `null`, `undefined`, `NaN`, `""`, `"NA"`, `"N/A"`,
 * `"NaN"` and `"null"` are blanks.
 */
export type Cell = number | string | null | undefined;

/** Cells by the names of their columns; what is left out is a blank. */
export type RecordLike = { readonly [column: string]: Cell };

/** Records; what one leaves out is a blank. */
export type Rows = readonly RecordLike[];

/**
 * Any type whose members are cells, an `interface` too: `RecordLike` alone would refuse that, as an interface has no index
 * signature.
 */
export type OfCells<T> = { readonly [Column in keyof T]: Cell };

/** Where the true value lies in `level` of 100 cases, within the target's limits. */
export interface Interval {
  readonly low: number;
  readonly high: number;
  /** What was asked for, or the highest level that the model's few errors can promise. */
  readonly level: number;
}

export interface RecordOptions {
  /**
   * What becomes of a category that training has not seen: an error, so that a slip is found; or "other", by which the
   * estimate goes by the rest of the record, as `scorecast predict` and the page do it.
   */
  readonly unseen?: "error" | "other";
}

export interface LevelOptions extends RecordOptions {
  /** How sure the interval is to be, from 50 to 99 percent. Default: 90. */
  readonly level?: number;
}

export interface PredictOptions extends LevelOptions {
  /** Whether the answer says for what reasons to trust it less. Default: false. */
  readonly cautions?: boolean;
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

/** By column: ascending numbers or days over the observed range, or one point a category. */
export type Curves = { readonly [column: string]: readonly CurvePoint[] };

/** Why to trust a prediction less, for a program to put into words. */
export type Caution =
  /** A number, or a day, beyond those in the training rows. */
  | {
      readonly code: "outside-range";
      readonly field: string;
      readonly value: number | string;
      readonly min: number | string;
      readonly max: number | string;
    }
  /** A category that few training rows have; undefined for fewer than 10, which no artifact tells. */
  | { readonly code: "few-rows"; readonly field: string; readonly category: string; readonly rows: number | undefined }
  /** A category that no training row has. */
  | { readonly code: "unseen"; readonly field: string }
  /** A blank, and whether a usual value is taken for it. */
  | { readonly code: "blank"; readonly field: string; readonly imputed: boolean }
  /** The record as a whole is further from the training rows than 99 of 100 of them. */
  | { readonly code: "unusual-combination"; readonly field: undefined; readonly distance: number; readonly usual: number };

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
  /** Where they were asked for. */
  readonly cautions?: readonly Caution[];
}

/** Numbers, of dates the days since `DateColumn.last`, one per row; NaN is a blank. Float64Array is the fastest, nothing is converted. */
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
 * Arrays of equal length by the names of their columns; a column that is left out is blank in every row. Typed arrays are the
 * fastest; cells, such as texts, are encoded.
 */
export type Columns = { readonly [column: string]: NumberArray | CodeArray | readonly Cell[] | undefined };

export interface BatchOptions extends RecordOptions {
  /** Keep each value within the target's limits, as `shown`. Default: false. */
  readonly bounded?: boolean;
}

export interface EstimateOptions extends LevelOptions {
  /** As elsewhere, but "other" by default. */
  readonly unseen?: "error" | "other";
}

/** One value per row. */
export interface Estimates {
  /** What the model says, within the target's limits. */
  readonly shown: Float64Array;
  /** The lower ends of the intervals; NaN for a model that came without. */
  readonly low: Float64Array;
  /** The upper ends. */
  readonly high: Float64Array;
}

export interface CsvOptions extends BatchOptions {
  /** Ends the reading; the promise is rejected with its reason. */
  readonly signal?: AbortSignal;
  /** With "other", the default, such rows have a value and are in `remarks`; with "error" they are in `problems`. */
  readonly unseen?: "error" | "other";
  /** The sign before fractions, where the cells leave it open whether `1,234` is more than a thousand. */
  readonly decimal?: "." | ",";
  /** What dates begin with, where the cells leave it open whether `1/5/2026` is in May. */
  readonly dates?: "day-first" | "month-first";
  /** Names of the model's columns that the file may lack: they are blank in all rows then. */
  readonly blank?: readonly string[];
  /** The sheet of a workbook. Default: the visible one whose columns fit. */
  readonly sheet?: string;
  /** The line of the header, from 1. Default: it is found. */
  readonly headerRow?: number;
  /** So many lines at the top are passed over. */
  readonly skipRows?: number;
  /** Lines that start so are passed over. */
  readonly comment?: string;
  /** The file's name, for messages. */
  readonly name?: string;
}

/** Why a row of a file has no prediction, or one that is to be trusted less. A row may have several. */
export interface CsvProblem {
  /** The row, from 0, as in `values`. */
  readonly row: number;
  /** The line that the row starts at, from 1. */
  readonly line: number;
  /** The column; undefined where the row as a whole is at fault. */
  readonly column: string | undefined;
  readonly code: "not-a-number" | "not-a-date" | "unknown-category" | "wrong-length";
  /** A sentence for people. */
  readonly reason: string;
}

/** Something that was decided to read a file. */
export interface CsvNote {
  readonly code: string;
  readonly figures: { readonly [name: string]: string };
  /** A sentence for people. */
  readonly text: string;
}

/** What was decided about a file and each of the model's columns. */
export interface CsvReport {
  readonly notes: readonly CsvNote[];
  readonly columns: readonly {
    readonly name: string;
    /** The file's name for it; null where the file lacks it. */
    readonly found: string | null;
    readonly kind: "numeric" | "categorical" | "date";
    /** How many rows have a value, none, or something else than a number where one should be. */
    readonly values: number;
    readonly blanks: number;
    readonly odd: number;
    /** How many rows have a category, or a number, that training has not seen. */
    readonly unseen: number;
    readonly outside: number;
    /** The first cell that is no blank. */
    readonly example: string;
    readonly notes: readonly CsvNote[];
  }[];
}

export interface CsvPredictions {
  /** One per row, in the file's order; NaN where the row has a problem. */
  readonly values: Float64Array;
  /** Why which row has no value. */
  readonly problems: readonly CsvProblem[];
  /** Rows with a value in spite of a category that training has not seen. */
  readonly remarks: readonly CsvProblem[];
  /** The columns of the file that the model does not read. */
  readonly ignored: readonly string[];
  /** What was decided to read the file. */
  readonly report: CsvReport;
}

/** A file: its text or bytes, whole or in pieces, as files, answers and Node's streams have them. */
export type FileSource = string | Uint8Array | ArrayBuffer | Blob | Response | TextStream;

/** WebAssembly: where it is, its bytes, an answer that has it, or what was compiled of it. */
export type WasmSource = string | URL | BufferSource | Response | WebAssembly.Module;

/** For places in which the module can't find its WebAssembly by itself. What was loaded first serves all predictors. */
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
  /** A cell's text is no number, or a number is not finite. */
  | "not-a-number"
  /** A cell's text is no date such as 2026-03-01. */
  | "not-a-date"
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
  /** A file without a header. */
  | "empty-csv"
  /** A file with a header and no record below it. */
  | "no-rows"
  /** A file that is no table, such as a picture, or a workbook that can't be opened. */
  | "no-table"
  /** A file's header lacks a column. */
  | "missing-column"
  /** A file's header names a column twice, or two columns that could be meant. */
  | "duplicate-column"
  /** The first row of a file is no header but a record. */
  | "header-is-data"
  /** `headerRow` names no row. */
  | "no-such-row"
  /** A header that is no UTF-8, in a file that is. */
  | "not-utf8"
  /** A quote in a file is left open over rows. */
  | "open-quote"
  /** A file's row does not end within 64 MB. */
  | "endless-row"
  /** A file's cells have two readings, and nothing tells which: say `decimal`. */
  | "ambiguous-number"
  /** A file's dates can be read with the day or with the month first, and nothing tells which: say `dates`. */
  | "ambiguous-date"
  /** Reading a file failed. */
  | "read-failed"
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
  static load(address: string | URL, options?: LoadOptions): Promise<Predictor>;

  /**
   * Loads the texts of `preprocessor.json` and `model.json`, as they were written to the byte.
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
   * What the model answers with other values of each column, the others held.
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
   * Like `predictMany`, with the rows' intervals. By default a code that is none of its column's stands for a category that
   * the model has never seen.
   *
   * @throws {ScorecastError} As `predictMany`.
   */
  estimateMany<T extends OfCells<T>>(columns: Columns | readonly T[], options?: EstimateOptions): Estimates;

  /**
   * Predicts each row of a file: CSV in any dialect, also packed, or a workbook (docs/data.md says what is read and how). Its
   * columns are found by name or label, whatever their order, case and punctuation. Rows that cannot be predicted are listed,
   * and no row is left out; totals, notes and blank lines are no rows, which `report` says. The reader of files is loaded with
   * the first call.
   *
   * @throws {ScorecastError} The file is no table, lacks a column, or leaves open what its cells mean; `wasm-failed`.
   */
  predictCsv(file: FileSource, options?: CsvOptions): Promise<CsvPredictions>;

  /** Gives the memory back; what is called afterwards throws `freed`, but for `free` and `schema`. */
  free(): void;
  [Symbol.dispose](): void;
}
