/** A file: CSV in any dialect, an Excel or OpenDocument workbook, also packed (.gz, .zst); a string is the text of a CSV file. */
export type FileSource = Blob | Uint8Array | ArrayBuffer | string;

/** One array a column, all of one length; `null`, `undefined` and `NaN` are blanks. */
export interface Columns {
  readonly [name: string]: ArrayLike<string | number | null | undefined>;
}

/** Where the table is in the file; by default it is found. */
export interface ReadOptions {
  /** The sheet of a workbook. */
  sheet?: string | undefined;
  /** The line of the column names, from 1. */
  headerRow?: number | undefined;
  /** Pass over so many lines at the top. */
  skipRows?: number | undefined;
  /** Pass over lines that start so. */
  comment?: string | undefined;
}

export interface LookOptions extends ReadOptions {
  /** The file's name, for messages. */
  name?: string;
  /** Ends the worker at once; the promise rejects with the signal's reason. */
  signal?: AbortSignal;
}

/** What may be said about a column, as in `[columns.NAME]` of `scorecast.toml`. */
export interface ColumnSettings {
  /** Not learned from. */
  drop?: boolean;
  kind?: "numeric" | "categorical";
  /** The name for people. */
  label?: string;
  help?: string;
  unit?: string;
  /** It says who somebody is: the page shows what leaving it out would change. */
  sensitive?: boolean;
  /** It can be changed by somebody: ways to a goal may use it. */
  actionable?: boolean;
  /** Predictions may only go this way with it. */
  direction?: "up" | "down";
  decimal?: "." | ",";
  /** Texts that stand for no value. */
  missing?: string[];
  min?: number;
  max?: number;
  step?: number;
}

export interface TrainOptions extends LookOptions {
  /** The column to predict; by default it is guessed, see {@link Found.guess}. */
  target?: string | undefined;
  /** The ends of the target's scale. */
  limits?: { min: number; max: number };
  columns?: { [name: string]: ColumnSettings };
  /** How much work the search is worth; by default `normal`. */
  effort?: "quick" | "normal" | "thorough";
  /** The seed of everything random; by default 42. */
  seed?: number;
  /** The cross-validated R² that a model must reach to be given out; by default 0.6. */
  minR2?: number;
  /** All that there is to say, as the text of a `scorecast.toml` or as an object; the options above are not looked at then. */
  config?: string | object;
  /** Called with how far the run is. */
  onProgress?: (progress: Progress) => void;
}

export interface Progress {
  /** `split`, `search`, `blend`, `select`, `refit`, `gates`, `diagnosis` or `report`. */
  stage: string;
  /** What was fitted last, `""` for nothing yet. */
  family: string;
  /** How much of the work is done, from 0 to 1, as far as can be told. */
  share: number;
  /** How many fits are done. */
  fits: number;
  /** How many candidates are out of the race. */
  dropped: number;
  /** The best R² on one fold until now. */
  best: { family: string; r2: number } | null;
}

/** What is in a file. */
export interface Found {
  rows: number;
  /** What was decided about the file as a whole. */
  notes: string[];
  columns: FoundColumn[];
  /** The column that is probably to be predicted: because of the `word` in its name, or because it is the last. */
  guess: { column: string; word: string | null; reason: string } | null;
}

export interface FoundColumn {
  name: string;
  kind: "numeric" | "categorical";
  values: number;
  blanks: number;
  different: number;
  example: string;
  /** Why it tells nothing, if so. */
  constant: string | null;
  /** Why it only names its rows, if it seems so. */
  identifier: string | null;
  notes: string[];
}

/** What will be learned from. */
export interface Preparation {
  rows: number;
  columns: string[];
  leftOut: { column: string; reason: string }[];
  notices: string[];
  /** Of the file. */
  sha256: string;
  /** The work ahead by effort, in cells that fits look at. */
  work: { [effort: string]: number | null };
}

/** What a run found. */
export interface Outcome {
  target: string;
  /** The champion's family, as in `model.json`. */
  family: string;
  params: { [name: string]: unknown };
  /** Why it was chosen. */
  reason: string;
  crossValidatedR2: number;
  /** What it had to reach to be given out. */
  minR2: number;
  /** On the rows that were held back. */
  heldBack: { r2: number; mae: number; rmse: number; rows: number };
  rows: number;
  candidates: number;
  notices: string[];
  /** The gates that the model fails; then `files` are its report alone. */
  failedGates: string[];
  /** The texts of `preprocessor.json`, `model.json`, `report.json`, `report.html`, `reference.json` and `scorecast.toml`. */
  files: { [name: string]: string };
  /** The same, packed. */
  zip: Uint8Array<ArrayBuffer>;
  /** What was fetched while it was learned, as far as the browser tells: nothing. */
  requests: number;
}

export interface Failure {
  code: string;
  message: string;
  figures: { [name: string]: string };
}

/** Why there is no model. */
export class TrainingError extends Error {
  constructor(failure: Failure);
  readonly name: "TrainingError";
  readonly code: string;
  readonly figures: { readonly [name: string]: string };
}

/**
 * Looks into a file: its columns, and which is probably the target.
 *
 * @throws {TrainingError} It can't be read; the message names line and column.
 */
export function look(source: FileSource | Columns, options?: LookOptions): Promise<Found>;

/**
 * Learns in a worker, with the bytes that `scorecast train` writes for the same file and settings.
 *
 * @throws {TrainingError} There is no model, and why.
 */
export function train(source: FileSource | Columns, options?: TrainOptions): Promise<Outcome>;
